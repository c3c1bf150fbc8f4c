//! What a new password must be.

use mathesar_api::ErrorCode;
use secrecy::{ExposeSecret, SecretString};

use crate::{Error, Result, limits};

/// Passwords that lists of leaked ones hold most often and that pass the other rules, lower case, one a line.
const COMMON: &str = include_str!("common_passwords.txt");

/// A part of a name that is shorter than this may occur in a password by chance.
const MIN_SIMILAR_CHARACTERS: usize = 4;

/// Checks a new password against the rules: at least 8 characters, not digits only, not a well-known one, not like the
/// user's own `names` (user name, e-mail address, full name).
///
/// # Errors
/// `Validation`, saying which rule is broken and what would do.
pub fn check_password(password: &SecretString, names: &[&str]) -> Result<()> {
    let password = password.expose_secret();
    let refuse = |why: String| Err(Error::new(ErrorCode::VALIDATION, why));
    if password.chars().count() < limits::PASSWORD_CHARACTERS_MIN {
        let min = limits::PASSWORD_CHARACTERS_MIN;
        return refuse(format!("The password is too short. It needs at least {min} characters."));
    }
    if password.len() > limits::PASSWORD_BYTES_MAX {
        return refuse(format!("The password is too long. It may have at most {} bytes.", limits::PASSWORD_BYTES_MAX));
    }
    if password.chars().all(|character| character.is_numeric()) {
        return refuse("The password consists of digits only. Add letters or other characters.".to_owned());
    }
    let lower = password.to_lowercase();
    if COMMON.lines().any(|common| common == lower) {
        return refuse(
            "The password is one of the most used ones and would be guessed first. Choose another.".to_owned(),
        );
    }
    if names.iter().any(|name| is_similar(&lower, name)) {
        return refuse("The password is too much like the user's name or e-mail address. Choose another.".to_owned());
    }
    Ok(())
}

/// Whether a word of `name` makes up half of the password or more, or the password is a piece of the name.
fn is_similar(lower_password: &str, name: &str) -> bool {
    let name = name.to_lowercase();
    if name.contains(lower_password) {
        return true;
    }
    let length = lower_password.chars().count();
    name.split(|character: char| !character.is_alphanumeric()).chain([name.as_str()]).any(|word| {
        let characters = word.chars().count();
        characters >= MIN_SIMILAR_CHARACTERS && characters * 2 >= length && lower_password.contains(word)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn refused(password: &str, names: &[&str]) -> bool {
        check_password(&password.to_owned().into(), names).is_err()
    }

    #[test]
    fn each_rule_refuses_and_a_good_password_passes() {
        assert!(refused("short7!", &[]));
        assert!(refused("9876543210123", &[]));
        assert!(refused("Iloveyou", &[]));
        assert!(refused(&"x".repeat(limits::PASSWORD_BYTES_MAX + 1), &[]));
        assert!(!refused("correct horse", &["annabelle", "annabelle@example.org", ""]));
        assert!(!refused("ünïcödé!", &[]));
    }

    #[test]
    fn a_password_like_the_user_is_refused() {
        for similar in ["annabelle", "Annabelle1", "1annabelle!", "nnabelle"] {
            assert!(refused(similar, &["annabelle"]), "{similar}");
        }
        assert!(refused("meier.anna", &["anna", "anna.meier@example.org", ""]));
        assert!(!refused("annabelle lives by the river", &["annabelle"]));
    }

    #[test]
    fn the_common_passwords_would_pass_every_other_rule() {
        for common in COMMON.lines() {
            assert!(common.chars().count() >= limits::PASSWORD_CHARACTERS_MIN, "{common} is refused by its length");
            assert!(!common.chars().all(char::is_numeric), "{common} is refused as a number");
            assert_eq!(common, common.to_lowercase().trim());
        }
    }
}
