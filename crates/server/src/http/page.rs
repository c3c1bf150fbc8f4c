//! Pages that are not the application: refusals and forms for clients without scripts.

use axum::response::Html;

/// The look of a field of a form. The policy of these pages allows styles in attributes only.
pub const FIELD: &str = "box-sizing: border-box; width: 100%; min-height: 44px; margin-top: 4px; padding: 8px 10px; font: inherit; \
    border: 1px solid GrayText; border-radius: 6px";

/// The look of the button that sends a form.
pub const BUTTON: &str = "min-height: 44px; padding: 8px 16px; font: inherit; font-weight: 600; color: #fff; background: #4f46e5; \
    border: 0; border-radius: 6px; cursor: pointer";

/// A whole page around `body`, which is HTML already.
pub fn html(title: &str, body: &str) -> Html<String> {
    Html(format!(
        "<!doctype html><html lang=\"en\"><head><meta charset=\"utf-8\"><title>{title} – Mathesar</title>\
         <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\"><meta name=\"color-scheme\" content=\"light dark\">\
         </head><body style=\"font: 15px/1.5 Inter, system-ui, sans-serif; max-width: 38rem; margin: 10vh auto; padding: 0 1rem\"><main>{body}\
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
