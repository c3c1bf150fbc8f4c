//! First run: the one-time token, and the first superuser.

use std::net::IpAddr;

use jiff::Timestamp;
use mathesar_api::ErrorCode;
use mathesar_api::methods::NoParams;
use mathesar_api::methods::setup::{CompleteParams, SetupStatus};
use mathesar_store::{TokenHash, token};
use secrecy::SecretString;

use crate::auth::{self, Issued};
use crate::throttle::Attempt;
use crate::users::{self, Application};
use crate::{App, Ctx, Error, Result, limits};

/// A set-up token that was just made. It exists here and in the printed link, nowhere else.
pub struct SetupToken {
    /// What goes into the link's fragment, `/setup#token=…`.
    pub token: SecretString,
    /// From when on it is void.
    pub expires_at: Timestamp,
}

/// Makes a set-up token; the one before it is void. `None` when set-up is over.
///
/// # Errors
/// When the internal database does not answer.
pub async fn mint_token(app: &App) -> Result<Option<SetupToken>> {
    if app.store.first_run().is_complete().await? {
        return Ok(None);
    }
    let now = app.clock.now();
    let (token, expires_at) = (token::mint(app.random.as_ref()), now + limits::SETUP_TOKEN_AGE);
    match app.store.first_run().replace_token(TokenHash::of(&token), expires_at, now).await {
        Ok(()) => Ok(Some(SetupToken { token, expires_at })),
        // Somebody completed set-up between the two statements.
        Err(mathesar_store::Error::Conflict { .. }) => Ok(None),
        Err(error) => Err(error.into()),
    }
}

/// `setup.status`: whether the first superuser is still to be created.
///
/// # Errors
/// When the internal database does not answer.
pub async fn status(ctx: &Ctx, _: NoParams) -> Result<SetupStatus> {
    Ok(SetupStatus {
        complete: ctx.app.store.first_run().is_complete().await?,
        link_command: ctx.app.options.setup_link_command.clone(),
    })
}

/// `setup.complete`: creates the first superuser and signs them in. The token dies with success, and only with success.
///
/// # Errors
/// `SetupToken` when the token is wrong, old or used; `IntegrityError` when set-up is over; `Validation` when a field or the
/// password breaks a rule; `Throttled`.
pub async fn complete(ctx: &Ctx, params: CompleteParams) -> Result<Issued> {
    let (app, now) = (&ctx.app, ctx.app.clock.now());
    let attempt = Attempt { address: ctx.caller.address, account: None };
    app.auth.admit(attempt, now)?;
    let given = TokenHash::of(&params.token.into());
    // Before anything else: the rules below answer in detail, and hashing is dear.
    app.store.first_run().check_token(&given, now).await.map_err(|error| refused(error, app))?;
    app.auth.forgive(attempt);
    let application = Application {
        username: params.username,
        password: params.password.into(),
        email: params.email,
        full_name: params.full_name,
        display_language: params.display_language,
        is_superuser: true,
        password_change_needed: false,
    };
    let new = users::prepare(app, application).await?;
    let user =
        app.store.first_run().complete_with_token(&given, new, now).await.map_err(|error| refused(error, app))?;
    auth::issue(ctx, &user).await
}

fn refused(error: mathesar_store::Error, app: &App) -> Error {
    match error {
        mathesar_store::Error::NotFound { .. } => {
            let command = &app.options.setup_link_command;
            let message =
                format!("This setup link is wrong, too old or replaced by a newer one. Print a new one: {command}");
            Error::new(ErrorCode::SETUP_TOKEN, message)
        }
        error => error.into(),
    }
}

/// Where the confirmed host names are stored.
const CONFIRMED_HOSTS: &str = "confirmed_hosts";

/// Whether the first superuser is still to be created.
///
/// # Errors
/// When the internal database does not answer.
pub async fn is_needed(app: &App) -> Result<bool> {
    Ok(!app.store.first_run().is_complete().await?)
}

/// The host names that were confirmed with the setup link.
///
/// # Errors
/// When the internal database does not answer.
pub async fn confirmed_hosts(app: &App) -> Result<Vec<String>> {
    let stored = app.store.settings().get(CONFIRMED_HOSTS).await?;
    stored.map_or(Ok(Vec::new()), |names| serde_json::from_value(names).map_err(Error::internal))
}

/// Notes that whoever has the setup token says that this installation is reached under `host`, a name in small letters. The
/// token stays good for creating the first superuser.
///
/// # Errors
/// `SetupToken` when the token is wrong, old or used; `IntegrityError` when set-up is over; `Throttled`; `Limit`.
pub async fn confirm_host(app: &App, address: IpAddr, token: SecretString, host: String) -> Result<()> {
    let now = app.clock.now();
    let attempt = Attempt { address: Some(address), account: None };
    app.auth.admit(attempt, now)?;
    app.store.first_run().check_token(&TokenHash::of(&token), now).await.map_err(|error| refused(error, app))?;
    app.auth.forgive(attempt);
    let mut names = confirmed_hosts(app).await?;
    if names.contains(&host) {
        return Ok(());
    }
    if names.len() >= limits::CONFIRMED_HOSTS {
        return Err(Error::limit(
            "Enough host names were confirmed. List the ones in use in the setting allowed_hosts.",
        ));
    }
    names.push(host);
    Ok(app.store.settings().set(CONFIRMED_HOSTS, names.into(), now).await?)
}

/// The first superuser as settings or a command line give them.
pub struct FirstSuperuser {
    /// Name to sign in with.
    pub username: String,
    /// The password.
    pub password: SecretString,
    /// Optional e-mail address.
    pub email: Option<String>,
}

/// What became of a first superuser from the settings.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Created {
    /// They were created.
    Now,
    /// Somebody was there already, so that the settings were ignored; say so.
    Before,
}

/// Creates the first superuser from `MATHESAR_SUPERUSER_*` while nobody has an account.
///
/// # Errors
/// `Validation` when a field or the password breaks a rule; the program should not start then.
pub async fn create_first_superuser(app: &App, first: FirstSuperuser) -> Result<Created> {
    if app.store.first_run().is_complete().await? {
        return Ok(Created::Before);
    }
    let application = Application {
        username: first.username,
        password: first.password,
        email: first.email,
        full_name: None,
        display_language: None,
        is_superuser: true,
        password_change_needed: false,
    };
    let new = users::prepare(app, application).await?;
    match app.store.first_run().complete(new, app.clock.now()).await {
        Ok(_) => Ok(Created::Now),
        // Another process started from the same settings and was first.
        Err(mathesar_store::Error::Conflict { .. }) => Ok(Created::Before),
        Err(error) => Err(error.into()),
    }
}
