//! Explorations follow their tables into a copy of the database.

use mathesar_api::methods::explorations::{JoinColumns, JoinEnd};
use mathesar_sql::model::Oid;
use mathesar_store::{Exploration, Oid as StoredOid, Store};

use super::Definition;
use crate::model::copied::Copied;
use crate::{Error, Result};

/// Gives the explorations of a database the numbers of its copy. Those of a schema that is not in the copy are forgotten.
///
/// # Errors
/// Those of our own database.
pub(crate) async fn follow_copy(store: &Store, database_id: i64, copied: &Copied<'_>) -> Result<()> {
    Ok(store.explorations().rewrite(database_id, |stored| renumbered(copied, stored)).await?)
}

fn renumbered(copied: &Copied<'_>, stored: Exploration) -> Option<Exploration> {
    let schema_oid = copied.schema(&stored.schema_name, stored.base_table_oid)?;
    let definition = definition(copied, stored.base_table_oid.0, &stored.definition).ok()?;
    let base_table_oid = StoredOid(copied.table(stored.base_table_oid.0));
    Some(Exploration { schema_oid, base_table_oid, definition, ..stored })
}

fn definition(copied: &Copied<'_>, base: Oid, stored: &str) -> Result<String> {
    let mut definition: Definition = serde_json::from_str(stored).map_err(Error::internal)?;
    for column in &mut definition.initial_columns {
        let mut table = base;
        for [from, to] in column.join_path.iter_mut().flatten() {
            table = to.0;
            *from = end(copied, from);
            *to = end(copied, to);
        }
        column.attnum = copied.column(table, column.attnum);
    }
    serde_json::to_string(&definition).map_err(Error::internal)
}

fn end(copied: &Copied<'_>, end: &JoinEnd) -> JoinEnd {
    let columns = match &end.1 {
        JoinColumns::One(attnum) => JoinColumns::One(copied.column(end.0, *attnum)),
        JoinColumns::Many(attnums) => {
            JoinColumns::Many(attnums.iter().map(|attnum| copied.column(end.0, *attnum)).collect())
        }
    };
    JoinEnd(copied.table(end.0), columns)
}

#[cfg(test)]
mod tests {
    use mathesar_store::{Moment, SharedAccess};

    use super::*;
    use crate::model::copied::tests::{schema, table};

    fn stored(definition: &str) -> Exploration {
        let moment = Moment::from(jiff::Timestamp::UNIX_EPOCH);
        Exploration {
            id: 1,
            database_id: 1,
            schema_oid: StoredOid(2200),
            schema_name: "public".to_owned(),
            name: "books".to_owned(),
            base_table_oid: StoredOid(100),
            definition: definition.to_owned(),
            created_at: moment,
            updated_at: moment,
            owner_id: Some(7),
            access: SharedAccess::Read,
        }
    }

    #[test]
    fn tables_and_columns_are_found_by_name() {
        // Book and author change numbers with each other; a column before the title was dropped; the shelves are gone.
        let before = [
            table(100, "book", &[(1, "id"), (3, "title"), (4, "author"), (5, "shelf")]),
            table(200, "author", &[(1, "id"), (2, "name")]),
            table(300, "shelf", &[(1, "id")]),
        ];
        let now = [
            table(200, "book", &[(1, "id"), (2, "title"), (3, "author"), (4, "shelf")]),
            table(100, "author", &[(1, "name"), (2, "id")]),
        ];
        let schemas = [schema(2201)];
        let copied = Copied::new(&before, &schemas, &now);
        let definition = r#"{"initial_columns":[{"alias":"t","attnum":3},{"alias":"n","attnum":2,"join_path":[[[100,4],[200,[1]]]]},{"alias":"s","attnum":1,"join_path":[[[100,5],[300,1]]]}],"transformations":[{"type":"filter","spec":{"equal":[{"column_name":["t"]},{"literal":[12345678901234567890.10]}]}}],"display_options":null,"display_names":null,"description":null}"#;
        let followed = renumbered(&copied, stored(definition)).unwrap();
        assert_eq!((followed.schema_oid.0, followed.base_table_oid.0, followed.owner_id), (2201, 200, Some(7)));
        assert_eq!(
            followed.definition,
            r#"{"initial_columns":[{"alias":"t","attnum":2},{"alias":"n","attnum":1,"join_path":[[[200,3],[100,[2]]]]},{"alias":"s","attnum":0,"join_path":[[[200,4],[0,0]]]}],"transformations":[{"type":"filter","spec":{"equal":[{"column_name":["t"]},{"literal":[12345678901234567890.10]}]}}],"display_options":null,"display_names":null,"description":null}"#
        );
        assert!(renumbered(&Copied::new(&before, &[], &now), stored(definition)).is_none());
    }
}
