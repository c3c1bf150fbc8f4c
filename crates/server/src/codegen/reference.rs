//! Reference pages in Markdown.

use std::fmt::Write as _;

use mathesar_api::error::CODES;

/// The page that lists every method and every error.
pub(super) fn methods() -> String {
    let mut page = "# Methods\n\n\
        Call them as JSON-RPC 2.0 at `POST /api/rpc/v0/` (batches included, parameters by name), or plainly at\n\
        `POST /api/rpc/v0/<method>` with the parameters as the body. `openrpc.json` beside this page has every shape.\n"
        .to_owned();
    let mut noun = "";
    for method in mathesar_api::methods() {
        let first = method.name.split('.').next().unwrap_or_default();
        if first != noun {
            noun = first;
            let _ = write!(page, "\n## {noun}\n\n| Method | Who | Effect | What it does |\n|---|---|---|---|\n");
        }
        let doc = method.doc.iter().map(|line| line.trim()).collect::<Vec<_>>().join(" ").replace('|', "\\|");
        let _ =
            writeln!(page, "| `{}` | {} | {} | {doc} |", method.name, method.access.as_str(), method.effect.as_str());
    }
    page.push_str("\n## Errors\n\n| Number | Name | SQLSTATE | HTTP status of the plain form |\n|---|---|---|---|\n");
    for code in CODES {
        let _ = writeln!(page, "| {} | {} | {} | {} |", code.code, code.name, code.sqlstate, code.kind.http_status());
    }
    page
}
