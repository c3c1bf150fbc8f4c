//! How a record is called: a text made of columns of its own and of the records that it links to.

use std::collections::HashMap;

use thiserror::Error;

use crate::expr;
use crate::frag::{Fragment, Statement};
use crate::ident::Ident;
use crate::key::numbered;
use crate::model::{Attnum, Column, Oid, Table};
use crate::select::{from, only};
use crate::type_ref::TypeRef;

/// The longest chain of links that a template may follow.
pub const MAX_HOPS: usize = 5;
/// The most parts that a template may have.
pub const MAX_PARTS: usize = 50;

/// A part of a template, such as `["#", [1], " – ", [2, 5]]`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Part {
    /// Words.
    Text(String),
    /// A column, reached over the foreign keys of the columns before it.
    Path(Vec<Attnum>),
}

/// Why a template cannot be used.
#[derive(Clone, Debug, Error, PartialEq, Eq)]
pub enum TemplateError {
    /// A limit is reached.
    #[error("a summary may have {MAX_PARTS} parts and follow {MAX_HOPS} links")]
    TooLong,
}

/// What a table's records are called, ready to be put into a query.
#[derive(Clone, Debug)]
pub struct Summary {
    /// The text of a row `t`.
    text: Fragment,
    /// ` LEFT JOIN …`, or nothing.
    joins: Fragment,
}

/// Tables by number: those that a template's links lead to. A table that is missing here, since the role may not see it, makes
/// its parts vanish.
pub type Tables<'t> = HashMap<Oid, &'t Table>;

impl Summary {
    /// Makes a template ready. Parts that do not exist or may not be read vanish, as in the original.
    ///
    /// # Errors
    /// [`TemplateError`] when the template is too long.
    pub fn new(table: &Table, template: &[Part], tables: &Tables<'_>) -> Result<Self, TemplateError> {
        if template.len() > MAX_PARTS {
            return Err(TemplateError::TooLong);
        }
        let mut builder = Builder { joins: Vec::new(), tables };
        let mut pieces = Vec::new();
        for part in template {
            match part {
                Part::Text(text) => {
                    let mut piece = Fragment::new();
                    piece.bind(text.as_str());
                    pieces.push(piece);
                }
                Part::Path(path) if path.len() > MAX_HOPS + 1 => return Err(TemplateError::TooLong),
                Part::Path(path) => pieces.extend(builder.column(table, path)),
            }
        }
        let mut text = Fragment::new();
        if pieces.is_empty() {
            text.sql("'?'::text");
        } else {
            text.sql("COALESCE(NULLIF(pg_catalog.concat(").join(", ", pieces).sql("), ''), '?')");
        }
        let mut joins = Fragment::new();
        for join in builder.joins {
            joins.push(join.sql);
        }
        Ok(Self { text, joins })
    }

    /// What records are called without a template: by the first column of texts, else by the first column.
    pub fn default_template(table: &Table) -> Vec<Part> {
        let first = table.readable().find(|column| expr::is_text(&column.ty.pg)).or_else(|| table.readable().next());
        first.map(|column| vec![Part::Path(vec![column.attnum])]).unwrap_or_default()
    }

    /// The tables that a template leads to over the foreign keys of `table`, to be looked up before [`Summary::new`]; each
    /// step needs the tables of the step before, so this is asked again until it gives none that is new.
    pub fn needed(table: &Table, template: &[Part], known: &Tables<'_>) -> Vec<Oid> {
        let mut needed = Vec::new();
        for path in template.iter().filter_map(|part| if let Part::Path(path) = part { Some(path) } else { None }) {
            let mut at = table;
            for attnum in path.iter().take(path.len().saturating_sub(1)) {
                let Some((target, _)) = link(at, *attnum) else { break };
                let Some(next) = known.get(&target) else {
                    needed.push(target);
                    break;
                };
                at = next;
            }
        }
        needed.sort_unstable();
        needed.dedup();
        needed
    }
}

/// Where a column links to by a foreign key of its own: the table, and the column there.
pub fn link(table: &Table, attnum: Attnum) -> Option<(Oid, Attnum)> {
    table.foreign_keys().find_map(|(constraint, key)| match (&constraint.columns[..], &key.target_columns[..]) {
        ([own], [there]) if *own == attnum => Some((key.target, *there)),
        _ => None,
    })
}

struct Builder<'t> {
    joins: Vec<Join>,
    tables: &'t Tables<'t>,
}

struct Join {
    path: Vec<Attnum>,
    sql: Fragment,
}

impl Builder<'_> {
    /// The text of a column at the end of a path, joining what lies on the way.
    fn column(&mut self, table: &Table, path: &[Attnum]) -> Option<Fragment> {
        let (last, hops) = path.split_last()?;
        let mut at = table;
        let mut alias = Ident::fixed("t");
        for (depth, attnum) in hops.iter().enumerate() {
            let (target, there) = link(at, *attnum)?;
            let target = *self.tables.get(&target)?;
            let (from, to) = (readable(at, *attnum)?, readable(target, there)?);
            alias = self.join(&path[..=depth], &alias, from, target, to);
            at = target;
        }
        let column = readable(at, *last)?;
        let mut value = Fragment::new();
        value.ident(&alias).sql(".").ident(&column.name);
        Some(expr::iso_text(&value, &column.ty.pg))
    }

    /// Joins a table once for each path that leads to it.
    fn join(&mut self, path: &[Attnum], left: &Ident, from: &Column, target: &Table, to: &Column) -> Ident {
        if let Some(known) = self.joins.iter().position(|join| join.path == path) {
            return numbered("j", known);
        }
        let alias = numbered("j", self.joins.len());
        let mut sql = Fragment::of(" LEFT JOIN ");
        sql.qname(target.name()).sql(" AS ").ident(&alias).sql(" ON ").ident(&alias).sql(".").ident(&to.name);
        sql.sql(" = ").ident(left).sql(".").ident(&from.name);
        self.joins.push(Join { path: path.to_vec(), sql });
        alias
    }
}

fn readable(table: &Table, attnum: Attnum) -> Option<&Column> {
    table.column(attnum).filter(|column| column.privileges.select)
}

/// What the records with these values in `column` are called: rows of two text fields, the value as given and the summary.
/// Values that no record has are left out. `values` should not repeat.
pub fn labels<'v>(
    table: &Table,
    summary: &Summary,
    column: &Column,
    values: impl IntoIterator<Item = &'v str>,
) -> Statement {
    let mut fragment = Fragment::of("SELECT v.k0, ");
    fragment.push(summary.text.clone()).sql("\n  FROM pg_catalog.unnest(");
    fragment.bind_list(values.into_iter().map(Some)).sql(") AS v (k0)\n  JOIN ").qname(table.name()).sql(" AS t ON ");
    fragment.push(expr::column(&column.name)).sql(" = v.k0::").ty(&TypeRef::of(column.ty.pg.storage()));
    fragment.push(summary.joins.clone());
    fragment.finish()
}

/// A page of records by what they are called: rows of two text fields, the value of `key` and the summary, sorted by it. Those for which
/// `first` is true come before the others.
pub fn list(
    table: &Table,
    summary: &Summary,
    key: &Column,
    search: Option<&str>,
    first: Option<Fragment>,
    limit: u32,
    offset: u64,
) -> Statement {
    let mut fragment = Fragment::of("SELECT s.key, s.summary FROM (SELECT ");
    fragment.push(expr::iso_text(&expr::column(&key.name), &key.ty.pg)).sql(" AS key, ");
    fragment.push(summary.text.clone()).sql(" AS summary");
    let order = if first.is_some() {
        " ORDER BY s.first DESC, s.summary, s.key LIMIT "
    } else {
        " ORDER BY s.summary, s.key LIMIT "
    };
    if let Some(first) = first {
        fragment.sql(", ").push(first).sql(" AS first");
    }
    fragment.push(from(table)).push(summary.joins.clone()).sql(") AS s").push(only(search.map(found)));
    fragment.sql(order).int(limit);
    fragment.sql(" OFFSET ").int(i64::try_from(offset).unwrap_or(i64::MAX));
    fragment.finish()
}

/// How many records [`list`] has in all: one text field.
pub fn count(table: &Table, summary: &Summary, search: Option<&str>) -> Statement {
    let Some(search) = search else { return crate::count::exact(table, None) };
    let mut fragment = Fragment::of("SELECT pg_catalog.count(*)::text FROM (SELECT ");
    fragment.push(summary.text.clone()).sql(" AS summary").push(from(table)).push(summary.joins.clone());
    fragment.sql(") AS s").push(only([found(search)]));
    fragment.finish()
}

fn found(search: &str) -> Fragment {
    let mut fragment = Fragment::of("pg_catalog.strpos(pg_catalog.lower(s.summary), pg_catalog.lower(");
    fragment.bind(search).sql(")) > 0");
    fragment
}
