//! Hashing and checking the passwords of users.
//!
//! Every function here takes tens of milliseconds of a processor and 19 MiB of memory on purpose; call it off the async
//! threads and under a limit.

use argon2::password_hash::phc;
use argon2::password_hash::{PasswordHasher, PasswordVerifier};
use argon2::{Algorithm, Argon2, Params, Version};
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

/// What a check of a password found.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// It is another password.
    Wrong,
    /// It is the password.
    Right,
    /// It is the password, but the hash has weaker parameters than today's: hash it anew while it is at hand.
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

impl PasswordHash {
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

    #[test]
    fn what_is_no_hash_fits_no_password() {
        for text in ["", "!", "correct horse", "$argon2id$v=19$m=19456"] {
            assert_eq!(verify(&SecretString::from("correct horse"), &PasswordHash(text.to_owned())), Verdict::Wrong);
        }
    }
}
