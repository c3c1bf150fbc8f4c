//! Which rows, in what order: the contract's grammar as `sql` takes it.

use mathesar_api::{
    ErrorCode, Json,
    methods::records::{Direction, FilterNode, Nulls, OrderBy},
};
use mathesar_sql::{
    filter::{Filter, Literal, Node},
    model::Table,
    order::{self, Order, SortBy},
};
use serde_json::value::RawValue;

use crate::{Error, Result, limits};

/// Compiles a filter against a table.
///
/// # Errors
/// `UnknownDBFunctionID` that names the place in the filter and what is wrong there.
pub(crate) fn filter(table: &Table, filter: Option<FilterNode>) -> Result<Option<Filter>> {
    let Some(filter) = filter else { return Ok(None) };
    Filter::new(table, &node(filter)?, "filter")
        .map(Some)
        .map_err(|error| Error::new(ErrorCode::BAD_FILTER, error.to_string()))
}

/// Completes an order for a table.
///
/// # Errors
/// `BadSortFormat` when a column is unknown, unreadable or named twice; `LimitReached` for too many of them.
pub(crate) fn order<'t>(table: &'t Table, asked: &[OrderBy]) -> Result<Order<'t>> {
    if asked.len() > limits::ORDER_COLUMNS {
        return Err(Error::limit(format!("order: at most {} columns can be sorted by.", limits::ORDER_COLUMNS)));
    }
    let asked: Vec<_> = asked.iter().map(sort_by).collect();
    Order::new(table, &asked).map_err(|error| Error::new(ErrorCode::BAD_SORT_FORMAT, error.to_string()))
}

fn sort_by(asked: &OrderBy) -> SortBy {
    SortBy {
        attnum: asked.attnum,
        direction: match asked.direction {
            Direction::Asc => order::Direction::Ascending,
            Direction::Desc => order::Direction::Descending,
        },
        nulls: asked.nulls.map(|nulls| match nulls {
            Nulls::First => order::Nulls::First,
            Nulls::Last => order::Nulls::Last,
        }),
    }
}

fn node(filter: FilterNode) -> Result<Node> {
    Ok(Node {
        kind: filter.kind,
        value: filter.value.as_ref().map(Json::text).map(literal).transpose()?,
        args: filter.args.map(|args| args.into_iter().map(node).collect::<Result<_>>()).transpose()?,
    })
}

/// Reads a literal without turning a number into a float.
pub(crate) fn literal(json: &str) -> Result<Literal> {
    Ok(match json.as_bytes().first() {
        Some(b'n') => Literal::Null,
        Some(b't') => Literal::Bool(true),
        Some(b'f') => Literal::Bool(false),
        Some(b'"') => Literal::Text(serde_json::from_str(json).map_err(Error::internal)?),
        Some(b'[') => {
            let items: Vec<&RawValue> = serde_json::from_str(json).map_err(Error::internal)?;
            // Lists hold single values: one inside another is refused by whom it reaches, however deep it goes on.
            let item = |item: &RawValue| match item.get() {
                nested if nested.starts_with('[') => Ok(Literal::Json(nested.to_owned())),
                single => literal(single),
            };
            Literal::List { items: items.into_iter().map(item).collect::<Result<_>>()?, json: json.to_owned() }
        }
        Some(b'{') => Literal::Json(json.to_owned()),
        _ => Literal::Number(json.to_owned()),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn literals_keep_every_digit() {
        let read = |json| literal(json).unwrap();
        assert_eq!(read("12345678901234567890.10"), Literal::Number("12345678901234567890.10".to_owned()));
        assert_eq!(read("\"a\\u00e9\""), Literal::Text("aé".to_owned()));
        assert_eq!(
            read("[null, true, -0]"),
            Literal::List {
                items: vec![Literal::Null, Literal::Bool(true), Literal::Number("-0".to_owned())],
                json: "[null, true, -0]".to_owned(),
            }
        );
        assert_eq!(read("{\"a\": 1}"), Literal::Json("{\"a\": 1}".to_owned()));
    }
}
