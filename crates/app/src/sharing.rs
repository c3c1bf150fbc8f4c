//! Whose a saved thing is, and what who may do with it: the one place that decides this, for explorations, forms and saved views alike.
//!
//! It is about the definition alone. What that shows of a database is PostgreSQL's to decide, by the role of whoever looks.

use std::collections::HashMap;

use mathesar_api::ErrorCode;
use mathesar_api::methods::sharing::{OwnerInfo, SharedAccess, Sharing as Told, SharingRight};
use mathesar_store::{Exploration, Form, SharedAccess as Stored, Sharing, TableView, User};

use crate::{Ctx, Error, Result, SignedIn};

/// Something that a user saved for a database.
pub(crate) trait Saved {
    /// What it is called in errors, as in those of our own database.
    const NOUN: &'static str;

    /// What people call this one.
    fn name(&self) -> &str;

    /// Whose it is.
    fn sharing(&self) -> Sharing;
}

impl Saved for Exploration {
    const NOUN: &'static str = "exploration";

    fn name(&self) -> &str {
        &self.name
    }

    fn sharing(&self) -> Sharing {
        self.sharing()
    }
}

impl Saved for Form {
    const NOUN: &'static str = "form";

    fn name(&self) -> &str {
        &self.name
    }

    fn sharing(&self) -> Sharing {
        self.sharing()
    }
}

impl Saved for TableView {
    const NOUN: &'static str = "saved view";

    fn name(&self) -> &str {
        &self.name
    }

    fn sharing(&self) -> Sharing {
        self.sharing()
    }
}

/// What somebody who works in the database may do with it.
pub(crate) fn right(user: &SignedIn, sharing: Sharing) -> SharingRight {
    if user.is_superuser || sharing.owner_id == Some(user.user_id) {
        return SharingRight::Share;
    }
    match for_others(sharing) {
        Stored::None => SharingRight::None,
        Stored::Read => SharingRight::Read,
        Stored::Write => SharingRight::Write,
    }
}

/// What others may do with it. What nobody owns would be lost to everybody if the word of its last owner still held.
fn for_others(sharing: Sharing) -> Stored {
    if sharing.owner_id.is_some() { sharing.access } else { Stored::Write }
}

/// Gives `thing` back to a caller who has this right to it.
///
/// # Errors
/// `DoesNotExist` in the words for what is not there, when the caller may not even see it; `PermissionError`, which names the owner.
pub(crate) async fn admit<T: Saved>(ctx: &Ctx, thing: T, needed: SharingRight) -> Result<T> {
    let sharing = thing.sharing();
    match right(ctx.signed_in()?, sharing) {
        right if right >= needed => Ok(thing),
        SharingRight::None => Err(mathesar_store::Error::NotFound { what: T::NOUN }.into()),
        _ => Err(refused::<T>(thing.name(), Owners::of(ctx, [sharing]).await?.info(sharing), needed)),
    }
}

fn refused<T: Saved>(name: &str, owner: Option<OwnerInfo>, needed: SharingRight) -> Error {
    let noun = T::NOUN;
    let message = match owner.map(|owner| called(&owner)) {
        None => format!(
            "Nobody owns the {noun} \"{name}\", so that everybody who works in the database may change it. Only a superuser can give it to \
             somebody."
        ),
        Some(owner) if needed == SharingRight::Share => format!(
            "The {noun} \"{name}\" belongs to {owner}. Only they and superusers can say what others may do with it, or give it away."
        ),
        Some(owner) => format!(
            "The {noun} \"{name}\" belongs to {owner}, who lets others see it, and not change it. Ask them, or save one of your own."
        ),
    };
    Error::new(ErrorCode::PERMISSION_DENIED, message)
}

fn called(owner: &OwnerInfo) -> String {
    if owner.full_name.is_empty() {
        owner.username.clone()
    } else {
        format!("{} ({})", owner.full_name, owner.username)
    }
}

/// Those of `things` that the caller may see, each with what is told about whose it is.
pub(crate) async fn visible<T: Saved>(ctx: &Ctx, things: Vec<T>) -> Result<Vec<(T, Told)>> {
    let user = ctx.signed_in()?;
    let seen: Vec<T> = things.into_iter().filter(|thing| right(user, thing.sharing()) > SharingRight::None).collect();
    let owners = Owners::of(ctx, seen.iter().map(Saved::sharing)).await?;
    let with_told = |thing: T| {
        let told = owners.tell(user, thing.sharing());
        (thing, told)
    };
    Ok(seen.into_iter().map(with_told).collect())
}

/// What is told about whose a thing is.
pub(crate) async fn told(ctx: &Ctx, sharing: Sharing) -> Result<Told> {
    Ok(Owners::of(ctx, [sharing]).await?.tell(ctx.signed_in()?, sharing))
}

/// How something is shared that the caller saves first. `access` is what they say about it.
pub(crate) fn new(ctx: &Ctx, access: Option<SharedAccess>) -> Result<Sharing> {
    let access = access.map_or_else(Stored::default, stored);
    Ok(Sharing { owner_id: Some(ctx.signed_in()?.user_id), access })
}

/// What becomes of `before` when somebody shares it who may.
///
/// # Errors
/// `ValueError` for an owner who does not work in the database, and for what is to be kept from others and has no owner.
pub(crate) async fn changed(
    ctx: &Ctx,
    database_id: i64,
    before: Sharing,
    owner_id: Option<i64>,
    access: Option<SharedAccess>,
) -> Result<Sharing> {
    if let Some(owner) = owner_id.filter(|owner| before.owner_id != Some(*owner))
        && ctx.app.store.collaborators().membership(owner, database_id).await?.is_none()
    {
        let message = format!(
            "owner_id: the user {owner} does not work in this database. Choose one of its collaborators, or let a superuser add them first."
        );
        return Err(Error::value(message));
    }
    let after =
        Sharing { owner_id: owner_id.or(before.owner_id), access: access.map_or_else(|| for_others(before), stored) };
    if after.owner_id.is_none() {
        return Err(Error::value(
            "owner_id: nobody owns it, so that everybody may change it. Give it to somebody first.",
        ));
    }
    Ok(after)
}

fn stored(access: SharedAccess) -> Stored {
    match access {
        SharedAccess::None => Stored::None,
        SharedAccess::Read => Stored::Read,
        SharedAccess::Write => Stored::Write,
    }
}

/// The users who own some things.
struct Owners(HashMap<i64, User>);

impl Owners {
    async fn of(ctx: &Ctx, things: impl IntoIterator<Item = Sharing>) -> Result<Self> {
        let mut ids: Vec<i64> = things.into_iter().filter_map(|sharing| sharing.owner_id).collect();
        ids.sort_unstable();
        ids.dedup();
        let users = if ids.is_empty() { Vec::new() } else { ctx.app.store.users().of_ids(&ids).await? };
        Ok(Self(users.into_iter().map(|user| (user.id, user)).collect()))
    }

    fn info(&self, sharing: Sharing) -> Option<OwnerInfo> {
        let User { id, username, full_name, .. } = self.0.get(&sharing.owner_id?)?.clone();
        Some(OwnerInfo { id, username, full_name })
    }

    fn tell(&self, user: &SignedIn, sharing: Sharing) -> Told {
        let access = match for_others(sharing) {
            Stored::None => SharedAccess::None,
            Stored::Read => SharedAccess::Read,
            Stored::Write => SharedAccess::Write,
        };
        Told { owner: self.info(sharing), access, caller_may: right(user, sharing) }
    }
}
