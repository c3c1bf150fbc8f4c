//! `mathesar users`.

use anyhow::{Context as _, bail};
use clap::Subcommand;
use mathesar_api::methods::users::{AddParams, RevokePasswordParams, UserDef};
use mathesar_app::{
    Caller, Ctx,
    setup::{self, Created, FirstSuperuser},
    users,
};
use secrecy::ExposeSecret as _;

use super::{
    Prepared, block_on, owner,
    password::{Password, PasswordArguments},
};
use crate::start::{self, Purpose};

/// What to do with users.
#[derive(Subcommand)]
pub(super) enum Users {
    /// Add a user; the first one must be a superuser
    Create {
        /// Name to sign in with
        username: String,
        /// Let them administer this installation
        #[arg(long)]
        superuser: bool,
        /// Their e-mail address
        #[arg(long)]
        email: Option<String>,
        #[command(flatten)]
        password: PasswordArguments,
    },
    /// List the users
    List,
    /// Give a user a new password for one sign-in, and end their sessions
    ResetPassword {
        /// Their name
        username: String,
        #[command(flatten)]
        password: PasswordArguments,
    },
}

pub(super) fn run(command: Users, prepared: Prepared) -> anyhow::Result<()> {
    let Prepared { environment, config, .. } = prepared;
    owner::become_owner_of(&config.data_dir)?;
    block_on(Some(1), async {
        let started = start::open(&config, &environment, Purpose::Command).await?;
        let ctx = Ctx::new(started.app, Caller::default());
        match command {
            Users::Create { username, superuser, email, password } => {
                create(&ctx, username, superuser, email, password.read(ctx.app.random.as_ref())?).await
            }
            Users::List => list(&ctx).await,
            Users::ResetPassword { username, password } => {
                reset(&ctx, &username, password.read(ctx.app.random.as_ref())?).await
            }
        }
    })
}

async fn create(
    ctx: &Ctx,
    username: String,
    superuser: bool,
    email: Option<String>,
    password: Password,
) -> anyhow::Result<()> {
    if ctx.app.store.first_run().is_complete().await? {
        let def = UserDef {
            username: username.clone(),
            password: password.text.expose_secret().to_owned(),
            is_superuser: superuser,
            email,
            full_name: None,
            display_language: None,
        };
        users::add(ctx, AddParams { user_def: def }).await?;
        println!("{username} was added and must choose a new password at the first sign-in.");
    } else {
        if !superuser {
            bail!("The first user must be a superuser, who then adds the others. Add --superuser.");
        }
        let first = FirstSuperuser { username: username.clone(), password: password.text.clone(), email };
        if setup::create_first_superuser(&ctx.app, first).await? == Created::Before {
            bail!("Somebody created the first superuser at this moment. Run the command again to add another user.");
        }
        println!("{username} was added as the first superuser.");
    }
    print_made(&password);
    Ok(())
}

async fn list(ctx: &Ctx) -> anyhow::Result<()> {
    for user in users::list(ctx, Default::default()).await? {
        let kind = if user.is_superuser { "superuser" } else { "user" };
        println!("{}\t{}\t{kind}\t{}", user.id, user.username, user.email);
    }
    Ok(())
}

async fn reset(ctx: &Ctx, username: &str, password: Password) -> anyhow::Result<()> {
    let user = ctx.app.store.users().by_name(username).await?;
    let user = user.with_context(|| format!("There is no user {username:?}. See: mathesar users list"))?;
    let params = RevokePasswordParams { user_id: user.id, new_password: password.text.expose_secret().to_owned() };
    users::revoke_password(ctx, params).await?;
    println!("The password of {username} was replaced; a new one must be chosen at the next sign-in.");
    print_made(&password);
    Ok(())
}

fn print_made(password: &Password) {
    if password.made {
        println!("Password: {}", password.text.expose_secret());
    }
}
