//! Certificates for tests of TLS.

use rcgen::{BasicConstraints, CertificateParams, CertifiedIssuer, IsCa, KeyPair};

/// A certificate authority and one server certificate that it signed.
#[derive(Clone)]
pub struct Certificates {
    /// The authority's certificate, as PEM: what a client trusts.
    pub authority_pem: String,
    /// The server's certificate, as PEM.
    pub server_pem: String,
    /// The server's private key, as PEM.
    pub server_key_pem: String,
}

impl Certificates {
    /// Makes an authority and a server certificate that is valid for `names` (DNS names or IP addresses).
    pub fn for_names(names: &[&str]) -> Self {
        let mut authority = CertificateParams::new(Vec::new()).expect("an authority needs no names");
        authority.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        let authority_key = KeyPair::generate().expect("a key can be made");
        let authority = CertifiedIssuer::self_signed(authority, authority_key).expect("an authority signs itself");

        let server = parameters(names);
        let server_key = KeyPair::generate().expect("a key can be made");
        let server = server.signed_by(&server_key, &authority).expect("the authority signs the server");
        Self { authority_pem: authority.pem(), server_pem: server.pem(), server_key_pem: server_key.serialize_pem() }
    }

    /// Makes one certificate that signed itself, as `openssl req -x509` does: the server's and the authority's are the same.
    pub fn self_signed(names: &[&str]) -> Self {
        let mut server = parameters(names);
        server.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        let key = KeyPair::generate().expect("a key can be made");
        let pem = server.self_signed(&key).expect("a certificate signs itself").pem();
        Self { authority_pem: pem.clone(), server_pem: pem, server_key_pem: key.serialize_pem() }
    }
}

fn parameters(names: &[&str]) -> CertificateParams {
    let names: Vec<String> = names.iter().map(|name| (*name).to_owned()).collect();
    CertificateParams::new(names).expect("these are names or addresses")
}
