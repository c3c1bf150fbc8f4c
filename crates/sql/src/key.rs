//! The one way to name a row (architecture, section 6).

use thiserror::Error;

use crate::expr;
use crate::frag::Fragment;
use crate::ident::Ident;
use crate::model::{Column, Oid, RowIdentity, Table};
use crate::type_ref::TypeRef;

/// Names one row of a table.
#[derive(Clone, PartialEq, Eq, Hash)]
pub enum RowKey {
    /// The values of the key's columns as text, in the order of [`RowIdentity::columns`].
    Columns(Vec<String>),
    /// A version of a row, for tables without a key.
    Version {
        /// The table that holds it, which for a partitioned table is a partition.
        tableoid: Oid,
        /// Where it stands, such as `(0,1)`.
        ctid: String,
        /// SHA-256 of the readable columns, in hexadecimal.
        digest: String,
    },
}

impl std::fmt::Debug for RowKey {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        // A key is made of cell values.
        f.write_str(match self {
            Self::Columns(_) => "RowKey::Columns(…)",
            Self::Version { .. } => "RowKey::Version(…)",
        })
    }
}

/// Why a key names no row of a table.
#[derive(Clone, Debug, Error, PartialEq, Eq)]
pub enum KeyError {
    /// Rows of the table cannot be named.
    #[error("rows of this table cannot be named: it has no key")]
    ReadOnly,
    /// The key is of another kind than the table's, or has another number of values.
    #[error("the key does not fit the table: it needs {0}")]
    Shape(String),
}

/// The fields that carry a row's key at the end of a result, as text.
pub(crate) fn fields(table: &Table) -> Vec<Fragment> {
    match &table.key {
        RowIdentity::ReadOnly(_) => Vec::new(),
        RowIdentity::RowVersion => {
            vec![Fragment::of("t.tableoid::text"), Fragment::of("t.ctid::text"), expr::digest(table)]
        }
        RowIdentity::PrimaryKey(_) | RowIdentity::Unique(_) => columns(table)
            .map(|column| {
                let mut field = expr::column(&column.name);
                field.sql("::text");
                field
            })
            .collect(),
    }
}

/// The key's columns.
pub(crate) fn columns(table: &Table) -> impl Iterator<Item = &Column> {
    table.key.columns().iter().filter_map(|attnum| table.column(*attnum))
}

/// Puts the fields of [`fields`] together; `None` when one is missing or NULL.
pub fn read(identity: &RowIdentity, fields: &[Option<&str>]) -> Option<RowKey> {
    match identity {
        RowIdentity::ReadOnly(_) => None,
        RowIdentity::RowVersion => match fields {
            [Some(tableoid), Some(ctid), Some(digest)] => Some(RowKey::Version {
                tableoid: tableoid.parse().ok()?,
                ctid: (*ctid).to_owned(),
                digest: (*digest).to_owned(),
            }),
            _ => None,
        },
        RowIdentity::PrimaryKey(columns) | RowIdentity::Unique(columns) => (columns.len() == fields.len())
            .then(|| fields.iter().map(|field| field.map(str::to_owned)).collect::<Option<Vec<_>>>())
            .flatten()
            .map(RowKey::Columns),
    }
}

/// True for the row that a key names.
///
/// # Errors
/// [`KeyError`] when the key is not of the table's kind.
pub(crate) fn matches(table: &Table, key: &RowKey) -> Result<Fragment, KeyError> {
    match (&table.key, key) {
        (RowIdentity::ReadOnly(_), _) => Err(KeyError::ReadOnly),
        (RowIdentity::RowVersion, RowKey::Version { tableoid, ctid, digest }) => {
            let mut fragment = Fragment::of("t.tableoid = ");
            fragment.int(*tableoid).sql(" AND t.ctid = ").bind_as(ctid.as_str(), &TypeRef::built_in("tid"));
            fragment.sql(" AND ").push(expr::digest(table)).sql(" = ").bind(digest.as_str());
            Ok(fragment)
        }
        (identity, RowKey::Columns(values)) if values.len() == identity.columns().len() && !values.is_empty() => {
            let mut fragment = Fragment::new();
            let conditions = columns(table).zip(values).map(|(column, value)| {
                let mut one = expr::column(&column.name);
                one.sql(" = ").bind_as(value.as_str(), &TypeRef::of(column.ty.pg.storage()));
                one
            });
            fragment.join(" AND ", conditions);
            Ok(fragment)
        }
        _ => Err(shape(table)),
    }
}

fn shape(table: &Table) -> KeyError {
    KeyError::Shape(match &table.key {
        RowIdentity::RowVersion => "tableoid, ctid and digest".to_owned(),
        identity => format!("a value for each of {} columns", identity.columns().len()),
    })
}

/// How many fields a key has.
pub fn width(identity: &RowIdentity) -> usize {
    match identity {
        RowIdentity::RowVersion => 3,
        other => other.columns().len(),
    }
}

/// The columns of a list of keys, each as one parameter, and the condition that joins the row `t` to the list `v`.
pub(crate) struct KeyList {
    /// One `text[]` for each field of a key.
    pub(crate) arrays: Vec<Fragment>,
    /// The names of the list's columns.
    pub(crate) names: Vec<Ident>,
    /// `t.… = v.…`.
    pub(crate) condition: Fragment,
}

/// Many keys at once.
///
/// # Errors
/// [`KeyError`] when a key is not of the table's kind.
pub(crate) fn list(table: &Table, keys: &[&RowKey]) -> Result<KeyList, KeyError> {
    if matches!(table.key, RowIdentity::ReadOnly(_)) {
        return Err(KeyError::ReadOnly);
    }
    let width = width(&table.key);
    let rows: Vec<Vec<String>> = keys.iter().map(|key| texts(key)).collect();
    if rows.iter().any(|row| row.len() != width) {
        return Err(shape(table));
    }
    let arrays = (0..width).map(|at| {
        let mut array = Fragment::new();
        array.bind_list(rows.iter().map(|row| Some(row[at].as_str())));
        array
    });
    let names: Vec<Ident> = (0..width).map(|at| numbered("k", at)).collect();
    let mut condition = Fragment::new();
    if table.key == RowIdentity::RowVersion {
        condition.sql("t.tableoid = v.k0::pg_catalog.oid AND t.ctid = v.k1::pg_catalog.tid AND ");
        condition.push(expr::digest(table)).sql(" = v.k2");
    } else {
        let pairs = columns(table).zip(&names).map(|(column, name)| {
            let mut one = expr::column(&column.name);
            one.sql(" = v.").ident(name).sql("::").ty(&TypeRef::of(column.ty.pg.storage()));
            one
        });
        condition.join(" AND ", pairs);
    }
    Ok(KeyList { arrays: arrays.collect(), names, condition })
}

fn texts(key: &RowKey) -> Vec<String> {
    match key {
        RowKey::Columns(values) => values.clone(),
        RowKey::Version { tableoid, ctid, digest } => vec![tableoid.to_string(), ctid.clone(), digest.clone()],
    }
}

/// `k0`, `k1`, …: columns of a list of parameters.
pub(crate) fn numbered(letter: &str, number: usize) -> Ident {
    Ident::from_catalog(&format!("{letter}{number}"))
}
