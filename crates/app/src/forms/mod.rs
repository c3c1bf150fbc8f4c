//! `forms.*`: pages on which people add records without an account.
//!
//! Whoever works in a database may see and change its forms, as far as their owners let them ([`sharing`](crate::sharing)). A form works as
//! a stored role of its own, and nobody can give it a role that they could not work as themselves. Those who have its link reach what its
//! [definition] names, as that role, and nothing else ([`link`], [`submit`](fn@submit)).

mod definition;
mod follow;
mod link;
mod original;
mod outside;
mod source;
mod submit;

use mathesar_api::ErrorCode;
use mathesar_api::methods::forms::{
    AddParams, FormDef, FormField, FormInfo, FormParams, FormPatch, FormText, ListParams, PatchParams,
    SetPublishPublicParams, ShareParams,
};
use mathesar_api::methods::sharing::{Sharing, SharingRight};
use mathesar_pg::Transaction;
use mathesar_sql::model::{Oid, Schema};
use mathesar_store::{Form, NewForm, NewLink};
use serde::{Deserialize, Serialize};
use url::Url;

pub(crate) use follow::follow_copy;
pub use link::{get, showing_file, taking_file};
pub(crate) use original::taken_over;
pub use source::{get_source_info, list_related_records};
pub use submit::submit;

use crate::records::table::{self, Work};
use crate::throttle::Throttle;
use crate::{App, Ctx, Error, Result, limits, model, saved, sharing};

/// What slows down those who have the link of a form. One for the whole process.
pub struct Guards {
    reads: Throttle,
    submissions: Throttle,
    files: Throttle,
}

impl Default for Guards {
    fn default() -> Self {
        const REASON: &str = "Too much was asked for or sent from your network.";
        Self {
            reads: Throttle::new(limits::FORM_READS_PER_MINUTE, REASON),
            submissions: Throttle::new(limits::FORM_SUBMISSIONS_PER_MINUTE, REASON),
            files: Throttle::new(limits::FORM_FILES_PER_MINUTE, REASON),
        }
    }
}

/// `forms.list`.
///
/// # Errors
/// Those of our own database.
pub async fn list(ctx: &Ctx, params: ListParams) -> Result<Vec<FormInfo>> {
    let stored = ctx.app.store.forms().list(params.database_id, params.schema_oid).await?;
    sharing::visible(ctx, stored).await?.into_iter().map(|(stored, sharing)| info(stored, Some(sharing))).collect()
}

/// `forms.add`.
///
/// # Errors
/// `ValueError` with the path of what cannot be; `UndefinedTable`, `UndefinedColumn` and `ReadOnly` for what a form cannot fill in;
/// `PermissionError` for a role that is not the caller's; `LimitReached` for a form that is too large.
pub async fn add(ctx: &Ctx, params: AddParams) -> Result<FormInfo> {
    let (database_id, mut def) = (params.database_id, params.form_def);
    def.associated_role_id.get_or_insert(ctx.place(database_id).await?.role.id);
    let publish_public = def.publish_public;
    let sharing = sharing::new(ctx, def.sharing.take().map(|asked| asked.access))?;
    let new = checked(ctx, database_id, def, "form_def").await?;
    let (token, now) = (new_token(&ctx.app), ctx.app.clock.now());
    told(ctx, ctx.app.store.forms().add(new, NewLink { token: &token, publish_public }, sharing, now).await?).await
}

/// `forms.patch`.
///
/// # Errors
/// Those of [`add`] and [`delete`].
pub async fn patch(ctx: &Ctx, params: PatchParams) -> Result<FormInfo> {
    let (database_id, patch) = (params.database_id, params.update_form_def);
    let id = patch.id;
    let def = patched(admitted(ctx, database_id, id, SharingRight::Write).await?, patch)?;
    let new = checked(ctx, database_id, def, "update_form_def").await?;
    told(ctx, ctx.app.store.forms().replace(id, new, ctx.app.clock.now()).await?).await
}

/// `forms.share`.
///
/// # Errors
/// `DoesNotExist`, also for a form of another database, and for one that the caller may not see; `PermissionError` for who is neither its owner
/// nor a superuser; `ValueError` for an owner who does not work in the database, and for one that nobody owns.
pub async fn share(ctx: &Ctx, params: ShareParams) -> Result<Sharing> {
    let (database_id, id) = (params.database_id, params.form_id);
    let before = admitted(ctx, database_id, id, SharingRight::Share).await?.sharing();
    let after = sharing::changed(ctx, database_id, before, params.owner_id, params.access).await?;
    sharing::told(ctx, ctx.app.store.forms().share(database_id, id, after).await?.sharing()).await
}

/// `forms.delete`.
///
/// # Errors
/// `DoesNotExist`, also for a form of another database, and for one that the caller may not see; `PermissionError` for one that they may only
/// see.
pub async fn delete(ctx: &Ctx, params: FormParams) -> Result<()> {
    admitted(ctx, params.database_id, params.form_id, SharingRight::Write).await?;
    Ok(ctx.app.store.forms().delete(params.database_id, params.form_id).await?)
}

/// `forms.set_publish_public`.
///
/// # Errors
/// Those of [`delete`]; `PermissionError` and `ValueError` for one that is to be opened and whose role is not the caller's, or that has none.
pub async fn set_publish_public(ctx: &Ctx, params: SetPublishPublicParams) -> Result<bool> {
    let (forms, database_id, id) = (ctx.app.store.forms(), params.database_id, params.form_id);
    let form = admitted(ctx, database_id, id, SharingRight::Write).await?;
    if params.publish_public {
        let role = form.associated_role_id.ok_or_else(|| {
            Error::value("The form has no role to work as, since that was forgotten. Choose one first.")
        })?;
        check_role(ctx, database_id, role).await?;
    }
    Ok(forms.set_public(database_id, id, params.publish_public, ctx.app.clock.now()).await?.publish_public)
}

/// `forms.regenerate_token`.
///
/// # Errors
/// Those of [`delete`].
pub async fn regenerate_token(ctx: &Ctx, params: FormParams) -> Result<String> {
    admitted(ctx, params.database_id, params.form_id, SharingRight::Write).await?;
    let (forms, token) = (ctx.app.store.forms(), new_token(&ctx.app));
    Ok(forms.set_token(params.database_id, params.form_id, &token, ctx.app.clock.now()).await?.token)
}

/// What is stored of a form beside what it is found by and what works as whom.
#[derive(Deserialize, Serialize)]
struct Definition {
    description: Option<String>,
    header_title: FormText,
    header_subtitle: Option<FormText>,
    submit_message: Option<FormText>,
    submit_redirect_url: Option<String>,
    submit_button_label: Option<String>,
    fields: Vec<FormField>,
}

impl Definition {
    fn read(stored: &Form) -> Result<Self> {
        serde_json::from_str(&stored.definition).map_err(Error::internal)
    }

    /// As it is stored. `place` is what the form is called in errors.
    fn write(&self, place: &str) -> Result<String> {
        let text = serde_json::to_string(self).map_err(Error::internal)?;
        if text.len() > limits::FORM_BYTES {
            return Err(Error::limit(format!(
                "{place}: a form can have {} kB as JSON. Shorten its texts.",
                limits::FORM_BYTES / 1024
            )));
        }
        Ok(text)
    }
}

/// The version of the grammar.
const VERSION: i32 = 1;

/// A form that the caller has this right to.
async fn admitted(ctx: &Ctx, database_id: i64, id: i64, needed: SharingRight) -> Result<Form> {
    sharing::admit(ctx, ctx.app.store.forms().get(database_id, id).await?, needed).await
}

async fn told(ctx: &Ctx, stored: Form) -> Result<FormInfo> {
    let sharing = sharing::told(ctx, stored.sharing()).await?;
    info(stored, Some(sharing))
}

/// `sharing` is left out for those who only have the form's link.
fn info(stored: Form, sharing: Option<Sharing>) -> Result<FormInfo> {
    let mut definition = Definition::read(&stored)?;
    number(&mut definition.fields, stored.id, &mut 0);
    Ok(FormInfo {
        id: stored.id,
        created_at: stored.created_at.to_string(),
        updated_at: stored.updated_at.to_string(),
        token: stored.token,
        name: stored.name,
        description: definition.description,
        version: VERSION,
        database_id: stored.database_id,
        schema_oid: stored.schema_oid.0,
        base_table_oid: stored.base_table_oid.0,
        associated_role_id: stored.associated_role_id,
        header_title: definition.header_title,
        header_subtitle: definition.header_subtitle,
        publish_public: stored.publish_public,
        submit_message: definition.submit_message,
        submit_redirect_url: definition.submit_redirect_url,
        submit_button_label: definition.submit_button_label,
        fields: definition.fields,
        sharing,
    })
}

/// Numbers fields from the top down. `last` is the number before the first one.
fn number(fields: &mut [FormField], form_id: i64, last: &mut i64) {
    for field in fields {
        *last += 1;
        field.id = Some(*last);
        field.form_id = Some(form_id);
        number(field.child_fields.as_deref_mut().unwrap_or_default(), form_id, last);
    }
}

/// What is to be saved of a form when it becomes what `patch` says.
fn patched(stored: Form, patch: FormPatch) -> Result<FormDef> {
    let base_table_oid = patch.base_table_oid.unwrap_or(stored.base_table_oid.0);
    if base_table_oid != stored.base_table_oid.0 && patch.fields.is_none() {
        return Err(Error::value("update_form_def.fields: they have to be given with another base_table_oid."));
    }
    let before = Definition::read(&stored)?;
    let name = patch.name.unwrap_or(stored.name);
    Ok(FormDef {
        database_id: None,
        description: patch.description.unwrap_or(before.description),
        version: patch.version,
        schema_oid: patch.schema_oid.unwrap_or(stored.schema_oid.0),
        base_table_oid,
        associated_role_id: patch.associated_role_id.unwrap_or(stored.associated_role_id),
        header_title: patch.header_title.unwrap_or(Some(before.header_title)),
        header_subtitle: patch.header_subtitle.unwrap_or(before.header_subtitle),
        publish_public: stored.publish_public,
        submit_message: patch.submit_message.unwrap_or(before.submit_message),
        submit_redirect_url: patch.submit_redirect_url.unwrap_or(before.submit_redirect_url),
        submit_button_label: patch.submit_button_label.unwrap_or(before.submit_button_label),
        fields: patch.fields.unwrap_or(before.fields),
        name,
        sharing: None,
    })
}

/// A form that can be saved. `place` names the parameter in errors.
async fn checked(ctx: &Ctx, database_id: i64, def: FormDef, place: &str) -> Result<NewForm> {
    saved::refuse_other_database(database_id, def.database_id, place)?;
    saved::check_name(&def.name, place)?;
    if def.version.is_some_and(|version| version != VERSION) {
        return Err(Error::value(format!("{place}.version: only version {VERSION} is known here.")));
    }
    if let Some(url) = &def.submit_redirect_url {
        check_redirect(url, place)?;
    }
    if let Some(role) = def.associated_role_id {
        check_role(ctx, database_id, role).await.map_err(|error| error.at(&format!("{place}.associated_role_id")))?;
    }
    let fields = definition::Fields { base: def.base_table_oid, fields: &def.fields, place };
    let known = Known { schema_oid: def.schema_oid, fields };
    let (schema, fields) = table::read(ctx, database_id, &model::reading(), &known).await?;
    let definition = Definition {
        description: def.description,
        header_title: def.header_title.unwrap_or_else(|| FormText { text: def.name.clone() }),
        header_subtitle: def.header_subtitle,
        submit_message: def.submit_message,
        submit_redirect_url: def.submit_redirect_url,
        submit_button_label: def.submit_button_label,
        fields,
    };
    Ok(NewForm {
        database_id,
        schema_oid: def.schema_oid,
        schema_name: schema.name.as_str().to_owned(),
        base_table_oid: def.base_table_oid,
        associated_role_id: def.associated_role_id,
        name: def.name,
        definition: definition.write(place)?,
    })
}

/// What a definition says about its database.
struct Known<'d> {
    schema_oid: Oid,
    fields: definition::Fields<'d>,
}

impl Work for Known<'_> {
    type Output = (Schema, Vec<FormField>);

    async fn run(&self, _: &Ctx, tx: &Transaction<'_>) -> Result<Self::Output> {
        let schema = model::schema(tx, self.schema_oid).await?;
        Ok((schema, self.fields.checked(tx).await?))
    }
}

/// An address of another kind, such as `javascript:`, would run in our own pages.
fn check_redirect(url: &str, place: &str) -> Result<()> {
    let followed = Url::parse(url).is_ok_and(|url| matches!(url.scheme(), "http" | "https"));
    if followed && url.len() <= limits::FORM_REDIRECT_BYTES {
        return Ok(());
    }
    Err(Error::value(format!(
        "{place}.submit_redirect_url: it has to be a whole address that begins with http:// or https://, of at most {} bytes.",
        limits::FORM_REDIRECT_BYTES
    )))
}

/// Otherwise a form would be a way to work as somebody else.
async fn check_role(ctx: &Ctx, database_id: i64, role_id: i64) -> Result<()> {
    let place = ctx.place(database_id).await?;
    if place.role.id == role_id {
        return Ok(());
    }
    if !ctx.signed_in()?.is_superuser {
        let message = format!(
            "You can let a form work as your own role, {}, and not as another one. Ask a superuser to do it.",
            place.role.name
        );
        return Err(Error::new(ErrorCode::PERMISSION_DENIED, message));
    }
    if ctx.app.store.roles().get(role_id).await?.server_id != place.server.id {
        return Err(Error::value("The stored role belongs to another server. Choose one of the database's server."));
    }
    Ok(())
}

/// 122 bits that nobody can guess.
fn new_token(app: &App) -> String {
    let mut bytes = [0; 16];
    app.random.fill(&mut bytes);
    uuid::Builder::from_random_bytes(bytes).into_uuid().to_string()
}

#[cfg(test)]
mod tests {
    use mathesar_api::methods::forms::{AddParams, FormTokenParams, ListRelatedRecordsParams, SubmitParams};

    use crate::Ctx;

    /// The dispatcher boxes use cases as futures that move between threads; this only has to compile.
    #[expect(dead_code, reason = "what it calls is checked by the compiler")]
    fn use_cases_move_between_threads(
        ctx: &Ctx,
        add: AddParams,
        token: FormTokenParams,
        list: ListRelatedRecordsParams,
        submit: SubmitParams,
    ) {
        fn moves(_: impl Send) {}
        moves(super::add(ctx, add));
        moves(super::get_source_info(ctx, token));
        moves(super::list_related_records(ctx, list));
        moves(super::submit(ctx, submit));
    }
}
