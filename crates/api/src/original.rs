//! What the original (Mathesar 0.11) offers to programs, as facts, and how each of it stands here. The documentation's page about
//! compatibility is made of this and of the contract; the tests below hold the two together.

use self::Standing::{Changed, Dropped, Same};

/// How something of the original stands here.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Standing {
    /// Its clients meet no difference.
    Same,
    /// It is there, and this is what is different.
    Changed(&'static str),
    /// It is not there, for this reason.
    Dropped(&'static str),
}

/// A method of the original.
#[derive(Clone, Copy, Debug)]
pub struct OriginalMethod {
    /// `noun.verb`.
    pub name: &'static str,
    /// The names of its parameters, with spaces between.
    pub parameters: &'static str,
    /// How it stands here.
    pub standing: Standing,
}

/// Another address of the original's.
#[derive(Clone, Copy, Debug)]
pub struct OriginalEndpoint {
    /// The HTTP methods, with spaces between.
    pub methods: &'static str,
    /// Path, with `<name>` for its parts that change.
    pub path: &'static str,
    /// How it stands here.
    pub standing: Standing,
}

const fn method(name: &'static str, parameters: &'static str, standing: Standing) -> OriginalMethod {
    OriginalMethod { name, parameters, standing }
}

const fn endpoint(methods: &'static str, path: &'static str, standing: Standing) -> OriginalEndpoint {
    OriginalEndpoint { methods, path, standing }
}

const NO_REPORTS: Standing = Dropped("nothing is reported to anybody");
const OWN_ROLE: Standing =
    Changed("a form works as the role of whoever makes it; only superusers of the installation may choose another one");
const OUTSIDE: Standing = Changed("visitors learn nothing of the database but what the form names");
const FILES: Standing = Changed(
    "files are kept in the data directory or in S3, and carry no name of who uploaded them; small pictures are JPEG or PNG",
);
const RESET_MASH: Standing = Changed(
    "marks are random and outlive a change of the secret key; files that are not known here become so only for a superuser",
);
const NO_SSO: Standing = Dropped("single sign-on is not there yet");
const ANY_KEY: Standing = Changed(
    "records of every table that PostgreSQL lets us tell apart, whatever its key; a composite one is given as an object",
);
const NO_WARNINGS: Standing = Changed("what PostgreSQL would only warn about is refused, and nothing is changed");
const ALL_KINDS: Standing = Changed("partitioned and foreign tables are there, too");

/// Every method of the original, noun by noun.
pub const METHODS: &[OriginalMethod] = &[
    method("analytics.get_state", "", NO_REPORTS),
    method("analytics.initialize", "", NO_REPORTS),
    method("analytics.disable", "", NO_REPORTS),
    method("analytics.view_report", "", NO_REPORTS),
    method("analytics.upload_feedback", "message", NO_REPORTS),
    method("users.list", "", Same),
    method("users.get", "user_id", Same),
    method("users.add", "user_def", Same),
    method("users.delete", "user_id", Same),
    method("users.patch_self", "username email full_name display_language", Same),
    method("users.patch_other", "user_id username is_superuser email full_name display_language", Same),
    method("users.password.replace_own", "old_password new_password", Same),
    method("users.password.revoke", "user_id new_password", Same),
    method("collaborators.list", "database_id", Same),
    method("collaborators.add", "database_id user_id configured_role_id", Same),
    method("collaborators.set_role", "collaborator_id configured_role_id", Same),
    method("collaborators.delete", "collaborator_id", Same),
    method("servers.configured.list", "", Same),
    method("servers.configured.patch", "server_id patch", Same),
    method(
        "databases.configured.list",
        "server_id",
        Changed("nothing is installed in databases, so `needs_upgrade_attention` is always false"),
    ),
    method("databases.configured.patch", "database_id patch", Same),
    method(
        "databases.configured.disconnect",
        "database_id schemas_to_remove strict role_name password disconnect_db_server",
        Changed("drops the original's schemas only where `schemas_to_remove` names them"),
    ),
    method("databases.get", "database_id", Same),
    method("databases.delete", "database_oid database_id", Changed("only superusers of the installation may")),
    method(
        "databases.upgrade_sql",
        "database_id username password",
        Changed("succeeds at once: there is nothing to upgrade"),
    ),
    method(
        "databases.setup.create_new",
        "database sample_data nickname",
        Changed("the database's role is no superuser of PostgreSQL"),
    ),
    method(
        "databases.setup.connect_existing",
        "host port database role password sample_data nickname sslmode",
        Changed("installs nothing"),
    ),
    method("databases.privileges.list_direct", "database_id", Same),
    method("databases.privileges.replace_for_roles", "database_id privileges", NO_WARNINGS),
    method("databases.privileges.transfer_ownership", "database_id new_owner_oid", Same),
    method("roles.list", "database_id", Same),
    method("roles.get_current_role", "database_id", Same),
    method("roles.add", "database_id rolename password login", Same),
    method("roles.delete", "database_id role_oid", Same),
    method("roles.set_members", "database_id parent_role_oid members", NO_WARNINGS),
    method("roles.configured.list", "database_id server_id", Same),
    method("roles.configured.add", "server_id name password", Same),
    method("roles.configured.set_password", "configured_role_id password", Same),
    method("roles.configured.delete", "configured_role_id", Same),
    method("schemas.list", "database_id", Same),
    method("schemas.get", "database_id schema_oid", Same),
    method("schemas.add", "database_id name owner_oid description", Same),
    method("schemas.patch", "database_id schema_oid patch", Same),
    method("schemas.delete", "database_id schema_oids", Same),
    method("schemas.privileges.list_direct", "database_id schema_oid", Same),
    method("schemas.privileges.replace_for_roles", "database_id schema_oid privileges", NO_WARNINGS),
    method("schemas.privileges.transfer_ownership", "database_id schema_oid new_owner_oid", Same),
    method("tables.list", "database_id schema_oid", ALL_KINDS),
    method("tables.list_with_metadata", "database_id schema_oid", ALL_KINDS),
    method("tables.get", "database_id table_oid", ALL_KINDS),
    method("tables.get_with_metadata", "database_id table_oid", ALL_KINDS),
    method(
        "tables.add",
        "database_id schema_oid table_name pkey_column_info column_data_list constraint_data_list owner_oid comment",
        Same,
    ),
    method("tables.patch", "database_id table_oid table_data_dict", Same),
    method("tables.delete", "database_id table_oid cascade", Same),
    method("tables.import", "database_id data_file_id schema_oid table_name comment", Same),
    method("tables.get_import_preview", "database_id table_oid columns limit", Same),
    method("tables.list_joinable", "database_id table_oid max_depth", Same),
    method("tables.metadata.list", "database_id", Same),
    method("tables.metadata.set", "database_id table_oid metadata", Same),
    method("tables.privileges.list_direct", "database_id table_oid", Same),
    method("tables.privileges.replace_for_roles", "database_id table_oid privileges", NO_WARNINGS),
    method("tables.privileges.transfer_ownership", "database_id table_oid new_owner_oid", Same),
    method("columns.list", "database_id table_oid", Same),
    method("columns.list_with_metadata", "database_id table_oid", Same),
    method("columns.add", "database_id table_oid column_data_list", Same),
    method(
        "columns.patch",
        "database_id table_oid column_data_list",
        Changed("a new type never rounds, cuts or guesses: a value that would not stay the same is refused"),
    ),
    method("columns.delete", "database_id table_oid column_attnums", Same),
    method("columns.add_primary_key_column", "database_id table_oid pkey_type drop_existing_pkey_column name", Same),
    method("columns.reset_mash", "database_id table_oid column_attnum", RESET_MASH),
    method("columns.metadata.list", "database_id table_oid", Same),
    method("columns.metadata.set", "database_id table_oid column_meta_data_list", Same),
    method("constraints.list", "database_id table_oid", Same),
    method("constraints.add", "database_id table_oid constraint_def_list", Same),
    method("constraints.delete", "database_id table_oid constraint_oid", Same),
    method(
        "data_modeling.add_foreign_key_column",
        "database_id column_name referrer_table_oid referent_table_oid",
        Same,
    ),
    method("data_modeling.add_mapping_table", "database_id table_name mapping_columns schema_oid", Same),
    method(
        "data_modeling.suggest_types",
        "database_id table_oid",
        Changed("only types that `columns.patch` then takes for every value, and none of `mathesar_types`"),
    ),
    method(
        "data_modeling.split_table",
        "database_id table_oid column_attnums extracted_table_name relationship_fk_column_name",
        Changed("any table can be split, whatever its key is called, and every value stays exactly as it is"),
    ),
    method(
        "data_modeling.move_columns",
        "database_id source_table_oid target_table_oid move_column_attnums",
        Changed("the values of records that refer to nothing get a record of their own"),
    ),
    method(
        "data_modeling.change_primary_key_column",
        "database_id column_attnum table_oid default drop_existing_pk_column",
        Same,
    ),
    method(
        "records.list",
        "database_id table_oid limit offset order filter grouping joined_columns return_record_summaries",
        Changed("an unknown filter is an error that names its path; 10,000 rows at once at most, also without a limit"),
    ),
    method(
        "records.get",
        "database_id record_id table_oid joined_columns return_record_summaries table_record_summary_templates",
        Changed("records of every table, whatever its key"),
    ),
    method("records.add", "database_id record_def table_oid return_record_summaries", Same),
    method("records.patch", "database_id record_def record_id table_oid return_record_summaries", ANY_KEY),
    method(
        "records.delete",
        "database_id record_ids table_oid",
        Changed(
            "records of every table that PostgreSQL lets us tell apart, whatever its key; where one of them is gone or kept by a policy, \
             that is an error and none is deleted",
        ),
    ),
    method("records.search", "database_id table_oid search_params limit offset return_record_summaries", Same),
    method(
        "records.list_summaries",
        "database_id table_oid limit offset search linked_record_path",
        Changed(
            "a `linked_record_path` that leads elsewhere is an error that names it; 10,000 records at once at most, also without a limit",
        ),
    ),
    method("explorations.list", "database_id schema_oid", Same),
    method("explorations.get", "database_id exploration_id", Same),
    method("explorations.add", "database_id exploration_def", Changed("a name is unique within its schema")),
    method("explorations.replace", "database_id new_exploration", Changed("a name is unique within its schema")),
    method("explorations.delete", "database_id exploration_id", Same),
    method(
        "explorations.run",
        "database_id exploration_def limit offset",
        Changed("an unknown filter or member is an error that names its path"),
    ),
    method("forms.list", "database_id schema_oid", Same),
    method("forms.add", "database_id form_def", OWN_ROLE),
    method("forms.patch", "database_id update_form_def", OWN_ROLE),
    method("forms.delete", "database_id form_id", Same),
    method("forms.set_publish_public", "database_id form_id publish_public", OWN_ROLE),
    method("forms.regenerate_token", "database_id form_id", OWN_ROLE),
    method("forms.get", "form_token", OUTSIDE),
    method("forms.get_source_info", "form_token", OUTSIDE),
    method("forms.list_related_records", "form_token field_key limit offset search", OUTSIDE),
    method(
        "forms.submit",
        "form_token values",
        Changed("what is required is asked for here, too; visitors learn nothing of the database"),
    ),
];

/// Every address of the original's that programs use.
pub const ENDPOINTS: &[OriginalEndpoint] = &[
    endpoint("POST", "/api/rpc/v0/", Changed("JSON-RPC only; XML-RPC, and with it `system.multicall`, is not there")),
    endpoint("GET", "/api/db/v0/data_files/", Changed("`file` is a name and no address: nobody can fetch an upload")),
    endpoint(
        "POST",
        "/api/db/v0/data_files/",
        Changed("a quote within quotes can only be doubled, so `escapechar` is none"),
    ),
    endpoint("GET PATCH", "/api/db/v0/data_files/<id>/", Same),
    endpoint("GET", "/api/export/v0/tables/", Same),
    endpoint("GET", "/api/export/v0/explorations/", Changed("every row, where the original ends after 50,000")),
    endpoint("POST", "/bulk_insert/", Changed("a value that does not fit is named with its line and column")),
    endpoint("GET POST", "/auth/login/", Same),
    endpoint(
        "GET POST",
        "/auth/logout/",
        Changed("`GET` asks before it signs out, so that no link of another site can do it; `POST` signs out"),
    ),
    endpoint("GET POST", "/auth/password_reset_confirm/", Same),
    endpoint("GET POST", "/complete_installation/", Changed("`/setup`, which only the one-time link opens")),
    endpoint("POST", "/files/", FILES),
    endpoint("GET", "/files/<mash>/", FILES),
    endpoint("GET", "/files/<mash>/download/", FILES),
    endpoint("GET", "/files/<mash>/thumbnail/", FILES),
    endpoint("GET", "/shares/forms/<token>", Same),
    endpoint("GET", "/auth/oidc/<provider>/login/", NO_SSO),
    endpoint("GET", "/auth/github/login/", NO_SSO),
    endpoint("POST", "/i18n/setlang/", Dropped("the language is one of the user's preferences")),
    endpoint("GET", "/admin/", Dropped("the interface has all of it")),
    endpoint("GET", "/info/analytics_sample_report/", NO_REPORTS),
];

/// The original's method called `name`.
pub fn find(name: &str) -> Option<&'static OriginalMethod> {
    METHODS.iter().find(|method| method.name == name)
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::*;
    use crate::{methods, openrpc};

    #[test]
    fn every_method_of_the_original_is_told_once() {
        let names: HashSet<_> = METHODS.iter().map(|method| method.name).collect();
        assert_eq!((names.len(), METHODS.len()), (103, 103));
    }

    #[test]
    fn what_is_told_of_a_method_is_true() {
        for original in METHODS {
            let is_here = methods::find(original.name).is_some();
            let told_here = !matches!(original.standing, Dropped(_));
            assert_eq!(is_here, told_here, "{}: correct its row in original.rs", original.name);
        }
    }

    #[test]
    fn every_parameter_of_the_original_is_taken_or_told_not_to_be() {
        let document = openrpc::document("0");
        for method in document["methods"].as_array().unwrap() {
            let Some(original) = find(method["name"].as_str().unwrap()) else { continue };
            let taken: Vec<_> = method["params"].as_array().unwrap().iter().map(|param| &param["name"]).collect();
            for name in original.parameters.split_whitespace() {
                let told = matches!(original.standing, Changed(what) if what.contains(&format!("`{name}`")));
                let is_taken = taken.iter().any(|taken| *taken == name);
                assert!(is_taken || told, "{}: {name} is none of {taken:?}", original.name);
            }
        }
    }

    #[test]
    fn additions_are_called_ours() {
        for method in methods::methods() {
            let told_ours = method.doc.iter().any(|line| line.contains("Ours"));
            assert_eq!(told_ours, find(method.name).is_none(), "{}", method.name);
        }
    }
}
