//! Saved views follow their tables into a copy of the database.

use mathesar_api::Json;
use mathesar_api::methods::records::FilterNode;
use mathesar_api::methods::table_views::TableViewDefinition;
use mathesar_sql::model::{Attnum, Oid};
use mathesar_store::{Oid as StoredOid, Store, TableView};

use crate::Result;
use crate::model::copied::Copied;

/// Gives the views of a database the numbers of its copy. Those of a table that is not in the copy are forgotten, and so are those that filter
/// or sort by a column that is not: they would show other rows than before. Of columns that are hidden or joined, those stay that are there.
///
/// # Errors
/// Those of our own database.
pub(crate) async fn follow_copy(store: &Store, database_id: i64, copied: &Copied<'_>) -> Result<()> {
    Ok(store.table_views().rewrite(database_id, |stored| renumbered(copied, stored)).await?)
}

fn renumbered(copied: &Copied<'_>, stored: TableView) -> Option<TableView> {
    let table = stored.table_oid.0;
    let table_oid = StoredOid(Some(copied.table(table)).filter(|oid| *oid != 0)?);
    let column = |attnum: Attnum| Some(copied.column(table, attnum)).filter(|attnum| *attnum != 0);
    let mut definition: TableViewDefinition = serde_json::from_str(&stored.definition).ok()?;
    for by in definition.order.iter_mut().flatten() {
        by.attnum = column(by.attnum)?;
    }
    if let Some(hidden) = &mut definition.hidden {
        *hidden = hidden.iter().filter_map(|attnum| column(*attnum)).collect();
    }
    if let Some(filter) = &mut definition.filter {
        renumber(copied, table, filter)?;
    }
    if let Some(joined) = &mut definition.joined_columns {
        joined.retain_mut(|column| {
            for place in column.join_path.iter_mut().flat_map(|(from, to)| [from, to]) {
                *place = (copied.table(place.0), copied.column(place.0, place.1));
            }
            column.join_path.iter().all(|(from, to)| from.1 != 0 && to.1 != 0)
        });
    }
    let definition = serde_json::to_string(&definition).ok()?;
    Some(TableView { table_oid, definition, ..stored })
}

fn renumber(copied: &Copied<'_>, table: Oid, node: &mut FilterNode) -> Option<()> {
    if node.kind == "attnum" {
        let old: Attnum = serde_json::from_str(node.value.as_ref()?.text()).ok()?;
        let new = Some(copied.column(table, old)).filter(|attnum| *attnum != 0)?;
        node.value = Some(Json::from_serialize(&new).ok()?);
    }
    node.args.iter_mut().flatten().try_for_each(|arg| renumber(copied, table, arg))
}

#[cfg(test)]
mod tests {
    use mathesar_store::{Moment, SharedAccess};

    use super::*;
    use crate::model::copied::tests::{schema, table};

    fn stored(definition: &str) -> TableView {
        let moment = Moment::from(jiff::Timestamp::UNIX_EPOCH);
        TableView {
            id: 1,
            database_id: 1,
            table_oid: StoredOid(100),
            name: "cheap".to_owned(),
            definition: definition.to_owned(),
            created_at: moment,
            updated_at: moment,
            owner_id: Some(7),
            access: SharedAccess::Read,
        }
    }

    #[test]
    fn tables_and_columns_are_found_by_name() {
        let before = [
            table(100, "book", &[(1, "id"), (3, "price"), (5, "lost")]),
            table(101, "loan", &[(2, "book"), (3, "reader")]),
            table(102, "reader", &[(1, "id")]),
        ];
        let now = [
            table(200, "book", &[(1, "price"), (2, "id")]),
            table(201, "loan", &[(1, "book"), (2, "reader")]),
            table(202, "reader", &[(1, "id")]),
        ];
        let schemas = [schema(2201)];
        let copied = Copied::new(&before, &schemas, &now);
        let view = |attnum: Attnum, hidden: &str, joined: &str| {
            format!(
                r#"{{"filter":{{"type":"lesser","value":null,"args":[{{"type":"attnum","value":{attnum},"args":null}},{{"type":"literal","value":12345678901234567890.10,"args":null}}]}},"search":null,"order":[{{"attnum":{attnum},"direction":"asc","nulls":null}}],"hidden":{hidden},"joined_columns":{joined}}}"#
            )
        };
        let way = |[book, id, loan, own, other, reader]: [u32; 6]| {
            format!(
                r#"{{"alias":"readers","join_path":[[[{book},{id}],[{loan},{own}]],[[{loan},{other}],[{reader},1]]]}}"#
            )
        };
        let old = format!("[{},{}]", way([100, 1, 101, 2, 3, 102]), way([100, 5, 101, 2, 3, 102]));
        let followed = renumbered(&copied, stored(&view(3, "[1,5]", &old))).unwrap();
        assert_eq!((followed.table_oid.0, followed.owner_id), (200, Some(7)));
        assert_eq!(followed.definition, view(1, "[2]", &format!("[{}]", way([200, 2, 201, 1, 2, 202]))));
        assert!(renumbered(&copied, stored(&view(5, "[]", "[]"))).is_none());
        assert!(renumbered(&Copied::new(&before, &schemas, &[]), stored("{}")).is_none());
    }
}
