//! What is saved about a database names schemas, tables and columns by number. In a copy of the database these have other numbers,
//! and the same names.

use std::collections::HashMap;

use mathesar_sql::model::{Attnum, Oid, Schema};
use mathesar_store::{LiveTable, Oid as StoredOid};

/// Which number of a database is which in its copy. What is not in the copy gets the number 0, which is nobody's: the old number may
/// be another table's there.
pub(crate) struct Copied<'a> {
    /// The tables as they were, with what became of them, by their old numbers.
    tables: HashMap<Oid, (&'a LiveTable, Option<&'a LiveTable>)>,
    /// The schemas of the copy by name.
    schemas: HashMap<&'a str, Oid>,
}

impl<'a> Copied<'a> {
    /// Finds the tables `before` by name among those that are in the copy `now`, whose schemas are `schemas`.
    pub(crate) fn new(before: &'a [LiveTable], schemas: &'a [Schema], now: &'a [LiveTable]) -> Self {
        let name = |live: &'a LiveTable| (live.table.schema.as_str(), live.table.name.as_str());
        let copies: HashMap<_, &LiveTable> = now.iter().map(|live| (name(live), live)).collect();
        Self {
            tables: before.iter().map(|old| (old.table.oid, (old, copies.get(&name(old)).copied()))).collect(),
            schemas: schemas.iter().map(|schema| (schema.name.as_str(), schema.oid)).collect(),
        }
    }

    /// The schema of something that was saved under the schema's name and with a table of it; `None` when it is not in the copy.
    pub(crate) fn schema(&self, name: &str, base_table: StoredOid) -> Option<StoredOid> {
        // It may have been renamed by somebody else, which only its tables know.
        let base = self.tables.get(&base_table.0);
        let oid = self.schemas.get(name).or_else(|| self.schemas.get(base?.0.table.schema.as_str()))?;
        Some(StoredOid(*oid))
    }

    /// The number of a table in the copy.
    pub(crate) fn table(&self, old: Oid) -> Oid {
        let copy = self.tables.get(&old).and_then(|(_, copy)| *copy);
        copy.map_or(0, |copy| copy.table.oid)
    }

    /// The number of a column in the copy; `table` is the old number of its table.
    pub(crate) fn column(&self, table: Oid, old: Attnum) -> Attnum {
        let found = self.tables.get(&table).and_then(|(before, copy)| {
            let name = &before.columns.iter().find(|column| column.attnum == old)?.name;
            copy.as_ref()?.columns.iter().find(|column| column.name == *name)
        });
        found.map_or(0, |column| column.attnum)
    }
}

#[cfg(test)]
pub(crate) mod tests {
    use mathesar_sql::Ident;
    use mathesar_store::{ColumnName, TableName};

    use super::*;

    /// A table of the schema `public`.
    pub(crate) fn table(oid: Oid, name: &str, columns: &[(Attnum, &str)]) -> LiveTable {
        let columns = columns.iter().map(|(attnum, name)| ColumnName { attnum: *attnum, name: (*name).to_owned() });
        let table = TableName { oid, schema: "public".to_owned(), name: name.to_owned() };
        LiveTable { table, columns: columns.collect() }
    }

    /// The schema `public`.
    pub(crate) fn schema(oid: Oid) -> Schema {
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

    #[test]
    fn a_schema_is_found_by_its_name_or_by_that_of_its_table() {
        let tables = [table(100, "book", &[])];
        let schemas = [schema(2201)];
        let copied = Copied::new(&tables, &schemas, &tables);
        assert_eq!(copied.schema("public", StoredOid(0)), Some(StoredOid(2201)));
        assert_eq!(copied.schema("renamed", StoredOid(100)), Some(StoredOid(2201)));
        assert_eq!(copied.schema("renamed", StoredOid(200)), None);
        assert_eq!(Copied::new(&tables, &[], &tables).schema("public", StoredOid(100)), None);
    }
}
