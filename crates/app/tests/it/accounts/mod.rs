//! Who may come in, and who may do what, on both engines of the internal database.

mod world;

mod access;
mod original;
mod passwords;
mod sessions;
mod setup;
mod tokens;
mod users;
