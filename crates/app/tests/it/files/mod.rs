//! Files in and out of a real PostgreSQL.

mod imports;
mod large;
mod round_trip;
mod world;
