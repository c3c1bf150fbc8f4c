//! The methods, one file a noun.

use crate::method::{MethodInfo, MethodTypes, methods};

pub mod collaborators;
pub mod columns;
pub mod constraints;
pub mod data_modeling;
pub mod databases;
pub mod enums;
pub mod explorations;
pub mod forms;
pub mod imports;
pub mod indexes;
pub mod jobs;
pub mod policies;
pub mod privileges;
pub mod records;
pub mod roles;
pub mod schemas;
pub mod servers;
pub mod session;
pub mod setup;
pub mod sharing;
pub mod sql;
pub mod table_views;
pub mod tables;
pub mod tokens;
pub mod users;

/// A table of every noun, one after the other.
macro_rules! of_every_noun {
    ($table:ident) => {
        [
            setup::$table,
            session::$table,
            users::$table,
            tokens::$table,
            collaborators::$table,
            servers::$table,
            databases::$table,
            roles::$table,
            schemas::$table,
            tables::$table,
            columns::$table,
            constraints::$table,
            indexes::$table,
            enums::$table,
            policies::$table,
            data_modeling::$table,
            records::$table,
            explorations::$table,
            forms::$table,
            table_views::$table,
            imports::$table,
            jobs::$table,
            sql::$table,
        ]
        .into_iter()
        .flatten()
    };
}

/// Every method, grouped by noun.
pub fn methods() -> impl Iterator<Item = &'static MethodInfo> {
    of_every_noun!(METHODS).copied()
}

/// Every method in TypeScript, in the same order.
pub fn types() -> impl Iterator<Item = &'static MethodTypes> {
    of_every_noun!(TYPES)
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
