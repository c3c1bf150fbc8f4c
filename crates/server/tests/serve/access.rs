//! Who may call what: every method has its row here, written by hand and not read from the contract, so that a method whose
//! access changes by accident does not go unnoticed.

use std::collections::BTreeMap;

use mathesar_testkit::Cluster;
use serde_json::{Value, json};

use crate::server::{ADMIN, Browser, FORM, Server, form};

/// What somebody gets who calls a method.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Outcome {
    /// The call is looked into: it succeeds, or its parameters are found wanting.
    Admitted,
    /// Sign in first.
    SignIn,
    /// Only superusers may.
    NotSuperuser,
    /// Only collaborators of the database may.
    NoPlace,
}

use Outcome::{Admitted, NoPlace, NotSuperuser, SignIn};

/// In this order: a visitor, a user without a place in the database, a collaborator, a superuser without a place, a
/// superuser who is a collaborator.
type Row = [Outcome; 5];

const EVERYBODY: Row = [Admitted; 5];
const USERS: Row = [SignIn, Admitted, Admitted, Admitted, Admitted];
const COLLABORATORS: Row = [SignIn, NoPlace, Admitted, NoPlace, Admitted];
/// Superusers let people into databases where they have no place themselves.
const COLLABORATORS_AND_SUPERUSERS: Row = [SignIn, NoPlace, Admitted, Admitted, Admitted];
const SUPERUSERS: Row = [SignIn, NotSuperuser, NotSuperuser, Admitted, Admitted];

const TABLE: &[(&str, Row)] = &[
    ("setup.status", EVERYBODY),
    ("setup.complete", EVERYBODY),
    ("session.get", EVERYBODY),
    ("session.sign_in", EVERYBODY),
    ("session.sign_out", USERS),
    ("session.list", USERS),
    ("session.revoke", USERS),
    ("session.set_preferences", USERS),
    ("users.list", SUPERUSERS),
    ("users.get", SUPERUSERS),
    ("users.add", SUPERUSERS),
    ("users.delete", SUPERUSERS),
    ("users.patch_self", USERS),
    ("users.patch_other", SUPERUSERS),
    ("users.password.replace_own", USERS),
    ("users.password.revoke", SUPERUSERS),
    ("users.tokens.list", USERS),
    ("users.tokens.add", USERS),
    ("users.tokens.revoke", USERS),
    ("collaborators.list", COLLABORATORS_AND_SUPERUSERS),
    ("collaborators.add", SUPERUSERS),
    ("collaborators.set_role", SUPERUSERS),
    ("collaborators.delete", SUPERUSERS),
    ("servers.configured.list", USERS),
    ("servers.configured.patch", SUPERUSERS),
    ("databases.configured.list", USERS),
    ("databases.configured.patch", SUPERUSERS),
    ("databases.configured.disconnect", SUPERUSERS),
    ("databases.get", COLLABORATORS),
    ("databases.delete", SUPERUSERS),
    ("databases.privileges.list_direct", COLLABORATORS),
    ("databases.privileges.replace_for_roles", COLLABORATORS),
    ("databases.privileges.transfer_ownership", COLLABORATORS),
    ("databases.default_privileges.list", COLLABORATORS),
    ("databases.default_privileges.replace_for_roles", COLLABORATORS),
    ("databases.setup.create_new", SUPERUSERS),
    ("databases.setup.connect_existing", SUPERUSERS),
    ("databases.setup.test", SUPERUSERS),
    ("databases.setup.samples", USERS),
    ("roles.list", COLLABORATORS),
    ("roles.get_current_role", COLLABORATORS),
    ("roles.add", COLLABORATORS),
    ("roles.delete", COLLABORATORS),
    ("roles.set_members", COLLABORATORS),
    ("roles.reach", COLLABORATORS),
    ("roles.configured.list", COLLABORATORS_AND_SUPERUSERS),
    ("roles.configured.add", SUPERUSERS),
    ("roles.configured.set_password", SUPERUSERS),
    ("roles.configured.delete", SUPERUSERS),
    ("schemas.list", COLLABORATORS),
    ("schemas.get", COLLABORATORS),
    ("schemas.add", COLLABORATORS),
    ("schemas.patch", COLLABORATORS),
    ("schemas.delete", COLLABORATORS),
    ("schemas.privileges.list_direct", COLLABORATORS),
    ("schemas.privileges.replace_for_roles", COLLABORATORS),
    ("schemas.privileges.transfer_ownership", COLLABORATORS),
    ("schemas.default_privileges.list", COLLABORATORS),
    ("schemas.default_privileges.replace_for_roles", COLLABORATORS),
    ("tables.list", COLLABORATORS),
    ("tables.list_with_metadata", COLLABORATORS),
    ("tables.get", COLLABORATORS),
    ("tables.get_with_metadata", COLLABORATORS),
    ("tables.add", COLLABORATORS),
    ("tables.patch", COLLABORATORS),
    ("tables.delete", COLLABORATORS),
    ("tables.refresh", COLLABORATORS),
    ("tables.privileges.list_direct", COLLABORATORS),
    ("tables.privileges.replace_for_roles", COLLABORATORS),
    ("tables.privileges.transfer_ownership", COLLABORATORS),
    ("tables.metadata.list", COLLABORATORS),
    ("tables.metadata.set", COLLABORATORS),
    ("tables.layout.set", COLLABORATORS),
    ("columns.list", COLLABORATORS),
    ("columns.list_with_metadata", COLLABORATORS),
    ("columns.add", COLLABORATORS),
    ("columns.patch", COLLABORATORS),
    ("columns.delete", COLLABORATORS),
    ("columns.metadata.list", COLLABORATORS),
    ("columns.metadata.set", COLLABORATORS),
    ("columns.reset_mash", COLLABORATORS),
    ("columns.check_cast", COLLABORATORS),
    ("columns.privileges.list_direct", COLLABORATORS),
    ("columns.privileges.replace_for_roles", COLLABORATORS),
    ("constraints.list", COLLABORATORS),
    ("constraints.add", COLLABORATORS),
    ("constraints.delete", COLLABORATORS),
    ("indexes.list", COLLABORATORS),
    ("indexes.add", COLLABORATORS),
    ("indexes.delete", COLLABORATORS),
    ("enums.list", COLLABORATORS),
    ("enums.add", COLLABORATORS),
    ("enums.patch", COLLABORATORS),
    ("policies.list", COLLABORATORS),
    ("policies.add", COLLABORATORS),
    ("policies.patch", COLLABORATORS),
    ("policies.delete", COLLABORATORS),
    ("policies.set_row_security", COLLABORATORS),
    ("columns.add_primary_key_column", COLLABORATORS),
    ("tables.list_joinable", COLLABORATORS),
    ("tables.import", COLLABORATORS),
    ("tables.get_import_preview", COLLABORATORS),
    ("data_modeling.suggest_types", COLLABORATORS),
    ("data_modeling.add_foreign_key_column", COLLABORATORS),
    ("data_modeling.add_mapping_table", COLLABORATORS),
    ("data_modeling.split_table", COLLABORATORS),
    ("data_modeling.move_columns", COLLABORATORS),
    ("data_modeling.change_primary_key_column", COLLABORATORS),
    ("databases.upgrade_sql", SUPERUSERS),
    ("records.list", COLLABORATORS),
    ("records.get", COLLABORATORS),
    ("records.add", COLLABORATORS),
    ("records.patch", COLLABORATORS),
    ("records.delete", COLLABORATORS),
    ("records.search", COLLABORATORS),
    ("records.list_summaries", COLLABORATORS),
    ("records.locate", COLLABORATORS),
    ("records.count", COLLABORATORS),
    ("records.apply", COLLABORATORS),
    ("explorations.list", COLLABORATORS),
    ("explorations.get", COLLABORATORS),
    ("explorations.add", COLLABORATORS),
    ("explorations.replace", COLLABORATORS),
    ("explorations.delete", COLLABORATORS),
    ("explorations.share", COLLABORATORS),
    ("explorations.run", COLLABORATORS),
    ("forms.list", COLLABORATORS),
    ("forms.add", COLLABORATORS),
    ("forms.patch", COLLABORATORS),
    ("forms.delete", COLLABORATORS),
    ("forms.share", COLLABORATORS),
    ("forms.set_publish_public", COLLABORATORS),
    ("forms.regenerate_token", COLLABORATORS),
    ("forms.get", EVERYBODY),
    ("forms.get_source_info", EVERYBODY),
    ("forms.list_related_records", EVERYBODY),
    ("forms.submit", EVERYBODY),
    ("table_views.list", COLLABORATORS),
    ("table_views.add", COLLABORATORS),
    ("table_views.patch", COLLABORATORS),
    ("table_views.share", COLLABORATORS),
    ("table_views.delete", COLLABORATORS),
    ("imports.preview", USERS),
    ("imports.load", COLLABORATORS),
    ("imports.append", COLLABORATORS),
    ("jobs.get", USERS),
    ("jobs.cancel", USERS),
    ("sql.show", COLLABORATORS),
];

#[test]
fn every_method_lets_in_whom_it_should() {
    let server = Server::with_superuser(&["--allow-unix-sockets"]);
    let database = Cluster::shared().database();
    let admin = server.script(ADMIN.0, ADMIN.1);
    let connected = admin.call("databases.setup.connect_existing", json!({ "url": database.url() }));
    let id = connected["database"]["id"].clone();
    add_users(&server, &admin, &id, &connected["configured_role"]["id"]);
    let callers = [
        ("a visitor", server.visitor()),
        ("a stranger", server.script("stranger", SECOND)),
        ("a collaborator", server.script("collaborator", SECOND)),
        ("a superuser without a place", server.script("other-admin", SECOND)),
        ("a superuser with a place", admin),
    ];
    let mut expected: BTreeMap<&str, &Row> = TABLE.iter().map(|(name, row)| (*name, row)).collect();
    assert_eq!(expected.len(), TABLE.len(), "a method has two rows");
    for method in mathesar_api::methods() {
        let row = expected.remove(method.name).unwrap_or_else(|| panic!("{} has no row in this table", method.name));
        for ((who, caller), expected) in callers.iter().zip(row) {
            let found = outcome(&caller.answer(method.name, params(method.access, &id)));
            assert_eq!(found, *expected, "{who} calls {}", method.name);
        }
    }
    assert!(expected.is_empty(), "rows without a method: {expected:?}");
}

const FIRST: &str = "first of all passwords";
const SECOND: &str = "second of all passwords";

fn add_users(server: &Server, admin: &Browser<'_>, database: &Value, role: &Value) {
    for (name, is_superuser) in [("stranger", false), ("collaborator", false), ("other-admin", true)] {
        let def = json!({ "username": name, "password": FIRST, "is_superuser": is_superuser });
        let user = admin.call("users.add", json!({ "user_def": def }));
        let change = json!({ "old_password": FIRST, "new_password": SECOND });
        server.script(name, FIRST).call("users.password.replace_own", change);
        if name == "collaborator" {
            let place = json!({ "database_id": database, "user_id": user["id"], "configured_role_id": role });
            admin.call("collaborators.add", place);
        }
    }
}

/// As little as the gate looks at, so that a call that is admitted does nothing.
fn params(access: mathesar_api::Access, database: &Value) -> Value {
    match access {
        mathesar_api::Access::Collaborator => json!({ "database_id": database, "no such parameter": true }),
        _ => json!({ "no such parameter": true }),
    }
}

fn outcome(answer: &Value) -> Outcome {
    match answer["error"]["code"].as_i64() {
        Some(-32603) => SignIn,
        Some(-31035) => NotSuperuser,
        Some(-28030) => NoPlace,
        Some(-32602) => Admitted,
        _ => panic!("neither refused nor admitted: {answer}"),
    }
}

#[test]
fn a_database_is_closed_in_the_same_words_whether_it_exists_or_not() {
    let server = Server::with_superuser(&["--allow-unix-sockets"]);
    let database = Cluster::shared().database();
    let admin = server.script(ADMIN.0, ADMIN.1);
    let connected = admin.call("databases.setup.connect_existing", json!({ "url": database.url() }));
    let id = connected["database"]["id"].clone();
    add_users(&server, &admin, &id, &connected["configured_role"]["id"]);
    let stranger = server.script("stranger", SECOND);
    let here = stranger.answer("schemas.list", json!({ "database_id": id }));
    let nowhere = stranger.answer("schemas.list", json!({ "database_id": 999 }));
    assert_eq!(here["error"]["message"], nowhere["error"]["message"]);
    let exports = ["tables/?table_oid=1", "explorations/?exploration_id=1"];
    let exports = exports.map(|what| format!("/api/export/v0/{what}&database_id={id}"));
    for path in exports.iter().map(String::as_str).chain(["/api/db/v0/data_files/"]) {
        assert_eq!(server.visitor().get(path).status(), 401, "{path}");
    }
    for export in exports {
        assert_eq!(stranger.get(&export).status(), 403, "{export}");
    }
    let form = form(&[("database_id", &id.to_string()), ("target_table_oid", "1"), ("mappings", "[]")], "a\n1\n");
    for (caller, status) in [(&server.visitor(), 401), (&stranger, 403)] {
        assert_eq!(caller.post("/bulk_insert/", FORM, form.as_bytes()).status(), status);
    }
}

#[test]
fn one_users_files_and_jobs_are_not_anothers() {
    let server = Server::with_superuser(&["--allow-unix-sockets"]);
    let admin = server.script(ADMIN.0, ADMIN.1);
    admin.call("users.add", json!({ "user_def": { "username": "bob", "password": FIRST } }));
    let change = json!({ "old_password": FIRST, "new_password": SECOND });
    server.script("bob", FIRST).call("users.password.replace_own", change);
    let bob = server.script("bob", SECOND);
    let sent = admin.post("/api/db/v0/data_files/", "application/json", br#"{"paste":"a,b\n1,2\n"}"#);
    let file: Value = serde_json::from_str(sent.body()).unwrap();
    assert_eq!(bob.get(&format!("/api/db/v0/data_files/{}/", file["id"])).status(), 404);
    assert_eq!(bob.get("/api/db/v0/data_files/").body(), r#"{"count":0,"results":[]}"#);
    assert_eq!(bob.refused("imports.preview", json!({ "data_file_id": file["id"] })), -29025);
}
