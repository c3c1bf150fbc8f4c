//! What the fields of a user may be.

use mathesar_api::ErrorCode;

use crate::{Error, Result, limits};

/// Checks a user name: 1 to 63 characters, no control characters, no spaces around it, and no colon, which HTTP Basic cannot
/// carry.
pub(crate) fn check_username(username: &str) -> Result<()> {
    let refuse = |why: &str| Err(Error::new(ErrorCode::VALIDATION, why));
    if username.is_empty() || username.chars().count() > limits::USERNAME_CHARACTERS {
        return refuse("The user name must have 1 to 63 characters.");
    }
    if username.trim() != username {
        return refuse("The user name must not begin or end with a space.");
    }
    if username.chars().any(|character| character.is_control() || character == ':') {
        return refuse("The user name must not contain a colon or control characters.");
    }
    Ok(())
}

/// Checks an e-mail address as far as that is possible without writing to it. An empty one is none.
pub(crate) fn check_email(email: &str) -> Result<()> {
    let plausible = email.is_empty()
        || (email.len() <= limits::EMAIL_BYTES
            && email.split_once('@').is_some_and(|(local, domain)| !local.is_empty() && !domain.is_empty())
            && !email.chars().any(|character| character.is_whitespace() || character.is_control()));
    if plausible {
        return Ok(());
    }
    Err(Error::new(
        ErrorCode::VALIDATION,
        "This is no e-mail address. It must look like name@example.org, or be empty.",
    ))
}

/// Checks a full name. An empty one is none.
pub(crate) fn check_full_name(name: &str) -> Result<()> {
    if name.chars().count() <= limits::FULL_NAME_CHARACTERS && !name.chars().any(char::is_control) {
        return Ok(());
    }
    Err(Error::new(ErrorCode::VALIDATION, "The full name may have at most 255 characters and no control characters."))
}

/// Checks that a language looks like a BCP 47 tag; whether the interface speaks it is the interface's business.
pub(crate) fn check_language(tag: &str) -> Result<()> {
    let plausible = (2..=limits::LANGUAGE_BYTES).contains(&tag.len())
        && tag
            .split('-')
            .all(|part| (1..=8).contains(&part.len()) && part.bytes().all(|byte| byte.is_ascii_alphanumeric()));
    if plausible {
        return Ok(());
    }
    Err(Error::new(ErrorCode::VALIDATION, "This is no language tag. It must look like `en` or `pt-BR`."))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn fields_are_checked() {
        for bad in ["", " ann", "a:b", "a\nb", &"x".repeat(64)] {
            assert!(check_username(bad).is_err(), "{bad:?}");
        }
        check_username("Änn O'Neil").unwrap();
        for bad in ["ann", "@example.org", "ann@", "a b@example.org"] {
            assert!(check_email(bad).is_err(), "{bad:?}");
        }
        check_email("").unwrap();
        check_email("ann@example.org").unwrap();
        for bad in ["", "e", "en_GB", "en-", "en-waytoolong"] {
            assert!(check_language(bad).is_err(), "{bad:?}");
        }
        check_language("pt-BR").unwrap();
    }
}
