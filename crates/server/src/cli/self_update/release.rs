//! A release on a web server: the list of its files with their digests, and the file for this machine.

use std::{
    cmp::Ordering,
    io::{self, Read as _, Write},
    time::Duration,
};

use anyhow::{Context as _, bail};
use minisign_verify::{PublicKey, Signature};
use sha2::{Digest as _, Sha256};
use url::Url;

use crate::web;

/// The list of digests, as sha256sum(1) writes it.
const DIGESTS: &str = "SHA256SUMS";
/// Its signature.
const SIGNATURE: &str = "SHA256SUMS.minisig";
/// More than any list of ours has, in bytes.
const LIST_LIMIT: u64 = 1 << 20;
/// More than any executable of ours has, in bytes.
const FILE_LIMIT: u64 = 512 << 20;
/// How long everything together may take.
const PATIENCE: Duration = Duration::from_secs(1800);

/// Where a release is.
pub(super) struct Source<'a> {
    base: &'a str,
    public_key: Option<&'a str>,
    agent: ureq::Agent,
}

/// A file of a release.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Found {
    /// Such as `1.2.3`.
    pub(super) version: String,
    name: String,
    digest: String,
}

impl<'a> Source<'a> {
    /// The release in the directory `base`.
    ///
    /// # Errors
    /// When what is sent could be changed on its way.
    pub(super) fn new(base: &'a str, public_key: Option<&'a str>) -> anyhow::Result<Self> {
        let url = Url::parse(base).with_context(|| format!("{base} is no address of a web server."))?;
        let is_here = matches!(url.host_str(), Some("localhost" | "127.0.0.1" | "[::1]"));
        if url.scheme() != "https" && !is_here {
            bail!("{base} is not https: somebody between could send another program. Give an https address.");
        }
        Ok(Self { base, public_key, agent: web::agent(PATIENCE) })
    }

    /// The file for this machine, when it is newer than `present`.
    ///
    /// # Errors
    /// When the list cannot be had, is not signed as it must be, or has no file for this machine.
    pub(super) fn newer_than(&self, present: &str) -> anyhow::Result<Option<Found>> {
        let list = self.small(DIGESTS)?;
        if let Some(key) = self.public_key {
            let signature = String::from_utf8(self.small(SIGNATURE)?)?;
            check_signature(&list, &signature, key)?;
        }
        let list = String::from_utf8(list).with_context(|| format!("{}/{DIGESTS} is no text.", self.base))?;
        let found = find(&list, std::env::consts::ARCH).with_context(|| {
            format!("The release at {} has no file for this machine ({}).", self.base, std::env::consts::ARCH)
        })?;
        Ok((order(&found.version, present) == Ordering::Greater).then_some(found))
    }

    /// Writes the file into `target`, and checks its digest.
    ///
    /// # Errors
    /// When it cannot be had or written, or is not what the list says.
    pub(super) fn download(&self, found: &Found, target: &mut impl Write) -> anyhow::Result<()> {
        let mut sha256 = Sha256::new();
        let mut body = self.get(&found.name)?.take(FILE_LIMIT);
        let mut buffer = vec![0; 1 << 16];
        loop {
            let read = match body.read(&mut buffer) {
                Ok(0) => break,
                Ok(read) => read,
                Err(error) if error.kind() == io::ErrorKind::Interrupted => continue,
                Err(error) => {
                    return Err(error)
                        .with_context(|| format!("{} broke off. Nothing was changed; try again.", found.name));
                }
            };
            sha256.update(&buffer[..read]);
            target.write_all(&buffer[..read]).context("The new file cannot be written. Nothing was changed.")?;
        }
        if !hex::encode(sha256.finalize()).eq_ignore_ascii_case(&found.digest) {
            bail!("{} is not what {DIGESTS} says: its digest differs. Nothing was changed.", found.name);
        }
        Ok(())
    }

    fn small(&self, name: &str) -> anyhow::Result<Vec<u8>> {
        let mut content = Vec::new();
        self.get(name)?.take(LIST_LIMIT).read_to_end(&mut content).with_context(|| format!("{name} broke off."))?;
        Ok(content)
    }

    fn get(&self, name: &str) -> anyhow::Result<impl io::Read + 'static> {
        let url = format!("{}/{name}", self.base);
        let answer = self.agent.get(&url).call().with_context(|| format!("{url} cannot be reached."))?;
        let status = answer.status();
        if !status.is_success() {
            bail!("{url} cannot be had: the server answers with status {}.", status.as_u16());
        }
        Ok(answer.into_body().into_reader())
    }
}

fn check_signature(list: &[u8], signature: &str, key: &str) -> anyhow::Result<()> {
    let key = PublicKey::from_base64(key).context("The public key of this build cannot be read.")?;
    let signature = Signature::decode(signature).with_context(|| format!("{SIGNATURE} cannot be read."))?;
    key.verify(list, &signature, false)
        .with_context(|| format!("{SIGNATURE} was not made by the key that signs releases. Nothing was changed."))
}

/// Finds `mathesar-VERSION-ARCHITECTURE-linux` in lines of a digest and a name; the newest where there are several.
fn find(list: &str, architecture: &str) -> Option<Found> {
    let ending = format!("-{architecture}-linux");
    let files = list.lines().filter_map(|line| {
        let (digest, name) = line.split_once(char::is_whitespace)?;
        let name = name.trim_start().trim_start_matches('*');
        let version = name.strip_prefix("mathesar-")?.strip_suffix(&ending)?;
        Some(Found { version: version.to_owned(), name: name.to_owned(), digest: digest.to_owned() })
    });
    files.max_by(|one, other| order(&one.version, &other.version))
}

/// The order of Semantic Versioning (section 11), without the order of pre-releases among themselves by number of fields.
fn order(one: &str, other: &str) -> Ordering {
    let split = |version: &str| {
        let version = version.split('+').next().unwrap_or_default();
        let (numbers, before) = version.split_once('-').unwrap_or((version, ""));
        let numbers: Vec<u64> = numbers.split('.').map(|number| number.parse().unwrap_or_default()).collect();
        (numbers, before.to_owned())
    };
    let ((one, one_before), (other, other_before)) = (split(one), split(other));
    one.cmp(&other).then_with(|| match (one_before.is_empty(), other_before.is_empty()) {
        (true, false) => Ordering::Greater,
        (false, true) => Ordering::Less,
        _ => one_before.cmp(&other_before),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_newest_file_for_the_machine_is_found() {
        let list = "aa  mathesar-1.9.0-x86_64-linux\n\
                    bb *mathesar-1.10.0-x86_64-linux\n\
                    cc  mathesar-1.10.0-x86_64-linux.tar.gz\n\
                    dd  mathesar-1.10.0-aarch64-linux\n\
                    ee  mathesar_1.11.0_amd64.deb\n";
        let found = find(list, "x86_64").unwrap();
        assert_eq!((found.version.as_str(), found.digest.as_str()), ("1.10.0", "bb"));
        assert_eq!(find(list, "riscv64"), None);
    }

    #[test]
    fn versions_are_ordered_by_number_and_a_release_follows_its_candidates() {
        for (older, newer) in
            [("0.9.0", "0.10.0"), ("1.0.0-rc1", "1.0.0"), ("1.0.0-beta", "1.0.0-rc"), ("1.0.0", "1.0.1-rc")]
        {
            assert_eq!(order(older, newer), Ordering::Less, "{older} {newer}");
            assert_eq!(order(newer, older), Ordering::Greater, "{older} {newer}");
        }
        assert_eq!(order("1.0.0+a", "1.0.0+b"), Ordering::Equal);
    }

    #[test]
    fn a_release_is_taken_over_https_only_except_from_this_machine() {
        assert!(Source::new("http://example.org/x", None).is_err());
        assert!(Source::new("https://example.org/x", None).is_ok());
        assert!(Source::new("http://127.0.0.1:1/x", None).is_ok());
    }

    /// The key, message and signature of minisign-verify's own documentation.
    #[test]
    fn a_list_that_somebody_else_signed_is_refused() {
        let key = "RWQf6LRCGA9i53mlYecO4IzT51TGPpvWucNSCh1CBM0QTaLn73Y7GFO3";
        let signature = "untrusted comment: signature from minisign secret key\n\
            RUQf6LRCGA9i559r3g7V1qNyJDApGip8MfqcadIgT9CuhV3EMhHoN1mGTkUidF/z7SrlQgXdy8ofjb7bNJJylDOocrCo8KLzZwo=\n\
            trusted comment: timestamp:1633700835\tfile:test\tprehashed\n\
            wLMDjy9FLAuxZ3q4NlEvkgtyhrr0gtTu6KC4KBJdITbbOeAi1zBIYo0v4iTgt8jJpIidRJnp94ABQkJAgAooBQ==";
        assert!(check_signature(b"test", signature, key).is_ok());
        assert!(check_signature(b"tess", signature, key).is_err());
    }
}
