//! Puts the picture of one table together.

use std::collections::HashMap;

use mathesar_types::pgtype::{ColumnType, PgType, TypeKind};

use super::{DecodeError, Fields, Introspection, default, table_summary};
use crate::frag::Fragment;
use crate::ident::QName;
use crate::model::{
    Attnum, Column, ColumnDefault, ColumnPrivileges, Constraint, ConstraintKind, ForeignKey, ForeignKeyAction,
    Generated, Identity, Oid, ReadOnlyReason, RowIdentity, Table, TableKind, TableSummary,
};

/// The queries that make up the picture of one table, and what puts their rows together.
#[derive(Clone, Debug)]
pub struct TableQuery {
    /// Its entry: one row, or none when it is gone.
    pub summary: Introspection<TableSummary>,
    /// Its columns.
    pub columns: Introspection<ColumnRow>,
    /// The types of its columns, and what they are made of.
    pub types: Introspection<TypeRow>,
    /// Its constraints.
    pub constraints: Introspection<Constraint>,
    /// Its unique keys.
    pub keys: Introspection<KeyRow>,
}

/// What the picture of a view still lacks when its five queries are read: whether its rows can be named and changed.
#[derive(Clone, Debug)]
pub struct ViewQuery {
    /// Its columns that take no value.
    pub expressions: Introspection<Attnum>,
    /// The keys that it has from the table behind it, when PostgreSQL changes the rows of one table through it.
    pub keys: Introspection<KeyRow>,
}

/// A column whose type is known by its number only.
#[derive(Clone, Debug)]
pub struct ColumnRow {
    column: Column,
}

/// A type whose parts are known by their numbers only.
#[derive(Clone, Debug)]
pub struct TypeRow {
    ty: PgType,
    letter: Option<char>,
    base: Option<Oid>,
    element: Option<Oid>,
    not_null: bool,
}

/// A unique key.
#[derive(Clone, Debug)]
pub struct KeyRow {
    primary: bool,
    /// Whether it is known that no column of it is NULL; else the columns themselves tell.
    not_null: bool,
    columns: Vec<Attnum>,
}

impl TableQuery {
    pub(super) fn new(oid: Oid) -> Self {
        let about = |sql: &'static str, condition: &'static str, order: &'static str| {
            let mut fragment = Fragment::of(sql);
            fragment.sql(condition).int(oid).sql(order);
            fragment
        };
        let mut types = Fragment::of(include_str!("types.sql"));
        types.int(oid).sql(include_str!("types_rest.sql"));
        Self {
            summary: table_summary(oid),
            columns: Introspection::new(
                about(include_str!("columns.sql"), "   AND a.attrelid = ", " ORDER BY a.attnum"),
                read_column,
            ),
            types: Introspection::new(types, read_type),
            constraints: Introspection::new(
                about(include_str!("constraints.sql"), "   AND k.conrelid = ", " ORDER BY k.oid"),
                read_constraint,
            ),
            keys: Introspection::new(
                about(include_str!("keys.sql"), "   AND i.indrelid = ", " ORDER BY i.indisprimary DESC, i.indexrelid"),
                read_key,
            ),
        }
    }

    /// Puts the decoded rows of the five queries together.
    ///
    /// # Errors
    /// [`DecodeError::NoTable`] when there is no table of that number, [`DecodeError::UnknownType`] when a type was changed
    /// between the queries.
    pub fn assemble(
        summary: Option<TableSummary>,
        columns: Vec<ColumnRow>,
        types: Vec<TypeRow>,
        constraints: Vec<Constraint>,
        keys: &[KeyRow],
    ) -> Result<Table, DecodeError> {
        let summary = summary.ok_or(DecodeError::NoTable)?;
        let types: HashMap<Oid, TypeRow> = types.into_iter().map(|row| (row.ty.oid, row)).collect();
        let columns = columns
            .into_iter()
            .map(|mut row| {
                let oid = row.column.ty.pg.oid;
                row.column.not_null |= refuses_null(oid, &types);
                row.column.ty.pg = resolve(oid, &types)?;
                Ok(row.column)
            })
            .collect::<Result<Vec<_>, DecodeError>>()?;
        let key = identity(&summary, &columns, keys);
        Ok(Table { summary, columns, key, constraints })
    }
}

impl ViewQuery {
    pub(super) fn new(oid: Oid) -> Self {
        let mut expressions = Fragment::of(include_str!("view_expressions.sql"));
        expressions.int(oid);
        let mut keys = Fragment::of("WITH RECURSIVE asked (oid) AS (SELECT ");
        keys.int(oid).sql(include_str!("view_keys.sql"));
        Self {
            expressions: Introspection::new(expressions, |row| row.number()),
            keys: Introspection::new(keys, read_key),
        }
    }

    /// Completes the picture of a view by the decoded rows of the two queries.
    pub fn complete(view: &mut Table, expressions: &[Attnum], keys: &[KeyRow]) {
        for column in view.columns.iter_mut().filter(|column| expressions.contains(&column.attnum)) {
            column.generated = Some(Generated::Expression);
        }
        view.key = identity(&view.summary, &view.columns, keys);
    }
}

/// Builds a type from its parts. PostgreSQL allows no cycles among domains and arrays.
fn resolve(oid: Oid, types: &HashMap<Oid, TypeRow>) -> Result<PgType, DecodeError> {
    let row = types.get(&oid).ok_or(DecodeError::UnknownType(oid))?;
    let mut ty = row.ty.clone();
    if let Some(element) = row.element {
        ty.kind = TypeKind::Array { element: Box::new(resolve(element, types)?) };
    } else if let Some(base) = row.base {
        ty.kind = TypeKind::Domain { base: Box::new(resolve(base, types)?) };
    } else {
        match row.letter {
            Some('c') => ty.kind = TypeKind::Composite,
            Some('r') => ty.kind = TypeKind::Range,
            Some('m') => ty.kind = TypeKind::Multirange,
            Some('p') => ty.kind = TypeKind::Pseudo,
            // A base type, or an enum whose labels were read with it.
            _ => {}
        }
    }
    Ok(ty)
}

/// Whether a domain, or one that it is made of, refuses NULL.
fn refuses_null(oid: Oid, types: &HashMap<Oid, TypeRow>) -> bool {
    types.get(&oid).is_some_and(|row| row.not_null || row.base.is_some_and(|base| refuses_null(base, types)))
}

/// Chooses what names a row: the primary key; else the unique key of the fewest columns, all NOT NULL; else the row version.
fn identity(summary: &TableSummary, columns: &[Column], keys: &[KeyRow]) -> RowIdentity {
    let usable = |key: &&KeyRow| {
        key.columns.iter().all(|attnum| {
            columns.iter().any(|c| c.attnum == *attnum && c.privileges.select && (key.not_null || c.not_null))
        })
    };
    // Keys of an inheritance parent do not hold for the rows of its children, which a plain SELECT shows too.
    if !summary.has_inheritors {
        if let Some(key) = keys.iter().find(|key| key.primary).filter(|key| usable(key)) {
            return RowIdentity::PrimaryKey(key.columns.clone());
        }
        if let Some(key) = keys.iter().filter(usable).min_by_key(|key| key.columns.len()) {
            return RowIdentity::Unique(key.columns.clone());
        }
    }
    match summary.kind {
        TableKind::View if !columns.iter().any(|column| column.privileges.select) => {
            RowIdentity::ReadOnly(ReadOnlyReason::NoReadableKey)
        }
        TableKind::View => RowIdentity::ReadOnly(ReadOnlyReason::View),
        TableKind::MaterializedView => RowIdentity::ReadOnly(ReadOnlyReason::MaterializedView),
        TableKind::Foreign => RowIdentity::ReadOnly(ReadOnlyReason::Foreign),
        _ if !summary.privileges.select => RowIdentity::ReadOnly(ReadOnlyReason::NoReadableKey),
        TableKind::Table | TableKind::Partitioned => RowIdentity::RowVersion,
    }
}

fn read_column(row: &mut Fields<'_>) -> Result<ColumnRow, DecodeError> {
    let (attnum, name) = (row.number()?, row.ident()?);
    // The parts of the type follow in `assemble`.
    let pg = PgType { oid: row.number()?, schema: String::new(), name: String::new(), kind: TypeKind::Base };
    let ty = ColumnType { pg, typmod: row.number()?, display: row.text()?.to_owned() };
    let not_null = row.flag()?;
    let default = row
        .optional()?
        .map(|expression| ColumnDefault { expression: expression.to_owned(), literal: default::literal(expression) });
    Ok(ColumnRow {
        column: Column {
            attnum,
            name,
            ty,
            not_null,
            default,
            identity: row.letter()?.and_then(|letter| match letter {
                'a' => Some(Identity::Always),
                'd' => Some(Identity::ByDefault),
                _ => None,
            }),
            generated: row.letter()?.and_then(|letter| match letter {
                's' => Some(Generated::Stored),
                'v' => Some(Generated::Virtual),
                _ => None,
            }),
            comment: row.owned()?,
            privileges: ColumnPrivileges {
                select: row.flag()?,
                insert: row.flag()?,
                update: row.flag()?,
                references: row.flag()?,
            },
            has_dependents: row.flag()?,
        },
    })
}

fn read_type(row: &mut Fields<'_>) -> Result<TypeRow, DecodeError> {
    let (oid, schema, name) = (row.number()?, row.text()?.to_owned(), row.text()?.to_owned());
    let letter = row.letter()?;
    let (base, element, labels) = (row.optional_number()?, row.optional_number()?, row.texts()?);
    let kind = if letter == Some('e') { TypeKind::Enum { labels } } else { TypeKind::Base };
    let ty = PgType { oid, schema, name, kind };
    Ok(TypeRow { ty, letter, base, element, not_null: row.flag()? })
}

fn read_constraint(row: &mut Fields<'_>) -> Result<Constraint, DecodeError> {
    let (oid, name) = (row.number()?, row.ident()?);
    let kind = match row.letter()? {
        Some('c') => ConstraintKind::Check,
        Some('f') => ConstraintKind::Foreign,
        Some('p') => ConstraintKind::Primary,
        Some('u') => ConstraintKind::Unique,
        Some('x') => ConstraintKind::Exclude,
        _ => return Err(row.form("a kind of constraint")),
    };
    let (columns, definition, deferrable) = (row.numbers()?, row.text()?.to_owned(), row.flag()?);
    let foreign_key = match row.optional_number()? {
        Some(target) => Some(read_foreign_key(row, target)?),
        None => None,
    };
    Ok(Constraint { oid, name, kind, columns, definition, deferrable, foreign_key })
}

fn read_foreign_key(row: &mut Fields<'_>, target: Oid) -> Result<ForeignKey, DecodeError> {
    let target_name = QName::new(row.ident()?, row.ident()?);
    let (target_columns, match_full) = (row.numbers()?, row.flag()?);
    let mut action = || {
        let letter = row.letter()?;
        letter.and_then(ForeignKeyAction::from_letter).ok_or_else(|| row.form("a foreign key action"))
    };
    Ok(ForeignKey { target, target_name, target_columns, match_full, on_update: action()?, on_delete: action()? })
}

fn read_key(row: &mut Fields<'_>) -> Result<KeyRow, DecodeError> {
    Ok(KeyRow { primary: row.flag()?, not_null: row.flag()?, columns: row.keys()? })
}
