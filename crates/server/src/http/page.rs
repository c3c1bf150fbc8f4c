//! Pages that are not the application: refusals and forms for clients without scripts.

use axum::response::Html;

/// A whole page around `body`, which is HTML already.
pub fn html(title: &str, body: &str) -> Html<String> {
    Html(format!(
        "<!doctype html><html lang=\"en\"><head><meta charset=\"utf-8\"><title>{title} – Mathesar</title>\
         <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\"><meta name=\"color-scheme\" content=\"light dark\">\
         </head><body style=\"font-family: system-ui, sans-serif; max-width: 40rem; margin: 10vh auto; padding: 0 1rem\"><main>{body}\
         </main></body></html>"
    ))
}

/// Text as it may stand in HTML, also in an attribute.
pub fn escape(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for character in text.chars() {
        match character {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            '\'' => out.push_str("&#39;"),
            other => out.push(other),
        }
    }
    out
}
