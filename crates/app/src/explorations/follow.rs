//! Explorations name schemas, tables and columns by number. In a copy of the database these have other numbers, and the same
//! names.

use std::collections::HashMap;

use mathesar_api::methods::explorations::{JoinColumns, JoinEnd};
use mathesar_sql::model::{Attnum, Oid, Schema};
use mathesar_store::{Exploration, LiveTable, Oid as StoredOid, Store};

use super::Definition;
use crate::{Error, Result};

/// Lets the explorations of a database follow its tables into a copy of it. What they name that is not in the copy gets the
/// number 0, which is nobody's: the old number may be another table's there. Those of a schema that is not in the copy are
/// forgotten.
///
/// # Errors
/// Those of our own database.
pub(crate) async fn follow_copy(
    store: &Store,
    database_id: i64,
    before: &[LiveTable],
    schemas: &[Schema],
    now: &[LiveTable],
) -> Result<()> {
    let copy = Copy::new(before, schemas, now);
    Ok(store.explorations().rewrite(database_id, |stored| copy.renumbered(stored)).await?)
}

struct Copy<'a> {
    /// The tables as they were, with what became of them, by their old numbers.
    tables: HashMap<Oid, (&'a LiveTable, Option<&'a LiveTable>)>,
    /// The schemas of the copy by name.
    schemas: HashMap<&'a str, Oid>,
}

impl<'a> Copy<'a> {
    fn new(before: &'a [LiveTable], schemas: &'a [Schema], now: &'a [LiveTable]) -> Self {
        let name = |live: &'a LiveTable| (live.table.schema.as_str(), live.table.name.as_str());
        let copies: HashMap<_, &LiveTable> = now.iter().map(|live| (name(live), live)).collect();
        Self {
            tables: before.iter().map(|old| (old.table.oid, (old, copies.get(&name(old)).copied()))).collect(),
            schemas: schemas.iter().map(|schema| (schema.name.as_str(), schema.oid)).collect(),
        }
    }

    fn renumbered(&self, stored: Exploration) -> Option<Exploration> {
        // Its schema may have been renamed by somebody else, which only its tables know.
        let base = self.tables.get(&stored.base_table_oid.0);
        let schema_oid = self
            .schemas
            .get(stored.schema_name.as_str())
            .or_else(|| self.schemas.get(base?.0.table.schema.as_str()))
            .copied()?;
        let definition = self.definition(stored.base_table_oid.0, &stored.definition).ok()?;
        let base_table_oid = StoredOid(self.table(stored.base_table_oid.0));
        Some(Exploration { schema_oid: StoredOid(schema_oid), base_table_oid, definition, ..stored })
    }

    fn definition(&self, base: Oid, stored: &str) -> Result<String> {
        let mut definition: Definition = serde_json::from_str(stored).map_err(Error::internal)?;
        for column in &mut definition.initial_columns {
            let mut table = base;
            for [from, to] in column.join_path.iter_mut().flatten() {
                table = to.0;
                *from = self.end(from);
                *to = self.end(to);
            }
            column.attnum = self.column(table, column.attnum);
        }
        serde_json::to_string(&definition).map_err(Error::internal)
    }

    fn end(&self, end: &JoinEnd) -> JoinEnd {
        let columns = match &end.1 {
            JoinColumns::One(attnum) => JoinColumns::One(self.column(end.0, *attnum)),
            JoinColumns::Many(attnums) => {
                JoinColumns::Many(attnums.iter().map(|attnum| self.column(end.0, *attnum)).collect())
            }
        };
        JoinEnd(self.table(end.0), columns)
    }

    fn table(&self, old: Oid) -> Oid {
        let copy = self.tables.get(&old).and_then(|(_, copy)| *copy);
        copy.map_or(0, |copy| copy.table.oid)
    }

    fn column(&self, table: Oid, old: Attnum) -> Attnum {
        let found = self.tables.get(&table).and_then(|(before, copy)| {
            let name = &before.columns.iter().find(|column| column.attnum == old)?.name;
            copy.as_ref()?.columns.iter().find(|column| column.name == *name)
        });
        found.map_or(0, |column| column.attnum)
    }
}

#[cfg(test)]
mod tests {
    use mathesar_sql::Ident;
    use mathesar_store::{ColumnName, Moment, TableName};

    use super::*;

    fn table(oid: Oid, name: &str, columns: &[(Attnum, &str)]) -> LiveTable {
        let columns = columns.iter().map(|(attnum, name)| ColumnName { attnum: *attnum, name: (*name).to_owned() });
        let table = TableName { oid, schema: "public".to_owned(), name: name.to_owned() };
        LiveTable { table, columns: columns.collect() }
    }

    fn schema(oid: Oid) -> Schema {
        Schema {
            oid,
            name: Ident::new("public").unwrap(),
            owner: 10,
            current_role_owns: true,
            usage: true,
            create: true,
            comment: None,
            table_count: 2,
        }
    }

    fn stored(schema_name: &str, definition: &str) -> Exploration {
        let moment = Moment::from(jiff::Timestamp::UNIX_EPOCH);
        Exploration {
            id: 1,
            database_id: 1,
            schema_oid: StoredOid(2200),
            schema_name: schema_name.to_owned(),
            name: "books".to_owned(),
            base_table_oid: StoredOid(100),
            definition: definition.to_owned(),
            created_at: moment,
            updated_at: moment,
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
        let copy = Copy::new(&before, &schemas, &now);
        let definition = r#"{"initial_columns":[{"alias":"t","attnum":3},{"alias":"n","attnum":2,"join_path":[[[100,4],[200,[1]]]]},{"alias":"s","attnum":1,"join_path":[[[100,5],[300,1]]]}],"transformations":[{"type":"filter","spec":{"equal":[{"column_name":["t"]},{"literal":[12345678901234567890.10]}]}}],"display_options":null,"display_names":null,"description":null}"#;
        let followed = copy.renumbered(stored("public", definition)).unwrap();
        assert_eq!((followed.schema_oid.0, followed.base_table_oid.0), (2201, 200));
        assert_eq!(
            followed.definition,
            r#"{"initial_columns":[{"alias":"t","attnum":2},{"alias":"n","attnum":1,"join_path":[[[200,3],[100,[2]]]]},{"alias":"s","attnum":0,"join_path":[[[200,4],[0,0]]]}],"transformations":[{"type":"filter","spec":{"equal":[{"column_name":["t"]},{"literal":[12345678901234567890.10]}]}}],"display_options":null,"display_names":null,"description":null}"#
        );
        assert!(copy.renumbered(stored("renamed", definition)).is_some(), "its table knows the schema");
        assert!(Copy::new(&before, &[], &now).renumbered(stored("public", definition)).is_none());
    }
}
