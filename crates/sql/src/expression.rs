//! Expressions that somebody wrote in SQL: the one text of a user's that becomes part of a statement as it is.
//!
//! What they do is PostgreSQL's to judge, and runs with the rights of whoever wrote them. What is kept here is that they stay
//! where they are put: between two brackets, an expression can neither end the brackets, nor the statement, nor hide what follows.

use std::fmt;

use thiserror::Error;

/// The longest expression in bytes.
pub const MAX_EXPRESSION_BYTES: usize = 10_000;

/// Why a text cannot be put into a statement as an expression.
#[derive(Clone, Debug, Error, PartialEq, Eq)]
pub enum ExpressionError {
    /// There is nothing.
    #[error("an expression must not be empty")]
    Empty,
    /// Longer than [`MAX_EXPRESSION_BYTES`].
    #[error("the expression has {bytes} bytes, {MAX_EXPRESSION_BYTES} are allowed")]
    TooLong {
        /// Its length.
        bytes: usize,
    },
    /// The protocol ends a text at the first NUL byte.
    #[error("an expression must not contain the character NUL")]
    Nul,
    /// Another statement would begin.
    #[error("an expression must not contain a semicolon outside of quotes")]
    Semicolon,
    /// PostgreSQL keeps none, and one that is not ended would hide what follows.
    #[error("an expression must not contain a comment (-- or /*)")]
    Comment,
    /// A bracket without its partner.
    #[error("the bracket {0} has no partner")]
    Bracket(char),
    /// A text, name or dollar-quoted text that does not end.
    #[error("what the quote {0} opens is not closed")]
    Quote(String),
    /// What `'…\…'` means depends on a setting.
    #[error("a text with a backslash must be written as E'…', with each backslash doubled")]
    Backslash,
}

/// An expression whose quotes and brackets are closed, and that is nothing but an expression.
#[derive(Clone, PartialEq, Eq)]
pub struct Expression(Box<str>);

impl Expression {
    /// Takes an expression as it was written, without the blanks around it.
    ///
    /// # Errors
    /// [`ExpressionError`] when it could reach beyond the brackets that it is put between. Whether it makes sense is not looked at.
    pub fn new(text: &str) -> Result<Self, ExpressionError> {
        let text = text.trim();
        if text.is_empty() {
            return Err(ExpressionError::Empty);
        }
        if text.len() > MAX_EXPRESSION_BYTES {
            return Err(ExpressionError::TooLong { bytes: text.len() });
        }
        if text.contains('\0') {
            return Err(ExpressionError::Nul);
        }
        check(text)?;
        Ok(Self(text.into()))
    }

    pub(crate) fn as_str(&self) -> &str {
        &self.0
    }
}

/// Values may be written in it, which belong in no log.
impl fmt::Debug for Expression {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Expression(…)")
    }
}

/// Goes over the text as PostgreSQL's scanner (`scan.l`) does, as far as it decides what is inside of quotes.
fn check(text: &str) -> Result<(), ExpressionError> {
    let (mut rest, mut open) = (text, Vec::new());
    while let Some(first) = rest.chars().next() {
        if rest.starts_with("--") || rest.starts_with("/*") {
            return Err(ExpressionError::Comment);
        }
        let length = match first {
            ';' => return Err(ExpressionError::Semicolon),
            '(' | '[' => {
                open.push(first);
                1
            }
            ')' | ']' => {
                let partner = if first == ')' { '(' } else { '[' };
                if open.pop() != Some(partner) {
                    return Err(ExpressionError::Bracket(first));
                }
                1
            }
            '\'' => plain_text(rest)?,
            '"' => quoted(rest, '"')?,
            '$' => dollar_quoted(rest)?,
            'e' | 'E' if rest[1..].starts_with('\'') => 1 + escaped_text(&rest[1..])?,
            _ if begins_word(first) => word(rest),
            _ => first.len_utf8(),
        };
        rest = &rest[length..];
    }
    open.pop().map_or(Ok(()), |bracket| Err(ExpressionError::Bracket(bracket)))
}

fn begins_word(c: char) -> bool {
    c.is_ascii_alphabetic() || c == '_' || !c.is_ascii()
}

/// The length of a name or keyword. A dollar sign within it opens no quote.
fn word(text: &str) -> usize {
    let inside = |c: char| begins_word(c) || c.is_ascii_digit() || c == '$';
    text.find(|c| !inside(c)).unwrap_or(text.len())
}

/// The length of what stands between two equal quotes; a quote within is doubled.
fn quoted(text: &str, quote: char) -> Result<usize, ExpressionError> {
    let mut from = 1;
    while let Some(end) = text[from..].find(quote) {
        from += end + 1;
        if !text[from..].starts_with(quote) {
            return Ok(from);
        }
        from += 1;
    }
    Err(ExpressionError::Quote(quote.to_string()))
}

fn plain_text(text: &str) -> Result<usize, ExpressionError> {
    let length = quoted(text, '\'')?;
    if text[..length].contains('\\') { Err(ExpressionError::Backslash) } else { Ok(length) }
}

/// The length of a text with escapes, from its quote on.
fn escaped_text(text: &str) -> Result<usize, ExpressionError> {
    let mut characters = text.char_indices().skip(1).peekable();
    while let Some((at, c)) = characters.next() {
        match c {
            '\\' => {
                characters.next();
            }
            '\'' if characters.peek().is_some_and(|(_, next)| *next == '\'') => {
                characters.next();
            }
            '\'' => return Ok(at + 1),
            _ => {}
        }
    }
    Err(ExpressionError::Quote("E'".to_owned()))
}

/// The length of `$tag$…$tag$`, or of a dollar sign that opens nothing.
fn dollar_quoted(text: &str) -> Result<usize, ExpressionError> {
    let inside = &text[1..];
    let tag = inside.find(|c: char| !begins_word(c) && !c.is_ascii_digit()).unwrap_or(inside.len());
    if !inside[tag..].starts_with('$') || inside.starts_with(|c: char| c.is_ascii_digit()) {
        return Ok(1);
    }
    let fence = &text[..tag + 2];
    let end = text[fence.len()..].find(fence).ok_or_else(|| ExpressionError::Quote(fence.to_owned()))?;
    Ok(2 * fence.len() + end)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn takes_expressions_with_every_kind_of_quote() {
        for text in [
            "true",
            " owner = current_user ",
            "name = 'it''s; -- (' AND \"col;(\" > 1",
            "note = E'a\\'b\\\\' OR (tags[1] = 'x')",
            "body = $$;'($$ OR body = $a$ $$ ;( $a$",
            "a$b$c > 0 AND é$x$ = 1",
            "id IN (SELECT id FROM \"my \"\"teams\" WHERE who = current_user)",
            "a - -1 > 0 AND b / 2 * 3 = 1",
            "U&'d\u{0061}' = e AND E = 'x'",
        ] {
            assert!(Expression::new(text).is_ok(), "{text}");
        }
    }

    #[test]
    fn refuses_what_could_reach_beyond_its_brackets() {
        use ExpressionError as E;
        for (text, error) in [
            ("  ", E::Empty),
            ("true); DROP TABLE t; --", E::Bracket(')')),
            ("true; DROP TABLE t", E::Semicolon),
            ("true) WITH CHECK (true", E::Bracket(')')),
            ("(true", E::Bracket('(')),
            ("a[1)", E::Bracket(')')),
            ("true --", E::Comment),
            ("true /* ", E::Comment),
            ("a = 'open", E::Quote("'".into())),
            ("\"open", E::Quote("\"".into())),
            ("E'open\\'", E::Quote("E'".into())),
            ("$$ open $ $", E::Quote("$$".into())),
            ("$a$ open $b$", E::Quote("$a$".into())),
            ("'\\'; DROP TABLE t; --'", E::Backslash),
            ("a\0", E::Nul),
            ("$1$; DROP", E::Semicolon),
            ("some'text' ; x", E::Semicolon),
        ] {
            assert_eq!(Expression::new(text), Err(error), "{text}");
        }
        assert_eq!(Expression::new(&"1+".repeat(5_001)), Err(E::TooLong { bytes: 10_002 }));
    }

    proptest! {
        #[test]
        fn never_fails_otherwise_than_by_an_error(text in "[a-eE'\"$()\\[\\];\\\\/*é1 -]{0,40}") {
            let _ = Expression::new(&text);
        }
    }
}
