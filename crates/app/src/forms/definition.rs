//! The fields of a form, compared with the tables whose columns they name.

use std::collections::{HashMap, HashSet};
use std::sync::Arc;

use futures_util::future::try_join_all;
use mathesar_api::ErrorCode;
use mathesar_api::methods::forms::{FormField, FormFieldKind};
use mathesar_pg::Transaction;
use mathesar_sql::model::{Attnum, Column, Oid, Table};
use mathesar_sql::summary::link;

use crate::{Error, Result, limits};

/// Tables that one form can name.
const MAX_TABLES: usize = 50;

/// The member that says what a linked record's value is, so that no field can be called like it.
const RESERVED_KEY: &str = "type";

/// The fields of a form as they were given.
pub(super) struct Fields<'d> {
    /// The table to which a record is added.
    pub(super) base: Oid,
    pub(super) fields: &'d [FormField],
    /// What the form is called in errors.
    pub(super) place: &'d str,
}

impl Fields<'_> {
    /// The fields in their order, when the tables have all that they name.
    ///
    /// # Errors
    /// With the path of what is wrong: `UndefinedTable`, `UndefinedColumn`, `ReadOnly` for a column that PostgreSQL computes,
    /// `LimitReached`, `ValueError` for all else.
    pub(super) async fn checked(&self, tx: &Transaction<'_>) -> Result<Vec<FormField>> {
        let Self { base, place, .. } = *self;
        let mut fields = self.fields.to_vec();
        let mut oids = HashSet::from([base]);
        collect_tables(&fields, &mut oids);
        if oids.len() > MAX_TABLES {
            return Err(Error::limit(format!("{place}: a form can name {MAX_TABLES} tables.")));
        }
        let tables = try_join_all(oids.into_iter().map(|oid| tx.picture_to_read(oid))).await?;
        let tables = tables.into_iter().flatten().map(|table| (table.oid(), table)).collect();
        let mut check = Check { tables, keys: HashSet::new() };
        let base = check.table(base, &format!("{place}.base_table_oid"))?;
        check.fields(&base, &mut fields, &format!("{place}.fields"), 0)?;
        Ok(fields)
    }
}

fn collect_tables(fields: &[FormField], oids: &mut HashSet<Oid>) {
    for field in fields {
        oids.extend(field.related_table_oid);
        collect_tables(field.child_fields.as_deref().unwrap_or_default(), oids);
    }
}

struct Check {
    tables: HashMap<Oid, Arc<Table>>,
    keys: HashSet<String>,
}

impl Check {
    fn table(&self, oid: Oid, path: &str) -> Result<Arc<Table>> {
        self.tables.get(&oid).map(Arc::clone).ok_or_else(|| {
            let message =
                format!("{path}: there is no table with the object identifier {oid}, or your role may not see it.");
            Error::new(ErrorCode::UNDEFINED_TABLE, message)
        })
    }

    fn fields(&mut self, table: &Table, fields: &mut [FormField], path: &str, depth: usize) -> Result<()> {
        if depth > limits::FORM_DEPTH {
            return Err(Error::limit(format!("{path}: fields nest {} times at most.", limits::FORM_DEPTH)));
        }
        let mut columns = HashSet::new();
        for (index, field) in fields.iter_mut().enumerate() {
            let path = format!("{path}[{index}]");
            self.key(&field.key, &path)?;
            let column = fillable(table, field.column_attnum).map_err(|error| error.at(&path))?;
            if !columns.insert(column.attnum) {
                return Err(Error::value(format!("{path}.column_attnum: another field fills in this column already.")));
            }
            match field.kind {
                FormFieldKind::ScalarColumn => plain(field, &path)?,
                FormFieldKind::ForeignKey => self.linked(table, field, &path, depth)?,
            }
        }
        fields.sort_by_key(|field| field.index);
        Ok(())
    }

    fn key(&mut self, key: &str, path: &str) -> Result<()> {
        let length = key.chars().count();
        if length == 0 || length > limits::FORM_KEY_CHARACTERS || key == RESERVED_KEY {
            return Err(Error::value(format!(
                "{path}.key: a key has 1 to {} characters and is not \"{RESERVED_KEY}\".",
                limits::FORM_KEY_CHARACTERS
            )));
        }
        if !self.keys.insert(key.to_owned()) {
            return Err(Error::value(format!("{path}.key: another field of the form has this key already.")));
        }
        if self.keys.len() > limits::FORM_FIELDS {
            return Err(Error::limit(format!("{path}: a form can have {} fields.", limits::FORM_FIELDS)));
        }
        Ok(())
    }

    fn linked(&mut self, table: &Table, field: &mut FormField, path: &str, depth: usize) -> Result<()> {
        let named = field.related_table_oid;
        let (target, _) = link(table, field.column_attnum).filter(|(target, _)| Some(*target) == named).ok_or_else(|| {
            Error::value(format!(
                "{path}.related_table_oid: the column has no foreign key of its own to the table with this object identifier."
            ))
        })?;
        let target = self.table(target, &format!("{path}.related_table_oid"))?;
        let fields = field.child_fields.as_deref_mut().unwrap_or_default();
        self.fields(&target, fields, &format!("{path}.child_fields"), depth + 1)
    }
}

/// What belongs to a linked record says nothing about a value, and would only seem to.
fn plain(field: &FormField, path: &str) -> Result<()> {
    let members = [
        ("related_table_oid", field.related_table_oid.is_some()),
        ("fk_interaction_rule", field.fk_interaction_rule.is_some()),
        ("child_fields", field.child_fields.as_ref().is_some_and(|fields| !fields.is_empty())),
    ];
    match members.iter().find(|(_, given)| *given) {
        Some((member, _)) => {
            Err(Error::value(format!("{path}.{member}: only a field of the kind foreign_key has it.")))
        }
        None => Ok(()),
    }
}

/// A column that a form can fill in.
///
/// # Errors
/// `UndefinedColumn`; `ReadOnly` for one that PostgreSQL computes.
pub(super) fn fillable(table: &Table, attnum: Attnum) -> Result<&Column> {
    let column = table.column(attnum).ok_or_else(|| {
        let message = format!("the table {} has no column with the number {attnum}.", table.name());
        Error::new(ErrorCode::UNDEFINED_COLUMN, message)
    })?;
    if column.is_computed() {
        let message = format!("PostgreSQL computes the column {}, so that nobody can fill it in.", column.name);
        return Err(Error::new(ErrorCode::READ_ONLY, message));
    }
    Ok(column)
}
