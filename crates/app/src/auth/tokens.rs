//! Tokens with which programs work as a user. Only the hash of a token is stored. What it may do is decided by [`Scopes`], which
//! [`crate::access::authorize`] asks at every call; below that, its user's own rights hold as ever.

use jiff::Timestamp;
use mathesar_api::methods::NoParams;
use mathesar_api::methods::tokens::{AddParams, NewToken, RevokeParams, TokenInfo};
use mathesar_api::{Effect, ErrorCode, MethodInfo};
use mathesar_store::{ApiToken, NewApiToken, TokenHash, token};
use secrecy::{ExposeSecret as _, SecretString};

use crate::throttle::Attempt;
use crate::{App, Caller, Ctx, Error, Result, SignedIn, limits};

/// What every token begins with, so that people and scanners recognise one that leaked.
const PREFIX: &str = "mathesar_";
/// Characters behind the prefix; anything else is not looked up.
const RANDOM_CHARACTERS: usize = 43;

/// No token may call these: it would get beyond its scopes, or outlive its revocation, through another one.
const ABOUT_TOKENS: &str = "users.tokens.*";

/// What a token that is limited to databases may call without naming one: it learns who it is, which of its databases there are, and
/// works with its user's files on their way into one.
const WITHOUT_DATABASE: [&str; 4] = ["session.get", "databases.configured.list", "imports.preview", "jobs.*"];

/// What a token may do, of what its user may.
#[derive(Clone, Debug)]
pub struct Scopes {
    methods: Vec<String>,
    databases: Option<Vec<i64>>,
    read_only: bool,
}

impl Scopes {
    fn of(token: &ApiToken) -> Result<Self> {
        let read = |value: &serde_json::Value| serde_json::from_value(value.clone());
        Ok(Self {
            methods: serde_json::from_value(token.methods.clone()).map_err(Error::internal)?,
            databases: token.databases.as_ref().map(read).transpose().map_err(Error::internal)?,
            read_only: token.read_only,
        })
    }

    /// Refuses a call that is outside of them.
    ///
    /// # Errors
    /// `PermissionError`, which says what the token lacks.
    pub(crate) fn admit(&self, method: &MethodInfo, database_id: Option<i64>) -> Result<()> {
        if matches(ABOUT_TOKENS, method.name) || !self.methods.iter().any(|pattern| matches(pattern, method.name)) {
            return Err(lacks(format!("it may not call {}", method.name)));
        }
        if self.read_only && method.effect != Effect::Read {
            return Err(lacks(format!("it may only read, and {} changes something", method.name)));
        }
        match database_id {
            Some(id) => self.admit_database(id),
            None if self.databases.is_none() || WITHOUT_DATABASE.iter().any(|known| matches(known, method.name)) => {
                Ok(())
            }
            None => Err(lacks(format!("it is limited to databases, and {} is about none", method.name))),
        }
    }

    /// Refuses work in a database that is outside of them.
    ///
    /// # Errors
    /// `PermissionError`.
    pub(crate) fn admit_database(&self, id: i64) -> Result<()> {
        if self.holds_database(id) {
            return Ok(());
        }
        Err(lacks("it may not work in this database".to_owned()))
    }

    /// Whether work in a database is within them.
    pub(crate) fn holds_database(&self, id: i64) -> bool {
        self.databases.as_ref().is_none_or(|databases| databases.contains(&id))
    }

    /// Refuses to keep anything for a token that may only read.
    ///
    /// # Errors
    /// `PermissionError`.
    pub(crate) fn admit_upload(&self) -> Result<()> {
        if self.read_only { Err(lacks("it may only read, and an upload is kept".to_owned())) } else { Ok(()) }
    }
}

fn lacks(what: String) -> Error {
    let message = format!("The token does not reach that far: {what}. Its user can make another one.");
    Error::new(ErrorCode::PERMISSION_DENIED, message)
}

/// Whether a pattern (`*`, `noun.*`, or a name) means the method of this name.
fn matches(pattern: &str, name: &str) -> bool {
    match pattern.strip_suffix('*') {
        Some("") => true,
        Some(beginning) if beginning.ends_with('.') => name.starts_with(beginning),
        _ => pattern == name,
    }
}

/// Identifies the caller by a token. No session begins.
///
/// A guess is as good as the other 2²⁵⁶, so that what is counted and slowed down is only the load of failed tries.
///
/// # Errors
/// `AuthenticationFailed` in the same words for a token that was revoked, has expired, or never was one; `Throttled`.
pub async fn bearer(app: &App, token: &SecretString, caller: &Caller) -> Result<SignedIn> {
    let now = app.clock.now();
    let found = if is_plausible(token) { app.store.api_tokens().find(&TokenHash::of(token)).await? } else { None };
    let Some((token, user)) = found.filter(|(token, _)| !has_expired(token, now)) else {
        app.auth.admit(Attempt { address: caller.address, account: None }, now)?;
        let message = "The token is none, was revoked or has expired. Make another one in the profile.";
        return Err(Error::new(ErrorCode::AUTHENTICATION_FAILED, message));
    };
    if token
        .last_used_at
        .is_none_or(|last| now.duration_since(last.timestamp()).unsigned_abs() >= limits::SESSION_TOUCH)
    {
        app.store.api_tokens().touch(token.id, now).await?;
    }
    Ok(SignedIn {
        user_id: user.id,
        is_superuser: user.is_superuser,
        password_change_needed: user.password_change_needed,
        session_id: None,
        scopes: Some(Scopes::of(&token)?.into()),
    })
}

fn is_plausible(token: &SecretString) -> bool {
    token.expose_secret().strip_prefix(PREFIX).is_some_and(|random| random.len() == RANDOM_CHARACTERS)
}

fn has_expired(token: &ApiToken, now: Timestamp) -> bool {
    token.expires_at.is_some_and(|end| end.timestamp() <= now)
}

/// `users.tokens.list`.
///
/// # Errors
/// `AuthenticationFailed`.
pub async fn list(ctx: &Ctx, _: NoParams) -> Result<Vec<TokenInfo>> {
    let now = ctx.app.clock.now();
    let tokens = ctx.app.store.api_tokens().list(ctx.signed_in()?.user_id).await?;
    tokens.iter().map(|token| info(token, now)).collect()
}

fn info(token: &ApiToken, now: Timestamp) -> Result<TokenInfo> {
    let Scopes { methods, databases, read_only } = Scopes::of(token)?;
    Ok(TokenInfo {
        id: token.id,
        name: token.name.clone(),
        methods,
        databases,
        read_only,
        created_at: token.created_at.to_string(),
        expires_at: token.expires_at.map(|end| end.to_string()),
        expired: has_expired(token, now),
        last_used_at: token.last_used_at.map(|last| last.to_string()),
    })
}

/// `users.tokens.add`.
///
/// # Errors
/// `ValueError` for a name, a pattern, a database or a time that does not do; `IntegrityError` for a name that is taken.
pub async fn add(ctx: &Ctx, params: AddParams) -> Result<NewToken> {
    let (app, now, user_id) = (&ctx.app, ctx.app.clock.now(), ctx.signed_in()?.user_id);
    let name = params.name.trim().to_owned();
    if !(1..=limits::TOKEN_NAME_CHARACTERS).contains(&name.chars().count()) {
        let message = format!("name: give the token a name of 1 to {} characters.", limits::TOKEN_NAME_CHARACTERS);
        return Err(Error::value(message));
    }
    let methods = params.methods.unwrap_or_else(|| vec!["*".to_owned()]);
    check_methods(&methods)?;
    check_databases(ctx, params.databases.as_deref()).await?;
    let random = token::mint(app.random.as_ref());
    let token = SecretString::from(format!("{PREFIX}{}", random.expose_secret()));
    let new = NewApiToken {
        token_hash: TokenHash::of(&token),
        user_id,
        name,
        methods,
        databases: params.databases,
        read_only: params.read_only,
        expires_at: params.expires_at.as_deref().map(|end| expiry(end, now)).transpose()?,
    };
    let added = app.store.api_tokens().add(new, now).await?;
    Ok(NewToken { token: token.expose_secret().to_owned(), info: info(&added, now)? })
}

/// A pattern that means no method is rather a slip than a wish.
fn check_methods(patterns: &[String]) -> Result<()> {
    if !(1..=limits::TOKEN_PATTERNS).contains(&patterns.len()) {
        return Err(Error::value(format!("methods: name 1 to {} of them, or leave it out.", limits::TOKEN_PATTERNS)));
    }
    let unknown = patterns
        .iter()
        .enumerate()
        .find(|(_, pattern)| !mathesar_api::methods().any(|method| matches(pattern, method.name)));
    match unknown {
        None => Ok(()),
        Some((index, pattern)) => Err(Error::value(format!(
            "methods[{index}]: no method is called \"{pattern:.100}\". Write a name, the beginning of one as in `records.*`, or `*`."
        ))),
    }
}

/// A user limits a token to databases that they see.
async fn check_databases(ctx: &Ctx, wanted: Option<&[i64]>) -> Result<()> {
    let Some(wanted) = wanted else { return Ok(()) };
    if wanted.is_empty() {
        return Err(Error::value("databases: name at least one of them, or leave it out."));
    }
    let seen = crate::databases::configured::list(ctx, Default::default()).await?;
    if let Some(index) = wanted.iter().position(|id| !seen.iter().any(|database| database.id == *id)) {
        return Err(Error::value(format!("databases[{index}]: you have no database number {}.", wanted[index])));
    }
    if wanted.len() > seen.len() {
        return Err(Error::value("databases: one of them is named twice."));
    }
    Ok(())
}

fn expiry(text: &str, now: Timestamp) -> Result<Timestamp> {
    let end: Timestamp = text.parse().map_err(|_| {
        Error::value(format!("expires_at: \"{text:.40}\" is no point in time; write it like 2030-01-31T00:00:00Z."))
    })?;
    if end <= now {
        return Err(Error::value("expires_at: this is over already."));
    }
    Ok(end)
}

/// `users.tokens.revoke`.
///
/// # Errors
/// `DoesNotExist` when it is not one of the caller's.
pub async fn revoke(ctx: &Ctx, params: RevokeParams) -> Result<()> {
    Ok(ctx.app.store.api_tokens().revoke(ctx.signed_in()?.user_id, params.token_id).await?)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn scopes(methods: &[&str], databases: Option<&[i64]>, read_only: bool) -> Scopes {
        Scopes {
            methods: methods.iter().map(|pattern| (*pattern).to_owned()).collect(),
            databases: databases.map(<[i64]>::to_vec),
            read_only,
        }
    }

    fn admitted(scopes: &Scopes, name: &str, database_id: Option<i64>) -> bool {
        scopes.admit(mathesar_api::find(name).unwrap(), database_id).is_ok()
    }

    #[test]
    fn a_pattern_means_a_name_or_what_begins_with_it() {
        for (pattern, name, expected) in [
            ("*", "records.list", true),
            ("records.*", "records.list", true),
            ("records.list", "records.list", true),
            ("records.list", "records.list_summaries", false),
            ("records.l*", "records.list", false),
            ("record.*", "records.list", false),
            ("columns.metadata.*", "columns.metadata.set", true),
            ("columns.metadata.*", "columns.list", false),
            ("", "records.list", false),
        ] {
            assert_eq!(matches(pattern, name), expected, "{pattern} {name}");
        }
    }

    #[test]
    fn no_token_reaches_beyond_its_scopes() {
        let all = scopes(&["*"], None, false);
        let reader = scopes(&["records.*", "session.get"], Some(&[7]), true);
        for (scopes, name, database, expected) in [
            (&all, "records.delete", Some(7), true),
            (&all, "users.add", None, true),
            (&all, "users.tokens.add", None, false),
            (&all, "users.tokens.list", None, false),
            (&all, "users.tokens.revoke", None, false),
            (&reader, "records.list", Some(7), true),
            (&reader, "records.list", Some(8), false),
            (&reader, "records.list", None, false),
            (&reader, "records.patch", Some(7), false),
            (&reader, "tables.list", Some(7), false),
            (&reader, "session.get", None, true),
            (&reader, "users.list", None, false),
        ] {
            assert_eq!(admitted(scopes, name, database), expected, "{name} {database:?}");
        }
        assert!(!admitted(&scopes(&["users.tokens.*", "users.tokens.add"], None, false), "users.tokens.add", None));
        assert!(!admitted(&scopes(&["*"], Some(&[7]), false), "users.patch_self", None));
        assert!(admitted(&scopes(&["*"], Some(&[7]), false), "jobs.get", None));
    }
}
