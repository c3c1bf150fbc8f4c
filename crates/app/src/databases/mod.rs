//! Databases and the servers and stored roles that they are reached by.
//!
//! Nothing is installed in a database that is connected (invariant I5): connecting is trying, and noting that it worked.

pub mod checkup;
pub mod configured;
pub mod connect;
pub mod managed;
mod original;
pub mod roles;
pub mod samples;
pub mod servers;

mod endpoint;
mod report;

pub(crate) use connect::examine;
pub use connect::{connect_existing, test};
pub(crate) use endpoint::{admit, host, refuse_socket};
pub use managed::{create_new, delete};

use mathesar_api::methods::databases::{ConfiguredDatabaseInfo, MetadataAccess};
use mathesar_api::methods::roles::ConfiguredRoleInfo;
use mathesar_api::methods::servers::{ConfiguredServerInfo, SslMode};
use mathesar_pg::TlsMode;
use mathesar_store::{ConfiguredRole, Database, MetadataAccess as StoredMetadataAccess, Server};

fn database_info(database: Database, accessible: bool) -> ConfiguredDatabaseInfo {
    ConfiguredDatabaseInfo {
        id: database.id,
        name: database.name,
        server_id: database.server_id,
        last_confirmed_sql_version: env!("CARGO_PKG_VERSION").to_owned(),
        needs_upgrade_attention: false,
        nickname: database.nickname,
        managed: database.managed,
        accessible,
        metadata_access: match database.metadata_access {
            StoredMetadataAccess::Collaborators => MetadataAccess::Collaborators,
            StoredMetadataAccess::Owners => MetadataAccess::Owners,
        },
    }
}

fn server_info(server: Server) -> ConfiguredServerInfo {
    ConfiguredServerInfo {
        id: server.id,
        host: server.host,
        port: server.port.map(|port| port.0),
        sslmode: match TlsMode::parse(&server.sslmode).unwrap_or_default() {
            TlsMode::Disable => SslMode::Disable,
            TlsMode::Prefer => SslMode::Prefer,
            TlsMode::Require => SslMode::Require,
            TlsMode::VerifyCa => SslMode::VerifyCa,
            TlsMode::VerifyFull => SslMode::VerifyFull,
        },
        ca_certificate: server.ca_pem,
        managed: server.managed,
    }
}

fn role_info(role: ConfiguredRole) -> ConfiguredRoleInfo {
    ConfiguredRoleInfo { id: role.id, name: role.name, server_id: role.server_id }
}

fn tls_mode(sslmode: SslMode) -> TlsMode {
    match sslmode {
        SslMode::Disable => TlsMode::Disable,
        SslMode::Prefer => TlsMode::Prefer,
        SslMode::Require => TlsMode::Require,
        SslMode::VerifyCa => TlsMode::VerifyCa,
        SslMode::VerifyFull => TlsMode::VerifyFull,
    }
}
