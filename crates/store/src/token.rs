//! Random tokens that are handed out once and stored as hashes: session cookies and set-up links.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use secrecy::{ExposeSecret, SecretString};
use sha2::{Digest, Sha256};
use subtle::ConstantTimeEq;
use zeroize::Zeroizing;

use crate::env::Random;
use crate::values::TokenHash;

/// Bits of a token / 8.
pub const TOKEN_BYTES: usize = 32;

/// Makes a token: 256 random bits in base64url, 43 characters.
pub fn mint(random: &dyn Random) -> SecretString {
    let mut bytes = Zeroizing::new([0; TOKEN_BYTES]);
    random.fill(bytes.as_mut());
    URL_SAFE_NO_PAD.encode(bytes.as_ref()).into()
}

impl TokenHash {
    /// The hash under which `token` is stored. A token has 256 random bits, so a plain SHA-256 cannot be searched.
    pub fn of(token: &SecretString) -> Self {
        Self(URL_SAFE_NO_PAD.encode(Sha256::digest(token.expose_secret().as_bytes())))
    }

    /// Compares without telling by its duration how much is alike.
    pub fn is(&self, other: &Self) -> bool {
        self.0.as_bytes().ct_eq(other.0.as_bytes()).into()
    }
}
