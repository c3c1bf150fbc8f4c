//! HTTPS without a proxy: the certificate, which is read again when its files change.

use std::{
    fmt, fs, io,
    os::unix::fs::MetadataExt as _,
    path::Path,
    sync::{Arc, PoisonError, RwLock},
    time::Duration,
};

use anyhow::{Context as _, bail};
use jiff::Timestamp;
use rustls::{
    ServerConfig,
    crypto::ring,
    pki_types::{CertificateDer, PrivateKeyDer, pem::PemObject as _},
    server::{ClientHello, ResolvesServerCert},
    sign::CertifiedKey,
};
use tokio_rustls::TlsAcceptor;
use tokio_util::sync::CancellationToken;
use x509_parser::prelude::{FromDer as _, GeneralName, X509Certificate};

use crate::config::Tls;

/// How often is looked whether the files changed. A change counts when it is the same twice, so that a certificate that is
/// already there is not tried with a key that is still to come.
const LOOK: Duration = Duration::from_secs(2);

/// The certificate that is served.
pub struct Certificate {
    files: Tls,
    current: Arc<Current>,
}

/// What a handshake takes.
struct Current(RwLock<Arc<CertifiedKey>>);

impl fmt::Debug for Current {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Current")
    }
}

impl ResolvesServerCert for Current {
    fn resolve(&self, _: ClientHello<'_>) -> Option<Arc<CertifiedKey>> {
        Some(Arc::clone(&self.0.read().unwrap_or_else(PoisonError::into_inner)))
    }
}

impl Certificate {
    /// Reads certificate and key.
    ///
    /// # Errors
    /// In words, when they cannot be served.
    pub fn open(files: &Tls) -> anyhow::Result<Self> {
        let current = Arc::new(Current(RwLock::new(Arc::new(read(files)?.key))));
        Ok(Self { files: files.clone(), current })
    }

    /// What turns connections into encrypted ones. HTTP/1.1 is all that is offered.
    ///
    /// # Errors
    /// When rustls cannot be set up.
    pub fn acceptor(&self) -> anyhow::Result<TlsAcceptor> {
        let mut config = ServerConfig::builder_with_provider(Arc::new(ring::default_provider()))
            .with_safe_default_protocol_versions()?
            .with_no_client_auth()
            .with_cert_resolver(Arc::clone(&self.current) as Arc<dyn ResolvesServerCert>);
        config.alpn_protocols = vec![b"http/1.1".to_vec()];
        Ok(TlsAcceptor::from(Arc::new(config)))
    }

    /// Reads the files again. Connections that are open stay; new ones get the new certificate.
    ///
    /// # Errors
    /// In words; the certificate that was served before stays.
    pub fn reload(&self) -> anyhow::Result<()> {
        let key = Arc::new(read(&self.files)?.key);
        *self.current.0.write().unwrap_or_else(PoisonError::into_inner) = key;
        Ok(())
    }

    /// Reads the files again whenever they change, until `stop` fires.
    pub async fn watch(self: Arc<Self>, stop: CancellationToken) {
        let mut served = Stamp::of(&self.files);
        let mut last = served;
        let mut every = tokio::time::interval(LOOK);
        while stop.run_until_cancelled(every.tick()).await.is_some() {
            let now = Stamp::of(&self.files);
            if now != served && now == last {
                served = now;
                match self.reload() {
                    Ok(()) => tracing::info!("the certificate changed; new connections get the new one"),
                    Err(error) => {
                        tracing::warn!("the new certificate cannot be served, the one before stays: {error:#}")
                    }
                }
            }
            last = now;
        }
    }
}

/// What tells that a file is another one: who replaces it, or a link to it, changes at least one of these.
#[derive(Clone, Copy, PartialEq, Eq)]
struct Stamp([Option<(u64, i64, i64, u64)>; 2]);

impl Stamp {
    fn of(files: &Tls) -> Self {
        Self([&files.certificate, &files.key].map(|path| {
            let found = fs::metadata(path).ok()?;
            Some((found.ino(), found.mtime(), found.mtime_nsec(), found.size()))
        }))
    }
}

/// A certificate with its key, and what it says.
pub struct Read {
    /// What rustls serves.
    pub key: CertifiedKey,
    /// Host names and addresses that it is made out to.
    pub names: Vec<String>,
    /// Until when it is valid.
    pub valid_until: Timestamp,
    /// From when on it is valid.
    pub valid_from: Timestamp,
}

/// Reads certificate and key, and checks that they belong together.
///
/// # Errors
/// In words: which file, what is wrong with it, what to do.
pub fn read(files: &Tls) -> anyhow::Result<Read> {
    let chain = CertificateDer::pem_slice_iter(&content(&files.certificate, "certificate")?)
        .collect::<Result<Vec<_>, _>>()
        .ok()
        .filter(|chain| !chain.is_empty())
        .with_context(|| {
            format!(
                "{} holds no certificate in PEM. It must begin with -----BEGIN CERTIFICATE-----, the server's own first.",
                files.certificate.display()
            )
        })?;
    let key = private_key(&files.key)?;
    let (names, valid_from, valid_until) = facts(&chain[0])
        .with_context(|| format!("The certificate in {} cannot be understood.", files.certificate.display()))?;
    let key = CertifiedKey::from_der(chain, key, &ring::default_provider()).map_err(|error| {
        anyhow::anyhow!(
            "The private key in {} cannot serve the certificate in {}: {error}. Give the two that were made together.",
            files.key.display(),
            files.certificate.display()
        )
    })?;
    Ok(Read { key, names, valid_until, valid_from })
}

fn content(path: &Path, what: &str) -> anyhow::Result<Vec<u8>> {
    fs::read(path).map_err(|error| {
        let next = match error.kind() {
            io::ErrorKind::PermissionDenied => " Let the user that runs Mathesar read it.",
            _ => "",
        };
        anyhow::anyhow!("The {what} in {} cannot be read: {error}.{next}", path.display())
    })
}

fn private_key(path: &Path) -> anyhow::Result<PrivateKeyDer<'static>> {
    let pem = content(path, "private key")?;
    if let Ok(key) = PrivateKeyDer::from_pem_slice(&pem) {
        return Ok(key);
    }
    let path = path.display();
    if String::from_utf8_lossy(&pem).contains("ENCRYPTED") {
        bail!(
            "The private key in {path} is protected by a pass phrase, and nobody is there to type it. Write it without one: \
             openssl pkey -in {path} -out NEW-FILE"
        );
    }
    bail!("{path} holds no private key in PEM. It must begin with a line such as -----BEGIN PRIVATE KEY-----.")
}

type Facts = (Vec<String>, Timestamp, Timestamp);

fn facts(certificate: &CertificateDer<'_>) -> anyhow::Result<Facts> {
    let (_, parsed) = X509Certificate::from_der(certificate)?;
    let alternatives = parsed.subject_alternative_name()?;
    let names = alternatives.iter().flat_map(|names| &names.value.general_names).filter_map(|name| match name {
        GeneralName::DNSName(name) => Some((*name).to_owned()),
        GeneralName::IPAddress(bytes) => address(bytes),
        _ => None,
    });
    let moment = |time: x509_parser::time::ASN1Time| Timestamp::from_second(time.timestamp());
    let validity = parsed.validity();
    Ok((names.collect(), moment(validity.not_before)?, moment(validity.not_after)?))
}

fn address(bytes: &[u8]) -> Option<String> {
    let v4 = <[u8; 4]>::try_from(bytes).map(std::net::IpAddr::from);
    v4.or_else(|_| <[u8; 16]>::try_from(bytes).map(std::net::IpAddr::from)).ok().map(|address| address.to_string())
}

impl Read {
    /// Whether it is made out to `host`, a name or an address. A name with `*.` stands for one label (RFC 6125).
    pub fn is_made_out_to(&self, host: &str) -> bool {
        let host = host.trim_start_matches('[').trim_end_matches(']').to_ascii_lowercase();
        self.names.iter().map(|name| name.to_ascii_lowercase()).any(|name| match name.strip_prefix("*.") {
            Some(domain) => host.split_once('.').is_some_and(|(_, rest)| rest == domain),
            None => name == host,
        })
    }
}

#[cfg(test)]
mod tests {
    use std::path::PathBuf;

    use mathesar_testkit::Certificates;

    use super::*;

    fn pair(folder: &Path, stem: &str, names: &[&str]) -> Tls {
        let made = Certificates::for_names(names);
        let [certificate, key] = ["crt", "key"].map(|end| folder.join(format!("{stem}.{end}")));
        fs::write(&certificate, made.server_pem).unwrap();
        fs::write(&key, made.server_key_pem).unwrap();
        Tls { certificate, key }
    }

    fn refusal(files: &Tls) -> String {
        format!("{:#}", read(files).err().expect("it can be served"))
    }

    #[test]
    fn a_certificate_says_whom_it_is_made_out_to() {
        let folder = tempfile::tempdir().unwrap();
        let read = read(&pair(folder.path(), "a", &["tables.example.org", "*.example.net", "192.0.2.1"])).unwrap();
        for host in ["tables.example.org", "TABLES.example.org", "a.example.net", "192.0.2.1"] {
            assert!(read.is_made_out_to(host), "{host}");
        }
        for host in ["example.org", "example.net", "a.b.example.net", "192.0.2.2"] {
            assert!(!read.is_made_out_to(host), "{host}");
        }
        assert!(read.valid_from < read.valid_until);
    }

    #[test]
    fn files_that_cannot_be_served_are_told_by_name_and_with_what_to_do() {
        let folder = tempfile::tempdir().unwrap();
        let (one, other) = (pair(folder.path(), "one", &["a.org"]), pair(folder.path(), "other", &["a.org"]));
        let crossed = Tls { key: other.key.clone(), ..one.clone() };
        assert!(refusal(&crossed).contains("were made together"), "{}", refusal(&crossed));
        let swapped = Tls { certificate: one.key.clone(), key: one.certificate.clone() };
        assert!(refusal(&swapped).contains("one.key holds no certificate"), "{}", refusal(&swapped));
        let no_key = Tls { key: one.certificate.clone(), ..one.clone() };
        assert!(refusal(&no_key).contains("holds no private key"), "{}", refusal(&no_key));
        let missing = Tls { key: PathBuf::from("/nowhere/key.pem"), ..one.clone() };
        assert!(refusal(&missing).contains("/nowhere/key.pem cannot be read"), "{}", refusal(&missing));
        fs::write(&other.key, "-----BEGIN ENCRYPTED PRIVATE KEY-----\nAAAA\n-----END ENCRYPTED PRIVATE KEY-----\n")
            .unwrap();
        assert!(refusal(&other).contains("openssl pkey"), "{}", refusal(&other));
    }
}
