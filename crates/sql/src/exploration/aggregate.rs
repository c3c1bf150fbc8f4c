//! What becomes of the values of a group.

use mathesar_types::family::{Aggregate, FamilyId, family_of};
use mathesar_types::pgtype::{ColumnType, PgType, TypeKind, oids};

use super::relation::{Column, Term};
use crate::expr;
use crate::frag::Fragment;
use crate::type_ref::TypeRef;

/// The aggregate over a column of the rows `t` of a group, and its type; `None` where the column's type does not take it.
/// `order` is that of the rows, which a list keeps.
///
/// NULL is left out of everything but `count_null`. Of no values at all a count is 0, a list is empty, and all else is NULL.
pub(super) fn of(function: Aggregate, column: &Column<'_>, order: &[Term]) -> Option<(Fragment, ColumnType)> {
    let (value, ty) = (column.value(), &column.ty);
    let key = expr::sortable_value(value.clone(), &ty.pg);
    if !family_of(&ty.pg).aggregates.contains(&function) {
        return None;
    }
    Some(match function {
        Aggregate::Count => (around("pg_catalog.count(", &value, ")"), bigint()),
        Aggregate::CountNull => (around("pg_catalog.count(*) - pg_catalog.count(", &value, ")"), bigint()),
        Aggregate::CountDistinct => (around("pg_catalog.count(DISTINCT ", &key, ")"), bigint()),
        Aggregate::DistinctAggregateToArray => list(&value, ty, None),
        Aggregate::AggregateToArray => list(&value, ty, Some(order)),
        Aggregate::Sum => sum(&value, ty)?,
        Aggregate::Mean => mean(&value, ty)?,
        Aggregate::Median => chosen("pg_catalog.percentile_disc(0.5)", &key, ty),
        Aggregate::Mode => chosen("pg_catalog.mode()", &key, ty),
        Aggregate::Min => {
            extreme(["pg_catalog.min(", "pg_catalog.bool_and(", "pg_catalog.percentile_disc(0)"], &key, ty)
        }
        Aggregate::Max => {
            extreme(["pg_catalog.max(", "pg_catalog.bool_or(", "pg_catalog.percentile_disc(1)"], &key, ty)
        }
        Aggregate::PercentageTrue => {
            let mut share = around("100.0 * pg_catalog.count(*) FILTER (WHERE ", &value, ")");
            share.push(around(" / NULLIF(pg_catalog.count(", &value, "), 0)"));
            (share, numeric())
        }
        Aggregate::PeakTime => (peak_time(&value, ty), builtin(oids::TIME, "time", "time without time zone")),
        Aggregate::PeakMonth => (peak_month(&value), builtin(oids::INT4, "int4", "integer")),
    })
}

/// `text`.
pub(super) fn text() -> ColumnType {
    builtin(oids::TEXT, "text", "text")
}

/// What [`expr::sortable_value`] made of a value, as a value of its type again.
pub(super) fn of_type(key: Fragment, ty: &ColumnType) -> Fragment {
    if expr::has_order(&ty.pg) { key } else { cast(key, &ty.pg) }
}

fn builtin(oid: u32, name: &str, display: &str) -> ColumnType {
    ColumnType { pg: PgType::builtin(oid, name), typmod: -1, display: display.to_owned() }
}

fn bigint() -> ColumnType {
    builtin(oids::INT8, "int8", "bigint")
}

fn numeric() -> ColumnType {
    builtin(oids::NUMERIC, "numeric", "numeric")
}

fn around(before: &'static str, value: &Fragment, after: &'static str) -> Fragment {
    let mut fragment = Fragment::of(before);
    fragment.push(value.clone()).sql(after);
    fragment
}

fn cast(value: Fragment, ty: &PgType) -> Fragment {
    let mut fragment = around("(", &value, ")::");
    fragment.ty(&TypeRef::of(ty));
    fragment
}

/// A list of the values: the different ones by size without `order`, all in that order with it. Never NULL.
///
/// Arrays stand in it as their texts: PostgreSQL's arrays of arrays must all have one length.
fn list(value: &Fragment, ty: &ColumnType, order: Option<&[Term]>) -> (Fragment, ColumnType) {
    let storage = ty.pg.storage();
    let nested = matches!(storage.kind, TypeKind::Array { .. });
    let by_text = nested || (order.is_none() && !expr::has_order(&ty.pg));
    let item = if by_text { around("", value, "::text") } else { value.clone() };
    let mut fragment = Fragment::of("COALESCE(pg_catalog.array_agg(");
    match order {
        None => fragment.sql("DISTINCT ").push(item.clone()).sql(" ORDER BY ").push(item),
        Some([]) => fragment.push(item),
        Some(order) => fragment.push(item).sql(" ORDER BY ").join(", ", order.iter().map(Term::clause)),
    };
    // Of a composite, IS NOT NULL asks whether all fields are there.
    let is_there = if matches!(storage.kind, TypeKind::Composite) { " IS DISTINCT FROM NULL" } else { " IS NOT NULL" };
    fragment.sql(") FILTER (WHERE ").push(value.clone()).sql(is_there).sql("), '{}')");
    let item = if nested { text() } else { ty.clone() };
    let array = array_of(&item);
    if by_text && !nested {
        fragment = cast(fragment, &array.pg);
    }
    (fragment, array)
}

/// The array type over a type. Its own number and name are not known here, and not needed: it is written by its element.
fn array_of(item: &ColumnType) -> ColumnType {
    let kind = TypeKind::Array { element: Box::new(item.pg.clone()) };
    let pg = PgType { oid: 0, schema: item.pg.schema.clone(), name: format!("_{}", item.pg.name), kind };
    ColumnType { pg, typmod: item.typmod, display: format!("{}[]", item.display) }
}

/// The original's money is a `numeric` under another name, and stays money.
fn is_money_domain(ty: &ColumnType) -> bool {
    family_of(&ty.pg).id == FamilyId::Money && ty.pg.storage().oid == oids::NUMERIC
}

fn sum(value: &Fragment, ty: &ColumnType) -> Option<(Fragment, ColumnType)> {
    let sum = around("pg_catalog.sum(", value, ")");
    let of = match ty.pg.storage().oid {
        oids::NUMERIC if is_money_domain(ty) => return Some((cast(sum, &ty.pg), ty.clone())),
        oids::INT2 | oids::INT4 => bigint(),
        oids::INT8 | oids::NUMERIC => numeric(),
        oids::FLOAT4 => builtin(oids::FLOAT4, "float4", "real"),
        oids::FLOAT8 => builtin(oids::FLOAT8, "float8", "double precision"),
        oids::INTERVAL => builtin(oids::INTERVAL, "interval", "interval"),
        oids::MONEY => builtin(oids::MONEY, "money", "money"),
        _ => return None,
    };
    Some((sum, of))
}

fn mean(value: &Fragment, ty: &ColumnType) -> Option<(Fragment, ColumnType)> {
    let mean = around("pg_catalog.avg(", value, ")");
    Some(match ty.pg.storage().oid {
        oids::NUMERIC if is_money_domain(ty) => (cast(mean, &ty.pg), ty.clone()),
        oids::INT2 | oids::INT4 | oids::INT8 | oids::NUMERIC => (mean, numeric()),
        oids::FLOAT4 | oids::FLOAT8 => (mean, builtin(oids::FLOAT8, "float8", "double precision")),
        oids::INTERVAL => (mean, builtin(oids::INTERVAL, "interval", "interval")),
        oids::MONEY => {
            let mut mean = around("pg_catalog.sum(", value, ")");
            mean.push(around(" / pg_catalog.count(", value, ")"));
            (mean, builtin(oids::MONEY, "money", "money"))
        }
        _ => return None,
    })
}

/// One of the values, chosen by their order.
fn chosen(function: &'static str, key: &Fragment, ty: &ColumnType) -> (Fragment, ColumnType) {
    let mut fragment = Fragment::of(function);
    fragment.push(around(" WITHIN GROUP (ORDER BY ", key, ")"));
    let fragment = if is_written_otherwise(&ty.pg) { cast(fragment, &ty.pg) } else { fragment };
    (fragment, ty.clone())
}

/// The least or greatest value: by PostgreSQL's own `min` and `max` where there are such for the type, which need not sort, by
/// those of booleans, or by the order of the values.
fn extreme(functions: [&'static str; 3], key: &Fragment, ty: &ColumnType) -> (Fragment, ColumnType) {
    let [plain, boolean, ordered] = functions;
    let storage = ty.pg.storage();
    let function = match family_of(storage).id {
        FamilyId::Boolean => boolean,
        FamilyId::Number
        | FamilyId::Date
        | FamilyId::Time
        | FamilyId::Timestamp
        | FamilyId::Interval
        | FamilyId::Enum
        | FamilyId::Text => plain,
        FamilyId::Money if storage.oid == oids::MONEY => plain,
        _ => return chosen(ordered, key, ty),
    };
    let fragment = around(function, key, ")");
    let fragment = if is_written_otherwise(&ty.pg) { cast(fragment, &ty.pg) } else { fragment };
    (fragment, ty.clone())
}

/// Whether a function over values of the type may give another type: that under a domain, `text` for its relatives, or the text
/// that what has no order is ordered by.
fn is_written_otherwise(ty: &PgType) -> bool {
    matches!(ty.kind, TypeKind::Domain { .. }) || !expr::has_order(ty) || (expr::is_text(ty) && ty.oid != oids::TEXT)
}

/// The mean of directions, in degrees from -180 to 180: the direction of the sum of their unit vectors. NULL where they
/// outweigh each other.
fn circular_mean(degrees: &Fragment) -> Fragment {
    let mean = |function: &'static str| around(function, degrees, "))");
    let (sin, cos) = (mean("pg_catalog.avg(pg_catalog.sind("), mean("pg_catalog.avg(pg_catalog.cosd("));
    let mut fragment = around("CASE WHEN pg_catalog.abs(", &sin, ") + ");
    fragment.push(around("pg_catalog.abs(", &cos, ") > 1e-9 THEN "));
    fragment.push(around("pg_catalog.atan2d(", &sin, ", ")).push(cos).sql(") END");
    fragment
}

/// A day of 24 hours is a circle, in which a degree has 240 seconds. What has a zone is taken in UTC.
fn peak_time(value: &Fragment, ty: &ColumnType) -> Fragment {
    let time = match ty.pg.storage().oid {
        oids::TIMETZ => around("(", value, " AT TIME ZONE 'UTC')::pg_catalog.time"),
        _ => around("", value, "::pg_catalog.time"),
    };
    let degrees = around("EXTRACT(EPOCH FROM ", &time, ")::pg_catalog.float8 / 240");
    let seconds = around("(", &circular_mean(&degrees), ") * 240");
    around("'00:00'::pg_catalog.time + pg_catalog.make_interval(secs => ", &seconds, ")")
}

/// A year is a circle of twelve months, January in direction 0. Between two months the later one counts.
fn peak_month(value: &Fragment) -> Fragment {
    let degrees = around("(EXTRACT(MONTH FROM ", value, ") - 1)::pg_catalog.float8 * 30");
    // Rounded twice: what floats lack to a half must not decide.
    let months = around("pg_catalog.round(((", &circular_mean(&degrees), ") / 30)::pg_catalog.numeric, 6)");
    around("(pg_catalog.floor(", &months, " + 12.5)::pg_catalog.int4 % 12) + 1")
}
