//! `records.*`: rows of user tables.
//!
//! A use case reads the table's picture, makes a plan of statements from it (pure, and what `sql.show` shows), runs them as the
//! caller's own role, and writes the answer's JSON straight from the rows: never through a tree of values, and never in
//! PostgreSQL. Rows come first, then one lookup for each table that they link to.
//!
//! Every change names its rows by their keys. A row that does not come back from PostgreSQL was not changed, and is told so
//! ([`conflict`]).

mod add;
mod answer;
mod apply;
pub(crate) mod attempt;
mod body;
mod conflict;
mod count;
mod delete;
mod downloads;
mod editor;
mod get;
mod groups;
pub(crate) mod input;
pub(crate) mod joined;
mod list;
mod locate;
mod names;
mod patch;
mod places;
mod search;
mod show;
mod summaries;
pub(crate) mod table;

pub use add::add;
pub use apply::apply;
pub use count::count;
pub use delete::delete;
pub use get::get;
pub use list::list;
pub use locate::locate;
pub use patch::patch;
pub use places::Places;
pub use search::search;
pub use show::show;
pub use summaries::list_summaries;

#[cfg(test)]
mod tests {
    use mathesar_api::methods::records::{ApplyParams, ListParams, PatchParams};

    use crate::Ctx;

    /// The dispatcher boxes use cases as futures that move between threads; this only has to compile.
    #[expect(dead_code, reason = "what it calls is checked by the compiler")]
    fn use_cases_move_between_threads(ctx: &Ctx, list: ListParams, patch: PatchParams, apply: ApplyParams) {
        fn moves(_: impl Send) {}
        moves(super::list(ctx, list));
        moves(super::patch(ctx, patch));
        moves(super::apply(ctx, apply));
    }
}
