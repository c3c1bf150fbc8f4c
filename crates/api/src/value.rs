//! Values that pass through the contract untouched.

use std::borrow::Cow;

use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;

/// Any JSON value, kept as the text it arrived in.
///
/// A number such as `12345678901234567890.10` never becomes a float on its way (invariant I8): the text is read once, by the
/// code that knows the column's type.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Json(pub Box<RawValue>);

impl Json {
    /// The value as JSON text.
    pub fn text(&self) -> &str {
        self.0.get()
    }

    /// Whether the value is JSON `null`.
    pub fn is_null(&self) -> bool {
        self.0.get() == "null"
    }

    /// Makes a value from anything that serialises.
    ///
    /// # Errors
    /// When `value` cannot be written as JSON, for example a map whose keys are not strings.
    pub fn from_serialize<T: Serialize + ?Sized>(value: &T) -> Result<Self, serde_json::Error> {
        serde_json::value::to_raw_value(value).map(Self)
    }
}

impl PartialEq for Json {
    fn eq(&self, other: &Self) -> bool {
        self.0.get() == other.0.get()
    }
}

impl schemars::JsonSchema for Json {
    fn inline_schema() -> bool {
        true
    }

    fn schema_name() -> Cow<'static, str> {
        "Json".into()
    }

    fn json_schema(_: &mut schemars::SchemaGenerator) -> schemars::Schema {
        schemars::Schema::default()
    }
}

impl ts_rs::TS for Json {
    type WithoutGenerics = Self;
    type OptionInnerType = Self;

    fn name(_: &ts_rs::Config) -> String {
        "unknown".to_owned()
    }

    fn inline(_: &ts_rs::Config) -> String {
        "unknown".to_owned()
    }
}

/// A field of a patch that may be absent, `null`, or a value: absent leaves the thing alone, `null` clears it.
///
/// Use with `#[serde(default, deserialize_with = "crate::value::present")]`.
pub type Patch<T> = Option<Option<T>>;

/// Deserialises a present field (even `null`) as `Some`.
///
/// # Errors
/// Those of the inner type.
pub fn present<'de, T: Deserialize<'de>, D: serde::Deserializer<'de>>(deserializer: D) -> Result<Patch<T>, D::Error> {
    Option::<T>::deserialize(deserializer).map(Some)
}
