//! `columns.privileges.*`: what roles were granted themselves on single columns.

use std::collections::{HashMap, HashSet};

use mathesar_api::methods::privileges::{ColumnRolePrivileges, ReplaceColumnPrivilegesParams};
use mathesar_api::methods::tables::TableParams;
use mathesar_pg::versions::ServerVersion;
use mathesar_pg::{Change, Plan, Transaction};
use mathesar_sql::ddl::grant::{ColumnRight, Grantee, ON_COLUMNS, grant_on_columns, revoke_on_columns};
use mathesar_sql::model::{Attnum, ColumnGrant, Grant, Oid, Role, Table};
use mathesar_sql::{Ident, QName, Statement, introspect};

use super::wanted::{Kind, Wanted, words};
use crate::model::columns::column;
use crate::model::{reading, role_at, run, table};
use crate::{Ctx, Error, Result, limits};

/// `columns.privileges.list_direct`.
///
/// # Errors
/// `UndefinedTable`.
pub async fn list(ctx: &Ctx, params: TableParams) -> Result<Vec<ColumnRolePrivileges>> {
    let mut session = ctx.connect(params.database_id).await?;
    let tx = session.begin(&reading());
    named_table(&tx, params.table_oid).await?;
    Ok(told(&tx.introspect(&introspect::column_grants(params.table_oid)).await?))
}

/// `columns.privileges.replace_for_roles`.
///
/// # Errors
/// `UndefinedTable` and `UndefinedColumn`, `ValueError` for a word that is no right and for a column that is named twice for a role,
/// `DoesNotExist` for an unknown role, `InsufficientPrivilege` and `InvalidGrantOperation` when what was asked cannot be had.
pub async fn replace(ctx: &Ctx, params: ReplaceColumnPrivilegesParams) -> Result<Vec<ColumnRolePrivileges>> {
    run(ctx, params.database_id, &Replace(params)).await
}

async fn named_table(tx: &Transaction<'_>, oid: Oid) -> Result<Table> {
    table(tx, oid).await.map_err(|error| error.at("table_oid"))
}

/// Gathers grants, which come by role and column.
fn told(grants: &[ColumnGrant]) -> Vec<ColumnRolePrivileges> {
    let pairs = grants.chunk_by(|one, next| one.grant.role == next.grant.role && one.attnum == next.attnum);
    let told = pairs.map(|grants| ColumnRolePrivileges {
        role_oid: grants[0].grant.role,
        attnum: grants[0].attnum,
        direct: words(ON_COLUMNS, |word| grants.iter().any(|each| each.grant.privilege == word)),
    });
    told.collect()
}

pub(in crate::model) struct Replace(pub ReplaceColumnPrivilegesParams);

/// What a role shall have on a column.
pub(in crate::model) struct OnColumn {
    role: Oid,
    attnum: Attnum,
    column: Ident,
    wanted: Wanted,
}

/// Grants by role and column.
struct Granted(HashMap<(Oid, Attnum), Vec<Grant>>);

impl Granted {
    fn new(grants: Vec<ColumnGrant>) -> Self {
        let mut by_pair: HashMap<_, Vec<_>> = HashMap::new();
        for ColumnGrant { attnum, grant } in grants {
            by_pair.entry((grant.role, attnum)).or_default().push(grant);
        }
        Self(by_pair)
    }

    fn of(&self, pair: &OnColumn) -> &[Grant] {
        self.0.get(&(pair.role, pair.attnum)).map_or(&[], Vec::as_slice)
    }
}

impl Replace {
    /// Reads what is asked for, role by role and in the order of the columns.
    fn wanted(&self, table: &Table, roles: &[Role], version: ServerVersion) -> Result<Vec<OnColumn>> {
        let asked = &self.0.privileges;
        if asked.len() > limits::COLUMN_RIGHTS {
            let most = limits::COLUMN_RIGHTS;
            return Err(Error::limit(format!(
                "privileges: {most} pairs of role and column at most can be named at once."
            )));
        }
        let mut named = HashSet::new();
        let wanted = asked.iter().enumerate().map(|(index, entry)| {
            let path = format!("privileges[{index}]");
            let role = role_at(roles, entry.role_oid, &format!("{path}.role_oid"))?;
            let column = column(table, entry.attnum).map_err(|error| error.at(&format!("{path}.attnum")))?;
            if !named.insert((role.oid, entry.attnum)) {
                let message =
                    format!("{path}.attnum: the column \"{}\" is named twice for \"{}\".", column.name, role.name);
                return Err(Error::value(message));
            }
            let on = format!("the column \"{}\" of {}", column.name, table.name());
            let kind = Kind { on, rights: ON_COLUMNS, version };
            Ok(OnColumn {
                role: role.oid,
                attnum: entry.attnum,
                column: column.name.clone(),
                wanted: Wanted::read(Grantee::Role(role.name.clone()), kind, &entry.direct, &format!("{path}.direct"))?,
            })
        });
        let mut wanted = wanted.collect::<Result<Vec<_>>>()?;
        wanted.sort_by_key(|pair| (pair.role, pair.attnum));
        Ok(wanted)
    }
}

/// The rights of one role for which its being granted them (`granted`) differs from what is wanted, each with its columns.
fn differing(of_role: &[OnColumn], grants: &Granted, granted: bool) -> Vec<ColumnRight> {
    let rights = |pair: &OnColumn| pair.wanted.differing(granted, |right| pair.wanted.has(grants.of(pair), right));
    let by_column: Vec<_> = of_role.iter().map(|pair| (&pair.column, rights(pair))).collect();
    let with_columns = ON_COLUMNS.iter().map(|right| {
        let columns = by_column.iter().filter(|(_, rights)| rights.contains(right));
        (*right, columns.map(|(column, _)| (*column).clone()).collect::<Vec<_>>())
    });
    with_columns.filter(|(_, columns)| !columns.is_empty()).collect()
}

type Make = fn(&[ColumnRight], &QName, &Grantee) -> Statement;

impl Change for Replace {
    type Made = Vec<OnColumn>;
    type Output = Vec<ColumnRolePrivileges>;
    type Error = Error;

    async fn plan(&self, tx: &Transaction<'_>) -> Result<Plan<Self::Made>> {
        let table = named_table(tx, self.0.table_oid).await?;
        let wanted = self.wanted(&table, &tx.introspect(&introspect::roles()).await?, tx.version())?;
        let grants = Granted::new(tx.introspect(&introspect::column_grants(self.0.table_oid)).await?);
        let by_role = || wanted.chunk_by(|one, next| one.role == next.role);
        let change = |of_role: &[OnColumn], make: Make, granted: bool| {
            let rights = differing(of_role, &grants, granted);
            (!rights.is_empty()).then(|| make(&rights, table.name(), of_role[0].wanted.grantee()))
        };
        // Granting comes first: the caller's role may be among those that rights are taken from.
        let granting = by_role().filter_map(|of_role| change(of_role, grant_on_columns, true));
        let taking = by_role().filter_map(|of_role| change(of_role, revoke_on_columns, false));
        let statements = granting.chain(taking).collect();
        Ok(Plan { statements, made: wanted })
    }

    async fn read_back(&self, tx: &Transaction<'_>, wanted: Self::Made) -> Result<Vec<ColumnRolePrivileges>> {
        let grants = tx.introspect(&introspect::column_grants(self.0.table_oid)).await?;
        let told = told(&grants);
        let grants = Granted::new(grants);
        wanted.iter().try_for_each(|pair| pair.wanted.check(grants.of(pair)))?;
        Ok(told)
    }
}
