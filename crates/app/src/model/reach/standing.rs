//! How one role stands to all others: what it is a member of, by which way, and whether it has the rights of that at once. Pure.

use std::collections::hash_map::Entry;
use std::collections::{HashMap, HashSet, VecDeque};

use mathesar_sql::model::{MemberOf, Oid, RolePowers};

/// How a role comes by the rights of another one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Way {
    /// The roles on it, each a member of the next, the other one last; none to the role itself.
    pub via: Vec<Oid>,
    /// The role on it that must be taken on with `SET ROLE`; `None` where everything is inherited.
    pub set_role: Option<Oid>,
}

/// The ways of one role to all whose rights it can have.
pub(super) struct Standing<'a> {
    powers: &'a RolePowers,
    ways: HashMap<Oid, Way>,
    names: HashMap<Oid, &'a RolePowers>,
    /// How it becomes a superuser, which nobody inherits.
    superuser: Option<Way>,
}

impl<'a> Standing<'a> {
    /// Finds the shortest ways, those that need no `SET ROLE` first; `None` when there is no such role.
    pub fn of(role: Oid, roles: &'a [RolePowers], members: &[MemberOf]) -> Option<Self> {
        let names: HashMap<Oid, &RolePowers> = roles.iter().map(|role| (role.oid, role)).collect();
        let powers = *names.get(&role)?;
        let inherited = Memberships::new(members, |member| member.inherits);
        let mut ways: HashMap<Oid, Way> =
            inherited.from(role).into_iter().map(|(reached, via)| (reached, Way { via, set_role: None })).collect();
        let mut superuser = powers.superuser.then(|| Way { via: Vec::new(), set_role: None });
        for (taken_on, via) in Memberships::new(members, |member| member.may_set).from(role).into_iter().skip(1) {
            if superuser.is_none() && names.get(&taken_on).is_some_and(|role| role.superuser) {
                superuser = Some(Way { via: via.clone(), set_role: Some(taken_on) });
            }
            for (reached, further) in inherited.from(taken_on) {
                if let Entry::Vacant(entry) = ways.entry(reached) {
                    entry.insert(Way { via: [via.clone(), further].concat(), set_role: Some(taken_on) });
                }
            }
        }
        Some(Self { powers, ways, names, superuser })
    }

    /// The way to a role's rights.
    pub fn way_to(&self, role: Oid) -> Option<&Way> {
        self.ways.get(&role)
    }

    /// The way to one of PostgreSQL's own roles, which may not be there in an older version.
    pub fn way_to_named(&self, name: &str) -> Option<&Way> {
        self.ways
            .iter()
            .find(|(role, _)| self.names.get(role).is_some_and(|role| role.name.as_str() == name))
            .map(|x| x.1)
    }

    /// The way to a superuser's rights.
    pub fn way_to_superuser(&self) -> Option<&Way> {
        self.superuser.as_ref()
    }

    /// Whether it has a role's rights at once.
    pub fn has_rights_of(&self, role: Oid) -> bool {
        self.is_superuser() || self.way_to(role).is_some_and(|way| way.set_role.is_none())
    }

    pub fn is_superuser(&self) -> bool {
        self.powers.superuser
    }

    pub fn bypasses_row_security(&self) -> bool {
        self.powers.superuser || self.powers.bypasses_row_security
    }

    /// The name of a role.
    pub fn name(&self, role: Oid) -> String {
        // One that was made after the roles were read has its number only.
        self.names.get(&role).map_or_else(|| role.to_string(), |role| role.name.as_str().to_owned())
    }
}

/// Memberships of one kind, by member.
struct Memberships(HashMap<Oid, Vec<Oid>>);

impl Memberships {
    fn new(members: &[MemberOf], counts: fn(&MemberOf) -> bool) -> Self {
        let mut roles: HashMap<Oid, Vec<Oid>> = HashMap::new();
        for membership in members.iter().filter(|membership| counts(membership)) {
            roles.entry(membership.member).or_default().push(membership.role);
        }
        Self(roles)
    }

    /// The roles that are reached from one, itself first and nearer ones before others, with those on the way to each.
    fn from(&self, role: Oid) -> Vec<(Oid, Vec<Oid>)> {
        let (mut seen, mut waiting) = (HashSet::from([role]), VecDeque::from([(role, Vec::new())]));
        let mut reached = Vec::new();
        while let Some((role, via)) = waiting.pop_front() {
            for parent in self.0.get(&role).into_iter().flatten() {
                if seen.insert(*parent) {
                    waiting.push_back((*parent, [via.as_slice(), &[*parent]].concat()));
                }
            }
            reached.push((role, via));
        }
        reached
    }
}

#[cfg(test)]
mod tests {
    use mathesar_sql::Ident;

    use super::*;

    fn roles(superusers: &[Oid]) -> Vec<RolePowers> {
        let role = |oid| RolePowers {
            oid,
            name: Ident::new(format!("r{oid}")).unwrap(),
            superuser: superusers.contains(&oid),
            bypasses_row_security: false,
        };
        (1..=6).map(role).collect()
    }

    fn member(member: Oid, role: Oid, inherits: bool, may_set: bool) -> MemberOf {
        MemberOf { role, member, inherits, may_set }
    }

    fn way(via: &[Oid], set_role: Option<Oid>) -> Way {
        Way { via: via.to_vec(), set_role }
    }

    #[test]
    fn what_is_inherited_comes_before_what_must_be_taken_on() {
        // 1 may become 2 and inherits nothing of it; 2 inherits 3; 1 inherits 4, which inherits 3 as well.
        let members =
            [member(1, 2, false, true), member(2, 3, true, true), member(1, 4, true, false), member(4, 3, true, false)];
        let roles = roles(&[]);
        let standing = Standing::of(1, &roles, &members).unwrap();
        assert_eq!(standing.way_to(1), Some(&way(&[], None)));
        assert_eq!(standing.way_to(2), Some(&way(&[2], Some(2))));
        assert_eq!(standing.way_to(3), Some(&way(&[4, 3], None)));
        assert!(standing.has_rights_of(3) && !standing.has_rights_of(2) && standing.way_to(5).is_none());
    }

    #[test]
    fn what_a_role_inherits_is_had_once_it_is_taken_on() {
        let members = [member(1, 2, false, true), member(2, 3, false, true), member(3, 4, true, false)];
        let roles = roles(&[]);
        let standing = Standing::of(1, &roles, &members).unwrap();
        assert_eq!(standing.way_to(4), Some(&way(&[2, 3, 4], Some(3))));
    }

    #[test]
    fn a_superuser_is_only_who_is_one_or_becomes_one() {
        let roles = roles(&[2, 6]);
        let inheriting = Standing::of(1, &roles, &[member(1, 2, true, false)]).unwrap();
        assert_eq!(inheriting.way_to_superuser(), None);
        let becoming = Standing::of(1, &roles, &[member(1, 2, true, true)]).unwrap();
        assert_eq!(becoming.way_to_superuser(), Some(&way(&[2], Some(2))));
        assert_eq!(Standing::of(6, &roles, &[]).unwrap().way_to_superuser(), Some(&way(&[], None)));
        assert!(Standing::of(7, &roles, &[]).is_none());
    }
}
