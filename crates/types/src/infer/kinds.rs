//! The readings that are tried on every field, as bits of a set.

use super::reading::{DateOrder, Reading, Separators};

/// A set of the readings below.
pub(super) type Kinds = u32;

pub(super) const BOOLEAN: Kinds = 1;
/// Whole numbers that fit `bigint`; whether they fit `integer` is known at the end.
pub(super) const INTEGER: Kinds = 1 << 1;
pub(super) const PLAIN: Kinds = 1 << 2;
pub(super) const COMMA_GROUPS: Kinds = 1 << 3;
pub(super) const POINT_GROUPS: Kinds = 1 << 4;
/// First of four bits, one for each [`DateOrder`]; likewise the next two.
pub(super) const DATE: Kinds = 1 << 5;
pub(super) const TIMESTAMP: Kinds = 1 << 9;
pub(super) const TIMESTAMPTZ: Kinds = 1 << 13;
pub(super) const TIME: Kinds = 1 << 17;
pub(super) const INTERVAL: Kinds = 1 << 18;
pub(super) const UUID: Kinds = 1 << 19;
pub(super) const JSON: Kinds = 1 << 20;
pub(super) const INET: Kinds = 1 << 21;

/// How many there are.
pub(super) const COUNT: usize = 22;
pub(super) const NUMBERS: Kinds = INTEGER | PLAIN | COMMA_GROUPS | POINT_GROUPS;
/// All orders of one of `DATE`, `TIMESTAMP`, `TIMESTAMPTZ`.
pub(super) const fn all_orders(first: Kinds) -> Kinds {
    first | first << 1 | first << 2 | first << 3
}

/// The bit of `first` for an order.
pub(super) const fn ordered(first: Kinds, order: DateOrder) -> Kinds {
    first << order as u32
}

/// The bits of a set, lowest first.
pub(super) fn bits(mut set: Kinds) -> impl Iterator<Item = usize> {
    std::iter::from_fn(move || {
        let bit = (set != 0).then(|| set.trailing_zeros() as usize)?;
        set &= set - 1;
        Some(bit)
    })
}

/// The reading of a bit; `wide` when whole numbers go beyond `integer`.
pub(super) fn reading(bit: usize, wide: bool) -> Reading {
    match bit {
        0 => Reading::Boolean,
        1 if wide => Reading::Bigint,
        1 => Reading::Integer,
        2 => Reading::Numeric(Separators::Plain),
        3 => Reading::Numeric(Separators::CommaGroups),
        4 => Reading::Numeric(Separators::PointGroups),
        5..=8 => Reading::Date(DateOrder::ALL[bit - 5]),
        9..=12 => Reading::Timestamp(DateOrder::ALL[bit - 9]),
        13..=16 => Reading::TimestampTz(DateOrder::ALL[bit - 13]),
        17 => Reading::Time,
        18 => Reading::Interval,
        19 => Reading::Uuid,
        20 => Reading::Json,
        _ => Reading::Inet,
    }
}
