//! The one table of settings: the command line, the environment, the configuration file, `config show|check|generate` and the
//! reference page are all read from it.

use super::form::Form;

/// When a change of a setting takes effect.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum When {
    /// Read once before data exists; changing it later means moving data by hand.
    BeforeFirstStart,
    /// Read at each start.
    Restart,
    /// Read at each start, and again when the running server gets SIGHUP.
    Reload,
}

/// One setting.
#[derive(Clone, Copy, Debug)]
pub struct Setting {
    /// Its key in the file. The flag is `--` and this with dashes, the variable `MATHESAR_` and this in capitals.
    pub name: &'static str,
    /// Other environment variables that are understood, the original's and those of platforms, the strongest first.
    pub aliases: &'static [&'static str],
    /// What can be given.
    pub form: Form,
    /// What holds when nothing is given, as it would be written; `None` where it is found out.
    pub default: Option<&'static str>,
    /// When a change takes effect.
    pub when: When,
    /// Whether it is never shown. A secret may also be given as the path of a file that holds it, by the variable with `_FILE`.
    pub secret: bool,
    /// What it does, in Markdown.
    pub doc: &'static str,
}

impl Setting {
    const fn new(name: &'static str, form: Form, doc: &'static str) -> Self {
        Self { name, aliases: &[], form, default: None, when: When::Restart, secret: false, doc }
    }

    const fn or(self, default: &'static str) -> Self {
        Self { default: Some(default), ..self }
    }

    const fn also(self, aliases: &'static [&'static str]) -> Self {
        Self { aliases, ..self }
    }

    const fn secret(self) -> Self {
        Self { secret: true, ..self }
    }

    const fn first(self) -> Self {
        Self { when: When::BeforeFirstStart, ..self }
    }

    const fn reloaded(self) -> Self {
        Self { when: When::Reload, ..self }
    }

    /// The flag, such as `--data-dir`.
    pub fn flag(&self) -> String {
        format!("--{}", self.name.replace('_', "-"))
    }

    /// Our own environment variable, such as `MATHESAR_DATA_DIR`.
    pub fn variable(&self) -> String {
        format!("MATHESAR_{}", self.name.to_uppercase())
    }

    /// All environment variables that give it, the strongest first; `_FILE` not included.
    pub fn variables(&self) -> impl Iterator<Item = String> {
        std::iter::once(self.variable()).chain(self.aliases.iter().map(|name| (*name).to_owned()))
    }
}

/// Finds the setting called `name`.
pub fn find(name: &str) -> Option<&'static Setting> {
    SETTINGS.iter().find(|setting| setting.name == name)
}

/// Every setting.
pub const SETTINGS: &[Setting] = &[
    Setting::new(
        "data_dir",
        Form::Path,
        "Directory for everything that must last: the internal database, the generated key, uploads and the managed \
         PostgreSQL. Default: `$XDG_DATA_HOME/mathesar`; for root `/var/lib/mathesar`.",
    )
    .first(),
    Setting::new(
        "ephemeral",
        Form::Bool,
        "Run although what must last would be written to a place that does not: the file system of a container without a \
         volume, or memory. For trying it out; everything is lost with the container or at the next start of the machine.",
    )
    .or("false"),
    Setting::new(
        "bind",
        Form::SocketAddress,
        "Address and port to listen on. When it is not set and port 8000 is taken, the next free port is used.",
    )
    .or("127.0.0.1:8000"),
    Setting::new(
        "port",
        Form::Port,
        "Port to listen on, on all addresses unless `host` says otherwise: what platforms set. The stronger of `bind` and \
         `port` counts; given in the same way, `bind`.",
    )
    .also(&["PORT"]),
    Setting::new("host", Form::IpAddress, "Address to listen on together with `port`.").or("0.0.0.0"),
    Setting::new(
        "external_url",
        Form::Url,
        "The address under which people reach this installation, with the path when it is not the root. It is used in links, \
         allows its host, and makes cookies secure when it is https.",
    )
    .also(&[
        "DOMAIN_NAME",
        "RENDER_EXTERNAL_URL",
        "RAILWAY_PUBLIC_DOMAIN",
        "APP_URL",
        "HEROKU_APP_DEFAULT_DOMAIN_NAME",
    ]),
    Setting::new(
        "base_path",
        Form::UrlPath,
        "Path under which everything is served, for hosting below another site. Default: the path of `external_url`.",
    ),
    Setting::new(
        "allowed_hosts",
        Form::Hosts,
        "Host names that this installation answers to, separated by commas: `example.org`, `.example.org` with all names \
         below it, `*` for any. Loopback names, IP addresses and the host of `external_url` are always allowed. While this is not \
         set, names that were confirmed with the setup link are allowed too.",
    )
    .also(&["ALLOWED_HOSTS"])
    .reloaded(),
    Setting::new(
        "trusted_proxies",
        Form::Networks,
        "Addresses or networks of the reverse proxies whose `X-Forwarded-*` headers are believed, separated by commas.",
    )
    .reloaded(),
    Setting::new(
        "tls_cert",
        Form::Path,
        "File with the certificate to serve HTTPS with, in PEM, followed by those of the authorities between it and the root. \
         It is read again when it changes; connections stay open. Default: plain HTTP.",
    ),
    Setting::new("tls_key", Form::Path, "File with the private key of `tls_cert`, in PEM; the two are given together."),
    Setting::new(
        "open_browser",
        Form::OneOf(&["auto", "on", "off"]),
        "Whether the link is opened in a browser at the start. `auto` does so when a person starts the program on their own \
         desktop: in a terminal, with a display, neither over SSH nor in a container.",
    )
    .or("auto"),
    Setting::new(
        "database_url",
        Form::PostgresUrl,
        "The internal database in a PostgreSQL, as `postgres://role:password@host:port/database?sslmode=verify-full`. \
         Default: a SQLite file in the data directory.",
    )
    .also(&["DATABASE_URL"])
    .secret()
    .first(),
    Setting::new("postgres_host", Form::Text, "Host of the internal database, or the directory of its Unix socket; use it \
         with the other `postgres_` settings instead of `database_url`.")
        .also(&["POSTGRES_HOST"])
        .first(),
    Setting::new("postgres_port", Form::Port, "Port of the internal database.").also(&["POSTGRES_PORT"]).or("5432").first(),
    Setting::new("postgres_db", Form::Text, "Name of the internal database.").also(&["POSTGRES_DB"]).first(),
    Setting::new("postgres_user", Form::Text, "Role that signs in to the internal database.").also(&["POSTGRES_USER"]).first(),
    Setting::new("postgres_password", Form::Text, "Password of `postgres_user`.").also(&["POSTGRES_PASSWORD"]).secret().first(),
    Setting::new(
        "postgres_sslmode",
        Form::OneOf(&["disable", "prefer", "require", "verify-ca", "verify-full"]),
        "How the connection to the internal database is protected, in libpq's words.",
    )
    .also(&["POSTGRES_SSLMODE"])
    .or("prefer"),
    Setting::new(
        "secret_key",
        Form::Key,
        "The key that seals stored passwords: 32 characters or more. Default: the file `secret_key` in the data directory, else \
         the systemd credential `secret-key`, else the file `/etc/mathesar/secret.key`; where there is none, a key is generated \
         at the first start and kept in the data directory. Whoever loses it must enter the stored passwords again.",
    )
    .also(&["SECRET_KEY"])
    .secret()
    .first(),
    Setting::new(
        "secret_key_previous",
        Form::Key,
        "A key that was in use before `secret_key`: what it sealed can still be opened.",
    )
    .secret(),
    Setting::new(
        "superuser_username",
        Form::Text,
        "Name of the superuser that is created at the first start, when `superuser_password` is set too.",
    )
    .or("admin")
    .first(),
    Setting::new(
        "superuser_password",
        Form::Text,
        "Password of the superuser that is created at the first start. It is ignored once there is a user.",
    )
    .secret()
    .first(),
    Setting::new("superuser_email", Form::Text, "E-mail address of the superuser that is created at the first start.").first(),
    Setting::new(
        "managed_postgres",
        Form::OneOf(&["auto", "on", "off"]),
        "Whether new databases can be created in a PostgreSQL that this program runs itself. `auto` is on when the internal \
         database is a SQLite file.",
    )
    .or("auto"),
    Setting::new(
        "managed_postgres_bin_dir",
        Form::Path,
        "Directory with `postgres` and `initdb` for the managed PostgreSQL. Default: the one that the program brings, else \
         an installed one.",
    ),
    Setting::new(
        "managed_postgres_user",
        Form::Text,
        "System user that runs the managed PostgreSQL when the program is started by root.",
    )
    .first(),
    Setting::new(
        "managed_postgres_bind",
        Form::SocketAddress,
        "Address and port on which the managed PostgreSQL also listens for other programs. Default: a Unix socket only.",
    ),
    Setting::new(
        "backup_schedule",
        Form::Schedule,
        "When the server makes a backup by itself: each day at a time of the machine's clock, or that long after the last one. \
         Default: never. See the page on backups.",
    ),
    Setting::new(
        "backup_dir",
        Form::Path,
        "Directory that scheduled backups are put into, best on another disk. Default: `backups` in the data directory.",
    ),
    Setting::new(
        "backup_keep",
        Form::Count { least: 1, most: 10_000 },
        "How many scheduled backups are kept; the oldest is removed when another one was made.",
    )
    .or("14"),
    Setting::new(
        "backup_passphrase",
        Form::Text,
        "Pass phrase of 12 characters or more that seals the secret key in backups. Without it scheduled backups leave the key \
         out, and it must be kept elsewhere.",
    )
    .secret(),
    Setting::new(
        "allow_unix_sockets",
        Form::Bool,
        "Whether user databases may be reached by Unix sockets of this machine.",
    )
    .or("false"),
    Setting::new(
        "file_storage",
        Form::OneOf(&["folder", "s3", "off"]),
        "Where files in cells are kept: in the data directory, in an S3 bucket (`s3_bucket`), or nowhere, so that there are none. \
         Several processes need a data directory that all of them share, or S3.",
    )
    .or("folder")
    .first(),
    Setting::new("s3_bucket", Form::Text, "Name of the bucket for files in cells.").first(),
    Setting::new(
        "s3_endpoint",
        Form::Url,
        "Address of the S3 service, such as `https://s3.eu-central-1.amazonaws.com` or `http://minio:9000`. Default: Amazon's for \
         the region.",
    ),
    Setting::new("s3_region", Form::Text, "Region of the bucket, as the service calls it.").or("us-east-1"),
    Setting::new("s3_prefix", Form::Text, "What the key of every object begins with, such as `mathesar/`. Default: nothing.").first(),
    Setting::new("s3_access_key_id", Form::Text, "Name of the access key for the bucket.").also(&["AWS_ACCESS_KEY_ID"]),
    Setting::new("s3_secret_access_key", Form::Text, "The secret of that access key.").also(&["AWS_SECRET_ACCESS_KEY"]).secret(),
    Setting::new(
        "file_upload_mib",
        Form::Count { least: 1, most: 4_096 },
        "The largest file that can be put into a cell, in MiB.",
    )
    .or("1024"),
    Setting::new(
        "form_file_upload_mib",
        Form::Count { least: 0, most: 4_096 },
        "The largest file that somebody without an account can send by a public form, in MiB; 0 takes none.",
    )
    .or("0"),
    Setting::new("threads", Form::Count { least: 1, most: 256 }, "Threads that serve requests. Default: one for each processor.")
        .also(&["WEB_CONCURRENCY"]),
    Setting::new("log_level", Form::LogLevel, "What is logged: `error`, `warn`, `info`, `debug`, `trace`, or a filter such as \
         `info,mathesar_pg=debug`.")
        .or("info")
        .reloaded(),
    Setting::new("log_format", Form::OneOf(&["text", "json"]), "How log lines are written, to standard error.").or("text"),
    Setting::new(
        "metrics_bind",
        Form::SocketAddress,
        "Address and port on which metrics are served at `/metrics`, for Prometheus. Default: nowhere.",
    ),
    Setting::new(
        "metrics_token",
        Form::Text,
        "Token that readers of the metrics must send as `Authorization: Bearer …`; required with `metrics_bind`.",
    )
    .secret(),
];

/// Variables of the original that mean nothing here, and what whoever sets them must know.
pub const WITHOUT_EFFECT: &[(&str, &str)] = &[
    ("REQUIRE_SSO_LOGIN", "this version has no single sign-on, so passwords stay allowed"),
    ("SSO_CONFIG_DICT", "this version has no single sign-on"),
    ("OIDC_CONFIG_DICT", "this version has no single sign-on"),
    ("FILE_STORAGE_DICT", "files are kept in the data directory, or in S3 by MATHESAR_FILE_STORAGE and MATHESAR_S3_…"),
    ("DATA_FILES_STORAGE_BACKEND", "uploads are kept in the data directory"),
    ("MEDIA_ROOT", "uploads are kept in the data directory; see MATHESAR_DATA_DIR"),
    ("PER_USER_DATABASES_ENABLED", "users get databases from a superuser"),
];

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::*;

    #[test]
    fn names_and_variables_are_unique() {
        let mut seen = HashSet::new();
        for setting in SETTINGS {
            assert!(seen.insert(setting.name.to_owned()), "{} is there twice", setting.name);
            for variable in setting.variables() {
                assert!(seen.insert(variable.clone()), "{variable} is there twice");
            }
        }
    }

    #[test]
    fn defaults_are_of_their_own_form_and_docs_are_sentences() {
        for setting in SETTINGS {
            if let Some(default) = setting.default {
                assert_eq!(setting.form.check(default), Ok(()), "{}", setting.name);
            }
            assert!(setting.doc.ends_with('.'), "the doc of {} is no sentence", setting.name);
            assert!(!(setting.secret && setting.default.is_some()), "{} is a secret with a default", setting.name);
        }
    }
}
