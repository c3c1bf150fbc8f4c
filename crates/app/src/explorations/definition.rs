//! From the contract's grammar of explorations to the one of `sql`.

use indexmap::IndexMap;
use mathesar_api::{
    ErrorCode,
    methods::{
        explorations::{
            AggregationExpression, ExplorationColumn, ExplorationDef, ExplorationOrder, ExplorationSummary,
            GroupingExpression, JoinEnd, Transformation,
        },
        records::Direction,
    },
};
use mathesar_sql::{
    exploration::{Aggregation, Definition, Group, InitialColumn, Link, LinkEnd, SortBy, Step, Summary},
    filter::{MAX_DEPTH, Node},
    order,
};
use serde_json::value::RawValue;

use crate::{Error, Result, limits, selection};

/// Reads what `sql` compiles. `path` is what the definition is called in errors.
///
/// # Errors
/// `UnknownDBFunctionID` for a filter and `BadSortFormat` for an order of another form, with the path.
pub(super) fn read(def: &ExplorationDef, path: &str) -> Result<Definition> {
    let steps = def.transformations.as_deref().unwrap_or_default().iter().enumerate();
    let steps = steps.map(|(index, step)| self::step(step, &format!("{path}.transformations[{index}].spec")));
    Ok(Definition {
        base: def.base_table_oid,
        columns: def.initial_columns.iter().map(column).collect(),
        steps: steps.collect::<Result<_>>()?,
    })
}

fn column(column: &ExplorationColumn) -> InitialColumn {
    let links = column.join_path.iter().flatten();
    InitialColumn {
        alias: column.alias.clone(),
        attnum: column.attnum,
        path: links.map(|[from, to]| Link { from: end(from), to: end(to) }).collect(),
    }
}

fn end(JoinEnd(table, columns): &JoinEnd) -> LinkEnd {
    LinkEnd { table: *table, columns: columns.as_slice().to_vec() }
}

fn step(step: &Transformation, path: &str) -> Result<Step> {
    Ok(match step {
        Transformation::Filter(filter) => Step::Filter(condition(filter.0.text(), path, 0)?),
        Transformation::Order(by) => Step::Order(order(by, path)?),
        Transformation::Summarize(asked) => Step::Summarize(summary(asked)),
        Transformation::Hide(aliases) => Step::Hide(aliases.clone()),
        Transformation::Select(aliases) => Step::Select(aliases.clone()),
        Transformation::Limit(rows) => Step::Limit(*rows),
        Transformation::Offset(rows) => Step::Offset(*rows),
    })
}

fn order(by: &[ExplorationOrder], path: &str) -> Result<Vec<SortBy>> {
    if by.len() > limits::ORDER_COLUMNS {
        return Err(Error::limit(format!("{path}: at most {} columns can be sorted by.", limits::ORDER_COLUMNS)));
    }
    let by = by.iter().enumerate().map(|(index, by)| {
        let nulls = match (by.nullsfirst.unwrap_or(false), by.nullslast.unwrap_or(false)) {
            (true, true) => {
                let message = format!("{path}[{index}].nullsfirst: it excludes \"nullslast\"; give one of them.");
                return Err(Error::new(ErrorCode::BAD_SORT_FORMAT, message));
            }
            (true, false) => Some(order::Nulls::First),
            (false, true) => Some(order::Nulls::Last),
            (false, false) => None,
        };
        let direction = match by.direction {
            Direction::Asc => order::Direction::Ascending,
            Direction::Desc => order::Direction::Descending,
        };
        Ok(SortBy { alias: by.field.clone(), direction, nulls })
    });
    by.collect()
}

fn summary(asked: &ExplorationSummary) -> Summary {
    let group = |group: &GroupingExpression| Group {
        input: group.input_alias.clone(),
        output: group.output_alias.clone(),
        preproc: group.preproc.clone(),
    };
    let aggregation = |aggregation: &AggregationExpression| Aggregation {
        input: aggregation.input_alias.clone(),
        output: aggregation.output_alias.clone(),
        function: aggregation.function.clone(),
    };
    Summary {
        base: asked.base_grouping_column.clone(),
        groups: asked.grouping_expressions.iter().flatten().map(group).collect(),
        aggregations: asked.aggregation_expressions.iter().flatten().map(aggregation).collect(),
    }
}

/// Reads a condition: an object with one member, the operator with its operands.
fn condition(json: &str, path: &str, depth: usize) -> Result<Node> {
    // Each level is read anew, so that depth costs time.
    if depth > MAX_DEPTH {
        return Err(bad_filter(path, &format!("the nesting of a filter is limited to {MAX_DEPTH}")));
    }
    let mut members: IndexMap<String, &RawValue> = part(json, path)?;
    let (1, Some((kind, operands))) = (members.len(), members.pop()) else {
        let expected = "expected an object with one member, such as {\"equal\": […]} or {\"column_name\": [\"…\"]}";
        return Err(bad_filter(path, expected));
    };
    let path = format!("{path}.{kind:.60}");
    let operands: Vec<&RawValue> = part(operands.get(), &path)?;
    if matches!(kind.as_str(), "column_name" | "literal") {
        let [value] = operands.as_slice() else {
            return Err(bad_filter(&path, "expected a list of one value"));
        };
        return Ok(Node { kind, value: Some(selection::literal(value.get())?), args: None });
    }
    let operands = operands.iter().enumerate();
    let args = operands.map(|(index, operand)| condition(operand.get(), &format!("{path}[{index}]"), depth + 1));
    Ok(Node { kind, value: None, args: Some(args.collect::<Result<_>>()?) })
}

fn part<'j, T: serde::Deserialize<'j>>(json: &'j str, path: &str) -> Result<T> {
    serde_json::from_str(json).map_err(|_| bad_filter(path, "this is not of the form {\"filter\": [operands]}"))
}

fn bad_filter(path: &str, why: &str) -> Error {
    Error::new(ErrorCode::BAD_FILTER, format!("{path}: {why}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn refusal(json: &str) -> String {
        condition(json, "spec", 0).unwrap_err().message().to_owned()
    }

    #[test]
    fn a_condition_is_one_operator_with_its_operands() {
        let node =
            condition(r#"{"and": [{"null": [{"column_name": ["a"]}]}, {"literal": [true]}]}"#, "spec", 0).unwrap();
        assert_eq!((node.kind.as_str(), node.args.unwrap().len()), ("and", 2));
        assert!(refusal("{}").starts_with("spec: expected an object with one member"));
        assert!(refusal(r#"{"null": [], "not": []}"#).starts_with("spec: expected an object with one member"));
        assert!(refusal(r#"{"null": {}}"#).starts_with("spec.null: "));
        assert!(
            refusal(r#"{"not": [{"null": [{"column_name": ["a", "b"]}]}]}"#)
                .starts_with("spec.not[0].null[0].column_name: ")
        );
        assert!(refusal("[]").starts_with("spec: "));
    }

    #[test]
    fn a_condition_that_nests_without_end_is_refused_at_once() {
        let deep = format!("{}1{}", "{\"not\":[".repeat(50_000), "]}".repeat(50_000));
        assert!(refusal(&deep).ends_with("limited to 20"));
    }
}
