//! Who may come in, and who may do what, on both engines of the internal database.

#![expect(clippy::unwrap_used, reason = "clippy takes what tests share for no test")]

mod fixture;

mod access;
mod passwords;
mod sessions;
mod setup;
mod users;
