//! The methods, one file a noun.

use crate::method::{MethodInfo, methods};

pub mod collaborators;
pub mod columns;
pub mod constraints;
pub mod data_modeling;
pub mod databases;
pub mod imports;
pub mod jobs;
pub mod records;
pub mod roles;
pub mod schemas;
pub mod servers;
pub mod session;
pub mod setup;
pub mod sql;
pub mod tables;
pub mod users;

/// Every method, grouped by noun.
pub fn methods() -> impl Iterator<Item = &'static MethodInfo> {
    [
        setup::METHODS,
        session::METHODS,
        users::METHODS,
        collaborators::METHODS,
        servers::METHODS,
        databases::METHODS,
        roles::METHODS,
        schemas::METHODS,
        tables::METHODS,
        columns::METHODS,
        constraints::METHODS,
        data_modeling::METHODS,
        records::METHODS,
        imports::METHODS,
        jobs::METHODS,
        sql::METHODS,
    ]
    .into_iter()
    .flatten()
    .copied()
}

/// The row of the method called `name`.
pub fn find(name: &str) -> Option<&'static MethodInfo> {
    methods().find(|method| method.name == name)
}

/// The parameters of a method that takes none.
#[derive(Clone, Debug, Default, serde::Serialize, serde::Deserialize, schemars::JsonSchema, ts_rs::TS)]
#[serde(deny_unknown_fields)]
#[ts(type = "Record<string, never>")]
pub struct NoParams {}
