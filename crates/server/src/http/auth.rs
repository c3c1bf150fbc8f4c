//! Who calls: cookies, HTTP Basic and tokens, and the proof that it is our own page that uses a cookie.

use axum::http::{HeaderMap, HeaderName, HeaderValue, header};
use base64::{Engine as _, prelude::BASE64_STANDARD};
use mathesar_api::ErrorCode;
use mathesar_app::{App, Caller, Ctx, Error, Result, auth};
use secrecy::{ExposeSecret, SecretString};
use url::Url;

use super::{client::Client, state::Shared};
use crate::dispatch::SessionChange;

/// The session's cookie, called as in the original.
pub const SESSION_COOKIE: &str = "sessionid";
/// The cookie whose value scripts send back as `X-CSRFToken`, called as in the original.
pub const CSRF_COOKIE: &str = "csrftoken";

const CSRF_HEADER: HeaderName = HeaderName::from_static("x-csrftoken");
const FETCH_SITE: HeaderName = HeaderName::from_static("sec-fetch-site");
/// Browsers keep a cookie for 400 days at most. How long the session lives is the server's to say, not the cookie's.
const COOKIE_AGE: &str = "34560000";

/// Finds out who calls, and with a session's cookie also their place in the database that the call is about.
///
/// # Errors
/// `AuthenticationFailed` when credentials were sent and do not fit; `Throttled`.
pub async fn identify(shared: &Shared, client: &Client, headers: &HeaderMap, database_id: Option<i64>) -> Result<Ctx> {
    let user_agent = headers.get(header::USER_AGENT).and_then(|value| value.to_str().ok()).map(str::to_owned);
    let mut caller = Caller { signed_in: None, address: Some(client.address), user_agent };
    let found = match (headers.get(header::AUTHORIZATION), cookie(headers, SESSION_COOKIE)) {
        (Some(value), _) => Some((by_header(&shared.app, value, &caller).await?, None)),
        (None, Some(cookie)) => auth::by_cookie(&shared.app, cookie, database_id).await?,
        (None, None) => None,
    };
    let (signed_in, place) = found.unzip();
    caller.signed_in = signed_in;
    Ok(Ctx::new(shared.app.clone(), caller).at(place.flatten()))
}

async fn by_header(app: &App, value: &HeaderValue, caller: &Caller) -> Result<mathesar_app::SignedIn> {
    let refused = || {
        let message = "The Authorization header cannot be used. Send `Basic` with name and password, `Bearer` with a token, or none.";
        Error::new(ErrorCode::AUTHENTICATION_FAILED, message)
    };
    let (scheme, credentials) = value.to_str().ok().and_then(|text| text.split_once(' ')).ok_or_else(refused)?;
    if scheme.eq_ignore_ascii_case("bearer") {
        return auth::tokens::bearer(app, &credentials.trim().into(), caller).await;
    }
    if !scheme.eq_ignore_ascii_case("basic") {
        return Err(refused());
    }
    let decoded = BASE64_STANDARD.decode(credentials.trim()).ok().and_then(|bytes| String::from_utf8(bytes).ok());
    let decoded = SecretString::from(decoded.ok_or_else(refused)?);
    let (name, password) = decoded.expose_secret().split_once(':').ok_or_else(refused)?;
    auth::basic(app, name, password.into(), caller).await
}

/// Refuses a call that a page of somebody else may have made a browser send.
///
/// A browser adds the session's cookie by itself, so that a call with it must prove that our own page made it: by the
/// browser's word (`Sec-Fetch-Site`, `Origin`), or by the token that only our pages can read.
///
/// # Errors
/// `PermissionError`.
pub fn guard_against_forgery(shared: &Shared, client: &Client, headers: &HeaderMap, ctx: &Ctx) -> Result<()> {
    let session = ctx.caller.signed_in.as_ref().and_then(|signed_in| signed_in.session_id);
    let token = csrf_header(headers);
    if let (Some(session), Some(token)) = (session, token)
        && auth::csrf_is_valid(&shared.app, session, token)
    {
        return Ok(());
    }
    match (same_origin(headers, client, shared.external.as_ref()), session) {
        (Some(true), _) | (None, None) => Ok(()),
        (Some(false), _) => Err(forged("another site seems to have sent it")),
        (None, Some(_)) => Err(forged(
            "it uses a session's cookie; send the session's csrf_token (cookie csrftoken) as the header X-CSRFToken, or use \
             HTTP Basic",
        )),
    }
}

/// What a script says to be the value of the cookie that only our pages can read.
pub fn csrf_header(headers: &HeaderMap) -> Option<&str> {
    headers.get(CSRF_HEADER).and_then(|value| value.to_str().ok())
}

fn forged(why: &str) -> Error {
    Error::new(ErrorCode::PERMISSION_DENIED, format!("The call is refused: {why}."))
}

/// Whether the browser says that a page of ours sends the request; `None` when it says nothing.
pub fn same_origin(headers: &HeaderMap, client: &Client, external: Option<&Url>) -> Option<bool> {
    let text = |name| headers.get(name).and_then(|value: &HeaderValue| value.to_str().ok());
    if let Some(site) = text(FETCH_SITE) {
        return Some(site == "same-origin");
    }
    let origin = text(header::ORIGIN)?;
    let is_external = external.is_some_and(|url| url.origin().ascii_serialization() == origin);
    let is_host = origin.split_once("://").is_some_and(|(_, host)| host.eq_ignore_ascii_case(&client.host));
    Some(is_external || is_host)
}

/// The value of a cookie.
pub fn cookie<'a>(headers: &'a HeaderMap, name: &str) -> Option<&'a str> {
    headers
        .get_all(header::COOKIE)
        .iter()
        .filter_map(|line| line.to_str().ok())
        .flat_map(|line| line.split(';'))
        .filter_map(|pair| pair.trim().split_once('='))
        .find_map(|(found, value)| (found == name).then_some(value))
}

/// Tells the browser what became of its session.
pub fn set_session(shared: &Shared, client: &Client, change: &SessionChange, headers: &mut HeaderMap) {
    match change {
        SessionChange::Keep => {}
        SessionChange::Begin(issued) => {
            add_cookie(headers, SESSION_COOKIE, issued.cookie.expose_secret(), true, shared, client);
            let token = issued.info.csrf_token.as_deref().unwrap_or_default();
            add_cookie(headers, CSRF_COOKIE, token, false, shared, client);
        }
        SessionChange::End => {
            for name in [SESSION_COOKIE, CSRF_COOKIE] {
                add_cookie(headers, name, "", true, shared, client);
            }
        }
    }
}

/// Sets a cookie; an empty value removes it.
pub fn add_cookie(headers: &mut HeaderMap, name: &str, value: &str, hidden: bool, shared: &Shared, client: &Client) {
    let age = if value.is_empty() { "0" } else { COOKIE_AGE };
    let http_only = if hidden { "; HttpOnly" } else { "" };
    let secure = if client.https { "; Secure" } else { "" };
    let path = &shared.base_path;
    let line = format!("{name}={value}; Path={path}/; Max-Age={age}; SameSite=Lax{http_only}{secure}");
    if let Ok(mut line) = HeaderValue::try_from(line) {
        line.set_sensitive(true);
        headers.append(header::SET_COOKIE, line);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn judged(list: &[(&'static str, &str)], external: &str) -> Option<bool> {
        let headers =
            list.iter().map(|(name, value)| (HeaderName::from_static(name), value.parse().unwrap())).collect();
        let client = Client { address: [127, 0, 0, 1].into(), host: "tables.local:8000".into(), https: false };
        same_origin(&headers, &client, Url::parse(external).ok().as_ref())
    }

    #[test]
    fn the_browsers_word_is_taken_for_the_origin() {
        assert_eq!(judged(&[], ""), None);
        assert_eq!(judged(&[("sec-fetch-site", "same-origin")], ""), Some(true));
        for site in ["cross-site", "same-site", "none"] {
            assert_eq!(judged(&[("sec-fetch-site", site), ("origin", "http://tables.local:8000")], ""), Some(false));
        }
        assert_eq!(judged(&[("origin", "http://tables.local:8000")], ""), Some(true));
        for origin in ["http://tables.local", "http://tables.local:8001", "null", "http://evil.example"] {
            assert_eq!(judged(&[("origin", origin)], ""), Some(false), "{origin}");
        }
        assert_eq!(judged(&[("origin", "https://tables.example.org")], "https://tables.example.org/sub"), Some(true));
    }

    #[test]
    fn cookies_are_found_among_others() {
        let headers = HeaderMap::from_iter([(header::COOKIE, "a=1; sessionid=x=y;b=2".parse().unwrap())]);
        assert_eq!(cookie(&headers, "sessionid"), Some("x=y"));
        assert_eq!(cookie(&headers, "session"), None);
    }
}
