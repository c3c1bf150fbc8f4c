//! Files in and out of a real PostgreSQL.

mod append;
mod direct;
mod imports;
mod large;
mod round_trip;
mod world;
