//! The statements that give the rows of an exploration.

use mathesar_types::wire::{Form, WireExpr, wire};

use super::Exploration;
use super::relation::step_name;
use crate::copy::{self, Format};
use crate::expr;
use crate::frag::{Fragment, Statement};

impl Exploration<'_> {
    /// How the values of the columns leave PostgreSQL, in their order.
    pub fn wires(&self, form: Form) -> Vec<WireExpr> {
        self.columns().iter().map(|column| wire(&column.ty, form)).collect()
    }

    /// A page of rows, with the fields of [`wires`](Self::wires).
    ///
    /// The rows are chosen in an inner query and written in an outer one: the forms of values would otherwise be computed for
    /// every row that an offset passes over.
    pub fn page(&self, form: Form, limit: u32, offset: u64) -> Statement {
        let fields = self
            .columns()
            .iter()
            .zip(self.wires(form))
            .map(|(column, form)| expr::wire(&column.value(), form, &column.ty.pg));
        let mut fragment = self.with();
        fragment.sql("SELECT ").join(", ", fields).sql("\n  FROM (SELECT t.*").push(self.rows(Some(limit), offset));
        fragment.sql(") AS t").push(self.relation.order_by());
        fragment.finish()
    }

    /// How many rows there are: one text field.
    pub fn count(&self) -> Statement {
        let mut fragment = self.with();
        fragment.sql("SELECT pg_catalog.count(*)::text").push(self.relation.from());
        fragment.finish()
    }

    /// Gives the rows out as CSV, in ISO forms, without a header: NULL is an empty field, the empty text is `""`.
    pub fn to_stdout(&self, limit: Option<u32>, offset: u64) -> Statement {
        let fields =
            self.columns().iter().zip(self.wires(Form::Iso)).map(|(c, form)| copy::written(c.value(), form, &c.ty.pg));
        let mut fragment = self.with();
        fragment.sql("SELECT ").join(", ", fields).push(self.rows(limit, offset));
        copy::query_to_stdout(fragment, Format::Csv, false)
    }

    /// ` FROM … ORDER BY … LIMIT … OFFSET …`.
    fn rows(&self, limit: Option<u32>, offset: u64) -> Fragment {
        let mut fragment = self.relation.from();
        fragment.push(self.relation.order_by());
        if let Some(limit) = limit {
            fragment.sql(" LIMIT ").int(limit);
        }
        if offset > 0 {
            fragment.sql(" OFFSET ").int(i64::try_from(offset).unwrap_or(i64::MAX));
        }
        fragment
    }

    /// `WITH step0 AS (…), step1 AS (…) `.
    fn with(&self) -> Fragment {
        let mut fragment = Fragment::of("WITH ");
        let expressions = self.relation.expressions.iter().enumerate().map(|(number, expression)| {
            let mut one = Fragment::new();
            one.ident(&step_name(number)).sql(" AS (\n  ").push(expression.clone()).sql("\n)");
            one
        });
        fragment.join(", ", expressions).sql("\n");
        fragment
    }
}
