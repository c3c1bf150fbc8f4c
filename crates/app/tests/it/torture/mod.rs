//! The use cases on a database with everything that PostgreSQL lets people make of tables ([`mathesar_testkit::TORTURE`]).

mod generators;
mod refusals;
mod tables;
mod tour;
mod values;
