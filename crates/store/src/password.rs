//! Hashing and checking the passwords of users.
//!
//! Every function here takes tens of milliseconds of a processor and 19 MiB of memory on purpose; call it off the async
//! threads and under a limit.

use std::num::NonZeroU32;

use argon2::password_hash::phc;
use argon2::password_hash::{PasswordHasher, PasswordVerifier};
use argon2::{Algorithm, Argon2, Params, Version};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use ring::pbkdf2;
use secrecy::{ExposeSecret, SecretString};

use crate::env::Random;
use crate::values::PasswordHash;

/// Memory in KiB, passes and lanes: OWASP Password Storage Cheat Sheet, Argon2id, the first of the equivalent settings for
/// servers (19 MiB, 2, 1).
pub const MEMORY_KIB: u32 = 19 * 1024;
/// See [`MEMORY_KIB`].
pub const PASSES: u32 = 2;
/// See [`MEMORY_KIB`].
pub const LANES: u32 = 1;

const SALT_BYTES: usize = 16;

/// Rounds that a hash of the original's may ask for. Django 5.2 makes them with a million; more than this would keep a processor busy for
/// seconds.
const ROUNDS_MAX: u32 = 5_000_000;

/// What a check of a password found.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// It is another password.
    Wrong,
    /// It is the password.
    Right,
    /// It is the password, but the hash has weaker parameters than today's, or is of the original's kind: hash it anew while it is at
    /// hand.
    RightButOld,
}

/// Hashes a password with a new salt.
pub fn hash(password: &SecretString, random: &dyn Random) -> PasswordHash {
    let mut salt = [0; SALT_BYTES];
    random.fill(&mut salt);
    let hash: phc::PasswordHash = argon2id()
        .hash_password_with_salt(password.expose_secret().as_bytes(), &salt)
        .expect("the parameters and the salt's length are constants that argon2 accepts");
    PasswordHash(hash.to_string())
}

/// Checks a password against a hash. A hash that cannot be read fits no password.
pub fn verify(password: &SecretString, hash: &PasswordHash) -> Verdict {
    if let Some(django) = Django::parse(&hash.0) {
        return if django.is_of(password) { Verdict::RightButOld } else { Verdict::Wrong };
    }
    let Ok(parsed) = phc::PasswordHash::new(&hash.0) else { return Verdict::Wrong };
    if argon2id().verify_password(password.expose_secret().as_bytes(), &parsed).is_err() {
        return Verdict::Wrong;
    }
    let current = parsed.algorithm == argon2::ARGON2ID_IDENT
        && Params::try_from(&parsed)
            .is_ok_and(|params| params.m_cost() >= MEMORY_KIB && params.t_cost() >= PASSES && params.p_cost() >= LANES);
    if current { Verdict::Right } else { Verdict::RightButOld }
}

/// Takes as long as a check of `password`, for a user who does not exist: an answer must not tell by its delay.
pub fn waste(password: &SecretString) {
    let mut nothing = [0; 32];
    argon2id()
        .hash_password_into(password.expose_secret().as_bytes(), &[0; SALT_BYTES], &mut nothing)
        .expect("the parameters and the salt's length are constants that argon2 accepts");
}

/// A hash as Django's default hasher writes it: `pbkdf2_sha256$rounds$salt$hash`, the salt as it is and the hash in base64.
struct Django<'a> {
    rounds: NonZeroU32,
    salt: &'a str,
    derived: Vec<u8>,
}

impl<'a> Django<'a> {
    fn parse(text: &'a str) -> Option<Self> {
        let mut parts = text.strip_prefix("pbkdf2_sha256$")?.split('$');
        let (rounds, salt, derived) = (parts.next()?.parse().ok()?, parts.next()?, parts.next()?);
        let derived = STANDARD.decode(derived).ok()?;
        let fits = rounds <= NonZeroU32::new(ROUNDS_MAX)? && derived.len() == ring::digest::SHA256_OUTPUT_LEN;
        (fits && parts.next().is_none()).then_some(Self { rounds, salt, derived })
    }

    /// Takes the same time whether the password is right or wrong.
    fn is_of(&self, password: &SecretString) -> bool {
        let (salt, password) = (self.salt.as_bytes(), password.expose_secret().as_bytes());
        pbkdf2::verify(pbkdf2::PBKDF2_HMAC_SHA256, self.rounds, salt, password, &self.derived).is_ok()
    }
}

impl PasswordHash {
    /// The hash of a user of the original; `None` for one that no password can be checked against here.
    pub fn of_the_original(text: &str) -> Option<Self> {
        Django::parse(text).map(|_| Self(text.to_owned()))
    }

    /// A hash that fits no password.
    pub fn of_nothing() -> Self {
        Self("!".to_owned())
    }

    /// The bytes to bind something else to this very hash by a keyed hash.
    pub fn as_bytes(&self) -> &[u8] {
        self.0.as_bytes()
    }
}

fn argon2id() -> Argon2<'static> {
    let params = Params::new(MEMORY_KIB, PASSES, LANES, None).expect("the constants are within argon2's limits");
    Argon2::new(Algorithm::Argon2id, Version::V0x13, params)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_hash_with_weaker_parameters_is_right_but_old() {
        let password = SecretString::from("correct horse");
        let weak = Argon2::new(Algorithm::Argon2id, Version::V0x13, Params::new(8, 1, 1, None).unwrap());
        let hash: phc::PasswordHash = weak.hash_password_with_salt(b"correct horse", &[7; SALT_BYTES]).unwrap();
        let hash = PasswordHash(hash.to_string());
        assert_eq!(verify(&password, &hash), Verdict::RightButOld);
        assert_eq!(verify(&SecretString::from("wrong"), &hash), Verdict::Wrong);
    }

    /// What Django's `PBKDF2PasswordHasher` makes of `Horse-battery-9 ü`, with fewer rounds than it takes as a rule.
    const DJANGO: &str = "pbkdf2_sha256$1000$rJe4MpilGU6J9IZlQlirno$NT4wXKovmkUrjHIqZrrTEO33A5X3EnRswtCm6Gk4XyI=";

    #[test]
    fn a_hash_of_the_original_is_right_but_old() {
        let hash = PasswordHash::of_the_original(DJANGO).unwrap();
        assert_eq!(verify(&SecretString::from("Horse-battery-9 ü"), &hash), Verdict::RightButOld);
        assert_eq!(verify(&SecretString::from("Horse-battery-9"), &hash), Verdict::Wrong);
    }

    #[test]
    fn a_hash_that_would_take_for_ever_or_is_of_another_form_fits_no_password() {
        for (from, to) in [
            ("1000", "5000001"),
            ("1000", "0"),
            ("1000", "-1"),
            ("1000", "99999999999999999999"),
            ("pbkdf2_sha256", "pbkdf2_sha1"),
            ("$rJe4", "$$rJe4"),
            ("=", "AAAA="),
            ("=", ""),
        ] {
            let text = DJANGO.replace(from, to);
            assert!(PasswordHash::of_the_original(&text).is_none(), "{text}");
            assert_eq!(verify(&SecretString::from("Horse-battery-9 ü"), &PasswordHash(text)), Verdict::Wrong);
        }
        assert!(PasswordHash::of_the_original("!").is_none());
        assert_eq!(verify(&SecretString::from("!"), &PasswordHash::of_nothing()), Verdict::Wrong);
    }

    #[test]
    fn what_is_no_hash_fits_no_password() {
        for text in ["", "!", "correct horse", "$argon2id$v=19$m=19456"] {
            assert_eq!(verify(&SecretString::from("correct horse"), &PasswordHash(text.to_owned())), Verdict::Wrong);
        }
    }
}
