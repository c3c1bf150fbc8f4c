//! From the name of a method to the use case that answers it. Each method of the contract has exactly one handler; a test
//! holds the two tables together.

use std::{collections::HashMap, sync::LazyLock};

use bytes::Bytes;
use futures_util::future::BoxFuture;
use mathesar_api::{ErrorCode, Method, MethodInfo, value};
use mathesar_app::{Ctx, Error, Result, access, auth::Issued};
use serde::{Deserialize, Serialize};

mod macros;
use macros::handlers;

mod collaborators;
mod columns;
mod constraints;
mod data_modeling;
mod databases;
mod enums;
mod explorations;
mod forms;
mod imports;
mod indexes;
mod jobs;
mod policies;
mod records;
mod roles;
mod schemas;
mod servers;
mod session;
mod setup;
mod sql;
mod table_views;
mod tables;
mod tokens;
mod users;

/// What a call does to the session of the browser that makes it.
#[derive(Default)]
pub enum SessionChange {
    /// Nothing.
    #[default]
    Keep,
    /// Signs in: the browser gets this session.
    Begin(Box<Issued>),
    /// Signs out.
    End,
}

/// The answer of a handler.
pub struct Reply {
    /// The result as JSON text.
    pub body: Bytes,
    /// What becomes of the session.
    pub session: SessionChange,
}

type Call = for<'a> fn(&'a Ctx, &'a str) -> BoxFuture<'a, Result<Reply>>;

/// A method and the use case that answers it.
pub struct Handler {
    /// The row of the contract.
    pub info: &'static MethodInfo,
    call: Call,
}

/// The handlers of all nouns.
fn handlers() -> impl Iterator<Item = &'static Handler> {
    [
        setup::HANDLERS,
        session::HANDLERS,
        users::HANDLERS,
        tokens::HANDLERS,
        collaborators::HANDLERS,
        servers::HANDLERS,
        databases::HANDLERS,
        roles::HANDLERS,
        schemas::HANDLERS,
        tables::HANDLERS,
        columns::HANDLERS,
        constraints::HANDLERS,
        indexes::HANDLERS,
        enums::HANDLERS,
        policies::HANDLERS,
        data_modeling::HANDLERS,
        records::HANDLERS,
        explorations::HANDLERS,
        forms::HANDLERS,
        table_views::HANDLERS,
        imports::HANDLERS,
        jobs::HANDLERS,
        sql::HANDLERS,
    ]
    .into_iter()
    .flatten()
}

static BY_NAME: LazyLock<HashMap<&'static str, &'static Handler>> =
    LazyLock::new(|| handlers().map(|handler| (handler.info.name, handler)).collect());

/// The handler of the method called `name`.
pub fn find(name: &str) -> Option<&'static Handler> {
    BY_NAME.get(name).copied()
}

/// The parameters of a call.
#[derive(Clone, Copy)]
pub struct Params<'a> {
    /// JSON.
    pub text: &'a str,
    /// The parameter that decides whether a collaborator may call; the rest is looked at only after that.
    pub database_id: Option<i64>,
}

impl<'a> Params<'a> {
    /// Those that were sent as this text.
    pub fn new(text: &'a str) -> Self {
        Self { text, database_id: database_id(text) }
    }
}

impl Handler {
    /// Calls the method for a caller, when they may call it.
    ///
    /// # Errors
    /// Those of [`access::authorize`], `InvalidParams`, and those of the use case.
    pub async fn call(&self, ctx: &Ctx, params: Params<'_>) -> Result<Reply> {
        let ctx = access::authorize(ctx, self.info, params.database_id).await?;
        (self.call)(&ctx, params.text).await
    }
}

fn database_id(params: &str) -> Option<i64> {
    #[derive(Deserialize)]
    struct Scope {
        database_id: Option<i64>,
    }
    // Serde would read an array as the fields in their order.
    if !params.starts_with('{') {
        return None;
    }
    serde_json::from_str::<Scope>(params).ok()?.database_id
}

fn parse<M: Method>(params: &str) -> Result<M::Params> {
    if !params.starts_with('{') {
        let message = format!("{}: parameters are given by name, as an object.", M::NAME);
        return Err(Error::new(ErrorCode::INVALID_PARAMS, message));
    }
    value::read(params).map_err(|misfit| Error::misfit(M::NAME, &misfit))
}

fn plain<M: Method>(result: &M::Result) -> Result<Reply> {
    Ok(Reply { body: encode(result)?, session: SessionChange::Keep })
}

fn encode(value: &impl Serialize) -> Result<Bytes> {
    serde_json::to_vec(value).map(Bytes::from).map_err(Error::internal)
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::*;

    #[test]
    fn each_method_has_exactly_one_handler() {
        let mut handled = HashSet::new();
        for handler in handlers() {
            assert!(handled.insert(handler.info.name), "{} has two handlers", handler.info.name);
        }
        let missing: Vec<_> =
            mathesar_api::methods().map(|method| method.name).filter(|name| !handled.contains(name)).collect();
        assert!(missing.is_empty(), "without a handler: {missing:?}");
    }

    #[test]
    fn the_database_is_read_before_anything_else_is_checked() {
        assert_eq!(database_id(r#"{"x": [1], "database_id": 7}"#), Some(7));
        assert_eq!(database_id(r#"{"database_id": "7"}"#), None);
        assert_eq!(database_id("[7]"), None);
    }
}
