//! Forms: saved by those who work in a database, filled in by anybody who has their link.

mod choices;
mod outside;
mod rights;
mod saved;
mod sharing;
mod submit;
mod world;
