//! Tables and views.

use super::column::NewColumn;
use super::constraint::NewConstraint;
use super::exclusive;
use crate::cost::{Cost, Lock, Work};
use crate::frag::{Fragment, Statement};
use crate::ident::{Ident, QName};
use crate::model::TableKind;

/// Creates a table.
pub fn create(name: &QName, columns: &[NewColumn], constraints: &[NewConstraint]) -> Statement {
    let mut fragment = Fragment::of("CREATE TABLE ");
    let columns = columns.iter().map(NewColumn::definition);
    let parts = columns.chain(constraints.iter().map(NewConstraint::definition));
    fragment.qname(name).sql(" (\n    ").join(",\n    ", parts).sql("\n)");
    let targets = constraints.iter().filter_map(|constraint| constraint.rule.target());
    let cost = |target: &QName| Cost { relation: target.clone(), lock: Lock::ShareRowExclusive, work: Work::None };
    fragment.finish().costing(targets.map(cost))
}

/// Renames a table or view.
pub fn rename(kind: TableKind, name: &QName, to: &Ident) -> Statement {
    let mut fragment = Fragment::of("ALTER ");
    fragment.sql(kind.keyword()).sql(" ").qname(name).sql(" RENAME TO ").ident(to);
    exclusive(fragment, name, Work::None)
}

/// Gives a table or view to another role.
pub fn set_owner(kind: TableKind, name: &QName, owner: &Ident) -> Statement {
    let mut fragment = Fragment::of("ALTER ");
    fragment.sql(kind.keyword()).sql(" ").qname(name).sql(" OWNER TO ").ident(owner);
    exclusive(fragment, name, Work::None)
}

/// Sets or removes a comment.
pub fn comment(kind: TableKind, name: &QName, text: Option<&str>) -> Statement {
    let mut fragment = Fragment::of("COMMENT ON ");
    fragment.sql(kind.keyword()).sql(" ").qname(name);
    super::comment(&mut fragment, text);
    fragment.finish()
}

/// Drops a table or view; with `cascade` also what depends on it.
pub fn drop(kind: TableKind, name: &QName, cascade: bool) -> Statement {
    let mut fragment = Fragment::of("DROP ");
    fragment.sql(kind.keyword()).sql(" ").qname(name);
    if cascade {
        fragment.sql(" CASCADE");
    }
    exclusive(fragment, name, Work::None)
}

/// Fills a materialised view from its query anew; `concurrently` lets others read meanwhile, and needs what
/// [`refreshable`](crate::introspect::refreshable) tells.
pub fn refresh(name: &QName, concurrently: bool) -> Statement {
    let mut fragment = Fragment::of("REFRESH MATERIALIZED VIEW ");
    if concurrently {
        fragment.sql("CONCURRENTLY ");
    }
    fragment.qname(name);
    let lock = if concurrently { Lock::Exclusive } else { Lock::AccessExclusive };
    fragment.finish().costing([Cost { relation: name.clone(), lock, work: Work::Rewrite }])
}

/// Refreshes the planner's statistics, as after a load.
pub fn analyze(name: &QName) -> Statement {
    let mut fragment = Fragment::of("ANALYZE ");
    fragment.qname(name);
    fragment.finish()
}
