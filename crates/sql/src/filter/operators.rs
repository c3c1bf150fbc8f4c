//! The table of operators: the original's, those of the registry of types, and ours.

use mathesar_types::family::Preproc;

/// An operator of the grammar.
#[derive(Clone, Copy)]
pub(super) struct Row {
    pub(super) name: &'static str,
    pub(super) op: Op,
}

/// What an operator does; see `compile` for its SQL.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Op {
    And,
    Or,
    Not,
    /// `=`, `<` and the like, between two values of one type.
    Compare(&'static str),
    NotEqual,
    Between,
    In,
    NotIn,
    IsNull,
    IsNotNull,
    /// A test of one text in another.
    Text(TextTest, Case),
    NotContains(Case),
    Matches,
    /// A function of one value.
    Function(Function),
    /// A comparison of a function of the first operand with the second.
    FunctionCompare(Function, &'static str),
    FunctionContains(Function),
    JsonContains,
    ElementInJson,
    JsonNotEmpty,
    ArrayContains,
    ArrayNotEmpty,
    RangeContains,
    RangeOverlaps,
    NetworkContains,
    FulltextMatches,
    /// No operand: the beginning of the transaction.
    Now(Now),
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Now {
    Date,
    Time,
    DateTime,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum TextTest {
    Contains,
    StartsWith,
    EndsWith,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Case {
    Sensitive,
    Insensitive,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Function {
    JsonArrayLength,
    ArrayLength,
    ToJson,
    Reduce(Preproc),
    FormatData,
    Lower,
}

const fn row(name: &'static str, op: Op) -> Row {
    Row { name, op }
}

/// Every operator by name. The first part is the original's `expr_templates`, the second the registry's filters, where a
/// function and a comparison are one id, and our additions, the third what the original knows in explorations only.
pub(super) const TABLE: &[Row] = &[
    row("and", Op::And),
    row("or", Op::Or),
    row("not", Op::Not),
    row("equal", Op::Compare(" = ")),
    row("lesser", Op::Compare(" < ")),
    row("greater", Op::Compare(" > ")),
    row("lesser_or_equal", Op::Compare(" <= ")),
    row("greater_or_equal", Op::Compare(" >= ")),
    row("null", Op::IsNull),
    row("not_null", Op::IsNotNull),
    row("contains_case_insensitive", Op::Text(TextTest::Contains, Case::Insensitive)),
    row("starts_with_case_insensitive", Op::Text(TextTest::StartsWith, Case::Insensitive)),
    row("contains", Op::Text(TextTest::Contains, Case::Sensitive)),
    row("starts_with", Op::Text(TextTest::StartsWith, Case::Sensitive)),
    row("json_array_length", Op::Function(Function::JsonArrayLength)),
    row("json_array_contains", Op::JsonContains),
    row("element_in_json_array_untyped", Op::ElementInJson),
    row("convert_to_json", Op::Function(Function::ToJson)),
    row("truncate_to_year", Op::Function(Function::Reduce(Preproc::TruncateToYear))),
    row("truncate_to_month", Op::Function(Function::Reduce(Preproc::TruncateToMonth))),
    row("truncate_to_day", Op::Function(Function::Reduce(Preproc::TruncateToDay))),
    row("uri_scheme", Op::Function(Function::Reduce(Preproc::UriScheme))),
    row("uri_authority", Op::Function(Function::Reduce(Preproc::UriAuthority))),
    row("email_domain", Op::Function(Function::Reduce(Preproc::EmailDomain))),
    row("format_data", Op::Function(Function::FormatData)),
    //
    row("not_equal", Op::NotEqual),
    row("between", Op::Between),
    row("in", Op::In),
    row("not_in", Op::NotIn),
    row("ends_with", Op::Text(TextTest::EndsWith, Case::Sensitive)),
    row("ends_with_case_insensitive", Op::Text(TextTest::EndsWith, Case::Insensitive)),
    row("not_contains", Op::NotContains(Case::Sensitive)),
    row("not_contains_case_insensitive", Op::NotContains(Case::Insensitive)),
    row("matches", Op::Matches),
    row("regex", Op::Matches),
    row("uri_scheme_equals", Op::FunctionCompare(Function::Reduce(Preproc::UriScheme), " = ")),
    row("uri_authority_contains", Op::FunctionContains(Function::Reduce(Preproc::UriAuthority))),
    row("email_domain_equals", Op::FunctionCompare(Function::Reduce(Preproc::EmailDomain), " = ")),
    row("email_domain_contains", Op::FunctionContains(Function::Reduce(Preproc::EmailDomain))),
    row("json_array_length_equals", Op::FunctionCompare(Function::JsonArrayLength, " = ")),
    row("json_array_length_greater_than", Op::FunctionCompare(Function::JsonArrayLength, " > ")),
    row("json_array_length_greater_or_equal", Op::FunctionCompare(Function::JsonArrayLength, " >= ")),
    row("json_array_length_less_than", Op::FunctionCompare(Function::JsonArrayLength, " < ")),
    row("json_array_length_less_or_equal", Op::FunctionCompare(Function::JsonArrayLength, " <= ")),
    row("json_array_not_empty", Op::JsonNotEmpty),
    row("json_contains", Op::JsonContains),
    row("array_contains", Op::ArrayContains),
    row("array_not_empty", Op::ArrayNotEmpty),
    row("array_length_equals", Op::FunctionCompare(Function::ArrayLength, " = ")),
    row("range_contains", Op::RangeContains),
    row("range_overlaps", Op::RangeOverlaps),
    row("network_contains", Op::NetworkContains),
    row("fulltext_matches", Op::FulltextMatches),
    //
    row("array_length_greater_than", Op::FunctionCompare(Function::ArrayLength, " > ")),
    row("array_length_greater_or_equal", Op::FunctionCompare(Function::ArrayLength, " >= ")),
    row("array_length_less_than", Op::FunctionCompare(Function::ArrayLength, " < ")),
    row("array_length_less_or_equal", Op::FunctionCompare(Function::ArrayLength, " <= ")),
    row("to_lowercase", Op::Function(Function::Lower)),
    row("current_date", Op::Now(Now::Date)),
    row("current_time", Op::Now(Now::Time)),
    row("current_datetime", Op::Now(Now::DateTime)),
];

pub(super) fn find(name: &str) -> Option<Op> {
    TABLE.iter().find(|row| row.name == name).map(|row| row.op)
}

/// The known name that is spelled most like `name`, if any is near.
pub(super) fn nearest(name: &str) -> Option<&'static str> {
    // A name longer than every known one by this much is no slip of the pen, and comparing it would only cost time.
    if name.len() > 40 {
        return None;
    }
    TABLE.iter().map(|row| (distance(row.name, name), row.name)).min().filter(|(d, _)| *d <= 3).map(|(_, near)| near)
}

/// Levenshtein distance in bytes.
fn distance(a: &str, b: &str) -> usize {
    let mut previous: Vec<usize> = (0..=b.len()).collect();
    for (i, x) in a.bytes().enumerate() {
        let mut current = vec![i + 1];
        for (j, y) in b.bytes().enumerate() {
            let replace = previous[j] + usize::from(x != y);
            current.push(replace.min(previous[j + 1] + 1).min(current[j] + 1));
        }
        previous = current;
    }
    previous[b.len()]
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use mathesar_types::family::FilterId;

    use super::*;

    #[test]
    fn names_are_unique() {
        let names: HashSet<_> = TABLE.iter().map(|row| row.name).collect();
        assert_eq!(names.len(), TABLE.len());
    }

    #[test]
    fn every_filter_of_the_registry_is_an_operator() {
        for filter in FilterId::ALL {
            let name = format!("{filter:?}");
            let snake = name.chars().enumerate().fold(String::new(), |mut snake, (at, c)| {
                if c.is_ascii_uppercase() && at > 0 {
                    snake.push('_');
                }
                snake.push(c.to_ascii_lowercase());
                snake
            });
            assert!(find(&snake).is_some(), "{snake} is no operator");
        }
    }

    #[test]
    fn finds_what_was_meant() {
        assert_eq!(nearest("equals"), Some("equal"));
        assert_eq!(nearest("lesser_or_eqal"), Some("lesser_or_equal"));
        assert_eq!(nearest("banana"), None);
    }
}
