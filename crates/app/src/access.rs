//! The one place that decides whether a caller may call a method.
//!
//! [`authorize`] stands before every call. What a caller may do *inside* a database is PostgreSQL's to decide: the use case
//! works as the caller's own role there ([`Ctx::connect`]).

use mathesar_api::ErrorCode;
use mathesar_api::method::{Access, MethodInfo};

use crate::auth::tokens::Scopes;
use crate::{Ctx, Error, Result, SignedIn};

/// What a user who must choose a new password may still call.
const ALLOWED_BEFORE_PASSWORD_CHANGE: [&str; 3] = ["session.get", "session.sign_out", "users.password.replace_own"];

/// What a superuser needs to let people into a database, themselves included, where they have no place. It reads nothing of
/// the database itself.
const OPEN_TO_SUPERUSERS: [&str; 2] = ["collaborators.list", "roles.configured.list"];

/// Refuses a call that the caller may not make: first by the scopes of the token that it came with, then as its user's. An
/// admitted one works with the context that is given back: it knows the caller's place in the database, so that nobody looks it up
/// again.
///
/// `database_id` is the parameter of this name, when the call has one; a method for collaborators cannot be called without.
///
/// # Errors
/// `AuthenticationFailed` for a visitor, `PasswordChangeNeeded`, `PermissionError` for a token's scopes and for who is no superuser,
/// `NoConnectionAvailable` for who is no collaborator, in the same words whether the database exists or not.
pub async fn authorize(ctx: &Ctx, method: &MethodInfo, database_id: Option<i64>) -> Result<Ctx> {
    if let Some(scopes) = ctx.scopes() {
        scopes.admit(method, database_id)?;
    }
    if method.access == Access::Anonymous {
        return Ok(ctx.clone());
    }
    let signed_in = ctx.signed_in()?;
    refuse_foreign_password(signed_in, method)?;
    match method.access {
        Access::Anonymous | Access::Login => Ok(ctx.clone()),
        Access::Superuser if signed_in.is_superuser => Ok(ctx.clone()),
        Access::Superuser => {
            let message = format!("Only a superuser of this installation may call {}.", method.name);
            Err(Error::new(ErrorCode::PERMISSION_DENIED, message))
        }
        Access::Collaborator => {
            let missing = || Error::new(ErrorCode::INVALID_PARAMS, "The parameter `database_id` is missing.");
            let database_id = database_id.ok_or_else(missing)?;
            if signed_in.is_superuser && OPEN_TO_SUPERUSERS.contains(&method.name) {
                return Ok(ctx.clone());
            }
            Ok(Ctx { place: Some(ctx.place(database_id).await?), ..ctx.clone() })
        }
    }
}

fn refuse_foreign_password(signed_in: &SignedIn, method: &MethodInfo) -> Result<()> {
    if signed_in.password_change_needed && !ALLOWED_BEFORE_PASSWORD_CHANGE.contains(&method.name) {
        let message = "A new password must be chosen first, because somebody else has set the present one.";
        return Err(Error::new(ErrorCode::PASSWORD_CHANGE_NEEDED, message));
    }
    Ok(())
}

/// Refuses a caller who may not have or add files in cells: those belong to no database, and go with calling `method` for records.
///
/// # Errors
/// `AuthenticationFailed` for a visitor, `PasswordChangeNeeded`, `PermissionError` for a token that may not call `method`, or that is limited
/// to databases.
pub fn authorize_files(ctx: &Ctx, method: &MethodInfo) -> Result<()> {
    if let Some(scopes) = ctx.scopes() {
        scopes.admit(method, None)?;
    }
    refuse_foreign_password(ctx.signed_in()?, method)
}

/// Refuses a file that the caller may not leave with us.
///
/// # Errors
/// `AuthenticationFailed` for a visitor, `PermissionError` for a token that may only read.
pub fn authorize_upload(ctx: &Ctx) -> Result<()> {
    ctx.signed_in()?;
    ctx.scopes().map_or(Ok(()), Scopes::admit_upload)
}
