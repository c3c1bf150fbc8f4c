//! Who is who: passwords, sessions, HTTP Basic, and what slows down those who guess.

mod checks;
mod credentials;
pub(crate) mod fields;
mod rules;
mod session;
pub mod tokens;

use std::sync::Arc;

use jiff::Timestamp;
use secrecy::SecretString;

pub use credentials::basic;
pub use rules::check_password;
pub use session::{Issued, by_cookie, csrf_is_valid, get, list, purge, revoke, set_preferences, sign_in, sign_out};

use crate::throttle::{Attempt, Throttle};
use crate::{App, Result, limits};
pub(crate) use credentials::{check_own_password, is_password_of};
pub(crate) use session::issue;

/// What guards signing in. One for the whole process.
pub struct Guards {
    throttle: Throttle,
    checks: checks::Checks,
    basic: credentials::BasicCache,
}

impl Guards {
    /// Guards that have seen nobody yet.
    pub fn new() -> Self {
        Self {
            throttle: Throttle::new(limits::SIGN_IN_FAILURES_PER_MINUTE, "Too many tries failed."),
            checks: checks::Checks::default(),
            basic: credentials::BasicCache::default(),
        }
    }

    /// Counts a try before its password or token is looked at.
    ///
    /// # Errors
    /// `Throttled` when this address or account failed too often in the last minute.
    pub(crate) fn admit(&self, attempt: Attempt<'_>, now: Timestamp) -> Result<()> {
        self.throttle.admit(attempt, now)
    }

    /// Takes a try that succeeded out of the count.
    pub(crate) fn forgive(&self, attempt: Attempt<'_>) {
        self.throttle.forgive(attempt);
    }
}

impl Default for Guards {
    fn default() -> Self {
        Self::new()
    }
}

/// Hashes a password off the async threads, under the limit on password checks.
///
/// # Errors
/// `Throttled` when too many wait already.
pub(crate) async fn hash(app: &App, password: SecretString) -> Result<mathesar_store::PasswordHash> {
    let random = Arc::clone(&app.random);
    app.auth.checks.run(move || mathesar_store::password::hash(&password, random.as_ref())).await
}
