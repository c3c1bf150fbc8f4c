//! The settings as the program uses them.

use std::{
    net::{IpAddr, Ipv4Addr, SocketAddr},
    path::{Path, PathBuf},
    str::FromStr,
};

use ipnet::IpNet;
use secrecy::SecretString;
use url::Url;

use mathesar_store::passphrase;

use crate::backup::schedule::{Plan, Schedule};

use super::{
    environment::Environment,
    form,
    load::{Loaded, Problems, Source},
};

/// The directory that packages make for the machine's own service.
pub const MACHINE_DATA_DIR: &str = "/var/lib/mathesar";

/// Where to listen.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Listen {
    /// Address and port.
    pub address: SocketAddr,
    /// Whether somebody chose it, so that another port is no answer when it is taken.
    pub chosen: bool,
}

/// Where the internal database is.
#[derive(Clone, Debug)]
pub enum InternalDatabase {
    /// A file.
    Sqlite(PathBuf),
    /// A `postgres://` address.
    Postgres(SecretString),
}

/// The superuser to create at the first start.
#[derive(Clone)]
pub struct FirstSuperuser {
    /// Name to sign in with.
    pub username: String,
    /// Password.
    pub password: SecretString,
    /// E-mail address.
    pub email: Option<String>,
}

/// How the managed PostgreSQL is run.
#[derive(Clone, Debug)]
pub struct ManagedPostgres {
    /// Where its programs are.
    pub bin_dir: Option<PathBuf>,
    /// The system user that runs it.
    pub run_as: Option<String>,
    /// The address on which it listens beside its socket.
    pub tcp: Option<SocketAddr>,
}

/// Where the certificate to serve HTTPS with is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Tls {
    /// File with the certificate and those between it and the root, in PEM.
    pub certificate: PathBuf,
    /// File with its private key, in PEM.
    pub key: PathBuf,
}

/// When the link is opened in a browser.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum OpenBrowser {
    /// When a person starts the program on their own desktop.
    Auto,
    /// Always.
    On,
    /// Never.
    Off,
}

/// Where metrics are served.
#[derive(Clone)]
pub struct Metrics {
    /// Address and port.
    pub address: SocketAddr,
    /// What readers must send.
    pub token: SecretString,
}

/// A bucket for files in cells.
#[derive(Clone)]
pub struct S3 {
    /// Address of the service.
    pub endpoint: Url,
    /// Region, as the service calls it.
    pub region: String,
    /// The bucket's name.
    pub bucket: String,
    /// What the key of every object begins with.
    pub prefix: String,
    /// Name of the access key.
    pub access_key_id: String,
    /// Its secret.
    pub secret_access_key: SecretString,
}

/// Where files in cells are kept.
#[derive(Clone)]
pub enum FileStorage {
    /// Nowhere: there are none.
    Off,
    /// In this folder.
    Folder(PathBuf),
    /// In a bucket.
    S3(Box<S3>),
}

/// Files in cells.
#[derive(Clone)]
pub struct Files {
    /// Where they are kept.
    pub storage: FileStorage,
    /// The largest, in bytes.
    pub most_bytes: u64,
    /// The largest that comes by a public form, in bytes; 0 for none.
    pub most_bytes_by_form: u64,
}

/// How backups are made.
#[derive(Clone)]
pub struct Backups {
    /// Where those are put that nobody named a file for.
    pub dir: PathBuf,
    /// What seals the key in them.
    pub pass_phrase: Option<SecretString>,
    /// When they make themselves, if they do.
    pub plan: Option<Plan>,
}

/// The settings.
#[derive(Clone)]
pub struct Config {
    /// Directory for everything that must last.
    pub data_dir: PathBuf,
    /// Whether the directory was named by a flag, so that a command to repeat must name it too.
    pub data_dir_by_flag: bool,
    /// Whether the directory may be one that does not last.
    pub ephemeral: bool,
    /// Where to listen.
    pub listen: Listen,
    /// What HTTPS is served with; absent for plain HTTP.
    pub tls: Option<Tls>,
    /// When the link is opened in a browser.
    pub open_browser: OpenBrowser,
    /// How people reach this installation.
    pub external_url: Option<Url>,
    /// Begins with a slash and does not end with one; empty for the root.
    pub base_path: String,
    /// Allowed host names, as given.
    pub allowed_hosts: Vec<String>,
    /// Proxies whose headers are believed.
    pub trusted_proxies: Vec<IpNet>,
    /// Where the internal database is.
    pub internal_database: InternalDatabase,
    /// The master key that was given; absent when the generated one is used.
    pub secret_key: Option<SecretString>,
    /// The master key that was in use before.
    pub secret_key_previous: Option<SecretString>,
    /// The superuser to create at the first start.
    pub first_superuser: Option<FirstSuperuser>,
    /// The managed PostgreSQL, when there is one.
    pub managed_postgres: Option<ManagedPostgres>,
    /// Files in cells.
    pub files: Files,
    /// How backups are made.
    pub backups: Backups,
    /// Whether user databases may be reached by Unix sockets.
    pub allow_unix_sockets: bool,
    /// Threads that serve requests; absent for one a processor.
    pub threads: Option<usize>,
    /// A filter of log lines.
    pub log_level: String,
    /// Whether log lines are JSON.
    pub log_json: bool,
    /// Where metrics are served.
    pub metrics: Option<Metrics>,
}

impl Config {
    /// Reads the settings together: what they mean in combination and on this machine.
    ///
    /// # Errors
    /// The first combination that does not fit.
    pub fn new(loaded: &Loaded, environment: &Environment) -> Result<Self, Problems> {
        let data_dir = data_dir(loaded, environment)?;
        let internal_database = internal_database(loaded, &data_dir)?;
        let external_url = loaded.text("external_url").and_then(form::site);
        let path = loaded.text("base_path").or(external_url.as_ref().map(Url::path)).unwrap_or_default();
        Ok(Self {
            ephemeral: loaded.text("ephemeral").and_then(form::boolean).unwrap_or_default(),
            listen: listen(loaded),
            tls: tls(loaded)?,
            open_browser: match loaded.text("open_browser") {
                Some("on") => OpenBrowser::On,
                Some("off") => OpenBrowser::Off,
                _ => OpenBrowser::Auto,
            },
            base_path: form::base_path(path).unwrap_or_default(),
            external_url,
            allowed_hosts: form::list(loaded.text("allowed_hosts").unwrap_or_default()).map(str::to_owned).collect(),
            trusted_proxies: loaded.text("trusted_proxies").and_then(form::networks).unwrap_or_default(),
            managed_postgres: managed_postgres(loaded, &internal_database),
            internal_database,
            files: files(loaded, &data_dir)?,
            backups: backups(loaded, &data_dir)?,
            data_dir_by_flag: matches!(loaded.given("data_dir"), Some(given) if matches!(given.source, Source::Flag(_))),
            data_dir,
            secret_key: secret(loaded, "secret_key"),
            secret_key_previous: secret(loaded, "secret_key_previous"),
            first_superuser: first_superuser(loaded),
            allow_unix_sockets: loaded.text("allow_unix_sockets").and_then(form::boolean).unwrap_or_default(),
            threads: parsed(loaded, "threads"),
            log_level: loaded.text("log_level").unwrap_or_default().to_owned(),
            log_json: loaded.text("log_format") == Some("json"),
            metrics: metrics(loaded)?,
        })
    }

    /// The command that prints the setup link again.
    pub fn setup_link_command(&self) -> String {
        if self.data_dir_by_flag {
            format!("mathesar setup-link --data-dir {}", self.data_dir.display())
        } else {
            "mathesar setup-link".to_owned()
        }
    }
}

fn problem(words: impl Into<String>) -> Problems {
    Problems(vec![words.into()])
}

fn parsed<T: FromStr>(loaded: &Loaded, name: &str) -> Option<T> {
    loaded.text(name).and_then(|text| text.parse().ok())
}

fn secret(loaded: &Loaded, name: &str) -> Option<SecretString> {
    loaded.given(name).map(|given| given.text.clone())
}

/// Root's own home is no place for a service's data: the managed PostgreSQL, which never runs as root, could not enter it. So root
/// gets the directory that packages make.
fn data_dir(loaded: &Loaded, environment: &Environment) -> Result<PathBuf, Problems> {
    if let Some(given) = loaded.text("data_dir") {
        return Ok(PathBuf::from(given));
    }
    if environment.is_root() {
        return Ok(PathBuf::from(MACHINE_DATA_DIR));
    }
    let in_home = || environment.path("HOME").map(|home| home.join(".local/share"));
    let folder = environment.path("XDG_DATA_HOME").or_else(in_home).ok_or_else(|| {
        problem(
            "There is no place for data: neither XDG_DATA_HOME nor HOME is an absolute path. Name one with --data-dir.",
        )
    })?;
    Ok(folder.join("mathesar"))
}

/// `PORT` alone means all addresses: who sets it is a platform whose router comes from outside.
fn listen(loaded: &Loaded) -> Listen {
    let port_is_stronger = loaded.given("port").is_some() && loaded.rank("port") > loaded.rank("bind");
    let by_port = parsed(loaded, "port").filter(|_| port_is_stronger).map(|port: u16| {
        let host = parsed(loaded, "host").unwrap_or(IpAddr::V4(Ipv4Addr::UNSPECIFIED));
        SocketAddr::new(host, port)
    });
    let by_bind = || parsed(loaded, "bind").unwrap_or(SocketAddr::from((Ipv4Addr::LOCALHOST, 8000)));
    Listen { address: by_port.unwrap_or_else(by_bind), chosen: port_is_stronger || loaded.rank("bind") > 0 }
}

/// `database_url` is the stronger of the two ways, whatever the sources: it is the one that says everything.
fn internal_database(loaded: &Loaded, data_dir: &Path) -> Result<InternalDatabase, Problems> {
    if let Some(url) = secret(loaded, "database_url") {
        return Ok(InternalDatabase::Postgres(url));
    }
    let required = ["postgres_host", "postgres_db", "postgres_user"];
    let missing: Vec<&str> = required.into_iter().filter(|name| loaded.given(name).is_none()).collect();
    match missing.len() {
        0 => Ok(InternalDatabase::Postgres(url_of_parts(loaded)?)),
        3 => Ok(InternalDatabase::Sqlite(data_dir.join("mathesar.sqlite3"))),
        _ => Err(problem(format!(
            "The internal database is described by halves: {} is missing. Set it, or use database_url alone.",
            missing.join(" and ")
        ))),
    }
}

fn url_of_parts(loaded: &Loaded) -> Result<SecretString, Problems> {
    let part = |name| loaded.text(name).unwrap_or_default();
    let host = part("postgres_host");
    let cannot =
        |_| problem("The postgres_ settings cannot be put together: the host, the role or the port cannot be used.");
    let mut url = Url::parse("postgres://localhost").map_err(cannot_parse)?;
    if host.starts_with('/') {
        url.query_pairs_mut().append_pair("host", host);
    } else {
        url.set_host(Some(host)).map_err(cannot_parse)?;
    }
    url.set_port(parsed(loaded, "postgres_port")).map_err(cannot)?;
    url.set_username(part("postgres_user")).map_err(cannot)?;
    url.set_password(loaded.text("postgres_password")).map_err(cannot)?;
    url.set_path(part("postgres_db"));
    url.query_pairs_mut().append_pair("sslmode", part("postgres_sslmode"));
    Ok(String::from(url).into())
}

fn cannot_parse(error: url::ParseError) -> Problems {
    problem(format!("postgres_host cannot be used: {error}."))
}

fn first_superuser(loaded: &Loaded) -> Option<FirstSuperuser> {
    Some(FirstSuperuser {
        username: loaded.text("superuser_username").unwrap_or_default().to_owned(),
        password: secret(loaded, "superuser_password")?,
        email: loaded.text("superuser_email").map(str::to_owned),
    })
}

fn managed_postgres(loaded: &Loaded, internal: &InternalDatabase) -> Option<ManagedPostgres> {
    let wanted = match loaded.text("managed_postgres") {
        Some("on") => true,
        Some("off") => false,
        _ => matches!(internal, InternalDatabase::Sqlite(_)),
    };
    wanted.then(|| ManagedPostgres {
        bin_dir: loaded.text("managed_postgres_bin_dir").map(PathBuf::from),
        run_as: loaded.text("managed_postgres_user").map(str::to_owned),
        tcp: parsed(loaded, "managed_postgres_bind"),
    })
}

fn tls(loaded: &Loaded) -> Result<Option<Tls>, Problems> {
    match (loaded.text("tls_cert"), loaded.text("tls_key")) {
        (None, None) => Ok(None),
        (Some(certificate), Some(key)) => Ok(Some(Tls { certificate: certificate.into(), key: key.into() })),
        (Some(_), None) => Err(problem("tls_cert needs tls_key, the file with the certificate's private key.")),
        (None, Some(_)) => Err(problem("tls_key needs tls_cert, the file with the certificate of this private key.")),
    }
}

fn backups(loaded: &Loaded, data_dir: &Path) -> Result<Backups, Problems> {
    let pass_phrase = secret(loaded, "backup_passphrase");
    if let Some(Err(error)) = pass_phrase.as_ref().map(passphrase::check) {
        return Err(problem(format!("backup_passphrase: {error}")));
    }
    let schedule = loaded.text("backup_schedule").and_then(Schedule::parse);
    Ok(Backups {
        dir: loaded.text("backup_dir").map_or_else(|| data_dir.join("backups"), PathBuf::from),
        pass_phrase,
        plan: schedule.map(|schedule| Plan { schedule, keep: parsed(loaded, "backup_keep").unwrap_or(1) }),
    })
}

fn files(loaded: &Loaded, data_dir: &Path) -> Result<Files, Problems> {
    let storage = match loaded.text("file_storage") {
        Some("off") => FileStorage::Off,
        Some("s3") => FileStorage::S3(Box::new(s3(loaded)?)),
        _ => FileStorage::Folder(data_dir.join("files")),
    };
    let bytes = |name| parsed::<u64>(loaded, name).unwrap_or_default() << 20;
    Ok(Files { storage, most_bytes: bytes("file_upload_mib"), most_bytes_by_form: bytes("form_file_upload_mib") })
}

fn s3(loaded: &Loaded) -> Result<S3, Problems> {
    let needed = |name: &str| {
        let missing = || problem(format!("file_storage is s3, and {name} is missing."));
        loaded.text(name).map(str::to_owned).ok_or_else(missing)
    };
    let region = needed("s3_region")?;
    let endpoint = match loaded.text("s3_endpoint").and_then(form::site) {
        Some(endpoint) => endpoint,
        None => Url::parse(&format!("https://s3.{region}.amazonaws.com")).map_err(|_| {
            problem(format!("s3_region: \"{region}\" is no name of a region of Amazon's; give s3_endpoint."))
        })?,
    };
    let secret_access_key = secret(loaded, "s3_secret_access_key")
        .ok_or_else(|| problem("file_storage is s3, and s3_secret_access_key is missing."))?;
    Ok(S3 {
        endpoint,
        region,
        bucket: needed("s3_bucket")?,
        prefix: loaded.text("s3_prefix").unwrap_or_default().to_owned(),
        access_key_id: needed("s3_access_key_id")?,
        secret_access_key,
    })
}

fn metrics(loaded: &Loaded) -> Result<Option<Metrics>, Problems> {
    match (parsed(loaded, "metrics_bind"), secret(loaded, "metrics_token")) {
        (None, _) => Ok(None),
        (Some(address), Some(token)) => Ok(Some(Metrics { address, token })),
        (Some(_), None) => Err(problem("metrics_bind needs metrics_token: metrics are not shown to everybody.")),
    }
}

#[cfg(test)]
mod tests {
    use secrecy::ExposeSecret;

    use super::*;
    use crate::config::load::{Flags, load};

    fn config(flags: &[(&'static str, &str)], variables: &[(&str, &str)]) -> Result<Config, Problems> {
        let flags: Flags = flags.iter().map(|(name, text)| (*name, (*text).to_owned())).collect();
        let mut all = vec![("HOME", "/nowhere")];
        all.extend(variables);
        let environment = Environment::of(&all, false);
        Config::new(&load(&flags, None, &environment)?, &environment)
    }

    #[test]
    fn port_alone_means_all_addresses_and_the_stronger_of_bind_and_port_counts() {
        let listen = |flags: &[(&'static str, &str)], variables: &[(&str, &str)]| {
            let listen = config(flags, variables).unwrap().listen;
            (listen.address.to_string(), listen.chosen)
        };
        assert_eq!(listen(&[], &[]), ("127.0.0.1:8000".into(), false));
        assert_eq!(listen(&[], &[("PORT", "80")]), ("0.0.0.0:80".into(), true));
        assert_eq!(listen(&[], &[("PORT", "80"), ("MATHESAR_HOST", "::1")]), ("[::1]:80".into(), true));
        assert_eq!(listen(&[("bind", "127.0.0.2:1")], &[("PORT", "80")]), ("127.0.0.2:1".into(), true));
        assert_eq!(listen(&[("port", "2")], &[("MATHESAR_BIND", "127.0.0.2:1")]), ("0.0.0.0:2".into(), true));
        assert_eq!(listen(&[], &[("MATHESAR_BIND", "127.0.0.2:1"), ("PORT", "80")]), ("127.0.0.2:1".into(), true));
    }

    #[test]
    fn the_internal_database_of_the_originals_variables_is_put_together() {
        let mut parts = vec![
            ("POSTGRES_HOST", "db.example.org"),
            ("POSTGRES_DB", "mathesar_django"),
            ("POSTGRES_USER", "mathesar"),
            ("POSTGRES_PASSWORD", "p@ss:w/rd"),
        ];
        let InternalDatabase::Postgres(url) = config(&[], &parts).unwrap().internal_database else { panic!("a file") };
        assert_eq!(
            url.expose_secret(),
            "postgres://mathesar:p%40ss%3Aw%2Frd@db.example.org:5432/mathesar_django?sslmode=prefer"
        );
        parts.push(("DATABASE_URL", "postgres://other"));
        let InternalDatabase::Postgres(url) = config(&[], &parts).unwrap().internal_database else { panic!("a file") };
        assert_eq!(url.expose_secret(), "postgres://other");

        let halves = config(&[], &parts[..1]).err().unwrap().to_string();
        assert!(halves.contains("postgres_db and postgres_user is missing"), "{halves}");
    }

    #[test]
    fn a_socket_directory_can_be_the_host_of_the_internal_database() {
        let parts = [("POSTGRES_HOST", "/run/postgresql"), ("POSTGRES_DB", "m"), ("POSTGRES_USER", "u")];
        let InternalDatabase::Postgres(url) = config(&[], &parts).unwrap().internal_database else { panic!("a file") };
        assert_eq!(url.expose_secret(), "postgres://u@localhost:5432/m?host=%2Frun%2Fpostgresql&sslmode=prefer");
    }

    #[test]
    fn the_managed_postgresql_is_off_beside_an_internal_postgresql_unless_it_is_wanted() {
        let url = ("DATABASE_URL", "postgres://u@h/d");
        assert!(config(&[], &[]).unwrap().managed_postgres.is_some());
        assert!(config(&[], &[url]).unwrap().managed_postgres.is_none());
        assert!(config(&[("managed_postgres", "on")], &[url]).unwrap().managed_postgres.is_some());
    }

    #[test]
    fn the_base_path_is_that_of_the_external_url_unless_it_is_given() {
        let external = ("MATHESAR_EXTERNAL_URL", "https://example.org/tables/");
        assert_eq!(config(&[], &[external]).unwrap().base_path, "/tables");
        assert_eq!(config(&[("base_path", "/")], &[external]).unwrap().base_path, "");
    }

    /// Their documentation: <https://render.com/docs/environment-variables>, <https://docs.railway.com/reference/variables>,
    /// <https://devcenter.heroku.com/articles/dyno-metadata>.
    #[test]
    fn what_platforms_call_the_external_url_is_understood() {
        for (name, value) in [
            ("RENDER_EXTERNAL_URL", "https://tables.onrender.com"),
            ("RAILWAY_PUBLIC_DOMAIN", "tables.up.railway.app"),
            ("HEROKU_APP_DEFAULT_DOMAIN_NAME", "tables-1234567890ab.herokuapp.com"),
        ] {
            let external = config(&[], &[(name, value)]).unwrap().external_url.unwrap();
            assert_eq!(external.as_str(), format!("https://{}/", value.trim_start_matches("https://")), "{name}");
        }
        let domain =
            [("HEROKU_APP_DEFAULT_DOMAIN_NAME", "a.herokuapp.com"), ("MATHESAR_EXTERNAL_URL", "https://b.org")];
        assert_eq!(config(&[], &domain).unwrap().external_url.unwrap().as_str(), "https://b.org/");
    }

    #[test]
    fn without_a_home_the_data_directory_must_be_named() {
        let environment = Environment::of(&[], false);
        let loaded = load(&Flags::new(), None, &environment).unwrap();
        let problems = Config::new(&loaded, &environment).err().unwrap().to_string();
        assert!(problems.contains("--data-dir"), "{problems}");
    }

    #[test]
    fn certificate_and_key_are_given_together() {
        assert!(config(&[], &[]).unwrap().tls.is_none());
        assert!(config(&[("tls_cert", "/c.pem")], &[]).err().unwrap().to_string().contains("tls_key"));
        assert!(config(&[("tls_key", "/k.pem")], &[]).err().unwrap().to_string().contains("tls_cert"));
        let tls = config(&[("tls_cert", "/c.pem"), ("tls_key", "/k.pem")], &[]).unwrap().tls.unwrap();
        assert_eq!((tls.certificate, tls.key), (PathBuf::from("/c.pem"), PathBuf::from("/k.pem")));
    }

    #[test]
    fn backups_are_planned_and_a_weak_pass_phrase_is_no_secret() {
        let planned = config(&[("backup_schedule", "6h")], &[("MATHESAR_BACKUP_PASSPHRASE", "pebble under water")]);
        let backups = planned.unwrap().backups;
        assert_eq!(backups.plan.unwrap().keep, 14);
        assert_eq!(backups.dir, Path::new("/nowhere/.local/share/mathesar/backups"));
        let weak = config(&[], &[("MATHESAR_BACKUP_PASSPHRASE", "short")]).err().unwrap().to_string();
        assert!(weak.contains("12 characters"), "{weak}");
    }

    #[test]
    fn metrics_need_a_token() {
        assert!(config(&[("metrics_bind", "127.0.0.1:9")], &[]).is_err());
        assert!(config(&[("metrics_bind", "127.0.0.1:9"), ("metrics_token", "t")], &[]).unwrap().metrics.is_some());
    }
}
