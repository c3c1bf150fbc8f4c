//! Files in and out of a real PostgreSQL.

#![expect(clippy::unwrap_used, reason = "clippy takes what tests share for no test")]

mod imports;
mod large;
mod round_trip;
mod world;
