//! Explorations: saved, run and exported, on a real PostgreSQL, as any role.

mod aggregates;
mod files;
mod filters;
mod rights;
mod run;
mod saved;
mod sharing;
mod world;
