//! Row-level security.

use super::exclusive;
use super::grant::Grantee;
use crate::cost::Work;
use crate::expression::Expression;
use crate::frag::{Fragment, Statement};
use crate::ident::{Ident, QName};
use crate::model::PolicyCommand;

/// A policy to make.
#[derive(Clone, Debug)]
pub struct NewPolicy {
    /// Name, unique within the table.
    pub name: Ident,
    /// The commands that it is about.
    pub command: PolicyCommand,
    /// Whether it lets rows through, rather than holding back what others let through.
    pub permissive: bool,
    /// The roles that it is about; none is every role.
    pub roles: Vec<Ident>,
    /// Which rows are seen.
    pub using: Option<Expression>,
    /// Which rows may be written; those that are seen where it is absent.
    pub check: Option<Expression>,
}

/// What to change of a policy, where something is said. PostgreSQL changes neither its command nor whether it is permissive, and takes
/// no condition away.
#[derive(Clone, Debug, Default)]
pub struct PolicyChange {
    /// The roles that it is about from now on; none is every role.
    pub roles: Option<Vec<Ident>>,
    /// Which rows are seen.
    pub using: Option<Expression>,
    /// Which rows may be written.
    pub check: Option<Expression>,
}

/// Creates a policy.
pub fn create(table: &QName, policy: &NewPolicy) -> Statement {
    let mut fragment = Fragment::of("CREATE POLICY ");
    fragment.ident(&policy.name).sql(" ON ").qname(table);
    fragment.sql(if policy.permissive { " AS PERMISSIVE FOR " } else { " AS RESTRICTIVE FOR " });
    fragment.sql(policy.command.as_sql()).push(to(&policy.roles));
    fragment.push(conditions(policy.using.as_ref(), policy.check.as_ref()));
    exclusive(fragment, table, Work::None)
}

/// Changes a policy.
pub fn change(table: &QName, name: &Ident, change: &PolicyChange) -> Statement {
    let mut fragment = alter_policy(table, name);
    if let Some(roles) = &change.roles {
        fragment.push(to(roles));
    }
    fragment.push(conditions(change.using.as_ref(), change.check.as_ref()));
    exclusive(fragment, table, Work::None)
}

/// Renames a policy.
pub fn rename(table: &QName, name: &Ident, new_name: &Ident) -> Statement {
    let mut fragment = alter_policy(table, name);
    fragment.sql(" RENAME TO ").ident(new_name);
    exclusive(fragment, table, Work::None)
}

fn alter_policy(table: &QName, name: &Ident) -> Fragment {
    let mut fragment = Fragment::of("ALTER POLICY ");
    fragment.ident(name).sql(" ON ").qname(table);
    fragment
}

fn to(roles: &[Ident]) -> Fragment {
    let mut fragment = Fragment::of(" TO ");
    if roles.is_empty() {
        fragment.push(Grantee::Public.name());
    } else {
        fragment.join(", ", roles.iter().map(|role| Grantee::Role(role.clone()).name()));
    }
    fragment
}

fn conditions(using: Option<&Expression>, check: Option<&Expression>) -> Fragment {
    let mut fragment = Fragment::new();
    if let Some(using) = using {
        fragment.sql("\n    USING (").expression(using).sql(")");
    }
    if let Some(check) = check {
        fragment.sql("\n    WITH CHECK (").expression(check).sql(")");
    }
    fragment
}

/// Drops a policy.
pub fn drop(table: &QName, name: &Ident) -> Statement {
    let mut fragment = Fragment::of("DROP POLICY ");
    fragment.ident(name).sql(" ON ").qname(table);
    exclusive(fragment, table, Work::None)
}

/// Turns row-level security on or off. With it on and no policy, nobody but the owner meets any row.
pub fn enable(table: &QName, on: bool) -> Statement {
    alter_table(table, if on { " ENABLE ROW LEVEL SECURITY" } else { " DISABLE ROW LEVEL SECURITY" })
}

/// Says whether it holds for the owner too.
pub fn force(table: &QName, on: bool) -> Statement {
    alter_table(table, if on { " FORCE ROW LEVEL SECURITY" } else { " NO FORCE ROW LEVEL SECURITY" })
}

fn alter_table(table: &QName, action: &'static str) -> Statement {
    let mut fragment = Fragment::of("ALTER TABLE ");
    fragment.qname(table).sql(action);
    exclusive(fragment, table, Work::None)
}
