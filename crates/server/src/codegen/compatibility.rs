//! The reference page about the original's interface for programs: each of its methods and addresses, and how it stands here.

use std::fmt::Write as _;

use mathesar_api::original::{self, ENDPOINTS, METHODS, OriginalMethod, Standing};
use serde_json::Value;

use super::methods::{first_sentence, noun, text};

/// The page. `document` is the OpenRPC document, which says what is here.
pub(super) fn page(document: &Value) -> String {
    let mut page = "# Each method of the original\n\n\
        Every method and address of the original (version 0.11), and how it stands here: *the same*, *changed* or *not there*,\n\
        with the reason. What a method takes beyond the original's parameters is an addition, which the original's clients do not\n\
        meet. The page [compatibility](../compatibility.md) tells what is not a matter of one method.\n"
        .to_owned();
    let ours: Vec<&Value> = document["methods"].as_array().into_iter().flatten().collect();
    let mut section = "";
    for method in METHODS {
        if noun(method.name) != section {
            section = noun(method.name);
            let _ = write!(page, "\n## `{section}`\n\n| Method | Here | Also takes |\n|---|---|---|\n");
        }
        let ours = ours.iter().find(|ours| ours["name"] == method.name);
        let _ = writeln!(page, "| {} | {} | {} |", link(method), standing(method.standing), additions(method, ours));
    }
    page.push_str("\n## Addresses\n\n| HTTP | Path | Here |\n|---|---|---|\n");
    for endpoint in ENDPOINTS {
        let _ = writeln!(page, "| {} | `{}` | {} |", endpoint.methods, endpoint.path, standing(endpoint.standing));
    }
    page.push_str("\n## Methods that the original has not\n\n| Method | What it does |\n|---|---|\n");
    for method in ours.iter().filter(|ours| original::find(text(&ours["name"])).is_none()) {
        let name = text(&method["name"]);
        let _ =
            writeln!(page, "| [`{name}`](methods.md#{}) | {} |", anchor(name), first_sentence(&method["description"]));
    }
    page
}

fn link(method: &OriginalMethod) -> String {
    match method.standing {
        Standing::Dropped(_) => format!("`{}`", method.name),
        _ => format!("[`{}`](methods.md#{})", method.name, anchor(method.name)),
    }
}

/// The anchor that the documentation gives to a heading.
fn anchor(name: &str) -> String {
    name.replace('.', "")
}

fn standing(standing: Standing) -> String {
    match standing {
        Standing::Same => "the same".to_owned(),
        Standing::Changed(what) => format!("*changed:* {what}"),
        Standing::Dropped(why) => format!("*not there:* {why}"),
    }
}

/// The parameters that the method has only here.
fn additions(method: &OriginalMethod, ours: Option<&&Value>) -> String {
    let taken = ours.and_then(|ours| ours["params"].as_array()).into_iter().flatten();
    let names = taken.map(|parameter| text(&parameter["name"]));
    let added = names.filter(|name| !method.parameters.split_whitespace().any(|known| known == *name));
    added.map(|name| format!("`{name}`")).collect::<Vec<_>>().join(", ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_method_of_the_original_has_its_row_and_ours_are_listed() {
        let page = page(&mathesar_api::openrpc::document("0"));
        for method in METHODS {
            let rows = page.lines().filter(|line| {
                let name = line.trim_start_matches(['|', ' ', '[']);
                name.starts_with(&format!("`{}`", method.name))
            });
            assert_eq!(rows.count(), 1, "{}", method.name);
        }
        for added in ["| [`records.apply`](methods.md#recordsapply) |", "`values`", "`expect`"] {
            assert!(page.contains(added), "{added}");
        }
    }
}
