//! What somebody shall have, held against what was granted. Pure.

use mathesar_api::ErrorCode;
use mathesar_pg::versions::ServerVersion;
use mathesar_sql::ddl::grant::{Grantee, Privilege};
use mathesar_sql::model::Grant;

use crate::{Error, Result};

/// What rights are on.
pub(in crate::model) struct Kind {
    /// As a person would name it, for messages.
    pub on: String,
    /// The rights that there are on it, in the order in which they are listed.
    pub rights: &'static [Privilege],
    /// The server's version, which not all of them need have.
    pub version: ServerVersion,
}

impl Kind {
    /// The rights that the server has.
    fn known(&self) -> impl Iterator<Item = Privilege> {
        self.rights.iter().copied().filter(|right| right.since() <= self.version.number)
    }
}

/// What one grantee shall have.
pub(in crate::model) struct Wanted {
    grantee: Grantee,
    on: String,
    /// Every right that the server has, and whether the grantee shall have it.
    rights: Vec<(Privilege, bool)>,
}

impl Wanted {
    /// Reads PostgreSQL's words for rights, which are the parameter at `path`.
    ///
    /// # Errors
    /// `ValueError` for a word that is no right on it, or not yet in the server's version.
    pub fn read(grantee: Grantee, kind: Kind, asked: &[String], path: &str) -> Result<Self> {
        let named = asked.iter().enumerate().map(|(index, word)| {
            let right = kind.known().find(|right| right.as_sql() == word);
            right.ok_or_else(|| no_right(&format!("{path}[{index}]"), word, &kind))
        });
        let named = named.collect::<Result<Vec<_>>>()?;
        let rights = kind.known().map(|right| (right, named.contains(&right))).collect();
        Ok(Self { grantee, on: kind.on, rights })
    }

    pub const fn grantee(&self) -> &Grantee {
        &self.grantee
    }

    /// The rights that shall be had (`granted`), or shall not, where that is not so yet.
    pub fn differing(&self, granted: bool, has: impl Fn(Privilege) -> bool) -> Vec<Privilege> {
        let differs = |(right, wanted): &&(Privilege, bool)| *wanted == granted && has(*right) != granted;
        self.rights.iter().filter(differs).map(|(right, _)| *right).collect()
    }

    /// Whether one of the grants, by whomever, is such a right of the grantee.
    pub fn has(&self, grants: &[Grant], right: Privilege) -> bool {
        grants.iter().any(|grant| self.is(grant, right))
    }

    fn is(&self, grant: &Grant, right: Privilege) -> bool {
        matches!(&self.grantee, Grantee::Role(role) if *role == grant.role_name) && grant.privilege == right.as_sql()
    }

    /// Refuses what came out otherwise: PostgreSQL only warns when a right cannot be granted by who asks for it, and says nothing when
    /// it was granted by others and so cannot be taken back.
    ///
    /// # Errors
    /// `InsufficientPrivilege`, `InvalidGrantOperation`.
    pub fn check(&self, grants: &[Grant]) -> Result<()> {
        let words = |rights: &[Privilege]| rights.iter().map(|right| right.as_sql()).collect::<Vec<_>>().join(", ");
        let (on, grantee) = (
            &self.on,
            match &self.grantee {
                Grantee::Role(role) => format!("\"{role}\""),
                Grantee::Public => "PUBLIC".to_owned(),
            },
        );
        let missing = self.differing(true, |right| self.has(grants, right));
        if !missing.is_empty() {
            let message = format!(
                "{} on {on} cannot be granted to {grantee} by your role. Nothing was changed.",
                words(&missing)
            );
            return Err(Error::new(ErrorCode::INSUFFICIENT_PRIVILEGE, message));
        }
        let kept = self.differing(false, |right| self.has(grants, right));
        let Some(first) = kept.first() else { return Ok(()) };
        let grantor = grants.iter().find(|grant| self.is(grant, *first));
        let grantor = grantor.map_or("another role", |grant| grant.grantor.as_str());
        let message = format!(
            "{} on {on} cannot be taken from {grantee} by your role: \"{grantor}\" granted it and can take it back. Nothing was \
             changed.",
            words(&kept)
        );
        Err(Error::new(ErrorCode::INVALID_GRANT_OPERATION, message))
    }
}

/// PostgreSQL's words for those rights that are had.
pub(super) fn words(rights: &[Privilege], has: impl Fn(&str) -> bool) -> Vec<String> {
    rights.iter().map(|right| right.as_sql()).filter(|word| has(word)).map(str::to_owned).collect()
}

fn no_right(path: &str, word: &str, kind: &Kind) -> Error {
    let on = &kind.on;
    if let Some(right) = kind.rights.iter().find(|right| right.as_sql() == word) {
        let (since, here) = (ServerVersion { number: right.since() }.major(), kind.version.major());
        return Error::value(format!(
            "{path}: {word} is a right from PostgreSQL {since} on, and this server is of version {here}."
        ));
    }
    let known: Vec<_> = kind.known().map(Privilege::as_sql).collect();
    Error::value(format!("{path}: \"{word}\" is no right on {on}; there are {}.", known.join(", ")))
}
