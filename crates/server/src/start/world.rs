//! Time and randomness as the system gives them: the only place that takes them (invariant I6).

use jiff::Timestamp;
use mathesar_app::{Clock, Random};

/// The system's clock.
pub struct SystemClock;

impl Clock for SystemClock {
    #[expect(clippy::disallowed_methods, reason = "this is the one place that reads the clock")]
    fn now(&self) -> Timestamp {
        Timestamp::now()
    }
}

/// The system's generator of random numbers.
pub struct SystemRandom;

impl Random for SystemRandom {
    #[expect(clippy::disallowed_methods, reason = "this is the one place that takes randomness")]
    fn fill(&self, bytes: &mut [u8]) {
        getrandom::fill(bytes)
            .expect("a system without randomness cannot keep secrets, and the program must not go on");
    }
}
