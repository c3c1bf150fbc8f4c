//! The application in the browser: the files of the client's build, carried inside the executable.

use std::{borrow::Cow, sync::Arc};

use axum::{
    Extension,
    body::Body,
    extract::State,
    http::{HeaderMap, HeaderValue, Method, StatusCode, Uri, header},
    response::{IntoResponse, Response},
    routing::on,
};
use base64::{Engine as _, prelude::BASE64_STANDARD_NO_PAD};
use rust_embed::{EmbeddedFile, RustEmbed};

use super::{
    client::Client,
    headers, login, page,
    routes::{Answer, Audience, Operation, PAGE, Route, Verb},
    state::Shared,
};

/// Where the application begins. Its other addresses are those that nothing else has.
pub const ROUTES: &[Route] = &[Route {
    operation: Operation::new(Verb::Get, "/", "application", "Shows the application, which goes on in the browser.")
        .audience(Audience::Anybody)
        .answers(&[Answer { status: 200, doc: "The page.", content: &[PAGE] }])
        .failure(&[PAGE]),
    handler: |verb| on(verb, application),
}];

#[derive(RustEmbed)]
#[folder = "../../client/packages/app/dist"]
struct Files;

/// The page that every address of the application begins with.
const FIRST_PAGE: &str = "index.html";
/// What the client's build leaves in the page for us to fill in.
const BASE: &str = "<base href=\"/\" />";

/// A file of the build that is not for browsers.
pub fn file(path: &str) -> Option<Cow<'static, [u8]>> {
    Files::get(path).map(|file| file.data)
}

/// Answers with a file of the build, or with the application's page.
pub async fn application(
    State(shared): State<Arc<Shared>>,
    Extension(client): Extension<Client>,
    method: Method,
    uri: Uri,
    headers: HeaderMap,
) -> Response {
    let mut nonce = [0; 16];
    shared.app.random.fill(&mut nonce);
    let mut response = serve(&method, uri.path(), &headers, &shared.base_path, &BASE64_STANDARD_NO_PAD.encode(nonce));
    login::ensure_csrf_cookie(&shared, &client, &headers, response.headers_mut());
    response
}

/// Answers with the file at `path`, or with the application's page, which knows the other addresses.
fn serve(method: &Method, path: &str, request: &HeaderMap, base_path: &str, nonce: &str) -> Response {
    if !matches!(*method, Method::GET | Method::HEAD) {
        return (StatusCode::METHOD_NOT_ALLOWED, [(header::ALLOW, "GET, HEAD")]).into_response();
    }
    let path = path.trim_start_matches('/');
    let hidden = path == FIRST_PAGE || path.ends_with(".br") || path.ends_with(".zst");
    match Files::get(path) {
        Some(file) if !hidden => asset(path, &file, request),
        _ if path.starts_with("assets/") => (StatusCode::NOT_FOUND, "There is no such file.\n").into_response(),
        _ => first_page(base_path, nonce),
    }
}

fn first_page(base_path: &str, nonce: &str) -> Response {
    let Some(file) = Files::get(FIRST_PAGE) else { return not_built() };
    let html = String::from_utf8_lossy(&file.data);
    let base =
        format!("<base href=\"{}/\" /><meta property=\"csp-nonce\" nonce=\"{nonce}\" />", page::escape(base_path));
    let html = html.replacen(BASE, &base, 1);
    let policy = HeaderValue::try_from(headers::application_policy(nonce)).expect("the nonce is base64");
    let fixed = [
        (header::CONTENT_TYPE, HeaderValue::from_static("text/html; charset=utf-8")),
        (header::CONTENT_SECURITY_POLICY, policy),
        (header::CACHE_CONTROL, HeaderValue::from_static("no-cache")),
    ];
    (fixed, html).into_response()
}

fn not_built() -> Response {
    let body = "<h1>The interface is not part of this build</h1>\
        <p>This executable was built without the client. Build it with <code>cargo xtask build</code>, or run \
        <code>npm ci &amp;&amp; npm run build</code> in <code>client/</code> and build the server again. The API works.</p>";
    (StatusCode::NOT_FOUND, page::html("Not built", body)).into_response()
}

fn asset(path: &str, file: &EmbeddedFile, request: &HeaderMap) -> Response {
    // The build puts a hash of the content into the names below assets/.
    let immutable = path.starts_with("assets/");
    let cache = if immutable { "public, max-age=31536000, immutable" } else { "no-cache" };
    // Packed and unpacked it is the same file, but not the same bytes.
    let tag = format!("W/\"{}\"", hex::encode(&file.metadata.sha256_hash()[..16]));
    let mut response = if request.get(header::IF_NONE_MATCH).is_some_and(|known| known.as_bytes() == tag.as_bytes()) {
        StatusCode::NOT_MODIFIED.into_response()
    } else {
        content(path, file, request)
    };
    let headers = response.headers_mut();
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static(cache));
    headers.insert(header::VARY, HeaderValue::from_static("accept-encoding"));
    if let Ok(tag) = HeaderValue::try_from(tag) {
        headers.insert(header::ETAG, tag);
    }
    response
}

fn content(path: &str, file: &EmbeddedFile, request: &HeaderMap) -> Response {
    let guessed = mime_guess::from_path(path).first_or_octet_stream();
    let kind = HeaderValue::try_from(guessed.as_ref()).unwrap_or(HeaderValue::from_static("application/octet-stream"));
    let small = accepts_brotli(request).then(|| Files::get(&format!("{path}.br"))).flatten();
    match small {
        Some(small) => {
            ([(header::CONTENT_TYPE, kind), (header::CONTENT_ENCODING, HeaderValue::from_static("br"))], body(&small))
                .into_response()
        }
        None => ([(header::CONTENT_TYPE, kind)], body(file)).into_response(),
    }
}

fn body(file: &EmbeddedFile) -> Body {
    match &file.data {
        Cow::Borrowed(bytes) => Body::from(*bytes),
        Cow::Owned(bytes) => Body::from(bytes.clone()),
    }
}

fn accepts_brotli(request: &HeaderMap) -> bool {
    let accepted = request.get(header::ACCEPT_ENCODING).and_then(|value| value.to_str().ok()).unwrap_or_default();
    accepted.split(',').any(|coding| {
        let (name, weight) = coding.split_once(';').unwrap_or((coding, ""));
        name.trim() == "br" && weight.trim() != "q=0"
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn brotli_is_sent_only_to_who_accepts_it() {
        let accepts =
            |value: &str| accepts_brotli(&HeaderMap::from_iter([(header::ACCEPT_ENCODING, value.parse().unwrap())]));
        assert!(accepts("gzip, deflate, br, zstd"));
        assert!(accepts("br;q=0.5"));
        assert!(!accepts("br;q=0, gzip"));
        assert!(!accepts("gzip"));
        assert!(!accepts_brotli(&HeaderMap::new()));
    }
}
