//! PostgreSQL servers that this installation knows.

use jiff::Timestamp;
use sea_orm::ActiveValue::{NotSet, Set};
use sea_orm::{ActiveModelTrait, ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter, QueryOrder};

use crate::entity::{database, server};
use crate::error::{Error, Result};
use crate::open::Store;
use crate::values::Port;

pub use server::Model as Server;

const ADDRESS_TAKEN: &str = "There is already a server with this host and port.";

/// A server that is to be entered.
#[derive(Clone, Debug)]
pub struct NewServer {
    /// Host name, address, or the directory of a Unix socket, at most 255 characters.
    pub host: String,
    /// TCP port, or the number in the socket's name; `None` for 5432.
    pub port: Option<u16>,
    /// `disable`, `prefer`, `require`, `verify-ca` or `verify-full`.
    pub sslmode: String,
    /// Certificates of the authorities to trust, PEM; `None` means the system's.
    pub ca_pem: Option<String>,
    /// Whether it is the managed PostgreSQL.
    pub managed: bool,
}

/// What to change of a server; the outer `None` leaves a field alone.
#[derive(Clone, Debug, Default)]
pub struct ServerChange {
    /// Host name, address, or the directory of a Unix socket.
    pub host: Option<String>,
    /// TCP port.
    pub port: Option<Option<u16>>,
    /// How connections are protected.
    pub sslmode: Option<String>,
    /// Certificates of the authorities to trust, PEM.
    pub ca_pem: Option<Option<String>>,
}

/// Reads and writes servers.
pub struct Servers<'a> {
    store: &'a Store,
}

impl Store {
    /// PostgreSQL servers that this installation knows.
    pub fn servers(&self) -> Servers<'_> {
        Servers { store: self }
    }
}

impl Servers<'_> {
    /// The server with this number.
    ///
    /// # Errors
    /// `NotFound`.
    pub async fn get(&self, id: i64) -> Result<Server> {
        by_id(&self.store.db, id).await?.ok_or(Error::NotFound { what: "server" })
    }

    /// All servers, oldest first.
    ///
    /// # Errors
    /// Those of the engine.
    pub async fn list(&self) -> Result<Vec<Server>> {
        Ok(server::Entity::find().order_by_asc(server::Column::Id).all(&self.store.db).await?)
    }

    /// The managed PostgreSQL, once it was entered.
    ///
    /// # Errors
    /// Those of the engine.
    pub async fn managed(&self) -> Result<Option<Server>> {
        Ok(server::Entity::find().filter(server::Column::Managed.eq(true)).one(&self.store.db).await?)
    }

    /// The server at this very host and port.
    ///
    /// # Errors
    /// Those of the engine.
    pub async fn by_address(&self, host: &str, port: Option<u16>) -> Result<Option<Server>> {
        by_address(&self.store.db, host, port).await
    }

    /// Enters a server.
    ///
    /// # Errors
    /// `Conflict` when one with this address is there.
    pub async fn add(&self, new: NewServer, now: Timestamp) -> Result<Server> {
        insert(&self.store.db, new, now).await
    }

    /// Changes how a server is reached.
    ///
    /// # Errors
    /// `NotFound`; `Conflict` when another has this address.
    pub async fn change(&self, id: i64, change: ServerChange, now: Timestamp) -> Result<Server> {
        let row = server::ActiveModel {
            id: Set(id),
            host: change.host.map_or(NotSet, Set),
            port: change.port.map_or(NotSet, |port| Set(port.map(Port))),
            sslmode: change.sslmode.map_or(NotSet, Set),
            ca_pem: change.ca_pem.map_or(NotSet, Set),
            updated_at: Set(now.into()),
            ..Default::default()
        };
        row.update(&self.store.db).await.map_err(|error| match error {
            sea_orm::DbErr::RecordNotUpdated => Error::NotFound { what: "server" },
            error => Error::unique(error, ADDRESS_TAKEN),
        })
    }

    /// Forgets a server and its stored roles.
    ///
    /// # Errors
    /// `NotFound`; `Conflict` while a database of it is entered.
    pub async fn delete(&self, id: i64) -> Result<()> {
        let transaction = self.store.begin().await?;
        let used = database::Entity::find().filter(database::Column::ServerId.eq(id)).one(&transaction).await?;
        if used.is_some() {
            return Err(Error::Conflict { what: "A database of this server is still connected. Disconnect it first." });
        }
        let deleted = server::Entity::delete_by_id(id).exec(&transaction).await?;
        if deleted.rows_affected == 0 {
            return Err(Error::NotFound { what: "server" });
        }
        Ok(transaction.commit().await?)
    }
}

pub(crate) async fn by_id(db: &impl ConnectionTrait, id: i64) -> Result<Option<Server>> {
    Ok(server::Entity::find_by_id(id).one(db).await?)
}

pub(crate) async fn by_address(db: &impl ConnectionTrait, host: &str, port: Option<u16>) -> Result<Option<Server>> {
    let port = match port {
        Some(port) => server::Column::Port.eq(Port(port)),
        None => server::Column::Port.is_null(),
    };
    Ok(server::Entity::find().filter(server::Column::Host.eq(host)).filter(port).one(db).await?)
}

pub(crate) async fn insert(db: &impl ConnectionTrait, new: NewServer, now: Timestamp) -> Result<Server> {
    let row = server::ActiveModel {
        id: NotSet,
        host: Set(new.host),
        port: Set(new.port.map(Port)),
        sslmode: Set(new.sslmode),
        ca_pem: Set(new.ca_pem),
        managed: Set(new.managed),
        created_at: Set(now.into()),
        updated_at: Set(now.into()),
    };
    row.insert(db).await.map_err(|error| Error::unique(error, ADDRESS_TAKEN))
}
