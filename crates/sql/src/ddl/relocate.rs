//! Columns that go to another table together with their values: each value exactly as it is, and none lost.
//!
//! Records are told apart by what is stored (`*<`, the order of record images) and not by the order of their types. So 1.0 and
//! 1.00 stay two values, `a` and `A` too whatever the collation says, and types without any order, such as `json`, can go as well.

use super::column::NewColumn;
use crate::frag::{Fragment, Statement};
use crate::ident::{Ident, QName};

/// Has PostgreSQL refuse a statement that row-level security would hide rows from: what they hold would else be lost with the
/// columns. Owners see every row, but where `FORCE ROW LEVEL SECURITY` is on.
pub fn see_every_row() -> Statement {
    Fragment::of("SET LOCAL row_security = off").finish()
}

/// Makes an empty table of a key that counts up and all columns of `source`, with their checks, defaults and comments.
pub fn create_like(table: &QName, key: &NewColumn, source: &QName) -> Statement {
    let mut fragment = Fragment::of("CREATE TABLE ");
    fragment.qname(table).sql(" (\n    ").push(key.definition()).sql(" PRIMARY KEY,\n    LIKE ").qname(source);
    fragment.sql(" INCLUDING COMMENTS INCLUDING CONSTRAINTS INCLUDING DEFAULTS INCLUDING STORAGE\n)");
    fragment.finish()
}

/// Writes into the column `number` of each row which of the different records over `columns` it holds, counted from 1; nothing
/// where all of them are NULL.
pub fn number_records(table: &QName, columns: &[Ident], number: &Ident) -> Statement {
    let mut fragment = Fragment::of("UPDATE ");
    fragment
        .qname(table)
        .sql(" AS t SET ")
        .ident(number)
        .sql(" = n.number\n  FROM (SELECT t.tableoid AS part, t.ctid AS place");
    fragment.sql(", pg_catalog.dense_rank() OVER (ORDER BY ROW(").push(of("t.", columns));
    fragment.sql(") USING OPERATOR(pg_catalog.*<)) AS number\n          FROM ").qname(table);
    fragment.sql(" AS t WHERE pg_catalog.num_nonnulls(").push(of("t.", columns)).sql(") > 0) AS n");
    fragment.sql("\n WHERE t.tableoid = n.part AND t.ctid = n.place");
    fragment.finish()
}

/// Fills a new table with the different records over `columns` of `source`, each under the number that [`number_records`] wrote.
pub fn copy_records(table: &QName, key: &Ident, source: &QName, columns: &[Ident], number: &Ident) -> Statement {
    let mut fragment = Fragment::of("INSERT INTO ");
    fragment.qname(table).sql(" (").ident(key).sql(", ").push(of("", columns)).sql(")\nSELECT DISTINCT ON (t.");
    fragment.ident(number).sql(") t.").ident(number).sql(", ").push(of("t.", columns)).sql(" FROM ").qname(source);
    fragment.sql(" AS t WHERE t.").ident(number).sql(" IS NOT NULL ORDER BY t.").ident(number);
    fragment.finish()
}

/// Fails when a record of `source` does not find each of its values in the record of `target` that it refers to. A trigger may have
/// kept an earlier statement from writing, and what was not written would be lost with the columns.
///
/// PostgreSQL has no statement that fails with words of one's own, so that the words stand in the number that it cannot read. Without
/// the casts it would compare column by column, for which there is no such operator.
pub fn verify(source: &QName, columns: &[Ident], target: &QName, reference: &[Ident], referent: &[Ident]) -> Statement {
    let mut fragment =
        Fragment::of("SELECT CASE WHEN pg_catalog.count(*) > 0 THEN pg_catalog.concat(pg_catalog.count(*)");
    fragment.sql(", ' rows could not be moved, perhaps because of a trigger. Nothing was changed.')::int END\n  FROM ");
    fragment.qname(source).sql(" AS s\n  LEFT JOIN ").qname(target).sql(" AS t ON ").push(refers(reference, referent));
    fragment.sql("\n WHERE ROW(").push(of("s.", columns)).sql(")::record OPERATOR(pg_catalog.*<>) ROW(");
    fragment.push(of("t.", columns)).sql(")::record");
    fragment.finish()
}

/// A move of columns along a foreign key: from the table that refers to the table that is referred to.
#[derive(Clone, Debug)]
pub struct Move<'a> {
    /// The table that refers.
    pub source: &'a QName,
    /// The table that is referred to, which has the columns already, empty.
    pub target: &'a QName,
    /// The columns of the foreign key.
    pub reference: &'a [Ident],
    /// What they refer to, in the same order.
    pub referent: &'a [Ident],
    /// The columns that move.
    pub columns: &'a [Ident],
    /// The other columns of the target that a copy of one of its records takes over.
    pub kept: &'a [Ident],
    /// A column that both tables have for the time of the move: its number is what [`number_records`] wrote into the source over
    /// the foreign key and the columns.
    pub number: &'a Ident,
}

impl Move<'_> {
    /// Gives every record of the target the values of one of the records that refer to it.
    pub fn fill(&self) -> Statement {
        let mut fragment = Fragment::of("UPDATE ");
        let assignments = self.columns.iter().chain([self.number]).map(|column| {
            let mut one = Fragment::new();
            one.ident(column).sql(" = s.").ident(column);
            one
        });
        fragment.qname(self.target).sql(" AS t SET ").join(", ", assignments);
        fragment.sql("\n  FROM (SELECT DISTINCT ON (").push(of("s.", self.reference)).sql(") ");
        fragment.push(self.taken()).sql(" FROM ").qname(self.source).sql(" AS s ORDER BY ");
        fragment
            .push(of("s.", self.reference))
            .sql(", s.")
            .ident(self.number)
            .sql(") AS s\n WHERE ")
            .push(refers(self.reference, self.referent));
        fragment.finish()
    }

    /// Makes a record of the target for every other one that refers: a copy of the one referred to with other values, or one of
    /// these values alone where nothing is referred to.
    pub fn add(&self) -> Statement {
        let mut fragment = Fragment::of("INSERT INTO ");
        let columns: Vec<Ident> = [self.kept, self.columns, std::slice::from_ref(self.number)].concat();
        fragment.qname(self.target).sql(" (").push(of("", &columns)).sql(")\nSELECT ");
        if !self.kept.is_empty() {
            fragment.push(of("t.", self.kept)).sql(", ");
        }
        fragment.push(of("s.", self.columns)).sql(", s.").ident(self.number);
        fragment.sql("\n  FROM (SELECT DISTINCT ON (s.").ident(self.number).sql(") ").push(self.taken());
        fragment
            .sql(" FROM ")
            .qname(self.source)
            .sql(" AS s WHERE s.")
            .ident(self.number)
            .sql(" IS NOT NULL ORDER BY s.");
        fragment
            .ident(self.number)
            .sql(") AS s\n  LEFT JOIN ")
            .qname(self.target)
            .sql(" AS t ON ")
            .push(refers(self.reference, self.referent));
        // Part of a foreign key refers to nothing, and then there is nothing to make a record of either.
        fragment.sql("\n WHERE pg_catalog.num_nonnulls(").push(of("t.", self.referent)).sql(", ");
        fragment
            .push(of("s.", self.columns))
            .sql(") > 0\n   AND s.")
            .ident(self.number)
            .sql(" NOT IN (SELECT f.")
            .ident(self.number)
            .sql(" FROM ");
        fragment.qname(self.target).sql(" AS f WHERE f.").ident(self.number).sql(" IS NOT NULL)");
        fragment.finish()
    }

    /// Has every record of the source refer to the one that has its values.
    pub fn relink(&self) -> Statement {
        let mut fragment = Fragment::of("UPDATE ");
        let assignments = self.reference.iter().zip(self.referent).map(|(reference, referent)| {
            let mut one = Fragment::new();
            one.ident(reference).sql(" = t.").ident(referent);
            one
        });
        fragment.qname(self.source).sql(" AS s SET ").join(", ", assignments).sql("\n  FROM ").qname(self.target);
        fragment.sql(" AS t\n WHERE t.").ident(self.number).sql(" = s.").ident(self.number);
        fragment.sql(" AND (").push(of("s.", self.reference)).sql(") IS DISTINCT FROM (");
        fragment.push(of("t.", self.referent)).sql(")");
        fragment.finish()
    }

    /// `s.reference, s.columns, s.number`.
    fn taken(&self) -> Fragment {
        of("s.", &[self.reference, self.columns, std::slice::from_ref(self.number)].concat())
    }
}

/// `t.referent = s.reference AND …`.
fn refers(reference: &[Ident], referent: &[Ident]) -> Fragment {
    let mut fragment = Fragment::new();
    let pairs = reference.iter().zip(referent).map(|(reference, referent)| {
        let mut one = Fragment::of("t.");
        one.ident(referent).sql(" = s.").ident(reference);
        one
    });
    fragment.join(" AND ", pairs);
    fragment
}

/// The columns with what stands before each of them.
fn of(prefix: &'static str, columns: &[Ident]) -> Fragment {
    let mut fragment = Fragment::new();
    let columns = columns.iter().map(|column| {
        let mut one = Fragment::of(prefix);
        one.ident(column);
        one
    });
    fragment.join(", ", columns);
    fragment
}
