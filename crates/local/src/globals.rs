//! What a cluster holds beside the content of its databases: roles, who is a member of what, and the databases themselves.
//!
//! It is copied as data and not as SQL, so that a copy from somewhere else can be looked at before anything of it is done, and
//! can never make a superuser.

use std::collections::HashSet;

use mathesar_pg::{RawRow, Session, TxOptions};
use mathesar_sql::{
    Ident, Statement,
    ddl::{
        database,
        grant::Object,
        managed::{self, Attributes, MembershipOptions, SignIn},
        role,
    },
};
use serde::{Deserialize, Serialize, de::DeserializeOwned};

use crate::{
    databases::{ident, refused},
    error::{Error, Result},
    layout::SUPERUSER,
};

/// Roles of PostgreSQL's own that reach beyond the database, into the machine: nobody becomes a member of them by a copy.
const BEYOND: [&str; 3] = ["pg_execute_server_program", "pg_read_server_files", "pg_write_server_files"];

/// The first version in which a membership has options of inheriting and setting.
const OPTIONS_SINCE: u32 = 16;

/// Everything of a cluster but the content of its databases.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Globals {
    /// The major version that it was copied from.
    pub major: u32,
    /// The roles.
    pub roles: Vec<Role>,
    /// Who is a member of what.
    pub memberships: Vec<Membership>,
    /// The databases.
    pub databases: Vec<Database>,
    /// What roles and databases have set.
    pub settings: Vec<Settings>,
}

/// A role.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Role {
    /// Its name.
    pub name: String,
    inherit: bool,
    create_role: bool,
    create_db: bool,
    login: bool,
    /// Whether it was a superuser, or could replicate or pass by policies, which no copy is.
    above: bool,
    connection_limit: i32,
    verifier: Option<String>,
    valid_until: Option<String>,
    comment: Option<String>,
}

/// That a role is a member of another.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Membership {
    role: String,
    member: String,
    /// `None` is the bootstrap superuser.
    grantor: Option<String>,
    admin: bool,
    inherit: Option<bool>,
    set: Option<bool>,
}

/// A database.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Database {
    /// Its name.
    pub name: String,
    /// The role that owns it.
    pub owner: String,
    /// What it takes on the disk.
    pub bytes: u64,
    connection_limit: i32,
    comment: Option<String>,
    rights: Vec<Right>,
    /// The numbers of its tables, which are other ones in a copy.
    #[serde(default)]
    pub tables: Vec<TableNumbers>,
}

/// The numbers of a table and its columns.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct TableNumbers {
    /// Its identifier.
    pub oid: u32,
    /// The name of its schema.
    pub schema: String,
    /// Its name.
    pub name: String,
    /// Number and name of each column.
    pub columns: Vec<(i16, String)>,
}

/// A right on a database.
#[derive(Clone, Debug, Serialize, Deserialize)]
struct Right {
    /// `None` is everybody.
    grantee: Option<String>,
    privilege: String,
    grantable: bool,
}

/// What a role, a database, or the one in the other has set.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Settings {
    database: Option<String>,
    role: Option<String>,
    /// Each as `name=value`.
    settings: Vec<String>,
}

impl Globals {
    /// Reads a running cluster.
    pub(crate) async fn read(session: &mut Session) -> Result<Self> {
        let major = session.version().major();
        let tx = session.begin(&TxOptions::read());
        let globals = Self {
            major,
            roles: all(&tx.rows(&managed::roles()).await.map_err(refused)?)?,
            memberships: all(&tx.rows(&managed::memberships()).await.map_err(refused)?)?,
            databases: all(&tx.rows(&managed::databases()).await.map_err(refused)?)?,
            settings: all(&tx.rows(&managed::settings()).await.map_err(refused)?)?,
        };
        tx.rollback().await.map_err(refused)?;
        globals.check()?;
        Ok(globals)
    }

    /// Looks whether it fits together, which a file from somewhere else need not.
    ///
    /// # Errors
    /// [`Error::Globals`].
    pub fn check(&self) -> Result<()> {
        let odd = |reason: String| Err(Error::Globals { reason });
        let mut roles = HashSet::new();
        for role in &self.roles {
            let name = role.name.as_str();
            if name == SUPERUSER || name.starts_with("pg_") || !roles.insert(name) {
                return odd(format!("the role “{name}” cannot be one of them"));
            }
        }
        let mut databases = HashSet::new();
        for database in &self.databases {
            let (name, owner) = (database.name.as_str(), database.owner.as_str());
            if ["postgres", "template0", "template1"].contains(&name) || !databases.insert(name) {
                return odd(format!("the database “{name}” cannot be one of them"));
            }
            if !roles.contains(owner) {
                return odd(format!(
                    "the database “{name}” belongs to “{owner}”, and only what belongs to an ordinary role can be brought \
                     back. Give it one with `mathesar postgres psql`: ALTER DATABASE … OWNER TO …, and the same for its tables"
                ));
            }
        }
        Ok(())
    }

    /// Makes the roles, none of which can sign in yet. What cannot be brought back is told in `notices`.
    pub(crate) async fn create_roles(&self, session: &mut Session, notices: &mut Vec<String>) -> Result<()> {
        for copied in &self.roles {
            let name = ident(&copied.name)?;
            let attributes =
                Attributes { inherit: copied.inherit, create_role: copied.create_role, create_db: copied.create_db };
            run(session, &managed::create_role(&name, attributes)).await?;
            if let Some(comment) = &copied.comment {
                run(session, &role::comment(&name, Some(comment))).await?;
            }
            if copied.above {
                notices.push(format!(
                    "The role “{}” was a superuser, or could replicate or pass by policies. It is an ordinary role now.",
                    copied.name
                ));
            }
        }
        Ok(())
    }

    /// Makes `owner`, who is to bring back a database, a member of every other role for a while, or ends that.
    pub(crate) async fn lend_all_roles(&self, session: &mut Session, owner: &Ident, lend: bool) -> Result<()> {
        let how = match session.version().major() {
            ..OPTIONS_SINCE => MembershipOptions::default(),
            _ => MembershipOptions { admin: false, inherit: Some(true), set: Some(true) },
        };
        for other in self.roles.iter().filter(|role| role.name != owner.as_str()) {
            let other = ident(&other.name)?;
            let statement = if lend {
                managed::grant_membership(&other, owner, how, None)
            } else {
                mathesar_sql::ddl::grant::revoke_role(&other, owner, None)
            };
            run(session, &statement).await?;
        }
        Ok(())
    }

    /// Gives the memberships, the ways to sign in, and the settings. The databases must be there.
    pub(crate) async fn settle(&self, session: &mut Session, notices: &mut Vec<String>) -> Result<()> {
        self.grant_memberships(session, notices).await?;
        for role in &self.roles {
            let how = SignIn {
                login: role.login,
                verifier: role.verifier.as_deref().filter(|verifier| verifier.starts_with("SCRAM-SHA-256$")),
                connection_limit: role.connection_limit,
                valid_until: role.valid_until.as_deref(),
            };
            run(session, &managed::set_sign_in(&ident(&role.name)?, &how)).await?;
        }
        for settings in &self.settings {
            for setting in &settings.settings {
                if let Err(error) = self.set(session, settings, setting).await {
                    notices.push(format!("The setting {setting} could not be brought back: {error}"));
                }
            }
        }
        Ok(())
    }

    /// A grantor must be able to grant when it does: those who got their right from the superuser come first.
    async fn grant_memberships(&self, session: &mut Session, notices: &mut Vec<String>) -> Result<()> {
        let has_options = session.version().major() >= OPTIONS_SINCE;
        let known: HashSet<&str> = self.roles.iter().map(|role| role.name.as_str()).collect();
        let (mut waiting, dropped): (Vec<&Membership>, Vec<&Membership>) = self.memberships.iter().partition(|one| {
            let role = one.role.as_str();
            known.contains(one.member.as_str())
                && (known.contains(role) || role.starts_with("pg_") && !BEYOND.contains(&role))
        });
        for one in dropped {
            notices.push(format!("“{}” is no longer a member of “{}”.", one.member, one.role));
        }
        let mut able: HashSet<(&str, &str)> = HashSet::new();
        while !waiting.is_empty() {
            let ready = |one: &&Membership| {
                one.grantor.as_deref().is_none_or(|grantor| able.contains(&(one.role.as_str(), grantor)))
            };
            let (mut now, mut later): (Vec<&Membership>, Vec<&Membership>) = waiting.into_iter().partition(ready);
            // Nobody who is here granted what is left: then it is from the superuser.
            let orphaned = now.is_empty();
            if orphaned {
                std::mem::swap(&mut now, &mut later);
            }
            for one in &now {
                let how = MembershipOptions {
                    admin: one.admin,
                    inherit: one.inherit.filter(|_| has_options),
                    set: one.set.filter(|_| has_options),
                };
                let grantor = one.grantor.as_deref().filter(|_| !orphaned).map(ident).transpose()?;
                let (role, member) = (ident(&one.role)?, ident(&one.member)?);
                run(session, &managed::grant_membership(&role, &member, how, grantor.as_ref())).await?;
            }
            able.extend(now.iter().filter(|one| one.admin).map(|one| (one.role.as_str(), one.member.as_str())));
            waiting = later;
        }
        Ok(())
    }

    /// Sets as the role itself, or as the database's owner: who may not set something must not get it set by us.
    async fn set(&self, session: &mut Session, target: &Settings, setting: &str) -> Result<()> {
        let (name, value) = setting.split_once('=').unwrap_or((setting, ""));
        let owner_of = |name: &String| self.databases.iter().find(|database| database.name == *name);
        let whose = target.role.as_ref().or(target.database.as_ref().and_then(owner_of).map(|found| &found.owner));
        let whose = whose.filter(|whose| self.roles.iter().any(|role| role.name == **whose));
        let Some(whose) = whose else { return Err(Error::Globals { reason: "it is nobody's here".to_owned() }) };
        let role = target.role.as_deref().map(ident).transpose()?;
        let database = target.database.as_deref().map(ident).transpose()?;
        let parts = name.split('.').map(ident).collect::<Result<Vec<_>>>()?;
        let tx = session.begin(&TxOptions::ddl());
        let steps = async {
            tx.execute(&managed::become_role(&ident(whose)?)).await.map_err(refused)?;
            tx.rows(&managed::set_here(name, value)).await.map_err(refused)?;
            tx.execute(&managed::keep_setting(role.as_ref(), database.as_ref(), &parts)).await.map_err(refused)
        };
        match steps.await {
            Ok(_) => tx.commit().await.map_err(refused),
            Err(error) => {
                tx.rollback().await.map_err(refused)?;
                Err(error)
            }
        }
    }
}

impl Database {
    /// Gives everybody the rights that they had, and the database its limit and its comment.
    pub(crate) async fn settle(&self, session: &mut Session) -> Result<()> {
        let name = ident(&self.name)?;
        let on = Object::Database(name.clone());
        for right in &self.rights {
            let Some(privilege) = on.privilege(&right.privilege) else { continue };
            if right.grantee.as_deref() == Some(self.owner.as_str()) || right.grantee.as_deref() == Some(SUPERUSER) {
                continue;
            }
            let grantee = right.grantee.as_deref().map(ident).transpose()?;
            run(session, &managed::grant_on_database(&name, privilege, grantee.as_ref(), right.grantable)).await?;
        }
        if let Some(comment) = &self.comment {
            run(session, &database::comment(&name, Some(comment))).await?;
        }
        if self.connection_limit >= 0 {
            run(session, &managed::limit_connections(&name, self.connection_limit)).await?;
        }
        Ok(())
    }
}

/// Reads the numbers of the tables of the database that one is connected to.
pub(crate) async fn table_numbers(session: &mut Session) -> Result<Vec<TableNumbers>> {
    let tx = session.begin(&TxOptions::read());
    let tables = all(&tx.rows(&managed::table_numbers()).await.map_err(refused)?)?;
    tx.rollback().await.map_err(refused)?;
    Ok(tables)
}

pub(crate) async fn run(session: &mut Session, statement: &Statement) -> Result<()> {
    session.execute_alone(statement).await.map(drop).map_err(refused)
}

fn all<T: DeserializeOwned>(rows: &[RawRow]) -> Result<Vec<T>> {
    let read = |row: &RawRow| {
        let text: &str = row.get(0).map_err(refused)?;
        serde_json::from_str(text).map_err(|error| Error::Globals { reason: error.to_string() })
    };
    rows.iter().map(read).collect()
}
