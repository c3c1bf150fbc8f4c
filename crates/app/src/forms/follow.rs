//! Forms follow their tables into a copy of the database.

use mathesar_api::methods::forms::FormField;
use mathesar_sql::model::Oid;
use mathesar_store::{Form, Oid as StoredOid, Store};

use super::Definition;
use crate::Result;
use crate::model::copied::Copied;

/// Gives the forms of a database the numbers of its copy. Those of a schema that is not in the copy are forgotten.
///
/// # Errors
/// Those of our own database.
pub(crate) async fn follow_copy(store: &Store, database_id: i64, copied: &Copied<'_>) -> Result<()> {
    Ok(store.forms().rewrite(database_id, |stored| renumbered(copied, stored)).await?)
}

fn renumbered(copied: &Copied<'_>, stored: Form) -> Option<Form> {
    let schema_oid = copied.schema(&stored.schema_name, stored.base_table_oid)?;
    let mut definition = Definition::read(&stored).ok()?;
    follow(copied, stored.base_table_oid.0, &mut definition.fields);
    let definition = serde_json::to_string(&definition).ok()?;
    let base_table_oid = StoredOid(copied.table(stored.base_table_oid.0));
    Some(Form { schema_oid, base_table_oid, definition, ..stored })
}

fn follow(copied: &Copied<'_>, table: Oid, fields: &mut [FormField]) {
    for field in fields {
        field.column_attnum = copied.column(table, field.column_attnum);
        let Some(related) = field.related_table_oid else { continue };
        field.related_table_oid = Some(copied.table(related));
        follow(copied, related, field.child_fields.as_deref_mut().unwrap_or_default());
    }
}

#[cfg(test)]
mod tests {
    use mathesar_store::{Moment, SharedAccess};

    use super::*;
    use crate::model::copied::tests::{schema, table};

    #[test]
    fn tables_and_columns_are_found_by_name() {
        let before = [
            table(100, "book", &[(1, "id"), (3, "title"), (4, "author"), (5, "lost")]),
            table(200, "author", &[(1, "id"), (2, "name")]),
        ];
        let now = [
            table(200, "book", &[(1, "id"), (2, "title"), (3, "author")]),
            table(100, "author", &[(1, "name"), (2, "id")]),
        ];
        let schemas = [schema(2201)];
        let fields = serde_json::json!([
            { "key": "t", "kind": "scalar_column", "column_attnum": 3 },
            { "key": "l", "kind": "scalar_column", "column_attnum": 5 },
            { "key": "a", "kind": "foreign_key", "column_attnum": 4, "related_table_oid": 200, "fk_interaction_rule": "must_create",
              "child_fields": [{ "key": "n", "kind": "scalar_column", "column_attnum": 2 }] },
        ]);
        let moment = Moment::from(jiff::Timestamp::UNIX_EPOCH);
        let stored = Form {
            id: 1,
            database_id: 1,
            schema_oid: StoredOid(2200),
            schema_name: "public".to_owned(),
            base_table_oid: StoredOid(100),
            associated_role_id: None,
            token: "token".to_owned(),
            publish_public: true,
            name: "books".to_owned(),
            definition: serde_json::json!({ "header_title": { "text": "Books" }, "fields": fields }).to_string(),
            created_at: moment,
            updated_at: moment,
            owner_id: Some(7),
            access: SharedAccess::Read,
        };
        let followed = renumbered(&Copied::new(&before, &schemas, &now), stored.clone()).unwrap();
        assert_eq!((followed.schema_oid.0, followed.base_table_oid.0, followed.owner_id), (2201, 200, Some(7)));
        let fields = Definition::read(&followed).unwrap().fields;
        let found: Vec<_> = fields.iter().map(|field| (field.column_attnum, field.related_table_oid)).collect();
        assert_eq!(found, [(2, None), (0, None), (3, Some(100))]);
        assert_eq!(fields[2].fields_to_create()[0].column_attnum, 1);
        assert!(renumbered(&Copied::new(&before, &[], &now), stored).is_none());
    }
}
