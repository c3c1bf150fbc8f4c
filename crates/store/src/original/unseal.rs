//! Opening the passwords that the original stores.
//!
//! They are [Fernet] tokens: AES-128 in CBC mode under an HMAC-SHA256. The 32 bytes of the key, the first half for the HMAC, are
//! PBKDF2-HMAC-SHA256 of its `SECRET_KEY`, which is its own salt, after 100,000 rounds. Made of primitives because the crate `fernet`
//! brings OpenSSL, or another generation of the crates that are here already.
//!
//! [Fernet]: https://github.com/fernet/spec/blob/master/Spec.md

use std::num::NonZeroU32;

use aes::Aes128;
use aes::cipher::block_padding::Pkcs7;
use aes::cipher::{BlockModeDecrypt as _, KeyIvInit as _};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE;
use ring::{hmac, pbkdf2};
use secrecy::{ExposeSecret, SecretString};
use zeroize::Zeroizing;

const ROUNDS: NonZeroU32 = NonZeroU32::new(100_000).expect("it is not zero");
const HALF: usize = 16;
/// The version, the time of sealing, which is of no interest here, and the initialisation vector.
const HEADER: usize = 1 + 8 + HALF;
const VERSION: u8 = 0x80;
const TAG: usize = 32;

/// Opens what an installation of the original sealed with its `SECRET_KEY`.
pub struct Unsealer {
    signing: hmac::Key,
    encryption: Zeroizing<[u8; HALF]>,
}

impl Unsealer {
    /// Derives the key; takes tens of milliseconds of a processor.
    pub fn new(secret_key: &SecretString) -> Self {
        let secret = secret_key.expose_secret().as_bytes();
        let mut derived = Zeroizing::new([0; 2 * HALF]);
        pbkdf2::derive(pbkdf2::PBKDF2_HMAC_SHA256, ROUNDS, secret, secret, derived.as_mut());
        let mut encryption = Zeroizing::new([0; HALF]);
        encryption.copy_from_slice(&derived[HALF..]);
        Self { signing: hmac::Key::new(hmac::HMAC_SHA256, &derived[..HALF]), encryption }
    }

    /// Opens a sealed text; `None` when it was sealed with another key, was changed, or is none.
    pub fn open(&self, sealed: &str) -> Option<SecretString> {
        let token = URL_SAFE.decode(sealed.trim()).ok()?;
        let (signed, tag) = token.split_at_checked(token.len().checked_sub(TAG)?)?;
        hmac::verify(&self.signing, signed, tag).ok()?;
        let (header, ciphertext) = signed.split_at_checked(HEADER)?;
        if header[0] != VERSION {
            return None;
        }
        let cipher =
            cbc::Decryptor::<Aes128>::new_from_slices(self.encryption.as_ref(), &header[HEADER - HALF..]).ok()?;
        let mut text = Zeroizing::new(ciphertext.to_vec());
        let text = cipher.decrypt_padded::<Pkcs7>(&mut text).ok()?;
        Some(std::str::from_utf8(text).ok()?.to_owned().into())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// From the installation in `testdata/original`.
    const KEY: &str = "bench-secret-key-0123456789abcdefghijklmnopqrstuvwxyz-ABCDEF";
    const PLAIN: &str =
        "gAAAAABrAxj6aE4OkV2ksCtiiAzKq8eBlG2mZ5fss2gK555386t_moTmE5URVqHxGaacXISEpfxbtabKa6L_9FIyk6eHoUGwSQ==";
    const UNUSUAL: &str = "gAAAAABrAy9qrKpE2qZvjmXvV4DP5hFbncQnU0l_Q-mCTmPOJULxNtd9XxNyBW3CcX7HYIqfloc9JC2t9Vl8SPaB1OwFSVvfibYRs69prkHEvevRanz5uc0=";

    #[test]
    fn what_the_original_sealed_is_opened_with_its_key_and_no_other() {
        let unsealer = Unsealer::new(&KEY.into());
        assert_eq!(unsealer.open(PLAIN).unwrap().expose_secret(), "mathesar");
        assert_eq!(unsealer.open(UNUSUAL).unwrap().expose_secret(), r#"re'ad"er \ pä$$"#);
        assert!(Unsealer::new(&"another key".into()).open(PLAIN).is_none());
    }

    #[test]
    fn what_was_changed_is_not_opened() {
        let unsealer = Unsealer::new(&KEY.into());
        let mut token = URL_SAFE.decode(PLAIN).unwrap();
        for place in [0, 5, HEADER - 1, HEADER, token.len() - 1] {
            token[place] ^= 1;
            assert!(unsealer.open(&URL_SAFE.encode(&token)).is_none(), "byte {place}");
            token[place] ^= 1;
        }
        for text in ["", "mathesar", "gAAAAA==", &PLAIN[..40]] {
            assert!(unsealer.open(text).is_none(), "{text}");
        }
    }
}
