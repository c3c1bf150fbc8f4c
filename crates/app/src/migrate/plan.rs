//! What everything of the original's becomes here, or why it becomes nothing.

use std::collections::HashMap;

use mathesar_sql::model::Oid;
use mathesar_store::original::{
    Original, OriginalCollaborator, OriginalColumn, OriginalDatabase, OriginalExploration, OriginalForm,
    OriginalFormField, OriginalRole, OriginalServer, OriginalTable, OriginalUser,
};
use mathesar_store::{
    Foreign, ForeignColumn, ForeignForm, ForeignTable, NewCollaborator, NewDatabase, NewExploration, NewRole,
    NewServer, NewUser, PasswordHash, TableName, Takeover,
};

use super::passwords::{self, Passwords};
use super::reach::{self, Reached};
use super::report::{Draft, Drafts};
use crate::databases::{host, refuse_socket};
use crate::model::metadata::{column_settings, table_settings};
use crate::{App, Error, auth::fields, explorations, forms, users::DEFAULT_LANGUAGE};

/// Something of the original's on its way: what it becomes, or why it is left out.
struct Candidate<T> {
    what: String,
    becomes: Result<T, String>,
    note: Option<String>,
}

impl<T> Candidate<T> {
    fn new(what: String, becomes: Result<T, String>) -> Self {
        Self { what, becomes, note: None }
    }

    fn with(self, note: Option<String>) -> Self {
        Self { note, ..self }
    }
}

/// Everything on its way.
pub(super) struct Plan {
    users: Vec<Candidate<Foreign<NewUser>>>,
    servers: Vec<Candidate<Foreign<NewServer>>>,
    databases: Vec<Candidate<Foreign<NewDatabase>>>,
    roles: Vec<Candidate<Foreign<NewRole>>>,
    collaborators: Vec<Candidate<NewCollaborator>>,
    tables: Vec<Candidate<ForeignTable>>,
    columns: Vec<Candidate<ForeignColumn>>,
    explorations: Vec<Candidate<NewExploration>>,
    forms: Vec<Candidate<ForeignForm>>,
}

impl Plan {
    /// What goes to the store, and the lines of the report.
    pub(super) fn split(self) -> (Takeover, Drafts) {
        let (mut takeover, mut drafts) = (Takeover::default(), Drafts::default());
        (takeover.users, drafts.users) = part(self.users);
        (takeover.servers, drafts.servers) = part(self.servers);
        (takeover.databases, drafts.databases) = part(self.databases);
        (takeover.roles, drafts.roles) = part(self.roles);
        (takeover.collaborators, drafts.collaborators) = part(self.collaborators);
        (takeover.tables, drafts.tables) = part(self.tables);
        (takeover.columns, drafts.columns) = part(self.columns);
        (takeover.explorations, drafts.explorations) = part(self.explorations);
        (takeover.forms, drafts.forms) = part(self.forms);
        (takeover, drafts)
    }
}

fn part<T>(candidates: Vec<Candidate<T>>) -> (Vec<T>, Vec<Draft>) {
    let (mut new, mut drafts) = (Vec::new(), Vec::new());
    for Candidate { what, becomes, note } in candidates {
        let left_out = match becomes {
            Ok(found) => {
                new.push(found);
                None
            }
            Err(reason) => Some(reason),
        };
        drafts.push(Draft { what, left_out, note });
    }
    (new, drafts)
}

/// Makes the plan.
pub(super) fn make(app: &App, original: &Original, passwords: &Passwords, reached: &HashMap<i64, Reached>) -> Plan {
    let view = View { original, reached };
    Plan {
        users: original.users.iter().map(user).collect(),
        servers: view.servers(app),
        databases: view.databases(),
        roles: view.roles(passwords),
        collaborators: view.collaborators(),
        tables: view.tables(),
        columns: view.columns(),
        explorations: view.explorations(),
        forms: view.forms(),
    }
}

fn user(user: &OriginalUser) -> Candidate<Foreign<NewUser>> {
    let mut notes = Vec::new();
    let password_hash = PasswordHash::of_the_original(&user.password).unwrap_or_else(|| {
        notes.push(format!("has no password that works here: mathesar users reset-password {}", user.username));
        PasswordHash::of_nothing()
    });
    if !user.is_active {
        notes.push("may not sign in, as in the original".to_owned());
    }
    let email = if fields::check_email(&user.email).is_ok() { user.email.clone() } else { String::new() };
    let language = user.display_language.clone().filter(|tag| fields::check_language(tag).is_ok());
    let new = NewUser {
        username: user.username.clone(),
        email,
        full_name: user.full_name.clone().filter(|name| fields::check_full_name(name).is_ok()).unwrap_or_default(),
        password_hash,
        is_superuser: user.is_superuser,
        is_active: user.is_active,
        password_change_needed: user.password_change_needed,
        display_language: language.unwrap_or_else(|| DEFAULT_LANGUAGE.to_owned()),
    };
    let what = if user.is_superuser { format!("{}, superuser", user.username) } else { user.username.clone() };
    let becomes = fields::check_username(&user.username).map(|()| Foreign { id: user.id, new }).map_err(reason);
    Candidate::new(what, becomes).with((!notes.is_empty()).then(|| notes.join("; ")))
}

/// The original's things, and how its databases were found.
struct View<'a> {
    original: &'a Original,
    reached: &'a HashMap<i64, Reached>,
}

impl View<'_> {
    fn servers(&self, app: &App) -> Vec<Candidate<Foreign<NewServer>>> {
        let servers = self.original.servers.iter();
        servers.map(|server| Candidate::new(address(server), self.server(app, server))).collect()
    }

    fn server(&self, app: &App, server: &OriginalServer) -> Result<Foreign<NewServer>, String> {
        if server.host.trim().is_empty() {
            return Err("it has no host".to_owned());
        }
        refuse_socket(app, &host(&server.host, server.port)).map_err(reason)?;
        let new = NewServer {
            host: server.host.clone(),
            port: server.port,
            sslmode: reach::tls(server).as_str().to_owned(),
            ca_pem: None,
            managed: false,
        };
        Ok(Foreign { id: server.id, new })
    }

    fn databases(&self) -> Vec<Candidate<Foreign<NewDatabase>>> {
        let candidate = |database: &OriginalDatabase| {
            let new = NewDatabase {
                server_id: database.server_id,
                name: database.name.clone(),
                nickname: database.nickname.clone(),
                managed: false,
            };
            let (becomes, note) = match self.reached.get(&database.id) {
                Some(Reached::Refused(reason)) => (Err(reason.clone()), None),
                Some(Reached::Away(reason)) => (Ok(new), Some(format!("cannot be reached from here: {reason}"))),
                _ => (Ok(new), None),
            };
            let becomes = becomes.map(|new| Foreign { id: database.id, new });
            let server = self.original.servers.iter().find(|server| server.id == database.server_id);
            let what = format!("{} on {}", database.name, server.map(address).unwrap_or_default());
            Candidate::new(what, becomes).with(note)
        };
        self.original.databases.iter().map(candidate).collect()
    }

    fn roles(&self, passwords: &Passwords) -> Vec<Candidate<Foreign<NewRole>>> {
        let candidate = |role: &OriginalRole| {
            let new = NewRole {
                server_id: role.server_id,
                name: role.name.clone(),
                password: passwords.of(role.id).cloned(),
            };
            let closed = passwords.is_closed(role.id);
            let note = closed.then(|| "without its password, which could not be opened: enter it anew".to_owned());
            Candidate::new(passwords::label(self.original, role), Ok(Foreign { id: role.id, new })).with(note)
        };
        self.original.roles.iter().map(candidate).collect()
    }

    fn collaborators(&self) -> Vec<Candidate<NewCollaborator>> {
        let candidate = |place: &OriginalCollaborator| {
            let user = self.original.users.iter().find(|user| user.id == place.user_id);
            let role = self.original.roles.iter().find(|role| role.id == place.configured_role_id);
            let what = format!(
                "{} in {} as {}",
                user.map(|user| user.username.as_str()).unwrap_or_default(),
                self.name(place.database_id),
                role.map(|role| role.name.as_str()).unwrap_or_default(),
            );
            let (user_id, database_id) = (place.user_id, place.database_id);
            Candidate::new(what, Ok(NewCollaborator { user_id, database_id, role_id: place.configured_role_id }))
        };
        self.original.collaborators.iter().map(candidate).collect()
    }

    /// Tables about which nothing is kept that means something here are not worth a line.
    fn tables(&self) -> Vec<Candidate<ForeignTable>> {
        let candidate = |kept: &OriginalTable| {
            let mut fields = kept.settings.clone();
            // The number of an uploaded file there would be that of another one here.
            fields.remove("data_file_id");
            let settings = table_settings(&fields).transpose()?;
            let becomes = self.table(kept.database_id, kept.table_oid).and_then(|table| {
                Ok(ForeignTable { database_id: kept.database_id, table, settings: settings.map_err(reason)? })
            });
            Some(Candidate::new(self.table_label(kept.database_id, kept.table_oid), becomes))
        };
        self.original.tables.iter().filter_map(candidate).collect()
    }

    fn columns(&self) -> Vec<Candidate<ForeignColumn>> {
        let candidate = |kept: &OriginalColumn| {
            let (database_id, oid) = (kept.database_id, kept.table_oid);
            let settings = column_settings(&kept.settings).transpose()?;
            let becomes = self.table(database_id, oid).and_then(|table| {
                let column = self.found(database_id)?.column(oid, kept.attnum)?;
                let of = ForeignTable { database_id, table, settings: settings.map_err(reason)? };
                Ok(ForeignColumn { of, column })
            });
            let what = format!("column {} of {}", kept.attnum, self.table_label(database_id, oid));
            Some(Candidate::new(what, becomes))
        };
        self.original.columns.iter().filter_map(candidate).collect()
    }

    fn explorations(&self) -> Vec<Candidate<NewExploration>> {
        let candidate = |from: &OriginalExploration| {
            let schema = self.schema(from.database_id, from.schema_oid, from.base_table_oid);
            let becomes = schema.and_then(|schema| explorations::taken_over(from, schema).map_err(reason));
            Candidate::new(format!("{} in {}", from.name, self.name(from.database_id)), becomes)
        };
        self.original.explorations.iter().map(candidate).collect()
    }

    fn forms(&self) -> Vec<Candidate<ForeignForm>> {
        let mut fields: HashMap<i64, Vec<&OriginalFormField>> = HashMap::new();
        for field in &self.original.form_fields {
            fields.entry(field.form_id).or_default().push(field);
        }
        let candidate = |from: &OriginalForm| {
            let fields = fields.get(&from.id).map(Vec::as_slice).unwrap_or_default();
            let schema = self.schema(from.database_id, from.schema_oid, from.base_table_oid);
            let new = schema.and_then(|schema| forms::taken_over(from, fields, schema).map_err(reason));
            let (token, publish_public) = (from.token.clone(), from.publish_public);
            let becomes = new.map(|new| ForeignForm { new, token, publish_public });
            Candidate::new(format!("{} in {}", from.name, self.name(from.database_id)), becomes)
        };
        self.original.forms.iter().map(candidate).collect()
    }

    fn found(&self, database_id: i64) -> Result<&Reached, String> {
        self.reached.get(&database_id).ok_or_else(|| "its database is not there".to_owned())
    }

    fn table(&self, database_id: i64, oid: Oid) -> Result<TableName, String> {
        self.found(database_id)?.table(oid)
    }

    /// The name of the schema of something over a table.
    fn schema(&self, database_id: i64, schema: Oid, table: Oid) -> Result<String, String> {
        let found = self.found(database_id)?;
        found.table(table)?;
        found.schema(schema)
    }

    /// The name of a database, for people.
    fn name(&self, database_id: i64) -> &str {
        let database = self.original.databases.iter().find(|database| database.id == database_id);
        database.map(|database| database.name.as_str()).unwrap_or_default()
    }

    /// A table with its database, for people: by its name where that is known.
    fn table_label(&self, database_id: i64, oid: Oid) -> String {
        let database = self.name(database_id);
        match self.table(database_id, oid) {
            Ok(table) if !table.name.is_empty() => format!("{}.{} in {database}", table.schema, table.name),
            _ => format!("table {oid} in {database}"),
        }
    }
}

/// Host and port of a server, for people.
pub(super) fn address(server: &OriginalServer) -> String {
    host(&server.host, server.port).to_string()
}

fn reason(error: Error) -> String {
    error.message().to_owned()
}
