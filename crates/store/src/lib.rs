//! Our own data: users, sessions, connections with their sealed passwords, metadata about user tables, jobs.
//!
//! One schema serves SQLite and PostgreSQL through SeaORM; every repository's tests run on both. Open a [`Store`], then ask
//! it for the repository of a noun: `store.users().find(id)`.

mod api_tokens;
mod collaborators;
mod copy;
mod data_files;
mod databases;
mod entity;
mod env;
mod error;
mod explorations;
mod files;
mod first_run;
mod forms;
mod jobs;
mod keys;
mod lock;
mod metadata;
mod migration;
mod open;
pub mod original;
pub mod passphrase;
pub mod password;
mod preferences;
mod relink;
mod roles;
mod servers;
mod sessions;
mod settings;
mod sharing;
mod table_views;
mod takeover;
pub mod token;
mod users;
mod values;

pub use api_tokens::{ApiToken, ApiTokens, NewApiToken};
pub use collaborators::{Collaborator, Collaborators, Membership, NewCollaborator};
pub use copy::Settled;
pub use data_files::{DataFile, DataFiles, NewDataFile};
pub use databases::{Database, DatabaseChange, Databases, NewDatabase};
pub use entity::database::MetadataAccess;
pub use entity::job::JobState;
pub use env::{Clock, Random};
pub use error::{EngineError, Error, Result};
pub use explorations::{Exploration, Explorations, NewExploration};
pub use files::{Files, NewFile, StoredFile};
pub use first_run::FirstRun;
pub use forms::{Form, Forms, NewForm, NewLink};
pub use jobs::{Job, Jobs, NewJob, Outcome};
pub use keys::{KEY_BYTES, KeyRing, MAX_KEYS, MIN_DIFFERENT_CHARACTERS, MIN_KEY_CHARACTERS, Place, Purpose};
pub use lock::ServeLock;
pub use metadata::{ColumnMetadata, ColumnName, LAST_EDITOR, Metadata, TableMetadata, TableName};
pub use open::{Address, InternalPostgres, MAX_CONNECTIONS, SCHEMA, Store, StoreConfig};
pub use preferences::Preferences;
pub use relink::{LiveTable, Trust};
pub use roles::{ConfiguredRole, ConfiguredRoles, NewRole};
pub use servers::{NewServer, Server, ServerChange, Servers};
pub use sessions::{NewSession, Session, SessionHolder, Sessions};
pub use settings::Settings;
pub use sharing::{SharedAccess, Sharing};
pub use table_views::{NewTableView, TableView, TableViewChange, TableViews};
pub use takeover::{Arrival, Foreign, ForeignColumn, ForeignForm, ForeignTable, TakenOver, Takeover};
pub use users::{NewUser, User, UserChange, Users};
pub use values::{Moment, Oid, PasswordHash, Port, Sealed, TokenHash};
