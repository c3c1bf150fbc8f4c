//! Checking a user name with its password, for the sign-in form and for HTTP Basic.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use jiff::Timestamp;
use mathesar_api::ErrorCode;
use mathesar_store::password::{self, Verdict};
use mathesar_store::{PasswordHash, Purpose, User};
use secrecy::{ExposeSecret, SecretString};

use super::fields;
use crate::throttle::Attempt;
use crate::{App, Caller, Error, Result, SignedIn, limits};

/// Finds the user with this name and password and notes that they signed in.
///
/// # Errors
/// `AuthenticationFailed` in the same words and after the same time whether the name is unknown, the password wrong or the
/// account closed; `Throttled`.
pub(super) async fn by_password(app: &App, username: &str, password: SecretString, caller: &Caller) -> Result<User> {
    check_plausible(username, &password)?;
    let now = app.clock.now();
    let attempt = Attempt { address: caller.address, account: Some(username) };
    app.auth.admit(attempt, now)?;
    let found = app.store.users().by_name(username).await?.filter(|user| user.is_active);
    let Some(user) = found else {
        app.auth.checks.run(move || password::waste(&password)).await?;
        return Err(wrong());
    };
    let rehashed = verify(app, password, user.password_hash.clone()).await?.ok_or_else(wrong)?;
    app.auth.forgive(attempt);
    app.store.users().note_sign_in(&user, rehashed, now).await?;
    Ok(user)
}

/// Checks the present password of a user who is signed in already.
///
/// # Errors
/// `IncorrectOldPassword`; `Throttled`, because a stolen session must not be a way to guess.
pub(crate) async fn check_own_password(app: &App, user: &User, password: SecretString, caller: &Caller) -> Result<()> {
    let incorrect = || Error::new(ErrorCode::INCORRECT_OLD_PASSWORD, "The present password is not right.");
    check_plausible(&user.username, &password).map_err(|_| incorrect())?;
    let attempt = Attempt { address: caller.address, account: Some(&user.username) };
    app.auth.admit(attempt, app.clock.now())?;
    verify(app, password, user.password_hash.clone()).await?.ok_or_else(incorrect)?;
    app.auth.forgive(attempt);
    Ok(())
}

/// Whether this is a user's present password; not for guesses of strangers, which nothing limits here.
///
/// # Errors
/// Those of the engine that hashes.
pub(crate) async fn is_password_of(app: &App, user: &User, password: SecretString) -> Result<bool> {
    let plausible = check_plausible(&user.username, &password).is_ok();
    Ok(plausible && verify(app, password, user.password_hash.clone()).await?.is_some())
}

/// What no name or password can be is not worth hashing, nor keeping as the name of a count, nor asking for: PostgreSQL
/// takes no NUL.
fn check_plausible(username: &str, password: &SecretString) -> Result<()> {
    let fits = fields::check_username(username).is_ok() && password.expose_secret().len() <= limits::PASSWORD_BYTES_MAX;
    if fits { Ok(()) } else { Err(wrong()) }
}

fn wrong() -> Error {
    Error::new(
        ErrorCode::AUTHENTICATION_FAILED,
        "User name and password do not fit together. Both tell upper case from lower case.",
    )
}

/// `None` for a wrong password; `Some(Some(hash))` for a right one whose hash was of an older kind and was made anew.
async fn verify(app: &App, password: SecretString, hash: PasswordHash) -> Result<Option<Option<PasswordHash>>> {
    let random = Arc::clone(&app.random);
    let check = move || match password::verify(&password, &hash) {
        Verdict::Wrong => None,
        Verdict::Right => Some(None),
        Verdict::RightButOld => Some(Some(password::hash(&password, random.as_ref()))),
    };
    app.auth.checks.run(check).await
}

/// Identifies the caller by HTTP Basic, as scripts do at every call. No session begins.
///
/// # Errors
/// As for signing in: `AuthenticationFailed`, `Throttled`.
pub async fn basic(app: &App, username: &str, password: SecretString, caller: &Caller) -> Result<SignedIn> {
    check_plausible(username, &password)?;
    let now = app.clock.now();
    let known = app.store.users().by_name(username).await?.filter(|user| user.is_active);
    if let Some(user) = known
        && app.auth.basic.holds(&fingerprint(app, &user, &password), now)
    {
        return Ok(signed_in(&user));
    }
    let user = by_password(app, username, password.clone(), caller).await?;
    // Read again: signing in may have replaced the hash, which is part of the fingerprint.
    let user = app.store.users().get(user.id).await?;
    app.auth.basic.remember(fingerprint(app, &user, &password), now);
    Ok(signed_in(&user))
}

fn signed_in(user: &User) -> SignedIn {
    SignedIn {
        user_id: user.id,
        is_superuser: user.is_superuser,
        password_change_needed: user.password_change_needed,
        session_id: None,
        scopes: None,
    }
}

/// A keyed hash of the user, the password that was given and the hash that it was checked against: once the password
/// changes, what is remembered fits nothing any more. The parts are framed by their lengths.
fn fingerprint(app: &App, user: &User, password: &SecretString) -> [u8; 32] {
    let stored = user.password_hash.as_bytes();
    let given = password.expose_secret().as_bytes();
    let mut framed = zeroize::Zeroizing::new(Vec::with_capacity(24 + stored.len() + given.len()));
    framed.extend_from_slice(&user.id.to_be_bytes());
    framed.extend_from_slice(&(stored.len() as u64).to_be_bytes());
    framed.extend_from_slice(stored);
    framed.extend_from_slice(given);
    app.store.keys().keyed_hash(Purpose::BasicCache, &framed)
}

/// Basic credentials that were verified a moment ago, so that a script does not cost an argon2 at every call.
#[derive(Default)]
pub(super) struct BasicCache {
    verified: Mutex<HashMap<[u8; 32], Timestamp>>,
}

impl BasicCache {
    fn holds(&self, fingerprint: &[u8; 32], now: Timestamp) -> bool {
        let verified = self.verified.lock().unwrap_or_else(PoisonError::into_inner);
        verified.get(fingerprint).is_some_and(|since| is_fresh(*since, now))
    }

    fn remember(&self, fingerprint: [u8; 32], now: Timestamp) {
        let mut verified = self.verified.lock().unwrap_or_else(PoisonError::into_inner);
        if verified.len() >= limits::BASIC_CACHE_ENTRIES {
            verified.retain(|_, since| is_fresh(*since, now));
        }
        if verified.len() < limits::BASIC_CACHE_ENTRIES {
            verified.insert(fingerprint, now);
        }
    }
}

fn is_fresh(since: Timestamp, now: Timestamp) -> bool {
    let age = now.duration_since(since);
    !age.is_negative() && age.unsigned_abs() < limits::BASIC_CACHE_AGE
}
