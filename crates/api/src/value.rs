//! Values that pass through the contract untouched.

use std::{borrow::Cow, fmt};

use serde::{Deserialize, Serialize, de::DeserializeOwned};
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

/// Where a JSON text is not of the wanted shape, and why.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Misfit(String);

impl Misfit {
    /// The same as a serde error about a member of something larger: its path goes on after the one that leads there.
    pub fn of_member<E: serde::de::Error>(self, member: &str) -> E {
        E::custom(self.below(&format!(".{member}")).0)
    }

    fn below(self, path: &str) -> Self {
        let joint = if self.0.starts_with(['.', '[']) { "" } else { ": " };
        Self(format!("{path}{joint}{}", self.0))
    }
}

/// Such as `exploration_def.initial_columns[0].attnum: invalid type: string "1", expected i16`.
impl fmt::Display for Misfit {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.0.strip_prefix('.').unwrap_or(&self.0))
    }
}

/// Reads a JSON text.
///
/// # Errors
/// [`Misfit`] with the path of the first member that does not fit.
pub fn read<T: DeserializeOwned>(text: &str) -> Result<T, Misfit> {
    let mut json = serde_json::Deserializer::from_str(text);
    let value = serde_path_to_error::deserialize(&mut json).map_err(|error| {
        let path = error.path().to_string();
        match path.as_str() {
            // The whole, or a text that ends too early.
            "." | "?" => misfit(error.inner()),
            path if path.starts_with('[') => misfit(error.inner()).below(path),
            path => misfit(error.inner()).below(&format!(".{path}")),
        }
    })?;
    json.end().map_err(|error| misfit(&error))?;
    Ok(value)
}

/// Serde's words without line and column, which say nothing in a text that a program wrote.
fn misfit(error: &serde_json::Error) -> Misfit {
    let words = error.to_string();
    let place = format!(" at line {} column {}", error.line(), error.column());
    Misfit(words.strip_suffix(&place).unwrap_or(&words).to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[derive(Debug, Deserialize)]
    #[serde(deny_unknown_fields)]
    struct Outer {
        #[serde(rename = "list")]
        _list: Vec<Inner>,
    }

    #[derive(Debug)]
    struct Inner;

    impl<'de> Deserialize<'de> for Inner {
        fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
            let json = Json::deserialize(deserializer)?;
            let numbers: Result<Vec<i16>, _> = read(json.text());
            numbers.map(|_| Self).map_err(|misfit| misfit.of_member("raw"))
        }
    }

    fn refusal(text: &str) -> String {
        read::<Outer>(text).unwrap_err().to_string()
    }

    #[test]
    fn what_does_not_fit_is_named_by_its_path() {
        assert!(read::<Outer>(r#"{"list": [[1]]}"#).is_ok());
        assert_eq!(refusal(r#"{"list": [[], [1, "2"]]}"#), "list[1].raw[1]: invalid type: string \"2\", expected i16");
        assert_eq!(refusal(r#"{"list": [1]}"#), "list[0].raw: invalid type: integer `1`, expected a sequence");
        assert_eq!(refusal(r#"{"lost": 1}"#), "lost: unknown field `lost`, expected `list`");
        assert_eq!(refusal("{}"), "missing field `list`");
        assert_eq!(refusal(r#"{"list": []} x"#), "trailing characters");
        assert_eq!(refusal("{"), "EOF while parsing an object");
    }
}
