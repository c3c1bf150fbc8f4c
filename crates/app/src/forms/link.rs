//! What the link of a form opens.

use mathesar_api::ErrorCode;
use mathesar_api::methods::forms::{FormField, FormInfo, FormTokenParams};
use mathesar_api::methods::sharing::SharingRight;
use mathesar_sql::model::{Attnum, Oid};
use mathesar_store::Form;

use super::{Definition, info, outside, told};
use crate::context::Place;
use crate::model::metadata;
use crate::throttle::{Attempt, Throttle};
use crate::{Ctx, Error, Result, sharing};

/// A form whose link somebody has, and who may see it.
pub(super) struct Opened {
    pub(super) form: Form,
    pub(super) definition: Definition,
    /// Whether the caller works in the form's database, and may see the form there.
    pub(super) inside: bool,
}

impl Opened {
    /// Opens the form to read it.
    ///
    /// # Errors
    /// `DoesNotExist` in the same words whether there is no such form or the caller may not see it; `Throttled`.
    pub(super) async fn to_read(ctx: &Ctx, token: &str) -> Result<Self> {
        Self::by_token(ctx, token, &ctx.app.forms.reads).await
    }

    /// Opens the form to send something.
    ///
    /// # Errors
    /// Those of [`to_read`](Self::to_read); `AssertionError` for one that is not public.
    pub(super) async fn to_submit(ctx: &Ctx, token: &str) -> Result<Self> {
        let opened = Self::by_token(ctx, token, &ctx.app.forms.submissions).await?;
        if opened.form.publish_public {
            return Ok(opened);
        }
        Err(Error::new(ErrorCode::ASSERTION, "The form is not public, so that nobody can send it. Publish it first."))
    }

    async fn by_token(ctx: &Ctx, token: &str, throttle: &Throttle) -> Result<Self> {
        throttle.admit(Attempt { address: ctx.caller.address, account: None }, ctx.app.clock.now())?;
        let form = ctx.app.store.forms().by_token(token).await?.ok_or_else(closed)?;
        let inside = is_inside(ctx, &form).await?;
        if !(form.publish_public || inside) {
            return Err(closed());
        }
        Ok(Self { definition: Definition::read(&form)?, form, inside })
    }

    /// The call as the form's own role, whoever makes it.
    ///
    /// # Errors
    /// `NoConnectionAvailable` for a form without a role.
    pub(super) async fn as_its_role(&self, ctx: &Ctx) -> Result<Ctx> {
        let store = &ctx.app.store;
        let role_id = self.form.associated_role_id.ok_or_else(|| {
            let message = "The form has no role to work as, since that was forgotten. Choose another one.";
            Error::new(ErrorCode::NO_CONNECTION_AVAILABLE, message)
        })?;
        let database = store.databases().get(self.form.database_id).await?;
        let server = store.servers().get(database.server_id).await?;
        Ok(ctx.working_at(Place { database, server, role: store.roles().get(role_id).await? }))
    }

    /// An error as this caller may hear it.
    pub(super) fn told(&self, error: Error) -> Error {
        if self.inside { error } else { outside::told(error) }
    }
}

/// Whether the caller works in the form's database, may do so now, and may see the form there.
async fn is_inside(ctx: &Ctx, form: &Form) -> Result<bool> {
    let database_id = form.database_id;
    match &ctx.caller.signed_in {
        Some(_) if ctx.scopes().is_some_and(|scopes| scopes.admit_database(database_id).is_err()) => Ok(false),
        Some(user) if !user.password_change_needed => {
            let works_there = ctx.app.store.collaborators().membership(user.user_id, database_id).await?.is_some();
            Ok(works_there && sharing::right(user, form.sharing()) >= SharingRight::Read)
        }
        _ => Ok(false),
    }
}

fn closed() -> Error {
    let message = "This link leads to no form, or to one that is closed. Ask whoever gave it to you for another one.";
    Error::new(ErrorCode::DOES_NOT_EXIST, message)
}

/// `forms.get`.
///
/// # Errors
/// `DoesNotExist` in the same words whether there is no such form or the caller may not see it; `Throttled`.
pub async fn get(ctx: &Ctx, params: FormTokenParams) -> Result<FormInfo> {
    let opened = Opened::to_read(ctx, &params.form_token).await?;
    if opened.inside {
        return told(ctx, opened.form).await;
    }
    Ok(FormInfo { description: None, associated_role_id: None, ..info(opened.form, None)? })
}

/// The number of a public form that takes a file in the field with this key.
///
/// # Errors
/// `DoesNotExist` in the same words whether there is no such form, it is not public, or it has no such field; `Throttled`.
pub async fn taking_file(ctx: &Ctx, token: &str, key: &str) -> Result<i64> {
    for_files(ctx, token, key, &ctx.app.forms.files).await
}

/// The same for somebody who looks at such a file.
///
/// # Errors
/// Those of [`taking_file`].
pub async fn showing_file(ctx: &Ctx, token: &str, key: &str) -> Result<i64> {
    for_files(ctx, token, key, &ctx.app.forms.reads).await
}

async fn for_files(ctx: &Ctx, token: &str, key: &str, throttle: &Throttle) -> Result<i64> {
    let opened = Opened::by_token(ctx, token, throttle).await?;
    if !opened.form.publish_public {
        return Err(closed());
    }
    let none =
        || Error::new(ErrorCode::DOES_NOT_EXIST, "The form has no field for a file with this key. Load it again.");
    let (table, attnum) = find(opened.form.base_table_oid.0, &opened.definition.fields, key).ok_or_else(none)?;
    let known = metadata::of_columns(ctx, opened.form.database_id, table).await?;
    let holds_files = known.iter().any(|(column, metadata)| *column == attnum && metadata.file_backend.is_some());
    if holds_files { Ok(opened.form.id) } else { Err(none()) }
}

/// The table and the column of the field with this key.
fn find(table: Oid, fields: &[FormField], key: &str) -> Option<(Oid, Attnum)> {
    fields.iter().find_map(|field| {
        if field.key == key {
            return Some((table, field.column_attnum));
        }
        let (related, _) = field.link()?;
        find(related, field.fields_to_create(), key)
    })
}
