//! The step that groups rows.

use std::borrow::Cow;

use mathesar_types::family::{Aggregate, FamilyId, Preproc, family_of};
use mathesar_types::pgtype::ColumnType;

use super::aggregate;
use super::definition::{Aggregation, Group, Summary};
use super::error::{ExplorationError, Problem, shown};
use super::relation::{Column, Relation, Result, Source, Term, check_alias};
use super::source::is_unique;
use crate::expr;
use crate::frag::Fragment;
use crate::group::preproc_of;
use crate::ident::Ident;

impl<'t> Relation<'t> {
    /// One row for each group. Columns that the summary does not mention are added as [`complete`](Self::complete) says.
    pub(super) fn summarized(mut self, summary: &Summary, path: &str) -> Result<Self> {
        let summary = self.complete(summary, path)?;
        let mut output = Output::default();
        for (index, group) in summary.groups.iter().enumerate() {
            self.group(group, &mut output, &format!("{path}.grouping_expressions[{index}]"))?;
        }
        let order = output.columns.iter().map(|c| Term::ascending(c.name.clone(), Some(c.ty.pg.clone()))).collect();
        for (index, aggregation) in summary.aggregations.iter().enumerate() {
            self.aggregation(aggregation, &mut output, &format!("{path}.aggregation_expressions[{index}]"))?;
        }
        let mut fragment = Fragment::of("SELECT ");
        fragment.join(", ", output.fields).push(self.from()).sql(" GROUP BY ").join(", ", output.keys);
        self.expressions.push(fragment);
        Ok(Self { columns: output.columns, order, ..self })
    }

    /// Adds the columns that are not mentioned. Where the base column names a record, those that have one value for each record
    /// are grouped by; the others become lists of their different values. The base column itself is grouped by.
    fn complete<'s>(&self, summary: &'s Summary, path: &str) -> Result<Cow<'s, Summary>> {
        let base = self.position(&summary.base, || format!("{path}.base_grouping_column"))?;
        let mentioned = |alias: &str| {
            summary.groups.iter().any(|group| group.input == alias)
                || summary.aggregations.iter().any(|aggregation| aggregation.input == alias)
        };
        let grouped = |alias: &str| summary.groups.iter().any(|group| group.input == alias);
        let record = self.record_of(base, summary);
        let mut complete = Cow::Borrowed(summary);
        for (position, column) in self.columns.iter().enumerate() {
            let is_base = position == base;
            if (is_base && grouped(&column.alias)) || (!is_base && mentioned(&column.alias)) {
                continue;
            }
            let determined = record.zip(column.node).is_some_and(|(record, node)| self.links.determines(record, node));
            let input = column.alias.clone();
            if is_base || determined {
                let output = free_alias(&complete, &input, "grouped");
                complete.to_mut().groups.push(Group { input, output, preproc: None });
            } else {
                let output = free_alias(&complete, &input, "agged");
                let function = "distinct_aggregate_to_array".to_owned();
                complete.to_mut().aggregations.push(Aggregation { input, output, function });
            }
        }
        Ok(complete)
    }

    /// The joined table whose records the base column names, one by each of its values.
    fn record_of(&self, base: usize, summary: &Summary) -> Option<usize> {
        let base = &self.columns[base];
        let reduced = summary.groups.iter().any(|group| group.input == base.alias && group.preproc.is_some());
        match &base.source {
            Source::Table { table, column } if !reduced && is_unique(table, &[column.attnum]) => base.node,
            _ => None,
        }
    }

    fn group(&mut self, group: &Group, output: &mut Output<'t>, path: &str) -> Result<()> {
        let position = self.position(&group.input, || format!("{path}.input_alias"))?;
        check_alias(&group.output, &output.columns, || format!("{path}.output_alias"))?;
        let input = &self.columns[position];
        let preproc = group.preproc.as_deref().map(|name| preproc(name, &input.ty, &format!("{path}.preproc")));
        let (key, field, ty) = match preproc.transpose()? {
            Some(preproc) => {
                let key = expr::reduced(&input.value(), preproc);
                (key.clone(), key, aggregate::text())
            }
            None => {
                let key = expr::sortable_value(input.value(), &input.ty.pg);
                (key.clone(), aggregate::of_type(key, &input.ty), input.ty.clone())
            }
        };
        // Where it keeps its name, it is the same column still.
        let keeps = group.preproc.is_none() && group.output == group.input;
        let source = if keeps { input.source.clone() } else { Source::Summary { input: group.input.clone() } };
        let name = if output.names(&input.name) { self.names.number() } else { input.name.clone() };
        output.keys.push(key);
        output.add(field, Column { alias: group.output.clone(), ty, source, name, node: None });
        Ok(())
    }

    fn aggregation(&mut self, aggregation: &Aggregation, output: &mut Output<'t>, path: &str) -> Result<()> {
        let position = self.position(&aggregation.input, || format!("{path}.input_alias"))?;
        check_alias(&aggregation.output, &output.columns, || format!("{path}.output_alias"))?;
        let input = &self.columns[position];
        let wrong = |problem| ExplorationError::new(format!("{path}.function"), problem);
        let function = Aggregate::find(&aggregation.function)
            .ok_or_else(|| wrong(Problem::UnknownAggregate { name: shown(&aggregation.function) }))?;
        let (field, ty) = aggregate::of(function, input, &self.order).ok_or_else(|| {
            wrong(Problem::NotForType { name: aggregation.function.clone(), ty: input.ty.display.clone() })
        })?;
        let source = Source::Summary { input: aggregation.input.clone() };
        let (alias, name) = (aggregation.output.clone(), self.names.number());
        output.add(field, Column { alias, ty, source, name, node: None });
        Ok(())
    }
}

/// The columns of the groups so far.
#[derive(Default)]
struct Output<'t> {
    fields: Vec<Fragment>,
    /// What rows are grouped by.
    keys: Vec<Fragment>,
    columns: Vec<Column<'t>>,
}

impl<'t> Output<'t> {
    fn add(&mut self, mut field: Fragment, column: Column<'t>) {
        field.sql(" AS ").ident(&column.name);
        self.fields.push(field);
        self.columns.push(column);
    }

    fn names(&self, name: &Ident) -> bool {
        self.columns.iter().any(|column| column.name == *name)
    }
}

/// `<alias>_grouped`, or the same with a number where that is taken.
fn free_alias(summary: &Summary, input: &str, suffix: &str) -> String {
    let taken = |alias: &str| {
        summary.groups.iter().any(|group| group.output == alias)
            || summary.aggregations.iter().any(|aggregation| aggregation.output == alias)
    };
    let plain = format!("{input}_{suffix}");
    let numbered = (2..).map(|number| format!("{plain}_{number}"));
    std::iter::once(plain.clone()).chain(numbered).find(|alias| !taken(alias)).unwrap_or(plain)
}

/// The reduction of this name, if values of the type take it.
fn preproc(name: &str, ty: &ColumnType, path: &str) -> Result<Preproc> {
    let wrong = |problem| ExplorationError::new(path.to_owned(), problem);
    let preproc = preproc_of(name).ok_or_else(|| wrong(Problem::UnknownPreproc(shown(name))))?;
    let fits = match preproc {
        Preproc::TruncateToYear | Preproc::TruncateToMonth | Preproc::TruncateToDay => {
            matches!(family_of(&ty.pg).id, FamilyId::Date | FamilyId::Timestamp)
        }
        // Addresses are kept as plain texts where the original's types were not installed.
        Preproc::UriScheme | Preproc::UriAuthority | Preproc::EmailDomain => expr::is_text(&ty.pg),
    };
    if fits { Ok(preproc) } else { Err(wrong(Problem::NotForType { name: name.to_owned(), ty: ty.display.clone() })) }
}
