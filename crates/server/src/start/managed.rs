//! The managed PostgreSQL as the use cases see it.

use std::{
    path::{Path, PathBuf},
    sync::Arc,
};

use async_trait::async_trait;
use mathesar_api::ErrorCode;
use mathesar_app::{Error, ManagedDatabase, ManagedPostgres, Random, Result};
use mathesar_local as local;
use mathesar_pg::Host;
use mathesar_store::{Place, Sealed, Store};
use secrecy::{ExposeSecret as _, SecretString};

use crate::config::{self, Config, Environment};

/// Where a sealed value of the managed PostgreSQL belongs: to none of our tables.
const PLACE: Place = Place { table: "managed_postgres", column: "sealed", row: 0 };

/// The PostgreSQL that we run ourselves.
#[derive(Clone)]
pub struct Managed(local::Managed);

impl Managed {
    /// Describes it; nothing runs yet.
    pub fn new(
        settings: &config::ManagedPostgres,
        config: &Config,
        environment: &Environment,
        store: &Store,
        random: Arc<dyn Random>,
    ) -> Self {
        let settings = local_config(Some(settings), config.data_dir.clone(), environment);
        Self(local::Managed::new(settings, Secrets { store: store.clone(), random }))
    }

    /// What runs it.
    pub fn local(&self) -> &local::Managed {
        &self.0
    }

    /// Unpacks and checks its programs, and starts it where databases live in it already, so that nobody waits for that
    /// later. What fails is told again, with the reason, to who needs it.
    pub async fn warm_up(&self) {
        let outcome = match self.0.exists() {
            Ok(true) => self.0.ensure_running().await.map(drop),
            Ok(false) => self.0.prepare().await.map(drop),
            Err(error) => Err(error),
        };
        if let Err(error) = outcome {
            tracing::warn!(%error, "the managed PostgreSQL is not ready");
        }
    }

    /// Stops it and waits for its end.
    pub async fn stop(&self) {
        self.0.stop().await;
    }

    /// Where its programs are and which version they have, for `doctor`.
    ///
    /// # Errors
    /// When there are none.
    pub async fn programs(&self) -> local::Result<local::binaries::Binaries> {
        self.0.prepare().await
    }
}

/// The folder of `pg_restore` and the like, for who has neither data nor a key; what must be unpacked goes below `folder`.
///
/// # Errors
/// When there are none.
pub async fn client_programs(config: &Config, environment: &Environment, folder: &Path) -> local::Result<PathBuf> {
    let settings = local_config(config.managed_postgres.as_ref(), folder.to_owned(), environment);
    local::client_programs(settings).await
}

fn local_config(
    settings: Option<&config::ManagedPostgres>,
    data_dir: PathBuf,
    environment: &Environment,
) -> local::Config {
    local::Config {
        data_dir,
        executable: std::env::current_exe().ok(),
        bin_dir: settings.and_then(|settings| settings.bin_dir.clone()),
        search_path: environment.raw("PATH").cloned(),
        run_as: settings.and_then(|settings| settings.run_as.clone()),
        runtime_dir: environment.path("XDG_RUNTIME_DIR"),
        tcp: settings.and_then(|settings| settings.tcp),
    }
}

#[async_trait]
impl ManagedPostgres for Managed {
    async fn host(&self) -> Result<Host> {
        Ok(self.0.ensure_running().await.map_err(unavailable)?.host)
    }

    async fn create_database(&self, name: &str) -> Result<ManagedDatabase> {
        let made = self.0.create_database(name).await.map_err(unavailable)?;
        Ok(ManagedDatabase { role: made.owner, password: made.password })
    }

    async fn database_oid(&self, name: &str) -> Result<Option<u32>> {
        self.0.database_oid(name).await.map_err(unavailable)
    }

    async fn drop_database(&self, name: &str) -> Result<Option<String>> {
        self.0.drop_database(name).await.map_err(unavailable)
    }
}

fn unavailable(error: local::Error) -> Error {
    let code = match &error {
        local::Error::Exists(_) => ErrorCode::DUPLICATE_DATABASE,
        local::Error::Name { .. } => ErrorCode::VALUE_ERROR,
        _ => ErrorCode::OPERATIONAL_ERROR,
    };
    Error::new(code, error.to_string()).caused_by(error)
}

/// Seals what the managed PostgreSQL must remember with the installation's key.
struct Secrets {
    store: Store,
    random: Arc<dyn Random>,
}

impl local::Secrets for Secrets {
    fn seal(&self, identity: &str, plain: &SecretString) -> std::result::Result<String, String> {
        let framed = SecretString::from(format!("{identity}\n{}", plain.expose_secret()));
        Ok(self.store.keys().seal(PLACE, &framed, self.random.as_ref()).as_str().to_owned())
    }

    fn open(&self, identity: &str, sealed: &str) -> std::result::Result<SecretString, String> {
        let framed = self.store.keys().open(PLACE, &Sealed::from_text(sealed)).map_err(|error| error.to_string())?;
        match framed.expose_secret().split_once('\n') {
            Some((found, plain)) if found == identity => Ok(plain.into()),
            _ => Err("The sealed value belongs to something else.".to_owned()),
        }
    }

    fn random(&self, bytes: &mut [u8]) {
        self.random.fill(bytes);
    }
}
