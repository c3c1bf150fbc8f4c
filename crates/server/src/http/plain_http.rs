//! The answer to who speaks plain HTTP to the port of HTTPS.

use axum::{
    body::Body,
    http::{HeaderValue, Method, Request, StatusCode, header, uri::Authority},
    response::{IntoResponse, Response},
};

const WORDS: &str = "This port speaks HTTPS. Use an address that begins with https://\n";

/// Leads a reader to the same address under https. What was to be changed is not changed: it came unprotected.
pub fn answer(request: &Request<Body>) -> Response {
    let host = request.headers().get(header::HOST).and_then(|host| host.to_str().ok()?.parse::<Authority>().ok());
    let path = request.uri().path_and_query().map_or("/", |path| path.as_str());
    let target = host.filter(|host| !host.as_str().contains('@')).map(|host| format!("https://{host}{path}"));
    let target = target.and_then(|target| HeaderValue::try_from(target).ok());
    let mut response = match target.filter(|_| [Method::GET, Method::HEAD].contains(request.method())) {
        Some(target) => (StatusCode::PERMANENT_REDIRECT, [(header::LOCATION, target)], WORDS).into_response(),
        None => (StatusCode::BAD_REQUEST, WORDS).into_response(),
    };
    response.headers_mut().insert(header::CONNECTION, HeaderValue::from_static("close"));
    response
}

#[cfg(test)]
mod tests {
    use super::*;

    fn answered(method: Method, path: &str, host: Option<&str>) -> (u16, Option<String>) {
        let mut request = Request::builder().method(method).uri(path);
        if let Some(host) = host {
            request = request.header(header::HOST, host);
        }
        let response = answer(&request.body(Body::empty()).unwrap());
        let location = response.headers().get(header::LOCATION).map(|value| value.to_str().unwrap().to_owned());
        (response.status().as_u16(), location)
    }

    #[test]
    fn a_reader_is_led_to_https_and_a_change_is_refused() {
        let to = Some("https://a.org:8443/x?y=1".to_owned());
        assert_eq!(answered(Method::GET, "/x?y=1", Some("a.org:8443")), (308, to));
        assert_eq!(answered(Method::POST, "/x", Some("a.org:8443")), (400, None));
        assert_eq!(answered(Method::GET, "/x", None), (400, None));
        assert_eq!(answered(Method::GET, "/x", Some("user@a.org")), (400, None));
    }
}
