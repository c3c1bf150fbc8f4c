//! Taking over what another installation knew, all of it or nothing.
//!
//! What is here already stays as it is: users are recognised by name, servers by address, also by one that was changed here since,
//! databases and roles by name on their server, explorations by name in their schema, forms by the token of their link. So the same
//! takeover twice adds nothing the second time.

use std::collections::HashMap;

use jiff::Timestamp;
use sea_orm::DatabaseTransaction;
use serde_json::{Map, Value};

use crate::collaborators::{self, NewCollaborator};
use crate::databases::{self, NewDatabase};
use crate::error::{Error, Result};
use crate::explorations::{self, NewExploration};
use crate::first_run;
use crate::forms::{self, NewForm, NewLink};
use crate::metadata::{self, ColumnName, TableName};
use crate::open::Store;
use crate::roles::{self, NewRole};
use crate::servers::{self, NewServer, Server};
use crate::settings;
use crate::sharing::Sharing;
use crate::users::{self, NewUser};

/// PostgreSQL's port, which an address without one means.
const DEFAULT_PORT: u16 = 5432;

/// The fact that holds our numbers of servers by the addresses with which they were taken over.
const SERVERS: &str = "taken_over_servers";

const NO_SUPERUSER: &str = "Nobody here administers this installation yet, and no active superuser would be taken over. Create \
                            one first: mathesar users create NAME --superuser";

/// Something with the number that it has where it comes from.
#[derive(Clone, Debug)]
pub struct Foreign<T> {
    /// Its number there.
    pub id: i64,
    /// What it is. What it belongs to is named by numbers of that place, too.
    pub new: T,
}

/// What is kept about a table elsewhere.
#[derive(Clone, Debug)]
pub struct ForeignTable {
    /// Its database, by the number that this has there.
    pub database_id: i64,
    /// The table. Schema and name are empty where they could not be found out; the first change of its structure brings them.
    pub table: TableName,
    /// The settings, an object with the keys of the contract.
    pub settings: Value,
}

/// What is kept about a column elsewhere.
#[derive(Clone, Debug)]
pub struct ForeignColumn {
    /// Its table, with the settings of the column.
    pub of: ForeignTable,
    /// The column.
    pub column: ColumnName,
}

/// A form of another installation.
#[derive(Clone, Debug)]
pub struct ForeignForm {
    /// The form, with the numbers of that place.
    pub new: NewForm,
    /// The secret of its link, which it keeps.
    pub token: String,
    /// Whether everybody who has its link may fill it in.
    pub publish_public: bool,
}

/// All that is to be taken over, in the order in which it is to be added.
#[derive(Clone, Debug, Default)]
#[expect(missing_docs, reason = "the names say it")]
pub struct Takeover {
    pub users: Vec<Foreign<NewUser>>,
    pub servers: Vec<Foreign<NewServer>>,
    pub databases: Vec<Foreign<NewDatabase>>,
    pub roles: Vec<Foreign<NewRole>>,
    pub collaborators: Vec<NewCollaborator>,
    pub tables: Vec<ForeignTable>,
    pub columns: Vec<ForeignColumn>,
    pub explorations: Vec<NewExploration>,
    pub forms: Vec<ForeignForm>,
}

/// What became of one thing.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Arrival {
    /// It was added.
    Added,
    /// It was here already, and stayed as it was.
    Present,
    /// It was here already, a role without its password, and got that.
    Completed,
    /// What it belongs to was not taken over.
    Homeless,
}

/// What became of everything, in the order of the [`Takeover`].
#[derive(Clone, Debug, Default)]
#[expect(missing_docs, reason = "the names say it")]
pub struct TakenOver {
    pub users: Vec<Arrival>,
    pub servers: Vec<Arrival>,
    pub databases: Vec<Arrival>,
    pub roles: Vec<Arrival>,
    pub collaborators: Vec<Arrival>,
    pub tables: Vec<Arrival>,
    pub columns: Vec<Arrival>,
    pub explorations: Vec<Arrival>,
    pub forms: Vec<Arrival>,
}

impl Store {
    /// Takes over everything that is not here yet, or nothing. A rehearsal does the same and takes it back.
    ///
    /// # Errors
    /// `Conflict` when nobody would administer this installation, when a database would have too many explorations or forms, or when
    /// somebody adds the same at this moment; those of the engine.
    pub async fn take_over(&self, takeover: Takeover, rehearsal: bool, now: Timestamp) -> Result<TakenOver> {
        let transaction = self.begin().await?;
        let addresses = match settings::get(&transaction, SERVERS).await? {
            Some(Value::Object(addresses)) => addresses,
            _ => Map::new(),
        };
        let work = Work { store: self, db: &transaction, now, ours: Numbers::default(), addresses };
        let taken = work.run(takeover).await?;
        if rehearsal {
            transaction.rollback().await?;
        } else {
            transaction.commit().await?;
        }
        Ok(taken)
    }
}

/// Our numbers of things by those that they had elsewhere.
#[derive(Default)]
struct Numbers {
    users: HashMap<i64, i64>,
    servers: HashMap<i64, i64>,
    /// With the server of each.
    databases: HashMap<i64, (i64, i64)>,
    roles: HashMap<i64, i64>,
}

struct Work<'a> {
    store: &'a Store,
    db: &'a DatabaseTransaction,
    now: Timestamp,
    ours: Numbers,
    /// See [`SERVERS`].
    addresses: Map<String, Value>,
}

impl Work<'_> {
    async fn run(mut self, takeover: Takeover) -> Result<TakenOver> {
        let mut taken = TakenOver { users: self.users(takeover.users).await?, ..TakenOver::default() };
        for server in takeover.servers {
            taken.servers.push(self.server(server).await?);
        }
        for database in takeover.databases {
            taken.databases.push(self.database(database).await?);
        }
        for role in takeover.roles {
            taken.roles.push(self.role(role).await?);
        }
        for collaborator in takeover.collaborators {
            taken.collaborators.push(self.collaborator(collaborator).await?);
        }
        for table in takeover.tables {
            taken.tables.push(self.table(table).await?);
        }
        for column in takeover.columns {
            taken.columns.push(self.column(column).await?);
        }
        for exploration in takeover.explorations {
            taken.explorations.push(self.exploration(exploration).await?);
        }
        for form in takeover.forms {
            taken.forms.push(self.form(form).await?);
        }
        settings::set(self.db, SERVERS, Value::Object(self.addresses), self.now).await?;
        Ok(taken)
    }

    /// The first superuser among them ends the set-up of an installation that had none.
    async fn users(&mut self, users: Vec<Foreign<NewUser>>) -> Result<Vec<Arrival>> {
        let set_up = first_run::is_complete(self.db).await?;
        let mut arrivals = Vec::with_capacity(users.len());
        let mut superuser = None;
        for Foreign { id, new } in users {
            let (arrival, user) = match users::by_name(self.db, &new.username).await? {
                Some(user) => (Arrival::Present, user),
                None => (Arrival::Added, users::insert(self.db, new, self.now).await?),
            };
            superuser = superuser.or((user.is_superuser && user.is_active).then_some(user.id));
            self.ours.users.insert(id, user.id);
            arrivals.push(arrival);
        }
        if !set_up {
            let superuser = superuser.ok_or(Error::Conflict { what: NO_SUPERUSER })?;
            first_run::end(self.db, superuser, self.now).await?;
        }
        Ok(arrivals)
    }

    async fn server(&mut self, server: Foreign<NewServer>) -> Result<Arrival> {
        let Foreign { id, new } = server;
        let address = format!("{}:{}", new.host, new.port.unwrap_or(DEFAULT_PORT));
        let (arrival, server) = match self.known_server(&address, &new).await? {
            Some(server) => (Arrival::Present, server),
            None => (Arrival::Added, servers::insert(self.db, new, self.now).await?),
        };
        self.addresses.insert(address, server.id.into());
        self.ours.servers.insert(id, server.id);
        Ok(arrival)
    }

    /// The server that was taken over from this address, wherever it is now, or that has it.
    async fn known_server(&self, address: &str, new: &NewServer) -> Result<Option<Server>> {
        let before = self.addresses.get(address).and_then(Value::as_i64);
        if let Some(id) = before
            && let Some(server) = servers::by_id(self.db, id).await?
        {
            return Ok(Some(server));
        }
        let ports = match new.port {
            None | Some(DEFAULT_PORT) => vec![Some(DEFAULT_PORT), None],
            port => vec![port],
        };
        for port in ports {
            let found = servers::by_address(self.db, &new.host, port).await?;
            if found.is_some() {
                return Ok(found);
            }
        }
        Ok(None)
    }

    async fn database(&mut self, database: Foreign<NewDatabase>) -> Result<Arrival> {
        let Foreign { id, new } = database;
        let Some(&server_id) = self.ours.servers.get(&new.server_id) else { return Ok(Arrival::Homeless) };
        let (arrival, database) = match databases::by_name(self.db, server_id, &new.name).await? {
            Some(database) => (Arrival::Present, database),
            None => (Arrival::Added, databases::insert(self.db, NewDatabase { server_id, ..new }, self.now).await?),
        };
        self.ours.databases.insert(id, (database.id, server_id));
        Ok(arrival)
    }

    async fn role(&mut self, role: Foreign<NewRole>) -> Result<Arrival> {
        let Foreign { id, new } = role;
        let Some(&server_id) = self.ours.servers.get(&new.server_id) else { return Ok(Arrival::Homeless) };
        let (arrival, role) = match roles::by_name(self.db, server_id, &new.name).await? {
            None => (Arrival::Added, self.store.insert_role(self.db, NewRole { server_id, ..new }, self.now).await?),
            // What an earlier takeover left out because its key was missing.
            Some(role) if role.sealed_password.is_none() && new.password.is_some() => {
                let password = new.password.as_ref();
                (Arrival::Completed, self.store.store_password(self.db, role.id, password, self.now).await?)
            }
            Some(role) => (Arrival::Present, role),
        };
        self.ours.roles.insert(id, role.id);
        Ok(arrival)
    }

    async fn collaborator(&self, new: NewCollaborator) -> Result<Arrival> {
        let ours = &self.ours;
        let (user, role) = (ours.users.get(&new.user_id), ours.roles.get(&new.role_id));
        let (Some(&user_id), Some(&role_id), Some(&(database_id, server_id))) =
            (user, role, ours.databases.get(&new.database_id))
        else {
            return Ok(Arrival::Homeless);
        };
        if collaborators::is_in(self.db, user_id, database_id).await? {
            return Ok(Arrival::Present);
        }
        let new = NewCollaborator { user_id, database_id, role_id };
        collaborators::insert(self.db, new, server_id, self.now).await?;
        Ok(Arrival::Added)
    }

    async fn table(&self, ForeignTable { database_id, table, settings }: ForeignTable) -> Result<Arrival> {
        let Some(&(database_id, _)) = self.ours.databases.get(&database_id) else { return Ok(Arrival::Homeless) };
        if metadata::table(self.db, database_id, table.oid).await?.is_some() {
            return Ok(Arrival::Present);
        }
        metadata::set_table(self.db, database_id, &table, settings, self.now).await?;
        Ok(Arrival::Added)
    }

    async fn column(&self, ForeignColumn { of, column }: ForeignColumn) -> Result<Arrival> {
        let Some(&(database_id, _)) = self.ours.databases.get(&of.database_id) else { return Ok(Arrival::Homeless) };
        let known = metadata::columns(self.db, database_id, of.table.oid).await?;
        if known.iter().any(|known| known.attnum == i32::from(column.attnum)) {
            return Ok(Arrival::Present);
        }
        metadata::set_column(self.db, database_id, &of.table, column, of.settings, self.now).await?;
        Ok(Arrival::Added)
    }

    async fn exploration(&self, new: NewExploration) -> Result<Arrival> {
        let Some(&(database_id, _)) = self.ours.databases.get(&new.database_id) else { return Ok(Arrival::Homeless) };
        if explorations::is_there(self.db, database_id, new.schema_oid, &new.name).await? {
            return Ok(Arrival::Present);
        }
        explorations::insert(self.db, NewExploration { database_id, ..new }, Sharing::default(), self.now).await?;
        Ok(Arrival::Added)
    }

    async fn form(&self, ForeignForm { new, token, publish_public }: ForeignForm) -> Result<Arrival> {
        let Some(&(database_id, _)) = self.ours.databases.get(&new.database_id) else { return Ok(Arrival::Homeless) };
        if forms::by_token(self.db, &token).await?.is_some() {
            return Ok(Arrival::Present);
        }
        let associated_role_id = new.associated_role_id.and_then(|role| self.ours.roles.get(&role).copied());
        let new = NewForm { database_id, associated_role_id, ..new };
        forms::insert(self.db, new, NewLink { token: &token, publish_public }, Sharing::default(), self.now).await?;
        Ok(Arrival::Added)
    }
}
