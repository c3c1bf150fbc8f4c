//! What a load will do: how fields become values, and the table that is made for them, checked before anything is queued.

use std::collections::HashSet;

use mathesar_api::methods::{
    columns::TypeOptions,
    imports::{AppendColumn, LoadColumn, LoadParams},
    tables::PkeyType,
};
use mathesar_sql::{
    Ident, QName, Statement,
    copy::{self, Format},
    ddl::{
        column::{NewColumn, NewDefault},
        constraint::{NewConstraint, Rule},
        new_type::{self, Options},
        table,
    },
    model::{Column, Table},
    type_ref::TypeRef,
};
use mathesar_types::{
    infer::{Normaliser, Reading},
    pgtype::{ColumnType, Modifier, TypeKind as Kind},
};

use super::names::free_name;
use crate::{
    Error, Result, limits,
    model::{
        column_info::{kind, options},
        columns::column,
    },
};

const NO_COLUMNS: &str = "Choose at least one column to load.";

/// Names for the key that is added, the first free of which is taken.
const KEY_NAMES: [&str; 2] = ["id", "row_id"];

/// How the fields of a file become values of columns.
pub(super) struct Plan {
    pub(super) columns: Vec<PlannedColumn>,
}

/// A table that is made for a file, checked as far as that goes without the database.
pub(super) struct NewTable {
    pub(super) name: Ident,
    pub(super) plan: Plan,
    /// The types of the plan's columns.
    types: Vec<TypeRef>,
    key: Key,
}

/// A column of the table.
pub(super) struct PlannedColumn {
    /// Its place in the file, from 0.
    pub(super) index: usize,
    pub(super) name: Ident,
    /// The type's name, for words.
    pub(super) kind: String,
    pub(super) normaliser: Normaliser,
    null_words: Vec<String>,
}

enum Key {
    None,
    Column(Ident),
    Added(Ident, PkeyType),
}

impl Plan {
    /// For columns that a table has.
    ///
    /// # Errors
    /// Words that name the column and what is wrong with it.
    pub(super) fn onto(table: &Table, asked: &[AppendColumn]) -> Result<Self> {
        if asked.is_empty() {
            return Err(Error::value(NO_COLUMNS));
        }
        let mut taken = HashSet::new();
        let columns = asked.iter().map(|asked| {
            let column = column(table, asked.attnum)?;
            if !taken.insert(asked.attnum) {
                return Err(Error::value(format!("Two columns of the file would go to \"{}\".", column.name)));
            }
            if column.generated.is_some() {
                let message = format!("Column \"{}\": PostgreSQL computes it from others.", column.name);
                return Err(Error::value(message));
            }
            PlannedColumn::onto(column, asked)
        });
        Ok(Self { columns: columns.collect::<Result<_>>()? })
    }

    /// Takes the rows.
    pub(super) fn copy(&self, table: &QName) -> Statement {
        let names: Vec<_> = self.columns.iter().map(|column| column.name.clone()).collect();
        copy::from_stdin(table, &names, Format::Text)
    }
}

impl NewTable {
    /// Checks what was asked for.
    ///
    /// # Errors
    /// Words that name the column and what is wrong with it; the limits of PostgreSQL's tables.
    pub(super) fn new(params: &LoadParams) -> Result<Self> {
        refuse_size(params)?;
        let columns = params.columns.iter().map(PlannedColumn::new).collect::<Result<Vec<_>>>()?;
        let (columns, types): (Vec<_>, Vec<_>) = columns.into_iter().unzip();
        let mut names = HashSet::new();
        if let Some(twice) = columns.iter().find(|column| !names.insert(column.name.as_str())) {
            return Err(Error::value(format!("Two columns are named \"{}\"; rename one of them.", twice.name)));
        }
        let key = match (&params.key_column, params.add_key) {
            (Some(_), Some(_)) => {
                return Err(Error::value("The primary key is either added or one of the columns, not both."));
            }
            (Some(name), None) => Key::Column(
                columns
                    .iter()
                    .find(|column| column.name.as_str() == name)
                    .map(|column| column.name.clone())
                    .ok_or_else(|| {
                        Error::value(format!("No column that is loaded is named \"{name}\", so it cannot be the key."))
                    })?,
            ),
            (None, Some(kind)) => Key::Added(free_key_name(&names)?, kind),
            (None, None) => Key::None,
        };
        Ok(Self { name: ident(&params.table_name, "The table's name")?, plan: Plan { columns }, types, key })
    }

    /// Creates the table.
    pub(super) fn create(&self, table: &QName) -> Statement {
        let columns = self.plan.columns.iter().zip(&self.types);
        let mut columns: Vec<_> = columns.map(|(column, ty)| NewColumn::new(column.name.clone(), ty.clone())).collect();
        let key = match &self.key {
            Key::None => return table::create(table, &columns, &[]),
            Key::Column(name) => name,
            Key::Added(name, kind) => {
                columns.insert(0, added(name, *kind));
                name
            }
        };
        table::create(table, &columns, &[NewConstraint::new(Rule::PrimaryKey(vec![key.clone()]))])
    }
}

impl PlannedColumn {
    /// For a column that is made, and its type.
    fn new(column: &LoadColumn) -> Result<(Self, TypeRef)> {
        let wrong = |what: &dyn std::fmt::Display| Error::value(format!("Column \"{}\": {what}.", column.name));
        let options = column.type_options.clone().unwrap_or_default();
        let ty = new_type::parse(
            &column.kind,
            &Options {
                length: options.length,
                precision: options.precision,
                scale: options.scale,
                fields: options.fields.clone(),
            },
        )
        .map_err(|error| wrong(&error))?;
        let reading = reading(&column.kind, column.format.as_deref()).map_err(|what| wrong(&what))?;
        let planned = Self {
            index: column.index,
            name: ident(&column.name, "A column's name")?,
            kind: column.kind.clone(),
            normaliser: Normaliser::new(reading, modifier(reading, &options)),
            null_words: null_words(&column.null_words).map_err(|what| wrong(&what))?,
        };
        Ok((planned, ty))
    }

    /// For a column that is there.
    fn onto(column: &Column, asked: &AppendColumn) -> Result<Self> {
        let wrong = |what: String| Error::value(format!("Column \"{}\": {what}.", column.name));
        let reading = reading(&read_as(&column.ty), asked.format.as_deref()).map_err(wrong)?;
        let options = options(&column.ty).unwrap_or_default();
        Ok(Self {
            index: asked.index,
            name: column.name.clone(),
            kind: column.ty.display.clone(),
            normaliser: Normaliser::new(reading, modifier(reading, &options)),
            null_words: null_words(&asked.null_words).map_err(wrong)?,
        })
    }

    /// Whether a field is one of the words that are read as NULL.
    pub(super) fn is_null_word(&self, field: &str) -> bool {
        !self.null_words.is_empty() && self.null_words.iter().any(|word| word == field.trim_ascii())
    }
}

/// The type as which the fields of a column are read: of a domain, the one that it is made of.
pub(super) fn read_as(ty: &ColumnType) -> String {
    let storage = ty.pg.storage();
    if matches!(storage.kind, Kind::Base) { storage.name.clone() } else { kind(ty) }
}

fn reading(kind: &str, format: Option<&str>) -> std::result::Result<Reading, String> {
    let unknown = || format!("the type {kind} has no format \"{}\"", format.unwrap_or_default());
    Reading::choose(kind, format).ok_or_else(unknown)
}

fn null_words(words: &[String]) -> std::result::Result<Vec<String>, String> {
    if words.len() > limits::NULL_WORDS {
        return Err(format!("at most {} words can be read as NULL", limits::NULL_WORDS));
    }
    Ok(words.iter().map(|word| word.trim_ascii().to_owned()).collect())
}

/// The part of the options that PostgreSQL would apply by rounding silently.
fn modifier(reading: Reading, options: &TypeOptions) -> Modifier {
    match (reading, options.precision) {
        (Reading::Numeric(_), Some(precision)) => Modifier::Numeric {
            precision: u16::try_from(precision).unwrap_or(u16::MAX),
            scale: i16::try_from(options.scale.unwrap_or(0)).unwrap_or(i16::MAX),
        },
        (Reading::Timestamp(_) | Reading::TimestampTz(_) | Reading::Time, Some(digits)) => {
            u8::try_from(digits).map_or(Modifier::None, Modifier::TimePrecision)
        }
        _ => Modifier::None,
    }
}

fn added(name: &Ident, kind: PkeyType) -> NewColumn {
    let (ty, default) = match kind {
        PkeyType::Identity => ("integer", NewDefault::Identity),
        PkeyType::Uuidv4 => ("uuid", NewDefault::RandomUuid),
    };
    let ty = new_type::parse(ty, &Options::default()).expect("both types are on the list");
    NewColumn { name: name.clone(), ty, not_null: true, default: Some(default) }
}

fn free_key_name(names: &HashSet<&str>) -> Result<Ident> {
    let first_free = KEY_NAMES.iter().find(|name| !names.contains(**name)).map(|name| (*name).to_owned());
    ident(&first_free.unwrap_or_else(|| free_name(KEY_NAMES[1], |name| names.contains(name))), "The key's name")
}

fn ident(name: &str, what: &str) -> Result<Ident> {
    Ident::new(name).map_err(|error| Error::value(format!("{what} does not do: {error}.")))
}

fn refuse_size(params: &LoadParams) -> Result<()> {
    let count = params.columns.len() + usize::from(params.add_key.is_some());
    if params.columns.is_empty() {
        return Err(Error::value(NO_COLUMNS));
    }
    if count > limits::TABLE_COLUMNS {
        return Err(Error::limit(format!(
            "A table can have {} columns and {count} are asked for. Choose fewer.",
            limits::TABLE_COLUMNS
        )));
    }
    let bytes: usize = params.columns.iter().map(|column| fixed_bytes(&column.kind)).sum();
    if bytes > limits::ROW_BYTES {
        return Err(Error::limit(format!(
            "A row of these columns takes {bytes} bytes at least, and PostgreSQL keeps {} in a page. Choose fewer columns, \
             or text for some of them.",
            limits::ROW_BYTES
        )));
    }
    Ok(())
}

/// Bytes that a value of a type takes within its row in any case; types of varying length can move out of it.
fn fixed_bytes(kind: &str) -> usize {
    match kind {
        "boolean" => 1,
        "smallint" => 2,
        "integer" | "real" | "date" => 4,
        "bigint" | "double precision" | "money" => 8,
        "timestamp without time zone" | "timestamp with time zone" | "time without time zone" => 8,
        "time with time zone" => 12,
        "interval" | "uuid" => 16,
        _ => 0,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn params(columns: &[(&str, &str)]) -> LoadParams {
        let columns = columns.iter().enumerate().map(|(index, (name, kind))| LoadColumn {
            index,
            name: (*name).to_owned(),
            kind: (*kind).to_owned(),
            type_options: None,
            format: None,
            null_words: vec![],
        });
        LoadParams {
            database_id: 1,
            schema_oid: 2200,
            data_file_id: 1,
            table_name: "fruit".to_owned(),
            comment: None,
            dialect: Default::default(),
            columns: columns.collect(),
            add_key: None,
            key_column: None,
            remove_nul: false,
            cut_long_lines: false,
        }
    }

    fn created(params: &LoadParams) -> String {
        NewTable::new(params).unwrap().create(&QName::parse("public", "fruit").unwrap()).shown()
    }

    fn refused(params: &LoadParams) -> String {
        NewTable::new(params).err().expect("this plan should be refused").message().to_owned()
    }

    #[test]
    fn the_key_is_added_chosen_or_absent() {
        let plain = params(&[("id", "text"), ("weight", "numeric")]);
        assert!(!created(&plain).contains("PRIMARY KEY"));
        let added = LoadParams { add_key: Some(PkeyType::Identity), ..plain.clone() };
        assert!(created(&added).contains("row_id int4 GENERATED BY DEFAULT AS IDENTITY"), "{}", created(&added));
        let chosen = LoadParams { key_column: Some("id".to_owned()), ..plain.clone() };
        assert!(created(&chosen).contains("PRIMARY KEY (id)"));
        let unknown = LoadParams { key_column: Some("nobody".to_owned()), ..plain };
        assert!(refused(&unknown).contains("nobody"));
    }

    #[test]
    fn what_cannot_be_a_table_is_refused_in_words() {
        assert!(refused(&params(&[])).contains("at least one"));
        assert!(refused(&params(&[("a", "text"), ("a", "text")])).contains("Two columns"));
        assert!(refused(&params(&[("a", "hovercraft")])).contains("hovercraft"));
        let many: Vec<_> = (0..1601).map(|index| format!("c{index}")).collect();
        let columns: Vec<_> = many.iter().map(|name| (name.as_str(), "text")).collect();
        assert!(refused(&params(&columns)).contains("1600"));
        let wide: Vec<_> = many[..600].iter().map(|name| (name.as_str(), "uuid")).collect();
        assert!(refused(&params(&wide)).contains("8160"));
        let mut format = params(&[("a", "uuid")]);
        format.columns[0].format = Some("dmy".to_owned());
        assert!(refused(&format).contains("dmy"));
    }
}
