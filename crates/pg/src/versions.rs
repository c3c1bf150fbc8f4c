//! Which PostgreSQL majors we work with.

/// The oldest major that every feature is tested on.
pub const OLDEST_MAJOR: u32 = 14;
/// The newest major that every feature is tested on; newer ones are let in and said to be untested.
pub const NEWEST_MAJOR: u32 = 18;

/// A server's version.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct ServerVersion {
    /// As `server_version_num`: 150006 for 15.6.
    pub number: u32,
}

/// What we say about a version.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Support {
    /// Below [`OLDEST_MAJOR`]: refused.
    TooOld,
    /// Tested.
    Tested,
    /// Above [`NEWEST_MAJOR`]: allowed, untested.
    Newer,
}

impl ServerVersion {
    /// Reads the start-up parameter `server_version`, such as `15.6 (Debian 15.6-1)`, `9.6.24` or `18beta2`.
    pub fn parse(text: &str) -> Option<Self> {
        let number = text.split(|c: char| c != '.' && !c.is_ascii_digit()).next()?;
        let mut numbers = number.split('.').map(str::parse::<u32>);
        let major = numbers.next()?.ok()?;
        let minor = numbers.next().and_then(Result::ok).unwrap_or(0);
        // Before 10 the second number belonged to the major version.
        Some(Self { number: if major < 10 { major * 10_000 + minor * 100 } else { major * 10_000 + minor } })
    }

    /// The major version.
    pub const fn major(self) -> u32 {
        self.number / 10_000
    }

    /// Whether we work with it.
    pub const fn support(self) -> Support {
        match self.major() {
            ..OLDEST_MAJOR => Support::TooOld,
            OLDEST_MAJOR..=NEWEST_MAJOR => Support::Tested,
            _ => Support::Newer,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_what_servers_say() {
        for (text, number, support) in [
            ("15.6 (Debian 15.6-1)", 150_006, Support::Tested),
            ("14.0", 140_000, Support::Tested),
            ("18beta2", 180_000, Support::Tested),
            ("19devel", 190_000, Support::Newer),
            ("13.22", 130_022, Support::TooOld),
            ("9.6.24", 90_600, Support::TooOld),
        ] {
            let version = ServerVersion::parse(text).unwrap();
            assert_eq!((version.number, version.support()), (number, support), "{text}");
        }
        assert_eq!(ServerVersion::parse("unknown"), None);
    }
}
