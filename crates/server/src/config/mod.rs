//! Settings: one table, four sources, and what they mean together.

pub mod environment;
pub mod file;
pub mod form;
pub mod load;
pub mod settings;
pub mod show;
mod typed;

pub use environment::Environment;
pub use load::{Flags, Loaded, Problems, load, variable};
pub use typed::{
    Backups, Config, FileStorage, FirstSuperuser, InternalDatabase, Listen, MACHINE_DATA_DIR, ManagedPostgres, Metrics,
    OpenBrowser, S3, Tls,
};
