//! The tables as SeaORM sees them; `migration/` holds their truth. Repositories are the only users.

pub(crate) mod api_token;
pub(crate) mod collaborator;
pub(crate) mod column_metadata;
pub(crate) mod configured_role;
pub(crate) mod data_file;
pub(crate) mod database;
pub(crate) mod exploration;
pub(crate) mod file;
pub(crate) mod first_superuser;
pub(crate) mod form;
pub(crate) mod job;
pub(crate) mod server;
pub(crate) mod session;
pub(crate) mod setting;
pub(crate) mod setup_token;
pub(crate) mod table_metadata;
pub(crate) mod table_view;
pub(crate) mod user;
pub(crate) mod user_preference;
