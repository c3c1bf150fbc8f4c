//! Tells a default that is a plain value from one that is computed for each row.

/// The value of a default as text when `pg_get_expr` wrote a plain literal with at most a cast, such as
/// `'new'::character varying`, `-1.5`, `true` or `'{}'::text[]`; `None` for everything that is computed.
pub(crate) fn literal(expression: &str) -> Option<String> {
    let (value, rest) = quoted(expression).or_else(|| bare(expression))?;
    // `'now'::timestamp` is folded to a constant by PostgreSQL, but these words are read anew whenever the text is cast.
    (is_cast(rest)).then_some(value)
}

/// Splits off a leading quoted literal.
fn quoted(expression: &str) -> Option<(String, &str)> {
    let inside = expression.strip_prefix('\'')?;
    let mut value = String::new();
    let mut chars = inside.char_indices().peekable();
    while let Some((at, c)) = chars.next() {
        match c {
            '\'' if chars.peek().is_some_and(|(_, next)| *next == '\'') => {
                value.push('\'');
                chars.next();
            }
            '\'' => return Some((value, &inside[at + 1..])),
            // Written as E'…', which starts with an E and is left to PostgreSQL; here a backslash is itself.
            other => value.push(other),
        }
    }
    None
}

/// Splits off a leading number, also in parentheses, `true` or `false`.
fn bare(expression: &str) -> Option<(String, &str)> {
    if let Some(inside) = expression.strip_prefix('(') {
        let (number, rest) = inside.split_once(')')?;
        return is_number(number).then(|| (number.to_owned(), rest));
    }
    let end = expression.find("::").unwrap_or(expression.len());
    let (word, rest) = expression.split_at(end);
    (is_number(word) || word == "true" || word == "false").then(|| (word.to_owned(), rest))
}

fn is_number(word: &str) -> bool {
    let digits = word.strip_prefix('-').unwrap_or(word);
    digits.starts_with(|c: char| c.is_ascii_digit()) && digits.chars().all(|c| c.is_ascii_digit() || c == '.')
}

/// Whether the rest of an expression is nothing, or one cast to a type.
fn is_cast(rest: &str) -> bool {
    rest.is_empty()
        || rest
            .strip_prefix("::")
            .is_some_and(|ty| !ty.contains("::") && ty.chars().all(|c| c.is_alphanumeric() || " _\".[](),".contains(c)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_plain_values() {
        for (expression, value) in [
            ("'new'::character varying", "new"),
            ("'it''s'::text", "it's"),
            ("'{}'::text[]", "{}"),
            ("'sad'::\"My app\".mood", "sad"),
            ("5", "5"),
            ("'-1'::integer", "-1"),
            ("(-1.5)", "-1.5"),
            ("(-1)::numeric(4,1)", "-1"),
            ("true", "true"),
        ] {
            assert_eq!(literal(expression).as_deref(), Some(value), "{expression}");
        }
    }

    #[test]
    fn leaves_what_is_computed() {
        for expression in [
            "now()",
            "nextval('t_id_seq'::regclass)",
            "('now'::text)::date",
            "'a'::text || 'b'::text",
            "1 + 1",
            "CURRENT_TIMESTAMP",
            "gen_random_uuid()",
            "ARRAY[]::text[]",
            "lower('A'::text)",
            "NULL::text",
        ] {
            assert_eq!(literal(expression), None, "{expression}");
        }
    }
}
