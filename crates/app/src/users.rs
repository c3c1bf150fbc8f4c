//! `users.*`: the people who may sign in.

use mathesar_api::methods::NoParams;
use mathesar_api::methods::users::{
    AddParams, PatchOtherParams, PatchSelfParams, ReplaceOwnPasswordParams, RevokePasswordParams, UserInfo, UserParams,
};
use mathesar_api::{ErrorCode, value::Patch};
use mathesar_store::{NewUser, User, UserChange};
use secrecy::{ExposeSecret, SecretString};

use crate::auth::{self, fields};
use crate::{App, Ctx, Error, Result};

/// The language of a user for whom none was given.
pub(crate) const DEFAULT_LANGUAGE: &str = "en";

/// A user as callers see them.
pub(crate) fn info(user: &User) -> UserInfo {
    UserInfo {
        id: user.id,
        username: user.username.clone(),
        is_superuser: user.is_superuser,
        email: user.email.clone(),
        full_name: user.full_name.clone(),
        display_language: user.display_language.clone(),
    }
}

/// What somebody says about a new user, before it is checked.
pub(crate) struct Application {
    pub(crate) username: String,
    pub(crate) password: SecretString,
    pub(crate) email: Option<String>,
    pub(crate) full_name: Option<String>,
    pub(crate) display_language: Option<String>,
    pub(crate) is_superuser: bool,
    pub(crate) password_change_needed: bool,
}

/// Checks what was said about a new user and hashes the password.
pub(crate) async fn prepare(app: &App, application: Application) -> Result<NewUser> {
    let email = application.email.unwrap_or_default();
    let full_name = application.full_name.unwrap_or_default();
    let display_language = application.display_language.unwrap_or_else(|| DEFAULT_LANGUAGE.to_owned());
    fields::check_username(&application.username)?;
    fields::check_email(&email)?;
    fields::check_full_name(&full_name)?;
    fields::check_language(&display_language)?;
    auth::check_password(&application.password, &[&application.username, &email, &full_name])?;
    Ok(NewUser {
        password_hash: auth::hash(app, application.password).await?,
        username: application.username,
        email,
        full_name,
        is_superuser: application.is_superuser,
        is_active: true,
        password_change_needed: application.password_change_needed,
        display_language,
    })
}

/// `users.list`: all users, by name.
///
/// # Errors
/// When the internal database does not answer.
pub async fn list(ctx: &Ctx, _: NoParams) -> Result<Vec<UserInfo>> {
    Ok(ctx.app.store.users().list().await?.iter().map(info).collect())
}

/// `users.get`: one user.
///
/// # Errors
/// `DoesNotExist`.
pub async fn get(ctx: &Ctx, params: UserParams) -> Result<UserInfo> {
    Ok(info(&ctx.app.store.users().get(params.user_id).await?))
}

/// `users.add`: adds a user, who must change the password at the first sign-in.
///
/// # Errors
/// `Validation` when a field or the password breaks a rule; `IntegrityError` when the name is taken.
pub async fn add(ctx: &Ctx, params: AddParams) -> Result<UserInfo> {
    let def = params.user_def;
    let application = Application {
        username: def.username,
        password: def.password.into(),
        email: def.email,
        full_name: def.full_name,
        display_language: def.display_language,
        is_superuser: def.is_superuser,
        password_change_needed: true,
    };
    let new = prepare(&ctx.app, application).await?;
    Ok(info(&ctx.app.store.users().add(new, ctx.app.clock.now()).await?))
}

/// `users.delete`: deletes a user with their sessions. The explorations, forms and saved views that they own become everybody's.
///
/// # Errors
/// `DoesNotExist`; `IntegrityError` for the last superuser; `Validation` for the caller's own account.
pub async fn delete(ctx: &Ctx, params: UserParams) -> Result<()> {
    if ctx.signed_in()?.user_id == params.user_id {
        let message = "You cannot delete your own account. Ask another superuser to do it.";
        return Err(Error::new(ErrorCode::VALIDATION, message));
    }
    Ok(ctx.app.store.users().delete(params.user_id).await?)
}

/// `users.patch_self`: changes the caller's own account.
///
/// # Errors
/// `Validation` when a field breaks a rule; `IntegrityError` when the name is taken.
pub async fn patch_self(ctx: &Ctx, params: PatchSelfParams) -> Result<UserInfo> {
    let change = UserChange {
        username: params.username,
        email: emptied(params.email),
        full_name: emptied(params.full_name),
        display_language: params.display_language,
        is_superuser: None,
    };
    patch(ctx, ctx.signed_in()?.user_id, change).await
}

/// `users.patch_other`: changes any account.
///
/// # Errors
/// As [`patch_self`]; also `DoesNotExist`, and `IntegrityError` when the last superuser would be one no longer.
pub async fn patch_other(ctx: &Ctx, params: PatchOtherParams) -> Result<UserInfo> {
    let change = UserChange {
        username: params.username,
        email: emptied(params.email),
        full_name: emptied(params.full_name),
        display_language: params.display_language,
        is_superuser: params.is_superuser,
    };
    patch(ctx, params.user_id, change).await
}

/// The contract says `null` for "none"; our own data says "".
fn emptied(patch: Patch<String>) -> Option<String> {
    patch.map(Option::unwrap_or_default)
}

async fn patch(ctx: &Ctx, user_id: i64, change: UserChange) -> Result<UserInfo> {
    change.username.as_deref().map_or(Ok(()), fields::check_username)?;
    change.email.as_deref().map_or(Ok(()), fields::check_email)?;
    change.full_name.as_deref().map_or(Ok(()), fields::check_full_name)?;
    change.display_language.as_deref().map_or(Ok(()), fields::check_language)?;
    Ok(info(&ctx.app.store.users().change(user_id, change, ctx.app.clock.now()).await?))
}

/// `users.password.replace_own`: changes the caller's own password and ends their other sessions.
///
/// # Errors
/// `IncorrectOldPassword`; `Validation` when the new one breaks a rule; `Throttled`.
pub async fn replace_own_password(ctx: &Ctx, params: ReplaceOwnPasswordParams) -> Result<()> {
    let signed_in = ctx.signed_in()?;
    let (old, new) = (SecretString::from(params.old_password), SecretString::from(params.new_password));
    let user = ctx.app.store.users().get(signed_in.user_id).await?;
    auth::check_own_password(&ctx.app, &user, old.clone(), &ctx.caller).await?;
    if old.expose_secret() == new.expose_secret() {
        return Err(same_password());
    }
    set_password(ctx, &user, new, false, signed_in.session_id).await
}

/// Gives a caller who has just signed in with a password that somebody else has set one of their own.
///
/// # Errors
/// `IncorrectOldPassword` for everybody else, who have to give their present one; `Validation` when the new one breaks a rule.
pub async fn choose_password(ctx: &Ctx, new: SecretString) -> Result<()> {
    let signed_in = ctx.signed_in()?;
    let user = ctx.app.store.users().get(signed_in.user_id).await?;
    if !user.password_change_needed {
        return Err(Error::new(ErrorCode::INCORRECT_OLD_PASSWORD, "The present password is needed."));
    }
    if auth::is_password_of(&ctx.app, &user, new.clone()).await? {
        return Err(same_password());
    }
    set_password(ctx, &user, new, false, signed_in.session_id).await
}

fn same_password() -> Error {
    Error::new(ErrorCode::VALIDATION, "The new password is the present one. Choose another.")
}

/// `users.password.revoke`: gives a user a password for one sign-in and ends all their sessions.
///
/// # Errors
/// `DoesNotExist`; `Validation` when the new one breaks a rule.
pub async fn revoke_password(ctx: &Ctx, params: RevokePasswordParams) -> Result<()> {
    let user = ctx.app.store.users().get(params.user_id).await?;
    set_password(ctx, &user, params.new_password.into(), true, None).await
}

async fn set_password(
    ctx: &Ctx,
    user: &User,
    password: SecretString,
    change_needed: bool,
    kept_session: Option<i64>,
) -> Result<()> {
    auth::check_password(&password, &[&user.username, &user.email, &user.full_name])?;
    let hash = auth::hash(&ctx.app, password).await?;
    Ok(ctx.app.store.users().set_password(user.id, hash, change_needed, kept_session, ctx.app.clock.now()).await?)
}
