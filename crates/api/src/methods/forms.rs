//! Forms: pages on which people add a record, and the records that it links to, without an account.
//!
//! A form belongs to a table and works as its own stored role, whoever fills it in. Its *fields* name columns of the table; a field
//! over a foreign key can have fields of its own, which fill in the linked record.

use indexmap::IndexMap;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use ts_rs::TS;

use super::columns::ColumnInfo;
use super::constraints::ConstraintInfo;
use super::methods;
use super::records::RecordSummaryList;
use super::sharing::{SharedAccess, Sharing};
use crate::value::{Json, Patch, present};

/// What a field asks for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema, TS)]
#[serde(rename_all = "snake_case")]
pub enum FormFieldKind {
    /// A value.
    ScalarColumn,
    /// A linked record.
    ForeignKey,
}

/// Where a linked record comes from.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema, TS)]
#[serde(rename_all = "snake_case")]
pub enum FkInteractionRule {
    /// It is chosen among those that there are.
    #[default]
    MustPick,
    /// It is chosen or added.
    CanPickOrCreate,
    /// It is added.
    MustCreate,
}

impl FkInteractionRule {
    /// Whether a record that is there can be chosen.
    pub const fn picks(self) -> bool {
        matches!(self, Self::MustPick | Self::CanPickOrCreate)
    }

    /// Whether a record can be added.
    pub const fn creates(self) -> bool {
        matches!(self, Self::CanPickOrCreate | Self::MustCreate)
    }
}

/// How much room a field takes.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema, TS)]
#[serde(rename_all = "snake_case")]
pub enum FormFieldSize {
    /// A line.
    #[default]
    Regular,
    /// Several lines.
    Large,
}

/// How a field looks.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema, TS)]
#[serde(deny_unknown_fields)]
#[ts(optional_fields = nullable)]
pub struct FormFieldStyling {
    /// How much room it takes.
    #[serde(default)]
    pub size: Option<FormFieldSize>,
}

/// A field of a form. What a form gives can be given back as it is.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema, TS)]
#[serde(deny_unknown_fields)]
#[ts(optional_fields = nullable)]
pub struct FormField {
    /// Its number within the form; given anew whenever the form is saved.
    #[serde(default)]
    pub id: Option<i64>,
    /// The form; not looked at when the form is saved.
    #[serde(default)]
    pub form_id: Option<i64>,
    /// What its value is called in `forms.submit`; unique within the form, 1 to 100 characters, and not `type`.
    pub key: String,
    /// Its place among the fields beside it.
    #[serde(default)]
    pub index: i32,
    /// What people read above it; the name of the column when absent.
    #[serde(default)]
    pub label: Option<String>,
    /// What people read below it.
    #[serde(default)]
    pub help: Option<String>,
    /// What it asks for.
    pub kind: FormFieldKind,
    /// The column, of the form's table, or of the table that the field above links to.
    pub column_attnum: i16,
    /// The table that the column links to; needed for a linked record.
    #[serde(default)]
    pub related_table_oid: Option<u32>,
    /// Where a linked record comes from; `must_pick` when absent.
    #[serde(default)]
    pub fk_interaction_rule: Option<FkInteractionRule>,
    /// How it looks.
    #[serde(default)]
    pub styling: Option<FormFieldStyling>,
    /// Whether it must be filled in. A blank text does not count.
    #[serde(default)]
    pub is_required: bool,
    /// The fields of a linked record that is added.
    #[serde(default)]
    pub child_fields: Option<Vec<FormField>>,
}

impl FormField {
    /// The table of its own fields and where its record comes from, when it asks for a linked record.
    pub fn link(&self) -> Option<(u32, FkInteractionRule)> {
        match self.kind {
            FormFieldKind::ScalarColumn => None,
            FormFieldKind::ForeignKey => Some((self.related_table_oid?, self.fk_interaction_rule.unwrap_or_default())),
        }
    }

    /// The fields of a linked record that is added; none where it cannot be.
    pub fn fields_to_create(&self) -> &[Self] {
        match self.link() {
            Some((_, rule)) if rule.creates() => self.child_fields.as_deref().unwrap_or_default(),
            _ => &[],
        }
    }
}

/// Words on a form.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema, TS)]
#[serde(deny_unknown_fields)]
pub struct FormText {
    /// The words, plain.
    pub text: String,
}

/// A new form.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema, TS)]
#[serde(deny_unknown_fields)]
#[ts(optional_fields = nullable)]
pub struct FormDef {
    /// The database, if it is repeated here.
    #[serde(default)]
    pub database_id: Option<i64>,
    /// Its name, 1 to 128 characters.
    pub name: String,
    /// What it is good for; not shown to those who fill it in.
    #[serde(default)]
    pub description: Option<String>,
    /// The version of the grammar; only 1 is there.
    #[serde(default)]
    pub version: Option<i32>,
    /// The schema that it is listed in.
    pub schema_oid: u32,
    /// The table that gets the records.
    pub base_table_oid: u32,
    /// The stored role that it works as: the caller's own, and for a superuser any of the database's server. The caller's own when
    /// absent.
    #[serde(default)]
    pub associated_role_id: Option<i64>,
    /// What people read at its top; its name when absent.
    #[serde(default)]
    pub header_title: Option<FormText>,
    /// What people read below that.
    #[serde(default)]
    pub header_subtitle: Option<FormText>,
    /// Whether everybody who has its link may fill it in.
    #[serde(default)]
    pub publish_public: bool,
    /// What people read when they have sent it.
    #[serde(default)]
    pub submit_message: Option<FormText>,
    /// The address, of http or https, where people are led then.
    #[serde(default)]
    pub submit_redirect_url: Option<String>,
    /// What stands on the button.
    #[serde(default)]
    pub submit_button_label: Option<String>,
    /// Its fields.
    pub fields: Vec<FormField>,
    /// What other collaborators may do with it, by its `access`. Ours.
    #[serde(default)]
    pub sharing: Option<Sharing>,
}

/// What becomes of a form: a member that is left out stays as it is, and `null` takes away what can be absent.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema, TS)]
#[serde(deny_unknown_fields)]
#[ts(optional_fields = nullable)]
pub struct FormPatch {
    /// The form.
    pub id: i64,
    /// Its name, 1 to 128 characters.
    #[serde(default)]
    pub name: Option<String>,
    /// What it is good for; not shown to those who fill it in.
    #[serde(default, deserialize_with = "present")]
    #[ts(type = "string | null", optional = nullable)]
    pub description: Patch<String>,
    /// The version of the grammar; only 1 is there.
    #[serde(default)]
    pub version: Option<i32>,
    /// The schema that it is listed in.
    #[serde(default)]
    pub schema_oid: Option<u32>,
    /// The table that gets the records; its fields have to be given with it.
    #[serde(default)]
    pub base_table_oid: Option<u32>,
    /// The stored role that it works as; without one it does not work.
    #[serde(default, deserialize_with = "present")]
    #[ts(type = "number | null", optional = nullable)]
    pub associated_role_id: Patch<i64>,
    /// What people read at its top; its name when `null`.
    #[serde(default, deserialize_with = "present")]
    #[ts(type = "FormText | null", optional = nullable)]
    pub header_title: Patch<FormText>,
    /// What people read below that.
    #[serde(default, deserialize_with = "present")]
    #[ts(type = "FormText | null", optional = nullable)]
    pub header_subtitle: Patch<FormText>,
    /// What people read when they have sent it.
    #[serde(default, deserialize_with = "present")]
    #[ts(type = "FormText | null", optional = nullable)]
    pub submit_message: Patch<FormText>,
    /// The address, of http or https, where people are led then.
    #[serde(default, deserialize_with = "present")]
    #[ts(type = "string | null", optional = nullable)]
    pub submit_redirect_url: Patch<String>,
    /// What stands on the button.
    #[serde(default, deserialize_with = "present")]
    #[ts(type = "string | null", optional = nullable)]
    pub submit_button_label: Patch<String>,
    /// All its fields.
    #[serde(default)]
    pub fields: Option<Vec<FormField>>,
}

/// A form.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema, TS)]
pub struct FormInfo {
    /// Our number of it.
    pub id: i64,
    /// When it was saved first, ISO 8601.
    pub created_at: String,
    /// When it was saved last, ISO 8601.
    pub updated_at: String,
    /// The secret of its link, a UUID.
    pub token: String,
    /// Its name.
    pub name: String,
    /// What it is good for; `null` for those who only have its link.
    pub description: Option<String>,
    /// The version of the grammar.
    pub version: i32,
    /// The database.
    pub database_id: i64,
    /// The schema that it is listed in.
    pub schema_oid: u32,
    /// The table that gets the records.
    pub base_table_oid: u32,
    /// The stored role that it works as; `null` also for those who only have its link.
    pub associated_role_id: Option<i64>,
    /// What people read at its top.
    pub header_title: FormText,
    /// What people read below that.
    pub header_subtitle: Option<FormText>,
    /// Whether everybody who has its link may fill it in.
    pub publish_public: bool,
    /// What people read when they have sent it.
    pub submit_message: Option<FormText>,
    /// Where people are led then.
    pub submit_redirect_url: Option<String>,
    /// What stands on the button.
    pub submit_button_label: Option<String>,
    /// Its fields, in their order.
    pub fields: Vec<FormField>,
    /// Whose it is, and what others may do with it; `null` for those who only have its link. Ours.
    pub sharing: Option<Sharing>,
}

/// A table of a form.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema, TS)]
pub struct FormSourceTableInfo {
    /// Object identifier.
    pub oid: u32,
    /// Name.
    pub name: String,
}

/// What the fields of a form have to know about a table.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema, TS)]
pub struct FormSourceTable {
    /// The table.
    pub table_info: FormSourceTableInfo,
    /// Attribute number → column, of those that the form names. Comments, and what computes a default, are not told.
    pub columns: IndexMap<String, ColumnInfo>,
    /// The constraints over these columns alone.
    pub constraints: Vec<ConstraintInfo>,
}

/// Which field a submission failed by; the `data` of the error. Ours.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema, TS)]
pub struct SubmissionFailure {
    /// The key of the field, where one is at fault.
    pub field_key: Option<String>,
}

/// Parameters of `forms.list`.
#[derive(Clone, Debug, Deserialize, Serialize, JsonSchema, TS)]
#[serde(rename = "FormsListParams", deny_unknown_fields)]
#[ts(optional_fields = nullable)]
pub struct ListParams {
    /// The database.
    pub database_id: i64,
    /// Only those of this schema.
    #[serde(default)]
    pub schema_oid: Option<u32>,
}

/// Parameters of `forms.add`.
#[derive(Clone, Debug, Deserialize, Serialize, JsonSchema, TS)]
#[serde(rename = "FormsAddParams", deny_unknown_fields)]
pub struct AddParams {
    /// The database.
    pub database_id: i64,
    /// The form.
    pub form_def: FormDef,
}

/// Parameters of `forms.patch`.
#[derive(Clone, Debug, Deserialize, Serialize, JsonSchema, TS)]
#[serde(rename = "FormsPatchParams", deny_unknown_fields)]
pub struct PatchParams {
    /// The database.
    pub database_id: i64,
    /// What becomes of the form.
    pub update_form_def: FormPatch,
}

/// Names a form to those who work in its database.
#[derive(Clone, Debug, Deserialize, Serialize, JsonSchema, TS)]
#[serde(deny_unknown_fields)]
pub struct FormParams {
    /// The database.
    pub database_id: i64,
    /// The form.
    pub form_id: i64,
}

/// Parameters of `forms.share`: what is absent stays.
#[derive(Clone, Debug, Deserialize, Serialize, JsonSchema, TS)]
#[serde(rename = "FormsShareParams", deny_unknown_fields)]
#[ts(optional_fields = nullable)]
pub struct ShareParams {
    /// The database.
    pub database_id: i64,
    /// The form.
    pub form_id: i64,
    /// The user who owns it from now on, a collaborator of the database.
    #[serde(default)]
    pub owner_id: Option<i64>,
    /// What the other collaborators may do.
    #[serde(default)]
    pub access: Option<SharedAccess>,
}

/// Parameters of `forms.set_publish_public`.
#[derive(Clone, Debug, Deserialize, Serialize, JsonSchema, TS)]
#[serde(rename = "FormsSetPublishPublicParams", deny_unknown_fields)]
pub struct SetPublishPublicParams {
    /// The database.
    pub database_id: i64,
    /// The form.
    pub form_id: i64,
    /// Whether everybody who has its link may fill it in.
    pub publish_public: bool,
}

/// Names a form to those who have its link.
#[derive(Clone, Debug, Deserialize, Serialize, JsonSchema, TS)]
#[serde(deny_unknown_fields)]
pub struct FormTokenParams {
    /// The secret of its link.
    pub form_token: String,
}

/// Parameters of `forms.list_related_records`.
#[derive(Clone, Debug, Deserialize, Serialize, JsonSchema, TS)]
#[serde(deny_unknown_fields)]
#[ts(optional_fields = nullable)]
pub struct ListRelatedRecordsParams {
    /// The secret of the form's link.
    pub form_token: String,
    /// The key of a field that asks for a linked record.
    pub field_key: String,
    /// Most records to give, at most 500; 200 when absent.
    #[serde(default)]
    pub limit: Option<u32>,
    /// Records to pass over.
    #[serde(default)]
    pub offset: Option<u64>,
    /// Only records whose summary contains this, whatever the case.
    #[serde(default)]
    pub search: Option<String>,
}

/// Parameters of `forms.submit`.
#[derive(Clone, Debug, Deserialize, Serialize, JsonSchema, TS)]
#[serde(deny_unknown_fields)]
pub struct SubmitParams {
    /// The secret of the form's link.
    pub form_token: String,
    /// Key of a field → its value; for a linked record `{"type": "pick", "value": …}` or `{"type": "create", …}` with the values of
    /// its own fields.
    pub values: IndexMap<String, Json>,
}

methods! {
    /// Lists the forms of a database that the caller may see, oldest first.
    Collaborator Read "forms.list" FormsList (ListParams) -> Vec<FormInfo>;
    /// Adds a form. Its fields are compared with the tables as the caller's role sees them. It is the caller's, and everybody who works in the
    /// database may change it, unless its `sharing.access` says otherwise.
    Collaborator Settings "forms.add" FormsAdd (AddParams) -> FormInfo;
    /// Changes a form. Who may not let it work as its role (see `associated_role_id`) gets an error, unless they give it their own.
    Collaborator Settings "forms.patch" FormsPatch (PatchParams) -> FormInfo;
    /// Deletes a form; the records that it has added stay.
    Collaborator Settings "forms.delete" FormsDelete (FormParams) -> ();
    /// Says what the other collaborators may do with a form, or gives it to another owner. Its owner and superusers of the installation may; one
    /// that nobody owns, superusers. What its link opens stays as it is. Ours.
    Collaborator Settings "forms.share" FormsShare (ShareParams) -> Sharing;
    /// Opens a form to everybody who has its link, or closes it, and gives what it is then. To open it, the caller must be allowed to let
    /// it work as its role.
    Collaborator Settings "forms.set_publish_public" FormsSetPublishPublic (SetPublishPublicParams) -> bool;
    /// Gives a form another link, and the token of it; the one before leads nowhere from then on.
    Collaborator Settings "forms.regenerate_token" FormsRegenerateToken (FormParams) -> String;
    /// Gives a form to those who have its link. One that is not public is there only for who works in its database and may see it.
    Anonymous Read "forms.get" FormsGet (FormTokenParams) -> FormInfo;
    /// Gives the tables of a form with the columns that it names, by the tables' object identifiers, as the form's role sees them. A column
    /// that is gone is left out.
    Anonymous Read "forms.get_source_info" FormsGetSourceInfo (FormTokenParams) -> IndexMap<String, FormSourceTable>;
    /// Lists how the records are called that can be chosen in a field, as the form's role sees them.
    Anonymous Read "forms.list_related_records" FormsListRelatedRecords (ListRelatedRecordsParams) -> RecordSummaryList;
    /// Adds a record, and those that it links to, in one transaction as the form's role. A field that is left out gets the column's
    /// default. The form has to be public, also for who works in its database. Those who only have its link hear of PostgreSQL's refusals
    /// in our words; the number of an error is PostgreSQL's all the same, and its data is a `SubmissionFailure`.
    Anonymous Write "forms.submit" FormsSubmit (SubmitParams) -> ();
}
