//! The running cluster in the hands of its superuser: to be copied as a whole, and to be made from a copy.
//!
//! A copy is read by the superuser, because nobody else may read everything: people's roles own tables that the owner of their
//! database may not look into. It is brought back by the database's own owner, who is no superuser, because a copy can come from
//! anywhere, and what its checks and generated columns call runs with the rights of whoever brings it back.

use std::{fs::File, path::PathBuf};

use mathesar_pg::{Host, Session, TxOptions};
use mathesar_sql::{
    Ident,
    ddl::{
        database::{self, Collation},
        grant::{self, Grantee, Object, Privilege},
        managed as statements,
    },
};
use postgres_protocol::password::scram_sha_256;
use secrecy::{ExposeSecret, SecretString};

use crate::{
    cluster::random_password,
    databases::{self, ident, refused, revoke_from_public},
    dump::{self, Login, Programs},
    error::{Error, Result},
    globals::{Database, Globals, run, table_numbers},
    identity::Identity,
    layout::SUPERUSER,
    managed::Managed,
};

/// The running cluster.
pub struct Access {
    managed: Managed,
    host: Host,
    password: SecretString,
    collation: Collation,
    programs: Programs,
    started: bool,
}

/// What a cluster is, before anybody asks its server.
pub(crate) struct Place {
    pub(crate) host: Host,
    pub(crate) password: SecretString,
    pub(crate) icu: bool,
    pub(crate) clients: PathBuf,
    pub(crate) identity: Identity,
    /// Whether the server was started for this.
    pub(crate) started: bool,
}

impl Access {
    pub(crate) fn new(managed: Managed, place: Place) -> Self {
        Self {
            managed,
            host: place.host,
            password: place.password,
            collation: if place.icu { Collation::IcuRoot } else { Collation::Server },
            programs: Programs { clients: place.clients, identity: place.identity },
            started: place.started,
        }
    }

    /// Stops the server if it was started for this.
    pub async fn release(self) {
        if self.started {
            self.managed.stop().await;
        }
    }

    /// Reads roles, memberships, and databases with the numbers of their tables.
    ///
    /// # Errors
    /// PostgreSQL's; [`Error::Globals`] when something belongs to the superuser.
    pub async fn globals(&self) -> Result<Globals> {
        let mut globals = Globals::read(&mut self.superuser(None).await?).await?;
        for database in &mut globals.databases {
            database.tables = table_numbers(&mut self.superuser(Some(&database.name)).await?).await?;
        }
        Ok(globals)
    }

    /// Writes the content of a database into `file`, in PostgreSQL's custom format, as it is at one moment.
    ///
    /// # Errors
    /// Those of `pg_dump`, a full disk among them.
    pub async fn dump(&self, database: &str, file: File) -> Result<()> {
        self.programs.dump(&self.login(database, SUPERUSER, &self.password), file).await
    }

    /// Makes the roles and databases of a copy in this cluster, which must be a new one. `open` gives the dump of a database, as
    /// often as it is asked. Tells what could not be brought back, a sentence each; that is never any data.
    ///
    /// # Errors
    /// Those of `pg_restore` and PostgreSQL; the cluster is of no use then.
    pub async fn rebuild(
        &self,
        globals: &Globals,
        open: impl Fn(&Database) -> std::io::Result<File> + Send + Sync,
    ) -> Result<Vec<String>> {
        globals.check()?;
        let mut notices = Vec::new();
        let mut session = self.superuser(None).await?;
        globals.create_roles(&mut session, &mut notices).await?;
        for database in &globals.databases {
            tracing::info!(database = database.name, bytes = database.bytes, "bringing back");
            let owner = ident(&database.owner)?;
            globals.lend_all_roles(&mut session, &owner, true).await?;
            let open = || open(database).map_err(|source| Error::Dump { database: database.name.clone(), source });
            self.restore(&mut session, database, &owner, &open, &mut notices).await?;
            globals.lend_all_roles(&mut session, &owner, false).await?;
        }
        for database in &globals.databases {
            database.settle(&mut session).await?;
        }
        globals.settle(&mut session, &mut notices).await?;
        Ok(notices)
    }

    async fn restore(
        &self,
        session: &mut Session,
        database: &Database,
        owner: &Ident,
        open: &(impl Fn() -> Result<File> + Sync),
        notices: &mut Vec<String>,
    ) -> Result<()> {
        let name = ident(&database.name)?;
        run(session, &database::create(&name, Some(owner), self.collation)).await?;
        run(session, &revoke_from_public(name.clone())).await?;
        let password = random_password(self.managed.secrets());
        let verifier = scram_sha_256(password.expose_secret().as_bytes());
        run(session, &statements::let_in(owner, &verifier)).await?;

        let mut inside = self.superuser(Some(&database.name)).await?;
        self.open_schemas(session, &mut inside, &name, owner, true).await?;
        let login = self.login(&database.name, &database.owner, &password);
        self.programs.restore(&login, open()?).await?;
        self.open_schemas(session, &mut inside, &name, owner, false).await?;
        if let Some(refusals) = self.programs.restore_rights(&login, self.managed.home(), open).await? {
            notices.push(format!("Some rights in “{}” could not be brought back:\n{refusals}", database.name));
        }
        run(&mut inside, &statements::analyze()).await
    }

    /// An object can only be given to a role that may create in its schema, and the copy's own rights come last. So while it is
    /// brought back everybody may create: nobody else can be there.
    async fn open_schemas(
        &self,
        session: &mut Session,
        inside: &mut Session,
        database: &Ident,
        owner: &Ident,
        open: bool,
    ) -> Result<()> {
        let everybody = Grantee::Public;
        let (create, both) = ([Privilege::Create], [Privilege::Create, Privilege::Usage]);
        let change = |rights: &[Privilege], object: Object| {
            if open { grant::grant(rights, &object, &everybody) } else { grant::revoke(rights, &object, &everybody) }
        };
        run(session, &change(&create, Object::Database(database.clone()))).await?;
        run(inside, &statements::open_new_schemas(owner, open)).await?;
        let tx = inside.begin(&TxOptions::read());
        let schemas = tx.rows(&statements::schemas()).await.map_err(refused)?;
        tx.rollback().await.map_err(refused)?;
        for row in schemas {
            let schema: String = row.get(0).map_err(refused)?;
            // Everybody may use `public` from the beginning; the copy says so where it is otherwise.
            let rights = if schema == "public" { &create[..] } else { &both };
            run(inside, &change(rights, Object::Schema(ident(&schema)?))).await?;
        }
        Ok(())
    }

    /// The databases whose indexes may be wrong, because another version of the collation sorted them: name, then, now.
    ///
    /// # Errors
    /// PostgreSQL's.
    pub async fn outdated_collations(&self) -> Result<Vec<(String, String, String)>> {
        outdated_collations(&mut self.superuser(None).await?).await
    }

    /// Builds the indexes of a database anew, and notes the collation's present version.
    ///
    /// # Errors
    /// PostgreSQL's.
    pub async fn reindex(&self, database: &str) -> Result<()> {
        let mut session = self.superuser(Some(database)).await?;
        let name = ident(database)?;
        run(&mut session, &statements::reindex(&name)).await?;
        run(&mut session, &statements::refresh_collation_version(&name)).await
    }

    /// What `psql` needs to sign in as the superuser: the program, its arguments and its environment.
    pub fn psql(&self, database: &str) -> std::process::Command {
        dump::psql(&self.programs.clients, &self.login(database, SUPERUSER, &self.password))
    }

    /// Logs in as the superuser to a database, or where nobody's tables are.
    ///
    /// # Errors
    /// PostgreSQL's.
    pub async fn superuser(&self, database: Option<&str>) -> Result<Session> {
        let Some(database) = database else {
            return databases::superuser(self.managed.pools(), &self.host, &self.password).await;
        };
        let endpoint = databases::endpoint(&self.host, database, SUPERUSER, &self.password);
        self.managed.pools().session(&endpoint).await.map_err(refused)
    }

    fn login<'a>(&'a self, database: &'a str, role: &'a str, password: &'a SecretString) -> Login<'a> {
        Login { host: &self.host, database, role, password }
    }
}

pub(crate) async fn outdated_collations(session: &mut Session) -> Result<Vec<(String, String, String)>> {
    let tx = session.begin(&TxOptions::read());
    let rows = tx.rows(&statements::outdated_collations()).await.map_err(refused)?;
    tx.rollback().await.map_err(refused)?;
    rows.iter()
        .map(|row| Ok((row.get(0)?, row.get(1)?, row.get(2)?)))
        .collect::<std::result::Result<_, _>>()
        .map_err(refused)
}
