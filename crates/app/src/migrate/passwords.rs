//! The passwords of the original's stored roles.

use std::collections::HashMap;

use mathesar_store::original::{Original, OriginalRole, Unsealer};
use secrecy::SecretString;

use super::plan::address;
use crate::{Error, Result};

/// Roles that an error names.
const NAMED: usize = 10;

/// The opened passwords by the original's number of their role, and which roles have one that stays closed.
#[derive(Default)]
pub(super) struct Passwords {
    opened: HashMap<i64, SecretString>,
    closed: Vec<i64>,
}

impl Passwords {
    /// The password of a role, if it has one that could be opened.
    pub(super) fn of(&self, role: i64) -> Option<&SecretString> {
        self.opened.get(&role)
    }

    /// Whether the role has a password that could not be opened.
    pub(super) fn is_closed(&self, role: i64) -> bool {
        self.closed.contains(&role)
    }
}

/// Opens the passwords with the original's key.
///
/// # Errors
/// `ValueError` when there is no key, or when it does not open all of them, unless they may be left out.
pub(super) fn open(original: &Original, secret_key: Option<&SecretString>, may_be_left_out: bool) -> Result<Passwords> {
    let sealed = || original.roles.iter().filter_map(|role| Some((role, role.password.as_deref()?)));
    let mut passwords = Passwords::default();
    let unsealer = secret_key.map(Unsealer::new);
    for (role, sealed) in sealed() {
        match unsealer.as_ref().and_then(|unsealer| unsealer.open(sealed)) {
            Some(password) => drop(passwords.opened.insert(role.id, password)),
            None => passwords.closed.push(role.id),
        }
    }
    if passwords.closed.is_empty() || may_be_left_out {
        return Ok(passwords);
    }
    let (closed, all) = (passwords.closed.len(), sealed().count());
    let what = match secret_key {
        None => format!("{all} stored passwords are sealed with the original's SECRET_KEY, which was not given"),
        Some(_) => format!("The secret key does not open {closed} of {all} stored passwords"),
    };
    let named = original.roles.iter().filter(|role| passwords.is_closed(role.id)).take(NAMED);
    let mut names: Vec<_> = named.map(|role| label(original, role)).collect();
    if closed > NAMED {
        names.push(format!("and {} more", closed - NAMED));
    }
    Err(Error::value(format!(
        "{what}: {}. Give the SECRET_KEY that the original runs with, to the letter, with --secret-key-file. To go on without these \
         passwords and enter them afterwards, add --without-passwords. Nothing was changed.",
        names.join(", ")
    )))
}

/// A role with its server, for people.
pub(super) fn label(original: &Original, role: &OriginalRole) -> String {
    let server = original.servers.iter().find(|server| server.id == role.server_id);
    server.map_or_else(|| role.name.clone(), |server| format!("{} on {}", role.name, address(server)))
}
