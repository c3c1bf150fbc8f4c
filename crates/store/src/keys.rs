//! The master key, what is derived from it, and the sealing of values.
//!
//! A master key is never used itself: HKDF-SHA256 (RFC 5869) gives a sub-key for each purpose. Values are sealed with
//! XChaCha20-Poly1305, whose 24-byte nonce may be random, and are bound to the place where they are stored, so that a sealed
//! value that was copied to another row does not open there.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use chacha20poly1305::aead::{Aead, KeyInit, Payload};
use chacha20poly1305::{XChaCha20Poly1305, XNonce};
use hkdf::Hkdf;
use secrecy::{ExposeSecret, SecretString};
use sha2::Sha256;
use zeroize::Zeroizing;

use crate::env::Random;
use crate::error::{Error, Result};
use crate::values::Sealed;

/// Bytes of a generated master key.
pub const KEY_BYTES: usize = 32;
/// Characters that a string given as a key must have.
pub const MIN_KEY_CHARACTERS: usize = 32;
/// Different characters that a string given as a key must have; 32 random hexadecimal digits have fewer than 8 once in
/// more than a million.
pub const MIN_DIFFERENT_CHARACTERS: usize = 8;
/// Keys that a ring may hold: the one in use and those before it.
pub const MAX_KEYS: usize = 8;

const VERSION: &str = "v1";
const NONCE_BYTES: usize = 24;
const KEY_ID_BYTES: usize = 6;

/// What a sub-key is for. A sub-key never serves two purposes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Purpose {
    /// Sealing stored values.
    Seal,
    /// Binding the `X-CSRFToken` to a session.
    Csrf,
    /// Remembering verified Basic credentials for a while.
    BasicCache,
}

impl Purpose {
    fn info(self) -> &'static [u8] {
        match self {
            Self::Seal => b"mathesar/v1/seal",
            Self::Csrf => b"mathesar/v1/csrf",
            Self::BasicCache => b"mathesar/v1/basic-cache",
        }
    }
}

/// Where a sealed value is stored.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Place {
    /// Name of the table.
    pub table: &'static str,
    /// Name of the column.
    pub column: &'static str,
    /// Number of the row.
    pub row: i64,
}

impl Place {
    fn associated_data(self) -> Vec<u8> {
        format!("{}/{}/{}", self.table, self.column, self.row).into_bytes()
    }
}

/// One master key, kept as the pseudorandom key that HKDF extracts from it.
struct MasterKey {
    id: String,
    extracted: Zeroizing<[u8; 32]>,
}

impl MasterKey {
    fn new(material: &[u8]) -> Self {
        let (extracted, _) = Hkdf::<Sha256>::extract(Some(b"mathesar/v1/master"), material);
        let mut key = Self { id: String::new(), extracted: Zeroizing::new(extracted.into()) };
        let mut id = [0; KEY_ID_BYTES];
        key.expand(b"mathesar/v1/key-id", &mut id);
        key.id = URL_SAFE_NO_PAD.encode(id);
        key
    }

    fn expand(&self, info: &[u8], out: &mut [u8]) {
        Hkdf::<Sha256>::from_prk(self.extracted.as_ref())
            .expect("32 bytes are the length of a SHA-256 output")
            .expand(info, out)
            .expect("HKDF-SHA256 gives up to 8160 bytes, and no sub-key is longer than 32");
    }

    fn subkey(&self, purpose: Purpose) -> Zeroizing<[u8; 32]> {
        let mut subkey = Zeroizing::new([0; 32]);
        self.expand(purpose.info(), subkey.as_mut());
        subkey
    }

    fn cipher(&self) -> XChaCha20Poly1305 {
        let key = self.subkey(Purpose::Seal);
        XChaCha20Poly1305::new((&*key).into())
    }
}

/// The keys of an installation: the first seals, all open.
pub struct KeyRing {
    keys: Vec<MasterKey>,
}

impl KeyRing {
    /// A ring of strings that a person gave, the one in use first.
    ///
    /// # Errors
    /// `WeakKey` when a string is shorter than [`MIN_KEY_CHARACTERS`] or has too few different characters, when there is
    /// none, or when there are more than [`MAX_KEYS`].
    pub fn from_strings(strings: &[SecretString]) -> Result<Self> {
        for string in strings {
            check_strength(string.expose_secret())?;
        }
        Self::from_material(strings.iter().map(|string| string.expose_secret().trim().as_bytes()))
    }

    /// A ring of generated keys, the one in use first.
    ///
    /// # Errors
    /// `WeakKey` when there is none, or more than [`MAX_KEYS`].
    pub fn from_bytes(keys: &[Zeroizing<[u8; KEY_BYTES]>]) -> Result<Self> {
        Self::from_material(keys.iter().map(|key| key.as_slice()))
    }

    /// Makes the text of a new key for a key file: [`KEY_BYTES`] random bytes in base64url.
    pub fn generate(random: &dyn Random) -> SecretString {
        let mut bytes = Zeroizing::new([0; KEY_BYTES]);
        random.fill(bytes.as_mut());
        URL_SAFE_NO_PAD.encode(bytes.as_ref()).into()
    }

    fn from_material<'a>(material: impl Iterator<Item = &'a [u8]>) -> Result<Self> {
        let keys: Vec<MasterKey> = material.map(MasterKey::new).collect();
        if keys.is_empty() {
            return Err(Error::WeakKey { why: "there is none." });
        }
        if keys.len() > MAX_KEYS {
            return Err(Error::WeakKey {
                why: "a ring holds at most 8 keys; remove the oldest after `secrets rotate`.",
            });
        }
        Ok(Self { keys })
    }

    /// Seals a value for the place where it will be stored.
    pub fn seal(&self, place: Place, plaintext: &SecretString, random: &dyn Random) -> Sealed {
        let key = &self.keys[0];
        let mut nonce = [0; NONCE_BYTES];
        random.fill(&mut nonce);
        let payload = Payload { msg: plaintext.expose_secret().as_bytes(), aad: &place.associated_data() };
        let ciphertext = key
            .cipher()
            .encrypt(&XNonce::from(nonce), payload)
            .expect("XChaCha20-Poly1305 takes 256 GiB, and no stored value comes near");
        let (nonce, ciphertext) = (URL_SAFE_NO_PAD.encode(nonce), URL_SAFE_NO_PAD.encode(ciphertext));
        Sealed(format!("{VERSION}.{}.{nonce}.{ciphertext}", key.id))
    }

    /// Opens a value that was sealed for `place`.
    ///
    /// # Errors
    /// `KeyDoesNotFit` when the key that sealed it is not in the ring; `Corrupt` when the text is none of ours, was changed,
    /// or was sealed for another place.
    pub fn open(&self, place: Place, sealed: &Sealed) -> Result<SecretString> {
        let corrupt = || Error::Corrupt { what: format!("{}.{} of row {}", place.table, place.column, place.row) };
        let parts: Vec<&str> = sealed.0.split('.').collect();
        let [VERSION, id, nonce, ciphertext] = parts[..] else { return Err(corrupt()) };
        let key = self.keys.iter().find(|key| key.id == id).ok_or(Error::KeyDoesNotFit)?;
        let nonce = URL_SAFE_NO_PAD.decode(nonce).map_err(|_| corrupt())?;
        let nonce: [u8; NONCE_BYTES] = nonce.try_into().map_err(|_| corrupt())?;
        let ciphertext = URL_SAFE_NO_PAD.decode(ciphertext).map_err(|_| corrupt())?;
        let payload = Payload { msg: &ciphertext, aad: &place.associated_data() };
        let plaintext = key.cipher().decrypt(&XNonce::from(nonce), payload).map_err(|_| corrupt())?;
        match String::from_utf8(plaintext) {
            Ok(text) => Ok(text.into()),
            Err(error) => {
                drop(Zeroizing::new(error.into_bytes()));
                Err(corrupt())
            }
        }
    }

    /// Whether a value was sealed with a key other than the one in use, so that `secrets rotate` seals it anew.
    pub fn is_stale(&self, sealed: &Sealed) -> bool {
        sealed.0.split('.').nth(1) != Some(self.keys[0].id.as_str())
    }

    /// HMAC-SHA256 of `data` under the sub-key of `purpose` of the key in use.
    ///
    /// HKDF's extract step is exactly that HMAC (RFC 5869, section 2.2), with the key as its salt.
    pub fn keyed_hash(&self, purpose: Purpose, data: &[u8]) -> [u8; 32] {
        let (hash, _) = Hkdf::<Sha256>::extract(Some(self.keys[0].subkey(purpose).as_ref()), data);
        hash.into()
    }
}

fn check_strength(key: &str) -> Result<()> {
    let key = key.trim();
    if key.chars().count() < MIN_KEY_CHARACTERS {
        return Err(Error::WeakKey { why: "it has fewer than 32 characters." });
    }
    let different: std::collections::BTreeSet<char> = key.chars().collect();
    if different.len() < MIN_DIFFERENT_CHARACTERS {
        return Err(Error::WeakKey { why: "it repeats a few characters." });
    }
    Ok(())
}
