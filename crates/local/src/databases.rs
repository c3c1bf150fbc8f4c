//! Making and dropping databases in the managed PostgreSQL.

use mathesar_pg::{Endpoint, Host, Pools, Session, TlsMode, TxOptions};
use mathesar_sql::{
    Ident,
    ddl::{
        database::{self, Collation},
        grant::{self, Grantee, Object, Privilege},
        managed,
        role::{self, Attributes},
    },
};
use postgres_protocol::password::scram_sha_256;
use secrecy::{ExposeSecret, SecretString};

use crate::{
    cluster::random_password,
    config::{ManagedDatabase, Secrets},
    error::{Error, Result},
    layout::SUPERUSER,
};

/// Where nobody's tables are.
const MAINTENANCE: &str = "postgres";
/// How many numbers are tried behind an owner's name that is taken.
const OWNER_NAMES: u32 = 100;
/// The longest name that leaves room for an owner's suffix within PostgreSQL's 63 bytes.
const OWNER_STEM: usize = 63 - "_owner99".len();

/// Logs in as the superuser, where nobody's tables are.
pub(crate) async fn superuser(pools: &Pools, host: &Host, password: &SecretString) -> Result<Session> {
    pools.session(&endpoint(host, MAINTENANCE, SUPERUSER, password)).await.map_err(refused)
}

/// How a role logs in to a database of the cluster.
pub(crate) fn endpoint(host: &Host, database: &str, role: &str, password: &SecretString) -> Endpoint {
    Endpoint {
        host: host.clone(),
        database: database.to_owned(),
        role: role.to_owned(),
        password: Some(password.clone()),
        tls: TlsMode::Disable,
        ca_pem: None,
    }
}

/// Closes the databases that every cluster is born with to the owners of the others.
pub(crate) async fn close_to_public(session: &mut Session) -> Result<()> {
    for name in [MAINTENANCE, "template1"] {
        let name = ident(name)?;
        session.execute_alone(&revoke_from_public(name)).await.map_err(refused)?;
    }
    Ok(())
}

/// Makes a database with an owner of its own, whom nobody else can connect to it but by a grant.
pub(crate) async fn create(
    session: &mut Session,
    secrets: &dyn Secrets,
    name: &str,
    collation: Collation,
) -> Result<ManagedDatabase> {
    let database = ident(name)?;
    if [MAINTENANCE, "template0", "template1"].contains(&name) {
        return Err(Error::Exists(name.to_owned()));
    }
    let password = random_password(secrets);
    let owner = create_owner(session, name, &password).await?;
    let made = session.execute_alone(&database::create(&database, Some(&owner), collation)).await;
    if let Err(error) = made {
        if let Err(error) = session.execute_alone(&role::drop(&owner)).await {
            tracing::warn!(role = owner.as_str(), %error, "the owner of a database that was not made is left behind");
        }
        return Err(match error.sqlstate() {
            Some("42P04") => Error::Exists(name.to_owned()),
            _ => refused(error),
        });
    }
    session.execute_alone(&revoke_from_public(database)).await.map_err(refused)?;
    Ok(ManagedDatabase { database: name.to_owned(), owner: owner.as_str().to_owned(), password })
}

/// Drops a database, ending its sessions, and then its owner; gives the owner's name when it is gone too.
///
/// A role that owns something elsewhere, or has rights there, stays: what it owns is somebody's. So does one that the database
/// was given to later.
pub(crate) async fn drop(session: &mut Session, name: &str) -> Result<Option<String>> {
    let database = ident(name)?;
    let missing = || Error::Missing(name.to_owned());
    let (_, owner) = find(session, name).await?.ok_or_else(missing)?;
    session.execute_alone(&database::drop(&database, true)).await.map_err(|error| match error.sqlstate() {
        Some("3D000") => missing(),
        _ => refused(error),
    })?;
    if !owner_names(name).any(|ours| ours == owner) {
        return Ok(None);
    }
    match session.execute_alone(&role::drop(&ident(&owner)?)).await {
        Ok(_) => Ok(Some(owner)),
        Err(error) if error.sqlstate() == Some("2BP01") => Ok(None),
        Err(error) => Err(refused(error)),
    }
}

/// The object identifier of a database that was made here, and the name of its owner.
pub(crate) async fn find(session: &mut Session, name: &str) -> Result<Option<(u32, String)>> {
    let question = managed::database(&ident(name)?);
    let transaction = session.begin(&TxOptions::read());
    let row = transaction.row(&question).await.map_err(refused)?;
    // Ended here, because what may come next refuses to run inside of one.
    transaction.rollback().await.map_err(refused)?;
    let Some(row) = row else { return Ok(None) };
    let (oid, owner): (i64, String) = (row.get(0).map_err(refused)?, row.get(1).map_err(refused)?);
    Ok(u32::try_from(oid).ok().map(|oid| (oid, owner)).filter(|(_, owner)| owner != SUPERUSER))
}

/// Makes the owner under the first of its names that is free.
async fn create_owner(session: &mut Session, database: &str, password: &SecretString) -> Result<Ident> {
    let attributes = Attributes { login: true, create_db: true, create_role: true };
    // PostgreSQL gets the verifier, so that the password is in no statement, log or statistics of its.
    let verifier = scram_sha_256(password.expose_secret().as_bytes());
    for name in owner_names(database) {
        let owner = ident(&name)?;
        match session.execute_alone(&role::create(&owner, attributes, Some(&verifier))).await {
            Ok(_) => return Ok(owner),
            Err(error) if error.sqlstate() == Some("42710") => {}
            Err(error) => return Err(refused(error)),
        }
    }
    Err(Error::Name { name: database.to_owned(), reason: "all names for its owner are taken".to_owned() })
}

/// `books_owner`, `books_owner2`, …
fn owner_names(database: &str) -> impl Iterator<Item = String> {
    let stem = &database[..database.floor_char_boundary(OWNER_STEM)];
    let numbers = std::iter::once(String::new()).chain((2..OWNER_NAMES).map(|number| number.to_string()));
    numbers.map(move |number| format!("{stem}_owner{number}"))
}

pub(crate) fn revoke_from_public(database: Ident) -> mathesar_sql::Statement {
    grant::revoke(&[Privilege::Connect, Privilege::Temporary], &Object::Database(database), &Grantee::Public)
}

pub(crate) fn ident(name: &str) -> Result<Ident> {
    Ident::new(name).map_err(|error| Error::Name { name: name.to_owned(), reason: error.to_string() })
}

pub(crate) fn refused(error: mathesar_pg::Error) -> Error {
    Error::Sql(error.to_string())
}
