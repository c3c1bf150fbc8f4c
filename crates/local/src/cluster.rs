//! Making a cluster, and opening one that was made before.

use std::{
    fs,
    io::Write,
    os::unix::fs::DirBuilderExt,
    path::{Path, PathBuf},
};

use secrecy::{ExposeSecret, SecretString};

use crate::{
    binaries::Binaries,
    config::Secrets,
    error::{Error, IoContext, Result},
    identity::Identity,
    layout::{self, Layout, SUPERUSER, State},
};

/// A new cluster takes 39 MB, its first checkpoints as much again.
const NEW_CLUSTER: u64 = 120 << 20;

/// Under which identity the superuser's password is sealed.
const SEALED_AS: &str = "managed-postgres/superuser";

/// How folders begin that hold the password while `initdb` runs.
const SCRATCH: &str = ".initdb-";

/// A cluster that can be started.
pub(crate) struct Cluster {
    pub(crate) path: PathBuf,
    pub(crate) state: State,
    pub(crate) password: SecretString,
}

/// Opens the cluster, or makes one.
///
/// Blocks; making one takes about a second.
pub(crate) fn open_or_create(
    layout: &Layout,
    binaries: &Binaries,
    identity: &Identity,
    secrets: &dyn Secrets,
) -> Result<Cluster> {
    let state = match layout.read_state()? {
        Some(state) => state,
        None => create(layout, binaries, identity, secrets)?,
    };
    let path = layout.cluster(state.major);
    let unfinished = layout.unfinished_cluster();
    // The state is written when the new cluster is whole, and before it gets its name: an end between the two is mended here.
    if !path.exists() && unfinished.exists() {
        fs::rename(&unfinished, &path).at("Naming", &path)?;
    }
    if !identity.owns(&path) {
        return Err(Error::Permission {
            user: identity.name.clone(),
            problem: "does not own",
            path,
            remedy: "Start the program as the user that made it, or give the folder to this user with chown -R.",
        });
    }
    let password = password(&state, secrets)?;
    Ok(Cluster { path, state, password })
}

/// The superuser's password.
pub(crate) fn password(state: &State, secrets: &dyn Secrets) -> Result<SecretString> {
    secrets.open(SEALED_AS, &state.sealed_password).map_err(Error::Secret)
}

fn create(layout: &Layout, binaries: &Binaries, identity: &Identity, secrets: &dyn Secrets) -> Result<State> {
    if let Some(cluster) = layout.clusters()?.first() {
        return Err(layout.state_is_missing(cluster));
    }
    layout::sweep(&layout.home, SCRATCH);
    let folder = layout.unfinished_cluster();
    if folder.exists() {
        fs::remove_dir_all(&folder).at("Removing the unfinished", &folder)?;
    }
    layout::need_room(&layout.home, "a new PostgreSQL cluster", NEW_CLUSTER)?;

    let password = random_password(secrets);
    let icu = initialise(layout, binaries, identity, &folder, &password)?;
    // initdb was told not to wait for the disk after each file; once for all of them is enough.
    fs::File::open(&folder).and_then(|file| Ok(nix::unistd::syncfs(file)?)).at("Writing", &folder)?;

    let sealed = secrets.seal(SEALED_AS, &password).map_err(Error::Secret)?;
    let state = State::new(binaries.major, icu, sealed);
    layout.write_state(&state)?;
    Ok(state)
}

/// The ways to make a cluster, best first, with what `initdb` says where one is impossible.
const LOCALES: [(&[&str], &str); 3] = [
    (&["--locale-provider=icu", "--icu-locale=und", "--locale=C.UTF-8"], "invalid locale name"),
    (&["--locale-provider=icu", "--icu-locale=und", "--locale=C"], "ICU is not supported"),
    (&["--locale-provider=builtin", "--builtin-locale=C.UTF-8", "--locale=C"], ""),
];

/// Runs `initdb`; tells whether the cluster sorts by ICU.
fn initialise(
    layout: &Layout,
    binaries: &Binaries,
    identity: &Identity,
    folder: &Path,
    password: &SecretString,
) -> Result<bool> {
    for (locale, _) in LOCALES {
        let output = run_initdb(layout, binaries, identity, folder, password, locale)?;
        if output.status.success() {
            return Ok(locale[0].ends_with("icu"));
        }
        let words = String::from_utf8_lossy(&output.stderr).into_owned();
        let _ = fs::remove_dir_all(folder);
        if !LOCALES.iter().any(|(_, obstacle)| !obstacle.is_empty() && words.contains(obstacle)) {
            return Err(Error::Program { program: "initdb", output: tail(&words) });
        }
    }
    Err(Error::Program {
        program: "initdb",
        output: "this build has neither ICU nor a collation of its own".to_owned(),
    })
}

fn run_initdb(
    layout: &Layout,
    binaries: &Binaries,
    identity: &Identity,
    folder: &Path,
    password: &SecretString,
    locale: &[&str],
) -> Result<std::process::Output> {
    fs::DirBuilder::new().mode(0o700).create(folder).at("Making", folder)?;
    identity.own(folder)?;
    // A private folder beside the cluster, because initdb wants the cluster's empty.
    let private =
        tempfile::Builder::new().prefix(SCRATCH).tempdir_in(&layout.home).at("Making a folder in", &layout.home)?;
    let mut password_file = tempfile::NamedTempFile::new_in(private.path()).at("Writing into", private.path())?;
    writeln!(password_file, "{}", password.expose_secret()).at("Writing into", private.path())?;
    // The file first: in a folder that is somebody else's already, its name could have become a link.
    identity.own(password_file.path())?;
    identity.own(private.path())?;

    let program = binaries.program("initdb");
    let mut command = identity.command(&program);
    command
        .arg("--pgdata")
        .arg(folder)
        .arg(format!("--username={SUPERUSER}"))
        .arg("--pwfile")
        .arg(password_file.path())
        .args(["--auth=scram-sha-256", "--data-checksums", "--encoding=UTF8", "--no-sync", "--no-instructions"])
        .args(locale);
    identity.lend_a_name(&mut command, &layout.home)?;
    command.output().at("Starting", &program)
}

/// 24 random bytes in hexadecimal: no character that anything between here and PostgreSQL could take for its own.
pub(crate) fn random_password(secrets: &dyn Secrets) -> SecretString {
    let mut bytes = [0; 24];
    secrets.random(&mut bytes);
    hex::encode(bytes).into()
}

/// The last lines of what a program said, short enough for a message.
pub(crate) fn tail(words: &str) -> String {
    const LINES: usize = 8;
    let lines: Vec<&str> = words.lines().filter(|line| !line.trim().is_empty()).collect();
    lines[lines.len().saturating_sub(LINES)..].join("\n")
}
