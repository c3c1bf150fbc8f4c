//! The processors that the product is built for, by the names that others have for them.

use clap::ValueEnum;
use serde::Deserialize;

/// A processor. Its name here is Debian's, which container images have too.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum, Deserialize, PartialOrd, Ord)]
#[serde(rename_all = "lowercase")]
pub enum Arch {
    /// x86-64.
    Amd64,
    /// ARM in its 64-bit form.
    Arm64,
}

impl Arch {
    /// That of this machine.
    #[cfg(target_arch = "x86_64")]
    pub const HOST: Self = Self::Amd64;
    /// That of this machine.
    #[cfg(target_arch = "aarch64")]
    pub const HOST: Self = Self::Arm64;

    /// Debian's name.
    pub fn debian(self) -> &'static str {
        match self {
            Self::Amd64 => "amd64",
            Self::Arm64 => "arm64",
        }
    }

    /// The kernel's name, as `uname --machine` prints it; that of the tags of PyPI and of our own files too.
    pub fn uname(self) -> &'static str {
        match self {
            Self::Amd64 => "x86_64",
            Self::Arm64 => "aarch64",
        }
    }

    /// Rust's name of what is compiled for it.
    pub fn triple(self) -> String {
        format!("{}-unknown-linux-gnu", self.uname())
    }
}
