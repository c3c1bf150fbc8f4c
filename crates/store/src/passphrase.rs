//! Sealing a secret with a pass phrase, for a place that the installation's key does not reach.
//!
//! Argon2id makes a key of the pass phrase and a salt; XChaCha20-Poly1305 seals with it. The parameters travel with the sealed
//! secret, so that stronger ones can come later.

use argon2::{Algorithm, Argon2, Params, Version};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use chacha20poly1305::aead::{Aead, KeyInit};
use chacha20poly1305::{XChaCha20Poly1305, XNonce};
use secrecy::{ExposeSecret, SecretString};
use zeroize::Zeroizing;

use crate::env::Random;
use crate::error::{Error, Result};

/// Characters that a new pass phrase must have. Whoever has the file may guess as often as they like.
pub const MIN_CHARACTERS: usize = 12;

/// Memory in KiB, passes and lanes: RFC 9106, section 4, the second recommended option, with one lane as every machine has it.
const COST: (u32, u32, u32) = (64 * 1024, 3, 1);
/// What a file may ask of us at most, whoever made it.
const MOST: (u32, u32, u32) = (1024 * 1024, 20, 8);
const FORM: &str = "argon2id-xchacha20poly1305";

/// Seals `secret`; the result is one line of printable ASCII.
///
/// Takes a fraction of a second and 64 MiB.
///
/// # Errors
/// `WeakPassPhrase`.
pub fn seal(secret: &SecretString, pass_phrase: &SecretString, random: &dyn Random) -> Result<String> {
    check(pass_phrase)?;
    let (mut salt, mut nonce) = ([0; 16], [0; 24]);
    random.fill(&mut salt);
    random.fill(&mut nonce);
    let sealed = cipher(pass_phrase, &salt, COST)?
        .encrypt(&XNonce::from(nonce), secret.expose_secret().as_bytes())
        .expect("XChaCha20-Poly1305 takes 256 GiB, and no secret comes near");
    let (memory, passes, lanes) = COST;
    let encode = |bytes: &[u8]| URL_SAFE_NO_PAD.encode(bytes);
    let (salt, nonce, sealed) = (encode(&salt), encode(&nonce), encode(&sealed));
    Ok(format!("{FORM}.{memory}.{passes}.{lanes}.{salt}.{nonce}.{sealed}"))
}

/// Opens what [`seal`] sealed.
///
/// # Errors
/// `WrongPassPhrase`, also when the text was changed; `Corrupt` when it is none of ours.
pub fn open(sealed: &str, pass_phrase: &SecretString) -> Result<SecretString> {
    let corrupt = || Error::Corrupt { what: "a sealed key that is not in the form of this version".to_owned() };
    let parts: Vec<&str> = sealed.trim().split('.').collect();
    let [FORM, memory, passes, lanes, salt, nonce, text] = parts[..] else { return Err(corrupt()) };
    let number = |text: &str, most: u32| text.parse().ok().filter(|number| *number <= most).ok_or_else(corrupt);
    let cost = (number(memory, MOST.0)?, number(passes, MOST.1)?, number(lanes, MOST.2)?);
    let decode = |text: &str| URL_SAFE_NO_PAD.decode(text).map_err(|_| corrupt());
    let nonce: [u8; 24] = decode(nonce)?.try_into().map_err(|_| corrupt())?;
    let opened = cipher(pass_phrase, &decode(salt)?, cost)?.decrypt(&XNonce::from(nonce), decode(text)?.as_slice());
    let opened = opened.map_err(|_| Error::WrongPassPhrase)?;
    String::from_utf8(opened).map(SecretString::from).map_err(|_| corrupt())
}

/// Whether a new pass phrase is long enough.
///
/// # Errors
/// `WeakPassPhrase`.
pub fn check(pass_phrase: &SecretString) -> Result<()> {
    let long = pass_phrase.expose_secret().chars().count() >= MIN_CHARACTERS;
    if long { Ok(()) } else { Err(Error::WeakPassPhrase) }
}

fn cipher(pass_phrase: &SecretString, salt: &[u8], cost: (u32, u32, u32)) -> Result<XChaCha20Poly1305> {
    let unusable =
        |error: argon2::Error| Error::Corrupt { what: format!("a sealed key with parameters that cannot be: {error}") };
    let params = Params::new(cost.0, cost.1, cost.2, Some(32)).map_err(unusable)?;
    let mut key = Zeroizing::new([0; 32]);
    Argon2::new(Algorithm::Argon2id, Version::V0x13, params)
        .hash_password_into(pass_phrase.expose_secret().as_bytes(), salt, key.as_mut())
        .map_err(unusable)?;
    Ok(XChaCha20Poly1305::new((&*key).into()))
}

#[cfg(test)]
mod tests {
    use super::*;

    struct Counting;

    impl Random for Counting {
        fn fill(&self, bytes: &mut [u8]) {
            for (value, byte) in (0..).zip(bytes) {
                *byte = value;
            }
        }
    }

    fn secret(text: &str) -> SecretString {
        text.to_owned().into()
    }

    #[test]
    fn only_the_same_pass_phrase_opens() {
        let sealed = seal(&secret("the key"), &secret("pebble under water"), &Counting).unwrap();
        assert_eq!(open(&sealed, &secret("pebble under water")).unwrap().expose_secret(), "the key");
        assert!(matches!(open(&sealed, &secret("pebble under Water")), Err(Error::WrongPassPhrase)));
        let mut changed = sealed.clone();
        changed.replace_range(sealed.len() - 1.., if sealed.ends_with('A') { "Q" } else { "A" });
        assert!(open(&changed, &secret("pebble under water")).is_err());
        assert!(!sealed.contains("the key"));
    }

    #[test]
    fn a_short_pass_phrase_and_a_greedy_file_are_refused() {
        assert!(matches!(seal(&secret("k"), &secret("short"), &Counting), Err(Error::WeakPassPhrase)));
        let greedy = format!("{FORM}.4000000.3.1.AAAA.AAAA.AAAA");
        assert!(matches!(open(&greedy, &secret("x")), Err(Error::Corrupt { .. })));
        assert!(matches!(open("age-encryption.org/v1", &secret("x")), Err(Error::Corrupt { .. })));
    }
}
