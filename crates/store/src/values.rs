//! Column types that both engines store alike.

use std::fmt;

use jiff::Timestamp;
use sea_orm::{DeriveValueType, QueryResult, TryGetError, TryGetable, Value, sea_query};

/// Stores a type as `bigint`, which SQLite and PostgreSQL both have and whose every value they agree on.
macro_rules! stored_as_bigint {
    ($type:ident, $encode:expr, $decode:expr) => {
        impl From<$type> for Value {
            fn from(value: $type) -> Self {
                Value::BigInt(Some($encode(value)))
            }
        }

        impl TryGetable for $type {
            fn try_get_by<I: sea_orm::ColIdx>(row: &QueryResult, index: I) -> Result<Self, TryGetError> {
                let stored = i64::try_get_by(row, index)?;
                let decoded: Option<$type> = $decode(stored);
                decoded.ok_or_else(|| {
                    TryGetError::DbErr(sea_orm::DbErr::Type(format!("{stored} is no {}", stringify!($type))))
                })
            }
        }

        impl sea_query::ValueType for $type {
            fn try_from(value: Value) -> Result<Self, sea_query::ValueTypeErr> {
                let stored = <i64 as sea_query::ValueType>::try_from(value)?;
                let decoded: Option<$type> = $decode(stored);
                decoded.ok_or(sea_query::ValueTypeErr)
            }

            fn type_name() -> String {
                stringify!($type).to_owned()
            }

            fn array_type() -> sea_query::ArrayType {
                sea_query::ArrayType::BigInt
            }

            fn column_type() -> sea_query::ColumnType {
                sea_query::ColumnType::BigInteger
            }
        }

        impl sea_query::Nullable for $type {
            fn null() -> Value {
                Value::BigInt(None)
            }
        }

        impl sea_orm::IntoActiveValue<$type> for $type {
            fn into_active_value(self) -> sea_orm::ActiveValue<$type> {
                sea_orm::ActiveValue::Set(self)
            }
        }

        impl sea_query::postgres_array::NotU8 for $type {}
    };
}

/// A point in time with the precision that is stored: microseconds since 1970 in UTC.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Moment(Timestamp);

impl Moment {
    /// The point in time.
    pub fn timestamp(self) -> Timestamp {
        self.0
    }
}

impl From<Timestamp> for Moment {
    /// Cuts off what is finer than a microsecond, so that a value equals itself after it was stored.
    fn from(timestamp: Timestamp) -> Self {
        Self(Timestamp::from_microsecond(timestamp.as_microsecond()).unwrap_or(timestamp))
    }
}

impl fmt::Display for Moment {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

stored_as_bigint!(Moment, |moment: Moment| moment.0.as_microsecond(), |stored| Timestamp::from_microsecond(stored)
    .ok()
    .map(Moment));

/// PostgreSQL's object identifier of something in a user database.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Oid(pub u32);

stored_as_bigint!(Oid, |oid: Oid| i64::from(oid.0), |stored: i64| stored.try_into().ok().map(Oid));

/// A TCP port.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Port(pub u16);

stored_as_bigint!(Port, |port: Port| i64::from(port.0), |stored: i64| stored.try_into().ok().map(Port));

/// A sealed value, as `Keys::seal` wrote it.
#[derive(Clone, PartialEq, Eq, DeriveValueType)]
pub struct Sealed(pub(crate) String);

impl Sealed {
    /// A value that was sealed before and kept elsewhere than in our own data, such as in a file.
    pub fn from_text(text: impl Into<String>) -> Self {
        Self(text.into())
    }

    /// The text, to keep elsewhere: printable ASCII without spaces.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// The hash of a password, with its algorithm and parameters.
#[derive(Clone, PartialEq, Eq, DeriveValueType)]
pub struct PasswordHash(pub(crate) String);

/// The hash of a random token; the token itself is not stored.
#[derive(Clone, PartialEq, Eq, DeriveValueType)]
pub struct TokenHash(pub(crate) String);

/// What is no secret by itself is still nothing that a log should hold.
macro_rules! silent_debug {
    ($($type:ident),+) => {$(
        impl fmt::Debug for $type {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(concat!(stringify!($type), "(…)"))
            }
        }
    )+};
}

silent_debug!(Sealed, PasswordHash, TokenHash);
