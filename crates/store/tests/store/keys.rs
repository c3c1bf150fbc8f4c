//! Keys, sealed values, passwords, tokens.

use mathesar_store::password::{self, Verdict};
use mathesar_store::{Error, KeyRing, Place, Purpose, TokenHash, token};
use secrecy::ExposeSecret;

use crate::fixture::{Repeatable, key, ring, secret};

const HERE: Place = Place { table: "configured_roles", column: "sealed_password", row: 7 };

#[test]
fn what_is_sealed_opens_only_in_its_place() {
    let (ring, random) = (ring(), Repeatable::new());
    let sealed = ring.seal(HERE, &secret("geheim"), random.as_ref());
    assert_eq!(ring.open(HERE, &sealed).unwrap().expose_secret(), "geheim");
    let elsewhere = [Place { row: 8, ..HERE }, Place { column: "other", ..HERE }, Place { table: "other", ..HERE }];
    for place in elsewhere {
        assert!(matches!(ring.open(place, &sealed), Err(Error::Corrupt { .. })), "{place:?}");
    }
}

#[test]
fn nothing_of_the_secret_is_shown() {
    let (ring, random) = (ring(), Repeatable::new());
    let sealed = ring.seal(HERE, &secret("geheim"), random.as_ref());
    assert_eq!(format!("{sealed:?}"), "Sealed(…)");
    assert_ne!(ring.seal(HERE, &secret("geheim"), random.as_ref()), sealed, "each seal has a nonce of its own");
}

#[test]
fn the_first_key_seals_and_all_open() {
    let random = Repeatable::new();
    let old = KeyRing::from_strings(&[key("abcdefgh")]).unwrap();
    let both = KeyRing::from_strings(&[key("ijklmnop"), key("abcdefgh")]).unwrap();
    let new = KeyRing::from_strings(&[key("ijklmnop")]).unwrap();
    let before = old.seal(HERE, &secret("geheim"), random.as_ref());
    assert!(both.is_stale(&before));
    assert_eq!(both.open(HERE, &before).unwrap().expose_secret(), "geheim");
    assert!(matches!(new.open(HERE, &before), Err(Error::KeyDoesNotFit)));
    let after = both.seal(HERE, &secret("geheim"), random.as_ref());
    assert!(!both.is_stale(&after));
    assert_eq!(new.open(HERE, &after).unwrap().expose_secret(), "geheim");
}

#[test]
fn weak_keys_are_refused() {
    for weak in ["", "short", &"a".repeat(64), &"abcdefg".repeat(10), &" ".repeat(40)] {
        assert!(matches!(KeyRing::from_strings(&[secret(weak)]), Err(Error::WeakKey { .. })), "{weak:?}");
    }
    assert!(matches!(KeyRing::from_strings(&[]), Err(Error::WeakKey { .. })));
    KeyRing::from_strings(&[KeyRing::generate(Repeatable::new().as_ref())]).unwrap();
}

#[test]
fn a_line_end_after_the_key_in_a_file_does_not_matter() {
    let random = Repeatable::new();
    let plain = KeyRing::from_strings(&[key("abcdefgh")]).unwrap();
    let from_file = KeyRing::from_strings(&[secret(&format!("{}\n", key("abcdefgh").expose_secret()))]).unwrap();
    let sealed = plain.seal(HERE, &secret("geheim"), random.as_ref());
    from_file.open(HERE, &sealed).unwrap();
}

#[test]
fn purposes_do_not_share_a_key() {
    let ring = ring();
    assert_ne!(ring.keyed_hash(Purpose::Csrf, b"x"), ring.keyed_hash(Purpose::BasicCache, b"x"));
    assert_ne!(ring.keyed_hash(Purpose::Csrf, b"x"), ring.keyed_hash(Purpose::Csrf, b"y"));
    assert_eq!(ring.keyed_hash(Purpose::Csrf, b"x"), ring.keyed_hash(Purpose::Csrf, b"x"));
}

#[test]
fn passwords_are_checked_and_old_hashes_noticed() {
    let random = Repeatable::new();
    let hash = password::hash(&secret("correct horse"), random.as_ref());
    assert_eq!(password::verify(&secret("correct horse"), &hash), Verdict::Right);
    assert_eq!(password::verify(&secret("correct horsf"), &hash), Verdict::Wrong);
    assert_ne!(password::hash(&secret("correct horse"), random.as_ref()), hash, "each hash has a salt of its own");
}

#[test]
fn tokens_are_long_and_their_hashes_compare() {
    let random = Repeatable::new();
    let (one, other) = (token::mint(random.as_ref()), token::mint(random.as_ref()));
    assert_eq!(one.expose_secret().len(), 43);
    assert!(TokenHash::of(&one).is(&TokenHash::of(&one)));
    assert!(!TokenHash::of(&one).is(&TokenHash::of(&other)));
}
