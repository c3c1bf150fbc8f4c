//! From rows to the bytes of an answer.
//!
//! Written by hand: a tree of JSON values costs several times as much as everything else on our side of a page.

use std::borrow::Cow;
use std::io::Write as _;

use bytes::Bytes;
use mathesar_api::methods::records::{GroupingResult, RowPlace};
use mathesar_pg::RawRow;
use mathesar_sql::{
    RowKey, key,
    model::{Attnum, RowIdentity, Table},
    select::RowShape,
};
use mathesar_types::wire::Form;

use super::downloads::Downloads;
use crate::fields::{Fields, json};
use crate::{Error, Result};

/// Writes the rows of one shape.
pub(super) struct RowWriter {
    fields: Fields,
    identity: RowIdentity,
    key_fields: usize,
}

impl RowWriter {
    /// A writer for the fields of `shape` in `form`.
    pub(super) fn new(table: &Table, shape: &RowShape, form: Form) -> Self {
        let columns = shape.columns.iter().map(|column| (column.attnum.to_string(), column.wire));
        Self { fields: Fields::new(columns, form), identity: table.key.clone(), key_fields: shape.key_fields }
    }

    /// Writes a row as an object by attribute number. `first` is where its fields begin in `row`.
    pub(super) fn row(&self, row: &RawRow, first: usize, out: &mut Vec<u8>) -> Result<()> {
        self.fields.object(row, first, out)
    }

    /// The row's key.
    pub(super) fn key(&self, row: &RawRow, first: usize) -> Result<Option<RowKey>> {
        let start = first + self.fields.len();
        let fields = (start..start + self.key_fields).map(|index| Ok(row.get::<Option<&str>>(index)?));
        Ok(key::read(&self.identity, &fields.collect::<Result<Vec<_>>>()?))
    }

    /// The text of a field, as it can be given to PostgreSQL again; `None` for NULL.
    pub(super) fn text<'r>(&self, row: &'r RawRow, first: usize, position: usize) -> Result<Option<Cow<'r, str>>> {
        self.fields.text(row, first, position)
    }

    /// Writes a key as an object.
    pub(super) fn write_key(&self, key: &RowKey, out: &mut Vec<u8>) -> Result<()> {
        write_key(&self.identity, key, out)
    }
}

/// Writes a key as the contract's object: by attribute number, or the three parts of a row version.
pub(super) fn write_key(identity: &RowIdentity, key: &RowKey, out: &mut Vec<u8>) -> Result<()> {
    match key {
        RowKey::Version { tableoid, ctid, digest } => {
            write!(out, "{{\"tableoid\":\"{tableoid}\",\"ctid\":").map_err(Error::internal)?;
            json(ctid, out)?;
            out.extend_from_slice(b",\"digest\":");
            json(digest, out)?;
        }
        RowKey::Columns(values) => {
            for (index, (attnum, value)) in identity.columns().iter().zip(values).enumerate() {
                let before = if index == 0 { '{' } else { ',' };
                write!(out, "{before}\"{attnum}\":").map_err(Error::internal)?;
                json(value, out)?;
            }
        }
    }
    out.push(b'}');
    Ok(())
}

/// How records are called: for each linking column, linked value → summary.
pub(super) type Linked = Vec<(Attnum, Vec<(String, String)>)>;

/// What an answer says about a joined column.
pub(super) struct JoinedValues {
    /// Its name.
    pub(super) alias: String,
    /// Its value in each row, as JSON.
    pub(super) rows: Vec<Vec<u8>>,
    /// Key → summary of the records.
    pub(super) summaries: Vec<(String, String)>,
}

/// The parts of a `RecordList`.
#[derive(Default)]
pub(super) struct ListBody {
    /// The rows, written one after the other with commas between.
    results: Vec<u8>,
    /// Where each row ends in them, behind its brace.
    ends: Vec<usize>,
    /// How many rows there are.
    pub(super) rows: usize,
    /// The keys, in the same way; `None` when nobody asked.
    keys: Option<Vec<u8>>,
    /// How many rows match, and whether that is exact.
    pub(super) count: Option<(i64, bool)>,
    /// See [`Linked`].
    pub(super) linked: Linked,
    /// Key → summary of the rows themselves; `None` when nobody asked.
    pub(super) summaries: Option<Vec<(String, String)>>,
    /// Links to files; `None` where no column holds files, and for those who make them themselves.
    pub(super) downloads: Option<Downloads>,
    /// The joined columns.
    pub(super) joined: Vec<JoinedValues>,
    /// The groups; `None` when nobody asked.
    pub(super) grouping: Option<GroupingResult>,
    /// Where the page stands; `None` when that is where it was asked for.
    pub(super) place: Option<RowPlace>,
}

impl ListBody {
    /// An empty answer, with room for what was asked for.
    pub(super) fn new(keys: bool, summaries: bool) -> Self {
        Self { keys: keys.then(Vec::new), summaries: summaries.then(Vec::new), ..Self::default() }
    }

    /// Adds a row, and its key when keys are asked for.
    pub(super) fn push(&mut self, writer: &RowWriter, row: &RawRow) -> Result<()> {
        if !self.results.is_empty() {
            self.results.push(b',');
        }
        writer.row(row, 0, &mut self.results)?;
        self.ends.push(self.results.len());
        self.rows += 1;
        let Some(keys) = &mut self.keys else { return Ok(()) };
        if !keys.is_empty() {
            keys.push(b',');
        }
        let key = writer.key(row, 0)?.ok_or_else(|| Error::internal("a row came without its key"))?;
        writer.write_key(&key, keys)
    }

    /// The whole `RecordList` as JSON. The original's members are always there.
    pub(super) fn finish(self) -> Result<Bytes> {
        let mut out = Vec::with_capacity(self.results.len() + 1024);
        out.extend_from_slice(b"{\"count\":");
        json(&self.count.map(|(count, _)| count), &mut out)?;
        if let Some((_, exact)) = self.count {
            write!(out, ",\"count_exact\":{exact}").map_err(Error::internal)?;
        }
        out.extend_from_slice(b",\"results\":[");
        self.write_results(&mut out)?;
        out.push(b']');
        if let Some(keys) = &self.keys {
            out.extend_from_slice(b",\"keys\":[");
            out.extend_from_slice(keys);
            out.push(b']');
        }
        out.extend_from_slice(b",\"grouping\":");
        json(&self.grouping, &mut out)?;
        out.extend_from_slice(b",\"linked_record_summaries\":");
        linked(&self.linked, &mut out)?;
        out.extend_from_slice(b",\"record_summaries\":");
        match &self.summaries {
            Some(summaries) => pairs(summaries, &mut out)?,
            None => out.extend_from_slice(b"null"),
        }
        out.extend_from_slice(b",\"joined_record_summaries\":");
        self.write_joined_summaries(&mut out)?;
        out.extend_from_slice(b",\"download_links\":");
        json(&self.downloads, &mut out)?;
        if let Some(place) = &self.place {
            out.extend_from_slice(b",\"place\":");
            json(place, &mut out)?;
        }
        out.push(b'}');
        Ok(out.into())
    }
}

impl ListBody {
    /// The rows, each with its joined columns before its closing brace.
    fn write_results(&self, out: &mut Vec<u8>) -> Result<()> {
        if self.joined.is_empty() {
            out.extend_from_slice(&self.results);
            return Ok(());
        }
        let mut start = 0;
        for (row, end) in self.ends.iter().enumerate() {
            out.extend_from_slice(&self.results[start..end - 1]);
            for column in &self.joined {
                if !out.ends_with(b"{") {
                    out.push(b',');
                }
                json(&column.alias, out)?;
                out.push(b':');
                out.extend_from_slice(&column.rows[row]);
            }
            out.push(b'}');
            start = *end;
        }
        Ok(())
    }

    fn write_joined_summaries(&self, out: &mut Vec<u8>) -> Result<()> {
        if self.joined.is_empty() {
            out.extend_from_slice(b"null");
            return Ok(());
        }
        out.push(b'{');
        for (index, column) in self.joined.iter().enumerate() {
            if index > 0 {
                out.push(b',');
            }
            json(&column.alias, out)?;
            out.push(b':');
            pairs(&column.summaries, out)?;
        }
        out.push(b'}');
        Ok(())
    }
}

/// Writes how linked records are called.
pub(super) fn linked(linked: &Linked, out: &mut Vec<u8>) -> Result<()> {
    out.push(b'{');
    for (index, (attnum, labels)) in linked.iter().enumerate() {
        let comma = if index > 0 { "," } else { "" };
        write!(out, "{comma}\"{attnum}\":").map_err(Error::internal)?;
        pairs(labels, out)?;
    }
    out.push(b'}');
    Ok(())
}

fn pairs(pairs: &[(String, String)], out: &mut Vec<u8>) -> Result<()> {
    out.push(b'{');
    for (index, (key, value)) in pairs.iter().enumerate() {
        if index > 0 {
            out.push(b',');
        }
        json(key, out)?;
        out.push(b':');
        json(value, out)?;
    }
    out.push(b'}');
    Ok(())
}
