//! What slows down those who do something very often: guess passwords or set-up tokens, or fill in forms.

use std::collections::HashMap;
use std::net::IpAddr;
use std::sync::{Mutex, PoisonError};

use jiff::{SignedDuration, Timestamp};
use mathesar_api::ErrorCode;

use crate::{Error, Result, limits};

const WINDOW: SignedDuration = SignedDuration::from_mins(1);

/// Somebody tries a password or a token, or sends something without an account.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Attempt<'a> {
    /// From where, when known.
    pub(crate) address: Option<IpAddr>,
    /// For which account; `None` where no account is tried.
    pub(crate) account: Option<&'a str>,
}

impl Attempt<'_> {
    fn keys(self) -> impl Iterator<Item = Key> {
        let address = self.address.map(|address| Key::Address(network(address)));
        let account = self.account.map(|account| Key::Account(account.to_owned()));
        address.into_iter().chain(account)
    }
}

/// Whoever has an IPv6 address has all of its /64, so that is what counts; an IPv4 address in IPv6's clothes counts as IPv4.
fn network(address: IpAddr) -> IpAddr {
    match address.to_canonical() {
        IpAddr::V6(address) => {
            let [a, b, c, d, ..] = address.segments();
            IpAddr::from([a, b, c, d, 0, 0, 0, 0])
        }
        v4 => v4,
    }
}

#[derive(Clone, Debug, PartialEq, Eq, Hash)]
enum Key {
    Address(IpAddr),
    Account(String),
}

#[derive(Clone, Copy)]
struct Count {
    began: Timestamp,
    tries: u32,
}

/// Counts tries by address and by account in windows of a minute. A try counts when it begins, so that many at once do not
/// slip through; where only failures count it is taken back when it succeeds.
pub(crate) struct Throttle {
    /// Tries in a window.
    most: u32,
    /// Why one more is refused.
    reason: &'static str,
    counts: Mutex<HashMap<Key, Count>>,
}

impl Throttle {
    /// Admits so many tries in a minute; `reason` is what further ones are told, a sentence.
    pub(crate) fn new(most: u32, reason: &'static str) -> Self {
        Self { most, reason, counts: Mutex::default() }
    }

    pub(crate) fn admit(&self, attempt: Attempt<'_>, now: Timestamp) -> Result<()> {
        let mut counts = self.counts.lock().unwrap_or_else(PoisonError::into_inner);
        if counts.len() >= limits::THROTTLE_ENTRIES {
            counts.retain(|_, count| now.duration_since(count.began) < WINDOW);
        }
        if counts.len() >= limits::THROTTLE_ENTRIES {
            return Err(self.refusal(WINDOW));
        }
        let keys: Vec<Key> = attempt.keys().collect();
        for key in &keys {
            let count = counts.entry(key.clone()).or_insert(Count { began: now, tries: 0 });
            let age = now.duration_since(count.began);
            if age >= WINDOW || age.is_negative() {
                *count = Count { began: now, tries: 0 };
            } else if count.tries >= self.most {
                return Err(self.refusal(WINDOW - age));
            }
        }
        for key in &keys {
            counts.entry(key.clone()).and_modify(|count| count.tries += 1);
        }
        Ok(())
    }

    pub(crate) fn forgive(&self, attempt: Attempt<'_>) {
        let mut counts = self.counts.lock().unwrap_or_else(PoisonError::into_inner);
        for key in attempt.keys() {
            counts.entry(key).and_modify(|count| count.tries = count.tries.saturating_sub(1));
        }
    }

    fn refusal(&self, wait: SignedDuration) -> Error {
        let seconds = wait.as_secs().max(1);
        let message = format!("{} Wait {seconds} seconds and try again.", self.reason);
        Error::new(ErrorCode::THROTTLED, message).with_data(&serde_json::json!({ "retry_after_seconds": seconds }))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const MOST: u32 = 10;

    fn throttle() -> Throttle {
        Throttle::new(MOST, "Too many tries failed.")
    }

    fn at(second: i64) -> Timestamp {
        Timestamp::from_second(1_700_000_000 + second).unwrap()
    }

    fn from<'a>(address: &str, account: &'a str) -> Attempt<'a> {
        Attempt { address: Some(address.parse().unwrap()), account: Some(account) }
    }

    fn fail_often(throttle: &Throttle, attempt: Attempt<'_>) {
        for _ in 0..MOST {
            throttle.admit(attempt, at(0)).unwrap();
        }
    }

    #[test]
    fn an_address_is_slowed_down_over_all_accounts_and_freed_after_a_minute() {
        let throttle = throttle();
        for account in 0..MOST {
            throttle.admit(from("192.0.2.1", &account.to_string()), at(0)).unwrap();
        }
        let refused = throttle.admit(from("192.0.2.1", "someone else"), at(20)).unwrap_err();
        assert_eq!(refused.code(), ErrorCode::THROTTLED);
        assert!(refused.message().contains("40 seconds"), "{}", refused.message());
        throttle.admit(from("192.0.2.2", "someone else"), at(20)).unwrap();
        throttle.admit(from("192.0.2.1", "someone else"), at(60)).unwrap();
    }

    #[test]
    fn an_account_is_guarded_over_all_addresses() {
        let throttle = throttle();
        for host in 0..MOST {
            throttle.admit(from(&format!("192.0.2.{host}"), "ann"), at(0)).unwrap();
        }
        assert!(throttle.admit(from("198.51.100.1", "ann"), at(1)).is_err());
        throttle.admit(from("198.51.100.1", "bob"), at(1)).unwrap();
    }

    #[test]
    fn what_succeeds_does_not_count() {
        let throttle = throttle();
        for _ in 0..100 {
            throttle.admit(from("192.0.2.1", "ann"), at(0)).unwrap();
            throttle.forgive(from("192.0.2.1", "ann"));
        }
    }

    #[test]
    fn a_refused_try_does_not_lengthen_the_wait() {
        let throttle = throttle();
        let attempt = from("192.0.2.1", "ann");
        fail_often(&throttle, attempt);
        for second in 1..60 {
            assert!(throttle.admit(attempt, at(second)).is_err());
        }
        throttle.admit(attempt, at(60)).unwrap();
    }

    #[test]
    fn an_ipv6_neighbour_and_a_mapped_ipv4_are_the_same_address() {
        for (one, other) in [("2001:db8::1", "2001:db8::ffff:2"), ("192.0.2.1", "::ffff:192.0.2.1")] {
            let throttle = throttle();
            fail_often(&throttle, Attempt { account: None, ..from(one, "") });
            assert!(throttle.admit(Attempt { account: None, ..from(other, "") }, at(1)).is_err(), "{other}");
        }
    }

    #[test]
    fn a_flood_of_names_is_held_off_without_growing() {
        let throttle = throttle();
        for name in 0..limits::THROTTLE_ENTRIES {
            throttle.admit(Attempt { address: None, account: Some(&name.to_string()) }, at(0)).unwrap();
        }
        assert!(throttle.admit(Attempt { address: None, account: Some("one more") }, at(1)).is_err());
        throttle.admit(Attempt { address: None, account: Some("one more") }, at(61)).unwrap();
    }
}
