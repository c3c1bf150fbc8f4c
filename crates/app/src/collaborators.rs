//! `collaborators.*`: which user works in which database, as which stored role.

use mathesar_api::methods::collaborators::{
    AddParams, CollaboratorInfo, CollaboratorParams, ListParams, SetRoleParams,
};
use mathesar_store::{Collaborator, User};

use crate::{Ctx, Result, users};

fn info(place: &Collaborator, user: &User) -> CollaboratorInfo {
    CollaboratorInfo {
        id: place.id,
        user_id: place.user_id,
        database_id: place.database_id,
        configured_role_id: place.configured_role_id,
        user_info: users::info(user),
    }
}

/// `collaborators.list`: who works in a database.
///
/// # Errors
/// When the internal database does not answer.
pub async fn list(ctx: &Ctx, params: ListParams) -> Result<Vec<CollaboratorInfo>> {
    let places = ctx.app.store.collaborators().list(params.database_id).await?;
    Ok(places.iter().map(|(place, user)| info(place, user)).collect())
}

/// `collaborators.add`: lets a user into a database.
///
/// # Errors
/// `DoesNotExist` for the user, the database or the role; `IntegrityError` when the user is in already or the role belongs
/// to another server.
pub async fn add(ctx: &Ctx, params: AddParams) -> Result<CollaboratorInfo> {
    let (store, now) = (&ctx.app.store, ctx.app.clock.now());
    let place = store.collaborators().add(params.user_id, params.database_id, params.configured_role_id, now).await?;
    Ok(info(&place, &store.users().get(place.user_id).await?))
}

/// `collaborators.set_role`: changes the role that a collaborator works as.
///
/// # Errors
/// `DoesNotExist`; `IntegrityError` when the role belongs to another server.
pub async fn set_role(ctx: &Ctx, params: SetRoleParams) -> Result<CollaboratorInfo> {
    let (store, now) = (&ctx.app.store, ctx.app.clock.now());
    let place = store.collaborators().set_role(params.collaborator_id, params.configured_role_id, now).await?;
    Ok(info(&place, &store.users().get(place.user_id).await?))
}

/// `collaborators.delete`: takes a user out of a database.
///
/// # Errors
/// `DoesNotExist`.
pub async fn delete(ctx: &Ctx, params: CollaboratorParams) -> Result<()> {
    Ok(ctx.app.store.collaborators().delete(params.collaborator_id).await?)
}
