//! Row-level security.

use super::grant::Grantee;
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

/// Creates a policy.
pub fn create(table: &QName, policy: &NewPolicy) -> Statement {
    let mut fragment = Fragment::of("CREATE POLICY ");
    fragment.ident(&policy.name).sql(" ON ").qname(table);
    fragment.sql(if policy.permissive { " AS PERMISSIVE FOR " } else { " AS RESTRICTIVE FOR " });
    fragment.sql(policy.command.as_sql()).sql(" TO ");
    if policy.roles.is_empty() {
        fragment.push(Grantee::Public.name());
    } else {
        fragment.join(", ", policy.roles.iter().map(|role| Grantee::Role(role.clone()).name()));
    }
    if let Some(using) = &policy.using {
        fragment.sql("\n    USING (").expression(using).sql(")");
    }
    if let Some(check) = &policy.check {
        fragment.sql("\n    WITH CHECK (").expression(check).sql(")");
    }
    fragment.finish()
}

/// Drops a policy.
pub fn drop(table: &QName, name: &Ident) -> Statement {
    let mut fragment = Fragment::of("DROP POLICY ");
    fragment.ident(name).sql(" ON ").qname(table);
    fragment.finish()
}

/// Turns row-level security on or off. With it on and no policy, nobody but the owner meets any row.
pub fn enable(table: &QName, on: bool) -> Statement {
    alter(table, if on { " ENABLE ROW LEVEL SECURITY" } else { " DISABLE ROW LEVEL SECURITY" })
}

/// Says whether it holds for the owner too.
pub fn force(table: &QName, on: bool) -> Statement {
    alter(table, if on { " FORCE ROW LEVEL SECURITY" } else { " NO FORCE ROW LEVEL SECURITY" })
}

fn alter(table: &QName, action: &'static str) -> Statement {
    let mut fragment = Fragment::of("ALTER TABLE ");
    fragment.qname(table).sql(action);
    fragment.finish()
}
