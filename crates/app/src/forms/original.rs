//! Forms of the original, whose grammar is ours.

use mathesar_api::methods::forms::{FormField, FormFieldKind, FormText};
use mathesar_api::value;
use mathesar_store::NewForm;
use mathesar_store::original::{OriginalForm, OriginalFormField};
use serde_json::{Value, json};

use super::{Definition, check_redirect};
use crate::{Error, Result, limits, saved};

/// What a form is called in errors.
const PLACE: &str = "form";

/// A form of the original with its fields, in any order, as it is stored here; its numbers stay those of the original.
///
/// # Errors
/// `ValueError` for a name or an address that cannot be used; `InvalidParams` with the path of what is not of the grammar;
/// `LimitReached`.
pub(crate) fn taken_over(from: &OriginalForm, fields: &[&OriginalFormField], schema_name: String) -> Result<NewForm> {
    saved::check_name(&from.name, PLACE)?;
    if let Some(url) = &from.submit_redirect_url {
        check_redirect(url, PLACE)?;
    }
    if fields.len() > limits::FORM_FIELDS {
        return Err(Error::limit(format!("{PLACE}: a form can have {} fields.", limits::FORM_FIELDS)));
    }
    let definition = Definition {
        description: from.description.clone(),
        header_title: words(from.header_title.as_ref()).unwrap_or_else(|| FormText { text: from.name.clone() }),
        header_subtitle: words(from.header_subtitle.as_ref()),
        submit_message: words(from.submit_message.as_ref()),
        submit_redirect_url: from.submit_redirect_url.clone(),
        submit_button_label: from.submit_button_label.clone(),
        fields: below(None, fields, 0)?,
    };
    Ok(NewForm {
        database_id: from.database_id,
        schema_oid: from.schema_oid,
        schema_name,
        base_table_oid: from.base_table_oid,
        associated_role_id: from.associated_role_id,
        name: from.name.clone(),
        definition: definition.write(PLACE)?,
    })
}

/// The original keeps words as an object, to which it may add how they look.
fn words(stored: Option<&Value>) -> Option<FormText> {
    Some(FormText { text: stored?.get("text")?.as_str()?.to_owned() })
}

/// The fields of a linked record, or of the form itself, in their order.
fn below(parent: Option<i64>, fields: &[&OriginalFormField], depth: usize) -> Result<Vec<FormField>> {
    if depth > limits::FORM_DEPTH {
        return Err(Error::limit(format!("{PLACE}.fields: they nest {} times at most.", limits::FORM_DEPTH)));
    }
    let mut found = Vec::new();
    for field in fields.iter().filter(|field| field.parent_field_id == parent) {
        let mut read = field_of(field)?;
        if read.kind == FormFieldKind::ForeignKey {
            read.child_fields = Some(below(Some(field.id), fields, depth + 1)?).filter(|fields| !fields.is_empty());
        }
        found.push(read);
    }
    found.sort_by_key(|field| field.index);
    Ok(found)
}

fn field_of(field: &OriginalFormField) -> Result<FormField> {
    let is_link = field.kind == "foreign_key";
    let text = json!({
        "key": field.key,
        "index": field.index,
        "label": field.label,
        "help": field.help,
        "kind": field.kind,
        "column_attnum": field.column_attnum,
        "related_table_oid": field.related_table_oid.filter(|_| is_link),
        "fk_interaction_rule": field.fk_interaction_rule.as_ref().filter(|_| is_link),
        "styling": field.styling.as_ref().and_then(|styling| styling.get("size")).map(|size| json!({ "size": size })),
        "is_required": field.is_required,
    });
    value::read(&text.to_string()).map_err(|misfit| Error::misfit(&format!("{PLACE}.fields.{}", field.key), &misfit))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn field(id: i64, parent: Option<i64>, kind: &str, index: i32) -> OriginalFormField {
        let field = json!({
            "id": id, "form_id": 1, "parent_field_id": parent, "key": format!("f{id}"), "index": index, "kind": kind,
            "column_attnum": 2, "related_table_oid": 200, "fk_interaction_rule": "must_create", "styling": { "size": "large", "new": 1 },
        });
        serde_json::from_value(field).unwrap()
    }

    fn form(more: Value) -> OriginalForm {
        let mut form = json!({
            "id": 1, "database_id": 3, "schema_oid": 2200, "base_table_oid": 100, "token": "t", "name": "Lend", "publish_public": true,
            "header_title": { "text": "Lend a book", "colour": "red" },
        });
        form.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        serde_json::from_value(form).unwrap()
    }

    #[test]
    fn fields_become_a_tree_in_their_order() {
        let fields = [
            field(1, None, "scalar_column", 2),
            field(2, None, "foreign_key", 1),
            field(3, Some(2), "scalar_column", 1),
            field(4, Some(2), "scalar_column", 0),
        ];
        let new = taken_over(&form(json!({})), &fields.each_ref(), "public".to_owned()).unwrap();
        let read: Definition = serde_json::from_str(&new.definition).unwrap();
        assert_eq!(read.header_title.text, "Lend a book");
        let keys = |fields: &[FormField]| fields.iter().map(|field| field.key.clone()).collect::<Vec<_>>();
        assert_eq!(keys(&read.fields), ["f2", "f1"]);
        assert_eq!(keys(read.fields[0].child_fields.as_ref().unwrap()), ["f4", "f3"]);
        assert_eq!((read.fields[0].related_table_oid, read.fields[1].related_table_oid), (Some(200), None));
    }

    #[test]
    fn what_cannot_be_is_refused_with_its_path() {
        let refused = |more: Value, fields: &[&OriginalFormField]| {
            taken_over(&form(more), fields, String::new()).unwrap_err().to_string()
        };
        let script = json!({ "submit_redirect_url": "javascript:alert(1)" });
        assert!(refused(script, &[]).starts_with("form.submit_redirect_url"));
        assert!(refused(json!({ "name": " " }), &[]).starts_with("form.name"));
        let unknown = refused(json!({}), &[&field(7, None, "computed", 0)]);
        assert!(unknown.starts_with("form.fields.f7") && unknown.contains("kind"), "{unknown}");
        // A circle in the original's references is not followed for ever.
        let circle = [
            field(1, None, "foreign_key", 0),
            field(2, Some(1), "foreign_key", 0),
            field(2, Some(2), "foreign_key", 0),
        ];
        assert!(refused(json!({}), &circle.each_ref()).contains("nest"));
    }
}
