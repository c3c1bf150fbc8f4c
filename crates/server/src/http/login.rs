//! Signing in and out by forms, as the original's scripts do, and as people without scripts can.
//!
//! A script gets `/auth/login/`, sends back the value of the cookie `csrftoken` as `csrfmiddlewaretoken`, and then has
//! the cookie `sessionid`.

use std::sync::Arc;

use axum::{
    Extension, Form,
    extract::{Query, State, rejection::FormRejection},
    http::{HeaderMap, HeaderValue, StatusCode, header},
    response::{IntoResponse, Response},
    routing::on,
};
use base64::{Engine as _, prelude::BASE64_URL_SAFE_NO_PAD};
use mathesar_api::{ErrorCode, Method as _, error::RpcError, methods::session::SignInParams, methods::users};
use mathesar_app::{Ctx, Error, Result, access};
use schemars::JsonSchema;
use serde::Deserialize;
use subtle::ConstantTimeEq;

use super::{
    auth,
    client::Client,
    failure,
    page::{self, BUTTON, FIELD},
    routes::{Answer, Audience, Content, Operation, PAGE, Route, TEXT, Verb, json, shape},
    state::Shared,
};
use crate::dispatch::SessionChange;

const FORM: &[Answer] = &[Answer { status: 200, doc: "The form.", content: &[PAGE] }];
const DONE_OR_FORM: &[Answer] = &[
    Answer { status: 302, doc: "It is done; the address says where to go on.", content: &[] },
    Answer { status: 200, doc: "The form again, with what was wrong.", content: &[PAGE] },
];

/// What is no such form is refused in plain words.
const REFUSED: &[Content] = &[PAGE, TEXT, json(shape::<RpcError>)];

const SIGN_IN: &str = "/auth/login/";
const SIGN_OUT: &str = "/auth/logout/";
const PASSWORD: &str = "/auth/password_reset_confirm/";

/// Three forms, and where each goes.
pub const ROUTES: &[Route] = &[
    Route {
        operation: Operation::new(Verb::Get, SIGN_IN, "pages.sign_in", "Shows the form for signing in.")
            .audience(Audience::Anybody)
            .query(shape::<Target>)
            .answers(FORM),
        handler: |verb| on(verb, form),
    },
    Route {
        operation: sends::<SignInForm>(
            SIGN_IN,
            "pages.sign_in.send",
            "Signs in and goes to where the form or the address says.",
        )
        .query(shape::<Target>),
        handler: |verb| on(verb, sign_in),
    },
    Route {
        operation: Operation::new(Verb::Get, SIGN_OUT, "pages.sign_out", "Asks whether to sign out.")
            .audience(Audience::Anybody)
            .answers(FORM),
        handler: |verb| on(verb, sign_out_form),
    },
    Route {
        operation: sends::<SignOutForm>(SIGN_OUT, "pages.sign_out.send", "Signs out and goes to the start."),
        handler: |verb| on(verb, sign_out),
    },
    Route {
        operation: Operation::new(Verb::Get, PASSWORD, "pages.password", "Shows the form for a new password.")
            .audience(Audience::Anybody)
            .answers(FORM),
        handler: |verb| on(verb, password_form),
    },
    Route {
        operation: sends::<PasswordForm>(PASSWORD, "pages.password.send", "Changes the caller's password."),
        handler: |verb| on(verb, change_password),
    },
];

/// A form is open to everybody; whether it is taken depends on what is in it.
const fn sends<F: JsonSchema>(path: &'static str, id: &'static str, doc: &'static str) -> Operation {
    Operation::new(Verb::Post, path, id, doc)
        .audience(Audience::Anybody)
        .body(&const { [Content { kind: "application/x-www-form-urlencoded", shape: shape::<F> }] })
        .answers(DONE_OR_FORM)
        .failure(REFUSED)
}

/// Where to go after signing in.
#[derive(Deserialize, JsonSchema)]
struct Target {
    /// A path of this server.
    #[serde(default)]
    next: String,
}

/// The form of `/auth/login/`.
#[derive(Deserialize, JsonSchema)]
struct SignInForm {
    /// The user's name.
    username: String,
    /// Their password.
    password: String,
    /// The value of the cookie `csrftoken`.
    #[serde(default)]
    csrfmiddlewaretoken: String,
    /// Where to go afterwards: a path of this server.
    #[serde(default)]
    next: String,
}

/// The form of `/auth/logout/`.
#[derive(Default, Deserialize, JsonSchema)]
struct SignOutForm {
    /// The value of the cookie `csrftoken`, unless the header `X-CSRFToken` has it.
    #[serde(default)]
    csrfmiddlewaretoken: String,
}

/// The form of `/auth/password_reset_confirm/`.
#[derive(Deserialize, JsonSchema)]
struct PasswordForm {
    /// The present password; not asked for where somebody else has set it, and it has to be changed.
    #[serde(default)]
    old_password: String,
    /// The new one.
    new_password1: String,
    /// The new one again.
    new_password2: String,
    /// The value of the cookie `csrftoken`.
    #[serde(default)]
    csrfmiddlewaretoken: String,
}

/// Shows the form for signing in.
async fn form(
    State(shared): State<Arc<Shared>>,
    Extension(client): Extension<Client>,
    Query(target): Query<Target>,
    headers: HeaderMap,
) -> Response {
    sign_in_page(&shared, &client, &headers, &target.next, None)
}

/// Signs in and goes to where the form says.
async fn sign_in(
    State(shared): State<Arc<Shared>>,
    Extension(client): Extension<Client>,
    Query(target): Query<Target>,
    headers: HeaderMap,
    Form(form): Form<SignInForm>,
) -> Response {
    let next = if form.next.is_empty() { target.next } else { form.next };
    let params = SignInParams { username: form.username, password: form.password };
    let signed_in = async {
        check_token(&shared, &client, &headers, &form.csrfmiddlewaretoken)?;
        // A session that the browser had before ends with this one's beginning, so that it must be known.
        let ctx = auth::identify(&shared, &client, &headers, None).await?;
        mathesar_app::auth::sign_in(&ctx, params).await
    };
    match signed_in.await {
        Ok(issued) => {
            let must_change = issued.info.password_change_needed;
            let password = format!("{}{PASSWORD}", shared.base_path);
            let mut response = redirect(&if must_change { password } else { local_path(&next, &shared.base_path) });
            let begin = SessionChange::Begin(Box::new(issued));
            auth::set_session(&shared, &client, &begin, response.headers_mut());
            response
        }
        Err(error) => sign_in_page(&shared, &client, &headers, &next, Some(&error)),
    }
}

/// Asks whether to sign out: a link of another site must not do it.
async fn sign_out_form(
    State(shared): State<Arc<Shared>>,
    Extension(client): Extension<Client>,
    headers: HeaderMap,
) -> Response {
    let fields = "<p>Do you want to sign out?</p>";
    form_page(&shared, &client, &headers, Page { title: "Sign out", path: SIGN_OUT, fields, error: None })
}

/// Signs out and goes to the start.
async fn sign_out(
    State(shared): State<Arc<Shared>>,
    Extension(client): Extension<Client>,
    headers: HeaderMap,
    form: std::result::Result<Form<SignOutForm>, FormRejection>,
) -> Response {
    // A script that sends the header sends no body.
    let form = form.map(|Form(form)| form).unwrap_or_default();
    let signed_out = async {
        check_token(&shared, &client, &headers, &form.csrfmiddlewaretoken)?;
        let ctx = auth::identify(&shared, &client, &headers, None).await?;
        mathesar_app::auth::sign_out(&ctx, Default::default()).await
    };
    match signed_out.await {
        // Whoever is signed out already wanted nothing else.
        Err(error) if error.code() != ErrorCode::AUTHENTICATION_FAILED => failure::response(&error),
        _ => {
            let mut response = redirect(&format!("{}/", shared.base_path));
            auth::set_session(&shared, &client, &SessionChange::End, response.headers_mut());
            response
        }
    }
}

/// Shows the form for a new password.
async fn password_form(
    State(shared): State<Arc<Shared>>,
    Extension(client): Extension<Client>,
    headers: HeaderMap,
) -> Response {
    let ctx = auth::identify(&shared, &client, &headers, None).await;
    password_page(&shared, &client, &headers, ctx.is_ok_and(|ctx| must_change(&ctx)), None)
}

/// Whether the caller has just signed in with a password that somebody else has set.
fn must_change(ctx: &Ctx) -> bool {
    ctx.signed_in().is_ok_and(|signed_in| signed_in.password_change_needed)
}

/// Changes the caller's password.
async fn change_password(
    State(shared): State<Arc<Shared>>,
    Extension(client): Extension<Client>,
    headers: HeaderMap,
    Form(form): Form<PasswordForm>,
) -> Response {
    let mut foreign = false;
    let changed = async {
        check_token(&shared, &client, &headers, &form.csrfmiddlewaretoken)?;
        let ctx = auth::identify(&shared, &client, &headers, None).await?;
        foreign = must_change(&ctx);
        replace_password(&ctx, form).await
    };
    match changed.await {
        Ok(()) => redirect(&format!("{}/", shared.base_path)),
        Err(error) => password_page(&shared, &client, &headers, foreign, Some(&error)),
    }
}

async fn replace_password(ctx: &Ctx, form: PasswordForm) -> Result<()> {
    access::authorize(ctx, users::UsersPasswordReplaceOwn::INFO, None).await?;
    if form.new_password1 != form.new_password2 {
        return Err(Error::new(ErrorCode::VALIDATION, "The two new passwords are not the same."));
    }
    if must_change(ctx) && form.old_password.is_empty() {
        return mathesar_app::users::choose_password(ctx, form.new_password1.into()).await;
    }
    let params = users::ReplaceOwnPasswordParams { old_password: form.old_password, new_password: form.new_password1 };
    mathesar_app::users::replace_own_password(ctx, params).await
}

/// The cookie is only readable by our own pages, so that a form which repeats it, or a header beside it, comes from one of them.
fn check_token(shared: &Shared, client: &Client, headers: &HeaderMap, given: &str) -> Result<()> {
    let given = if given.is_empty() { auth::csrf_header(headers).unwrap_or_default() } else { given };
    let known = auth::cookie(headers, auth::CSRF_COOKIE).unwrap_or_default();
    let same = !known.is_empty() && bool::from(known.as_bytes().ct_eq(given.as_bytes()));
    if same && auth::same_origin(headers, client, shared.external.as_ref()) != Some(false) {
        return Ok(());
    }
    let message = "The form is too old, or another site sent it. Load the page again, with cookies allowed.";
    Err(Error::new(ErrorCode::PERMISSION_DENIED, message))
}

/// Gives a visitor the cookie that forms repeat, and returns its value.
pub fn ensure_csrf_cookie(shared: &Shared, client: &Client, request: &HeaderMap, response: &mut HeaderMap) -> String {
    let plausible = |value: &&str| {
        value.len() == 43 && value.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-_".contains(&byte))
    };
    if let Some(present) = auth::cookie(request, auth::CSRF_COOKIE).filter(plausible) {
        return present.to_owned();
    }
    let mut bytes = [0; 32];
    shared.app.random.fill(&mut bytes);
    let token = BASE64_URL_SAFE_NO_PAD.encode(bytes);
    auth::add_cookie(response, auth::CSRF_COOKIE, &token, false, shared, client);
    token
}

fn sign_in_page(shared: &Shared, client: &Client, headers: &HeaderMap, next: &str, error: Option<&Error>) -> Response {
    let fields = format!(
        "<p><label>User name<br><input name=\"username\" autocomplete=\"username\" required autofocus style=\"{FIELD}\"></label></p>\
         <p><label>Password<br><input name=\"password\" type=\"password\" autocomplete=\"current-password\" required style=\"{FIELD}\"></label></p>\
         <input type=\"hidden\" name=\"next\" value=\"{}\">",
        page::escape(next)
    );
    form_page(shared, client, headers, Page { title: "Sign in", path: SIGN_IN, fields: &fields, error })
}

/// `foreign` says that the present password was set by somebody else, and was entered just now.
fn password_page(
    shared: &Shared,
    client: &Client,
    headers: &HeaderMap,
    foreign: bool,
    error: Option<&Error>,
) -> Response {
    let field = |label: &str, name: &str, kind: &str| {
        format!(
            "<p><label>{label}<br><input name=\"{name}\" type=\"password\" autocomplete=\"{kind}\" required style=\"{FIELD}\"></label></p>"
        )
    };
    let present = if foreign { String::new() } else { field("Present password", "old_password", "current-password") };
    let fields = [
        present,
        field("New password", "new_password1", "new-password"),
        field("New password again", "new_password2", "new-password"),
    ]
    .concat();
    form_page(shared, client, headers, Page { title: "Change your password", path: PASSWORD, fields: &fields, error })
}

struct Page<'a> {
    title: &'a str,
    path: &'a str,
    fields: &'a str,
    error: Option<&'a Error>,
}

/// A page with one form. After an error the status is still 200, as in the original: only success redirects.
fn form_page(shared: &Shared, client: &Client, headers: &HeaderMap, form: Page<'_>) -> Response {
    let mut response = HeaderMap::new();
    let token = ensure_csrf_cookie(shared, client, headers, &mut response);
    let error =
        form.error.map(|error| format!("<p role=\"alert\"><strong>{}</strong></p>", page::escape(error.message())));
    let body = format!(
        "<h1>{title}</h1>{error}<form method=\"post\" action=\"{base}{path}\">\
         <input type=\"hidden\" name=\"csrfmiddlewaretoken\" value=\"{token}\">{fields}\
         <p><button type=\"submit\" style=\"{BUTTON}\">{title}</button></p></form>",
        title = form.title,
        error = error.unwrap_or_default(),
        base = page::escape(&shared.base_path),
        path = form.path,
        fields = form.fields,
    );
    (response, page::html(form.title, &body)).into_response()
}

/// Only paths of ours: a link to our form must not lead to another site after signing in.
fn local_path(next: &str, base: &str) -> String {
    let plain = next.starts_with('/')
        && !next.starts_with("//")
        && next.bytes().all(|byte| byte.is_ascii_graphic() && byte != b'\\');
    if plain { next.to_owned() } else { format!("{base}/") }
}

fn redirect(target: &str) -> Response {
    let location = HeaderValue::try_from(target).unwrap_or(HeaderValue::from_static("/"));
    (StatusCode::FOUND, [(header::LOCATION, location)]).into_response()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn signing_in_leads_to_paths_of_ours_only() {
        assert_eq!(local_path("/db/1/?a=b", ""), "/db/1/?a=b");
        for foreign in ["", "https://evil.example", "//evil.example", "/\\evil.example", "/a\nb", "javascript:x"] {
            assert_eq!(local_path(foreign, "/sub"), "/sub/", "{foreign}");
        }
    }
}
