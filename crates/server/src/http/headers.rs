//! Headers that make browsers careful.

use axum::http::{HeaderMap, HeaderName, HeaderValue, header};

/// For everything that is not a page: nothing in it may be run or shown as a page.
const DATA_POLICY: &str = "default-src 'none'; frame-ancestors 'none'; sandbox";
/// For pages without scripts, whose forms and inline style attributes are ours.
pub const PLAIN_PAGE_POLICY: &str =
    "default-src 'none'; style-src-attr 'unsafe-inline'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'";

/// For the documentation, whose pages have their scripts in files and style attributes in their tables.
pub const DOCUMENTATION_POLICY: &str = "default-src 'none'; script-src 'self'; worker-src 'self'; connect-src 'self'; style-src 'self'; \
     style-src-attr 'unsafe-inline'; img-src 'self' data:; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

/// The policy of the application's page. `nonce` is for style elements that its libraries create.
pub fn application_policy(nonce: &str) -> String {
    format!(
        "default-src 'self'; script-src 'self'; style-src 'self' 'nonce-{nonce}'; style-src-attr 'unsafe-inline'; \
         img-src 'self' data: blob:; font-src 'self'; connect-src 'self'; worker-src 'self'; object-src 'none'; \
         base-uri 'self'; form-action 'self'; frame-ancestors 'none'"
    )
}

/// Sets what every answer carries, where the handler did not choose otherwise. `only_https`: the browser shall use HTTPS only
/// under this name from now on.
pub fn protect(headers: &mut HeaderMap, only_https: bool) {
    let is_page = headers.get(header::CONTENT_TYPE).is_some_and(|kind| kind.as_bytes().starts_with(b"text/html"));
    let policy = if is_page { PLAIN_PAGE_POLICY } else { DATA_POLICY };
    let defaults = [
        (header::CONTENT_SECURITY_POLICY, policy),
        (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
        (header::REFERRER_POLICY, "same-origin"),
        (header::X_FRAME_OPTIONS, "DENY"),
        (HeaderName::from_static("cross-origin-opener-policy"), "same-origin"),
        (HeaderName::from_static("cross-origin-resource-policy"), "same-origin"),
        (HeaderName::from_static("permissions-policy"), "camera=(), geolocation=(), microphone=(), payment=()"),
        (header::CACHE_CONTROL, "no-store"),
    ];
    for (name, value) in defaults {
        headers.entry(name).or_insert(HeaderValue::from_static(value));
    }
    if only_https {
        headers.entry(header::STRICT_TRANSPORT_SECURITY).or_insert(HeaderValue::from_static("max-age=31536000"));
    }
}

/// Says whether a browser shows (`inline`) or saves (`attachment`) what it gets, and under which name. RFC 6266: the name as it is for
/// those who read `filename*`, and what ASCII can say of it for the others.
pub fn disposition(how: &str, name: &str) -> String {
    let plain: String =
        name.chars().map(|c| if c.is_ascii_alphanumeric() || " -._".contains(c) { c } else { '_' }).collect();
    let encoded: String = url::form_urlencoded::byte_serialize(name.as_bytes()).collect::<String>().replace('+', "%20");
    format!("{how}; filename=\"{plain}\"; filename*=UTF-8''{encoded}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_name_of_any_language_can_be_kept() {
        assert_eq!(
            disposition("attachment", "Bücher \"1\".csv"),
            "attachment; filename=\"B_cher _1_.csv\"; filename*=UTF-8''B%C3%BCcher%20%221%22.csv"
        );
        assert!(HeaderValue::try_from(disposition("inline", "a\r\nb")).is_ok());
    }
}
