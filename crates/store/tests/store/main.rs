//! What every repository promises, on both engines.

#![expect(clippy::unwrap_used, reason = "clippy takes what tests share for no test")]

mod copies;
mod fixture;

mod explorations;
mod first_run;
mod forms;
mod jobs;
mod keys;
mod metadata;
mod opening;
mod original;
mod people;
mod places;
mod table_views;
mod takeover;
mod tls;
