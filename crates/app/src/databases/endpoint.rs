//! Where a database shall be, as somebody typed or pasted it.

use mathesar_api::methods::databases::ConnectExistingParams;
use mathesar_pg::endpoint::DEFAULT_PORT;
use mathesar_pg::{Endpoint, Host};

use super::tls_mode;
use crate::{App, Error, Result};

/// Reads the parameters of a connection: a URL, or the parts.
///
/// # Errors
/// `ValueError` when something is missing or not allowed; the words never repeat the URL.
pub(super) fn read(app: &App, params: &ConnectExistingParams) -> Result<Endpoint> {
    let endpoint = match &params.url {
        Some(url) => from_url(url, params)?,
        None => from_parts(params)?,
    };
    admit(app, &endpoint)?;
    Ok(endpoint)
}

/// Refuses a place that no user database may be at.
///
/// # Errors
/// `ValueError` for a Unix socket that the administrator did not allow; `BadInstallationTarget` for our own internal database.
pub(crate) fn admit(app: &App, endpoint: &Endpoint) -> Result<()> {
    refuse_socket(app, &endpoint.host)?;
    if names_internal_database(app, endpoint) {
        return Err(super::report::internal_database());
    }
    Ok(())
}

fn from_url(url: &str, params: &ConnectExistingParams) -> Result<Endpoint> {
    let also = [
        ("host", params.host.is_some()),
        ("port", params.port.is_some()),
        ("database", params.database.is_some()),
        ("role", params.role.is_some()),
    ];
    if let Some((name, _)) = also.into_iter().find(|(_, given)| *given) {
        return Err(Error::value(format!("Give either `url` or `{name}` and the other parts, not both.")));
    }
    let mut endpoint = Endpoint::from_url(url).map_err(|error| Error::value(capitalised(&error.to_string())))?;
    // Both can stand beside a URL: the one is often kept apart from it, the other does not fit into it.
    if let Some(password) = &params.password {
        endpoint.password = Some(password.clone().into());
    }
    endpoint.ca_pem = given(params.ca_certificate.as_deref());
    if let Some(sslmode) = params.sslmode {
        endpoint.tls = tls_mode(sslmode);
    }
    Ok(endpoint)
}

fn from_parts(params: &ConnectExistingParams) -> Result<Endpoint> {
    let need = |value: &Option<String>, name: &str| {
        let value = value.as_deref().map(str::trim).filter(|value| !value.is_empty());
        value.map(str::to_owned).ok_or_else(|| Error::value(format!("`{name}` is missing.")))
    };
    Ok(Endpoint {
        host: host(&need(&params.host, "host")?, params.port),
        database: need(&params.database, "database")?,
        role: need(&params.role, "role")?,
        password: params.password.clone().filter(|password| !password.is_empty()).map(Into::into),
        tls: tls_mode(params.sslmode.unwrap_or_default()),
        ca_pem: given(params.ca_certificate.as_deref()),
    })
}

/// A host as people write it: a name, an address, or the directory of a Unix socket.
pub(crate) fn host(name: &str, port: Option<u16>) -> Host {
    let port = port.unwrap_or(DEFAULT_PORT);
    if name.starts_with('/') {
        return Host::Unix { directory: name.into(), port };
    }
    Host::Tcp { name: name.trim_start_matches('[').trim_end_matches(']').to_owned(), port }
}

/// Sockets lead to programs of this very machine, so they are closed unless its administrator opened them.
pub(crate) fn refuse_socket(app: &App, host: &Host) -> Result<()> {
    if matches!(host, Host::Unix { .. }) && !app.options.allow_unix_sockets {
        let message = "Unix sockets are not allowed here. Give a host name, or have the administrator allow them.";
        return Err(Error::value(message));
    }
    Ok(())
}

/// Whether this is our own database by its very address; under another address it is known by its tables, once connected.
fn names_internal_database(app: &App, endpoint: &Endpoint) -> bool {
    let Some((host, port, database)) = &app.options.internal_database else { return false };
    let same_host = match &endpoint.host {
        Host::Tcp { name, port: number } => name.eq_ignore_ascii_case(host) && number == port,
        Host::Unix { directory, port: number } => directory.to_str() == Some(host) && number == port,
    };
    same_host && endpoint.database == *database
}

fn given(text: Option<&str>) -> Option<String> {
    text.filter(|text| !text.trim().is_empty()).map(str::to_owned)
}

fn capitalised(words: &str) -> String {
    let mut characters = words.chars();
    characters.next().map_or_else(String::new, |first| format!("{}{}.", first.to_uppercase(), characters.as_str()))
}
