//! What the tests of a running PostgreSQL share with the program that they start and kill.

use std::{
    fs::File,
    io::Read,
    path::{Path, PathBuf},
};

use mathesar_local::{Config, Secrets};
use secrecy::{ExposeSecret, SecretString};

/// A keeper of secrets that only turns them around: these tests are not about sealing.
pub struct Reversed;

impl Secrets for Reversed {
    fn seal(&self, identity: &str, plain: &SecretString) -> Result<String, String> {
        Ok(format!("{identity}:{}", plain.expose_secret().chars().rev().collect::<String>()))
    }

    fn open(&self, identity: &str, sealed: &str) -> Result<SecretString, String> {
        let reversed = sealed.strip_prefix(identity).and_then(|rest| rest.strip_prefix(':'));
        let plain: String = reversed.ok_or("sealed for something else")?.chars().rev().collect();
        Ok(plain.into())
    }

    fn random(&self, bytes: &mut [u8]) {
        File::open("/dev/urandom").and_then(|mut source| source.read_exact(bytes)).expect("random bytes");
    }
}

/// Settings that leave everything to be found: the PostgreSQL is carried by `executable`, the socket goes below `data_dir`.
pub fn config(data_dir: &Path, executable: Option<PathBuf>) -> Config {
    Config {
        data_dir: data_dir.to_owned(),
        executable,
        bin_dir: None,
        search_path: None,
        run_as: None,
        runtime_dir: None,
        tcp: None,
    }
}
