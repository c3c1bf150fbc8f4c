//! Host names that the superuser-to-be confirmed with the setup link.
//!
//! Whoever installs the program on a server opens the printed link under a name that no setting lists yet. Who has the link
//! may take everything over anyway, so that they may also say that the name is theirs. A page of a stranger whose name was
//! made to lead to us (DNS rebinding) has no token, and learns nothing but that set-up is not over. Once `allowed_hosts` is
//! set, it alone counts.

use std::sync::{Arc, PoisonError, RwLock};

use axum::{
    Form,
    body::Body,
    extract::FromRequest as _,
    http::{HeaderValue, Method, Request, StatusCode, header},
    response::{IntoResponse, Response},
};
use base64::{Engine as _, prelude::BASE64_STANDARD_NO_PAD};
use mathesar_app::{App, Error, setup};
use serde::Deserialize;

use super::{
    client::Client,
    failure,
    hosts::{self, AllowedHosts},
    page,
    state::Shared,
};

/// The page that the setup link leads to, and where its form goes.
const SETUP: &str = "/setup";

/// The names that are stored, as far as they are known here.
#[derive(Default)]
pub struct Confirmed {
    known: RwLock<Arc<[String]>>,
}

impl Confirmed {
    /// Whether a name was confirmed. One that is not known is looked up each time: another process may just have stored it, and
    /// sent the browser on.
    async fn allow(&self, app: &App, host: &str) -> bool {
        let name = hosts::normal(host);
        let known = Arc::clone(&self.known.read().unwrap_or_else(PoisonError::into_inner));
        known.contains(&name) || self.read(app).await.contains(&name)
    }

    /// Looks at what is stored. When that fails, none but those that are known counts.
    async fn read(&self, app: &App) -> Arc<[String]> {
        match setup::confirmed_hosts(app).await {
            Ok(names) => {
                let names: Arc<[String]> = names.into();
                *self.known.write().unwrap_or_else(PoisonError::into_inner) = Arc::clone(&names);
                names
            }
            Err(error) => {
                failure::log(&error);
                Arc::default()
            }
        }
    }
}

/// Whether a request for this host is answered.
pub async fn is_allowed(shared: &Shared, hosts: &AllowedHosts, host: &str) -> bool {
    hosts.allow(host) || (!hosts.are_set() && shared.confirmed.allow(&shared.app, host).await)
}

/// The answer under a name that is not allowed: what to set, and, on the page of set-up, the offer to confirm the name.
pub async fn refuse(
    shared: &Shared,
    allowed: &AllowedHosts,
    client: &Client,
    path: &str,
    request: Request<Body>,
) -> Response {
    let offered = path == SETUP && !allowed.are_set() && hosts::is_name(client.host_name());
    if !offered || !matches!(setup::is_needed(&shared.app).await, Ok(true)) {
        return hosts::refusal(&client.host);
    }
    if request.method() == Method::POST {
        return match confirm(shared, client, request).await {
            Ok(to_setup) => to_setup,
            Err(error) => {
                failure::log(&error);
                offer(shared, client, Some(&error))
            }
        };
    }
    offer(shared, client, None)
}

/// What the form sends: the token, or the whole link.
#[derive(Deserialize)]
struct Confirmation {
    link: String,
}

async fn confirm(shared: &Shared, client: &Client, request: Request<Body>) -> Result<Response, Error> {
    let Form(Confirmation { link }) = Form::from_request(request, &())
        .await
        .map_err(|_| Error::value("The form cannot be read. Open the setup link again."))?;
    let token = link.trim().rsplit_once("token=").map_or(link.trim(), |(_, token)| token);
    setup::confirm_host(&shared.app, client.address, token.to_owned().into(), hosts::normal(&client.host)).await?;
    shared.confirmed.read(&shared.app).await;
    // The token came with this request; in the fragment it does not leave the browser again.
    let location = HeaderValue::try_from(format!("{}{SETUP}#token={token}", shared.base_path))
        .map_err(|_| Error::value("The link holds characters that no link of ours has."))?;
    Ok((StatusCode::SEE_OTHER, [(header::LOCATION, location)]).into_response())
}

/// A page of its own rather than of the application, whose files are not served under this name.
fn offer(shared: &Shared, client: &Client, error: Option<&Error>) -> Response {
    let mut nonce = [0; 16];
    shared.app.random.fill(&mut nonce);
    let nonce = BASE64_STANDARD_NO_PAD.encode(nonce);
    let error = error.map(|error| format!("<p role=\"alert\"><strong>{}</strong></p>", page::escape(error.message())));
    let name = page::escape(client.host_name());
    let body = format!(
        "<h1>Is “{name}” your name for this Mathesar?</h1>{error}\
         <p>Mathesar was reached under a name that it does not know yet. If this is how people will reach it, confirm the \
         name with the setup link that was printed where Mathesar was started. If you did not expect this name, close the \
         page.</p>\
         <form method=\"post\" action=\"{base}{SETUP}\">\
         <p id=\"paste\"><label>Setup link<br><input name=\"link\" id=\"link\" autocomplete=\"off\" required \
         style=\"{FIELD}\"></label></p>\
         <p><button type=\"submit\" style=\"{BUTTON}\">Yes, allow “{name}”</button></p></form>\
         <p>The setting <code>allowed_hosts</code> (<code>MATHESAR_ALLOWED_HOSTS={name}</code>) does the same.</p>\
         <script nonce=\"{nonce}\">if (/[#&]token=/.test(location.hash)) {{\
         document.getElementById('link').value = location.hash;\
         document.getElementById('paste').hidden = true;\
         history.replaceState(null, '', location.pathname); }}</script>",
        error = error.unwrap_or_default(),
        FIELD = page::FIELD,
        BUTTON = page::BUTTON,
        base = page::escape(&shared.base_path),
    );
    let policy = HeaderValue::try_from(format!("{}; script-src 'nonce-{nonce}'", super::headers::PLAIN_PAGE_POLICY))
        .expect("the nonce is base64");
    let headers = [(header::CONTENT_SECURITY_POLICY, policy)];
    (StatusCode::BAD_REQUEST, headers, page::html("Confirm the host name", &body)).into_response()
}
