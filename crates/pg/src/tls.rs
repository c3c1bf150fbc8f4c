//! TLS towards user databases: rustls, with libpq's modes.

use std::sync::{Arc, OnceLock};

use rustls::client::WebPkiServerVerifier;
use rustls::client::danger::{HandshakeSignatureValid, ServerCertVerified, ServerCertVerifier};
use rustls::crypto::{CryptoProvider, ring, verify_tls12_signature, verify_tls13_signature};
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, ServerName, UnixTime};
use rustls::server::ParsedCertificate;
use rustls::{CertificateError, ClientConfig, DigitallySignedStruct, RootCertStore, SignatureScheme};
use tokio_postgres_rustls::MakeRustlsConnect;
use x509_parser::prelude::{ASN1Time, FromDer, X509Certificate};

use crate::endpoint::TlsMode;

/// A CA text that cannot be used.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the CA certificate is not a PEM text of one or more certificates (-----BEGIN CERTIFICATE-----)")]
pub struct BadAuthority;

/// Makes the TLS side of a connection for `mode`.
///
/// # Errors
/// When `ca_pem` holds no certificate that can be read.
pub fn connector(mode: TlsMode, ca_pem: Option<&str>) -> Result<MakeRustlsConnect, BadAuthority> {
    let given = ca_pem.map(Authorities::from_pem).transpose()?;
    let verifier: Arc<dyn ServerCertVerifier> = match (mode, given) {
        // As in libpq: an authority that was given is used, even where the mode alone would not look at the certificate.
        (TlsMode::Require | TlsMode::VerifyCa, Some(given)) => Arc::new(Verifier::new(given, Names::Ignored)?),
        (TlsMode::VerifyCa, None) => Arc::new(Verifier::new(Authorities::of_system(), Names::Ignored)?),
        (TlsMode::VerifyFull, Some(given)) => Arc::new(Verifier::new(given, Names::Checked)?),
        (TlsMode::VerifyFull, None) => Arc::new(Verifier::new(Authorities::of_system(), Names::Checked)?),
        (TlsMode::Disable | TlsMode::Prefer | TlsMode::Require, _) => Arc::new(Unverified),
    };
    let config = ClientConfig::builder_with_provider(provider())
        .with_safe_default_protocol_versions()
        .map_err(|_| BadAuthority)?
        .dangerous()
        .with_custom_certificate_verifier(verifier)
        .with_no_client_auth();
    Ok(MakeRustlsConnect::new(config))
}

fn provider() -> Arc<CryptoProvider> {
    static PROVIDER: OnceLock<Arc<CryptoProvider>> = OnceLock::new();
    Arc::clone(PROVIDER.get_or_init(|| Arc::new(ring::default_provider())))
}

/// Whom we trust.
#[derive(Clone)]
struct Authorities {
    roots: Arc<RootCertStore>,
    /// Certificates that were given one by one: a server may use such a one itself, without an authority behind it.
    pinned: Arc<[CertificateDer<'static>]>,
}

impl Authorities {
    fn from_pem(pem: &str) -> Result<Self, BadAuthority> {
        let certificates: Result<Vec<_>, _> = CertificateDer::pem_slice_iter(pem.as_bytes()).collect();
        let certificates = certificates.map_err(|_| BadAuthority)?;
        let mut roots = RootCertStore::empty();
        for certificate in &certificates {
            roots.add(certificate.clone()).map_err(|_| BadAuthority)?;
        }
        if roots.is_empty() {
            return Err(BadAuthority);
        }
        Ok(Self { roots: Arc::new(roots), pinned: certificates.into() })
    }

    /// The operating system's authorities; Mozilla's where the system has none, as in a bare container.
    fn of_system() -> Self {
        static SYSTEM: OnceLock<Arc<RootCertStore>> = OnceLock::new();
        let roots = SYSTEM.get_or_init(|| {
            let mut roots = RootCertStore::empty();
            roots.add_parsable_certificates(rustls_native_certs::load_native_certs().certs);
            if roots.is_empty() {
                roots.extend(webpki_roots::TLS_SERVER_ROOTS.iter().cloned());
            }
            Arc::new(roots)
        });
        Self { roots: Arc::clone(roots), pinned: Arc::new([]) }
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Names {
    Checked,
    Ignored,
}

/// `verify-ca` and `verify-full`.
#[derive(Debug)]
struct Verifier {
    chain: Arc<WebPkiServerVerifier>,
    pinned: Arc<[CertificateDer<'static>]>,
    names: Names,
}

impl Verifier {
    fn new(authorities: Authorities, names: Names) -> Result<Self, BadAuthority> {
        let chain = WebPkiServerVerifier::builder_with_provider(authorities.roots, provider());
        let chain = chain.build().map_err(|_| BadAuthority)?;
        Ok(Self { chain, pinned: authorities.pinned, names })
    }

    /// A self-signed certificate that was given to us as the authority. webpki refuses it as a server's certificate because
    /// it may sign others; OpenSSL, and with it libpq, accepts it, and it is what most people with a server of their own have.
    fn verify_pinned(
        &self,
        certificate: &CertificateDer<'_>,
        name: &ServerName<'_>,
        now: UnixTime,
    ) -> Result<ServerCertVerified, rustls::Error> {
        let (_, parsed) = X509Certificate::from_der(certificate).map_err(|_| CertificateError::BadEncoding)?;
        let seconds = i64::try_from(now.as_secs()).unwrap_or(i64::MAX);
        let now = ASN1Time::from_timestamp(seconds).map_err(|_| CertificateError::Expired)?;
        if now < parsed.validity().not_before {
            return Err(CertificateError::NotValidYet.into());
        }
        if now > parsed.validity().not_after {
            return Err(CertificateError::Expired.into());
        }
        if self.names == Names::Checked {
            rustls::client::verify_server_name(&ParsedCertificate::try_from(certificate)?, name)?;
        }
        Ok(ServerCertVerified::assertion())
    }
}

impl ServerCertVerifier for Verifier {
    fn verify_server_cert(
        &self,
        end_entity: &CertificateDer<'_>,
        intermediates: &[CertificateDer<'_>],
        server_name: &ServerName<'_>,
        ocsp_response: &[u8],
        now: UnixTime,
    ) -> Result<ServerCertVerified, rustls::Error> {
        if self.pinned.iter().any(|pinned| pinned == end_entity) {
            return self.verify_pinned(end_entity, server_name, now);
        }
        let verified = self.chain.verify_server_cert(end_entity, intermediates, server_name, ocsp_response, now);
        match verified {
            // The chain is verified before the name, so this error says that the chain is good.
            Err(error) if self.names == Names::Ignored && is_wrong_name(&error) => Ok(ServerCertVerified::assertion()),
            other => other,
        }
    }

    fn verify_tls12_signature(
        &self,
        message: &[u8],
        cert: &CertificateDer<'_>,
        dss: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, rustls::Error> {
        verify_tls12_signature(message, cert, dss, &provider().signature_verification_algorithms)
    }

    fn verify_tls13_signature(
        &self,
        message: &[u8],
        cert: &CertificateDer<'_>,
        dss: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, rustls::Error> {
        verify_tls13_signature(message, cert, dss, &provider().signature_verification_algorithms)
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        provider().signature_verification_algorithms.supported_schemes()
    }
}

/// `prefer` and `require`: encrypted, and anybody may be at the other end. That is what libpq's modes mean.
#[derive(Debug)]
struct Unverified;

impl ServerCertVerifier for Unverified {
    fn verify_server_cert(
        &self,
        _: &CertificateDer<'_>,
        _: &[CertificateDer<'_>],
        _: &ServerName<'_>,
        _: &[u8],
        _: UnixTime,
    ) -> Result<ServerCertVerified, rustls::Error> {
        Ok(ServerCertVerified::assertion())
    }

    fn verify_tls12_signature(
        &self,
        message: &[u8],
        cert: &CertificateDer<'_>,
        dss: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, rustls::Error> {
        verify_tls12_signature(message, cert, dss, &provider().signature_verification_algorithms)
    }

    fn verify_tls13_signature(
        &self,
        message: &[u8],
        cert: &CertificateDer<'_>,
        dss: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, rustls::Error> {
        verify_tls13_signature(message, cert, dss, &provider().signature_verification_algorithms)
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        provider().signature_verification_algorithms.supported_schemes()
    }
}

/// Whether a handshake failed because the certificate is made out to another name.
pub(crate) fn is_wrong_name(error: &rustls::Error) -> bool {
    use CertificateError::{NotValidForName, NotValidForNameContext};
    matches!(error, rustls::Error::InvalidCertificate(NotValidForName | NotValidForNameContext { .. }))
}
