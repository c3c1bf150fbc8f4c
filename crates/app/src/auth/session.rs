//! Sessions: a cookie with a random token, of which only the hash is stored.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use jiff::Timestamp;
use mathesar_api::methods::NoParams;
use mathesar_api::methods::session::{Preferences, RevokeParams, SessionEntry, SessionInfo, SignInParams};
use mathesar_store::{Membership, NewSession, Purpose, Session, SessionHolder, TokenHash, User, token};
use secrecy::SecretString;
use subtle::ConstantTimeEq;

use super::credentials;
use super::fields;
use crate::{App, Ctx, Error, Result, SignedIn, limits, users};

/// Characters of a session's cookie; anything else is not looked up.
const COOKIE_CHARACTERS: usize = 43;
/// The name that the interface's settings are stored under.
const INTERFACE: &str = "interface";

/// A session that has begun: what the browser gets, and what the page gets.
pub struct Issued {
    /// Value of the session cookie.
    pub cookie: SecretString,
    /// When the cookie ends unless the session is used.
    pub expires_at: Timestamp,
    /// What the page needs to start.
    pub info: SessionInfo,
}

/// Signs in with name and password. The cookie is always a new one, and the session that the browser had before ends.
///
/// # Errors
/// `AuthenticationFailed` in the same words for an unknown name and a wrong password; `Throttled`.
pub async fn sign_in(ctx: &Ctx, params: SignInParams) -> Result<Issued> {
    let password = SecretString::from(params.password);
    let user = credentials::by_password(&ctx.app, &params.username, password, &ctx.caller).await?;
    issue(ctx, &user).await
}

/// Begins a session for a user whose identity is proved.
pub(crate) async fn issue(ctx: &Ctx, user: &User) -> Result<Issued> {
    let app = &ctx.app;
    if let Some(SignedIn { user_id, session_id: Some(session_id), .. }) = ctx.caller.signed_in {
        // It may have ended by itself meanwhile.
        let _ = app.store.sessions().revoke(user_id, session_id).await;
    }
    let now = app.clock.now();
    let cookie = token::mint(app.random.as_ref());
    let new = NewSession {
        token_hash: TokenHash::of(&cookie),
        user_id: user.id,
        expires_at: now + limits::SESSION_AGE,
        user_agent: ctx.caller.user_agent.as_deref().map(shortened),
        address: ctx.caller.address.map(|address| address.to_canonical().to_string()),
    };
    let session = app.store.sessions().begin(new, now).await?;
    let info = info(app, Some((user, Some(session.id)))).await?;
    Ok(Issued { cookie, expires_at: session.expires_at.timestamp(), info })
}

fn shortened(user_agent: &str) -> String {
    user_agent.chars().filter(|character| !character.is_control()).take(limits::USER_AGENT_CHARACTERS).collect()
}

/// The user of a session cookie, and their place in the database that their call is about; `None` when there is no such session
/// any more. Use lengthens a session.
///
/// # Errors
/// When the internal database does not answer.
pub async fn by_cookie(
    app: &App,
    cookie: &str,
    database_id: Option<i64>,
) -> Result<Option<(SignedIn, Option<Membership>)>> {
    if cookie.len() != COOKIE_CHARACTERS {
        return Ok(None);
    }
    let now = app.clock.now();
    let found = app.store.sessions().find(&TokenHash::of(&cookie.into()), database_id, now).await?;
    let Some(SessionHolder { session, user, place }) = found else { return Ok(None) };
    if now.duration_since(session.last_seen_at.timestamp()).unsigned_abs() >= limits::SESSION_TOUCH {
        app.store.sessions().touch(session.id, now + limits::SESSION_AGE, now).await?;
    }
    let signed_in = SignedIn {
        user_id: user.id,
        is_superuser: user.is_superuser,
        password_change_needed: user.password_change_needed,
        session_id: Some(session.id),
        scopes: None,
    };
    Ok(Some((signed_in, place)))
}

/// The value that `X-CSRFToken` must have in a session. It is derived, not stored: a new session has a new number, and so
/// another value.
fn csrf_token(app: &App, session_id: i64) -> String {
    URL_SAFE_NO_PAD.encode(app.store.keys().keyed_hash(Purpose::Csrf, &session_id.to_be_bytes()))
}

/// Whether `given` is the `X-CSRFToken` of this session.
pub fn csrf_is_valid(app: &App, session_id: i64, given: &str) -> bool {
    csrf_token(app, session_id).as_bytes().ct_eq(given.as_bytes()).into()
}

/// `session.get`: who is signed in; answers visitors too.
///
/// # Errors
/// When the internal database does not answer.
pub async fn get(ctx: &Ctx, _: NoParams) -> Result<SessionInfo> {
    let Some(signed_in) = &ctx.caller.signed_in else { return info(&ctx.app, None).await };
    let user = ctx.app.store.users().get(signed_in.user_id).await?;
    info(&ctx.app, Some((&user, signed_in.session_id))).await
}

async fn info(app: &App, signed_in: Option<(&User, Option<i64>)>) -> Result<SessionInfo> {
    let preferences = match signed_in {
        Some((user, _)) => Some(preferences(app, user).await?),
        None => None,
    };
    let user = signed_in.map(|(user, _)| user);
    Ok(SessionInfo {
        user: user.map(users::info),
        csrf_token: signed_in.and_then(|(_, session_id)| session_id).map(|id| csrf_token(app, id)),
        password_change_needed: user.is_some_and(|user| user.password_change_needed),
        setup_needed: user.is_none() && !app.store.first_run().is_complete().await?,
        version: app.options.version.to_owned(),
        can_create_databases: app.managed.is_some(),
        preferences,
    })
}

/// `session.sign_out`: ends the session. With HTTP Basic there is none to end.
///
/// # Errors
/// When the internal database does not answer.
pub async fn sign_out(ctx: &Ctx, _: NoParams) -> Result<()> {
    let signed_in = ctx.signed_in()?;
    let Some(session_id) = signed_in.session_id else { return Ok(()) };
    match ctx.app.store.sessions().revoke(signed_in.user_id, session_id).await {
        Ok(()) | Err(mathesar_store::Error::NotFound { .. }) => Ok(()),
        Err(error) => Err(error.into()),
    }
}

/// `session.list`: where the caller is signed in, last used first.
///
/// # Errors
/// `AuthenticationFailed`.
pub async fn list(ctx: &Ctx, _: NoParams) -> Result<Vec<SessionEntry>> {
    let signed_in = ctx.signed_in()?;
    let sessions = ctx.app.store.sessions().list(signed_in.user_id, ctx.app.clock.now()).await?;
    Ok(sessions.into_iter().map(|session| entry(session, signed_in.session_id)).collect())
}

fn entry(session: Session, current: Option<i64>) -> SessionEntry {
    SessionEntry {
        id: session.id,
        created_at: session.created_at.to_string(),
        last_seen_at: session.last_seen_at.to_string(),
        user_agent: session.user_agent,
        address: session.address,
        current: Some(session.id) == current,
    }
}

/// `session.revoke`: ends one of the caller's sessions.
///
/// # Errors
/// `DoesNotExist` when it is not one of theirs.
pub async fn revoke(ctx: &Ctx, params: RevokeParams) -> Result<()> {
    Ok(ctx.app.store.sessions().revoke(ctx.signed_in()?.user_id, params.session_id).await?)
}

/// `session.set_preferences`: stores personal settings of the interface. The language is the user's own field, so that
/// letters to them are in it too.
///
/// # Errors
/// `ValueError` for an unknown theme, `Validation` for what is no language.
pub async fn set_preferences(ctx: &Ctx, wanted: Preferences) -> Result<Preferences> {
    if let Some(theme) = &wanted.theme
        && !["light", "dark", "system"].contains(&theme.as_str())
    {
        return Err(Error::value("The theme must be `light`, `dark` or `system`."));
    }
    if let Some(language) = &wanted.language {
        fields::check_language(language)?;
    }
    let (app, user_id, now) = (&ctx.app, ctx.signed_in()?.user_id, ctx.app.clock.now());
    if let Some(language) = &wanted.language {
        let change = mathesar_store::UserChange { display_language: Some(language.clone()), ..Default::default() };
        app.store.users().change(user_id, change, now).await?;
    }
    if wanted.theme.is_some() {
        let stored = serde_json::json!({ "theme": wanted.theme });
        app.store.preferences().set(user_id, INTERFACE, stored, now).await?;
    }
    preferences(app, &app.store.users().get(user_id).await?).await
}

async fn preferences(app: &App, user: &User) -> Result<Preferences> {
    let stored = app.store.preferences().get(user.id, INTERFACE).await?;
    let theme = stored.as_ref().and_then(|stored| stored["theme"].as_str()).map(str::to_owned);
    Ok(Preferences { theme, language: Some(user.display_language.clone()) })
}

/// Deletes sessions that have expired; returns how many. Call it now and then.
///
/// # Errors
/// When the internal database does not answer.
pub async fn purge(app: &App) -> Result<u64> {
    Ok(app.store.sessions().purge(app.clock.now()).await?)
}
