//! The first expression: the base table, joined with the tables that its columns come from.

use mathesar_types::family::family_of;

use super::Tables;
use super::definition::{Definition, InitialColumn, Link, LinkEnd, MAX_COLUMNS, MAX_LINKS};
use super::error::{ExplorationError, Problem};
use super::relation::{Column, Names, Relation, Result, Source, Term, check_alias};
use crate::expr;
use crate::frag::Fragment;
use crate::ident::Ident;
use crate::key::numbered;
use crate::model::{self, Attnum, ConstraintKind, Oid, RowIdentity, Table};

/// How the joined tables hang together: for each but the base table which one it is joined to, and whether a row of that one has
/// one counterpart at most.
#[derive(Debug, Default)]
pub(super) struct Links(Vec<(usize, bool)>);

impl Links {
    /// Whether each row of the table `from` determines its row of the table `to`.
    pub(super) fn determines(&self, from: usize, to: usize) -> bool {
        let mut at = to;
        while at != from {
            let Some((parent, true)) = at.checked_sub(1).map(|index| self.0[index]) else { return false };
            at = parent;
        }
        true
    }
}

/// The columns that a definition begins with.
pub(super) fn joined<'t>(definition: &Definition, tables: &Tables<'t>, path: &str) -> Result<Relation<'t>> {
    if definition.columns.len() > MAX_COLUMNS {
        let limit = Problem::Limit { what: "the number of columns", limit: MAX_COLUMNS };
        return Err(ExplorationError::new(format!("{path}.initial_columns"), limit));
    }
    if definition.columns.is_empty() {
        return Err(ExplorationError::new(format!("{path}.initial_columns"), Problem::NoColumns));
    }
    let base = table(tables, definition.base, || format!("{path}.base_table_oid"))?;
    let mut joins = Joins { tables, nodes: vec![Node::base(base)] };
    let (mut columns, mut names) = (Vec::with_capacity(definition.columns.len()), Names::default());
    for (index, initial) in definition.columns.iter().enumerate() {
        let path = format!("{path}.initial_columns[{index}]");
        check_alias(&initial.alias, &columns, || format!("{path}.alias"))?;
        columns.push(joins.column(initial, &mut names, &path)?);
    }
    let mut fields: Vec<Fragment> = columns.iter().map(|column| joins.field(column)).collect();
    let order = joins.order(&columns, &mut names, &mut fields);

    let mut fragment = Fragment::of("SELECT ");
    fragment.join(", ", fields).sql("\n    FROM ").qname(base.name()).sql(" AS t");
    for node in 1..joins.nodes.len() {
        fragment.push(joins.clause(node));
    }
    let links =
        Links(joins.nodes.iter().filter_map(|node| node.joined.as_ref()).map(|j| (j.parent, j.single)).collect());
    Ok(Relation { expressions: vec![fragment], columns, order, names, links })
}

/// A joined table.
struct Node<'t> {
    table: &'t Table,
    /// `None` for the base table.
    joined: Option<Joined<'t>>,
}

struct Joined<'t> {
    /// The table that it is joined to.
    parent: usize,
    /// The columns that must be equal: there and here.
    on: Vec<(&'t model::Column, &'t model::Column)>,
    /// Whether a row there has one counterpart at most.
    single: bool,
}

impl<'t> Node<'t> {
    fn base(table: &'t Table) -> Self {
        Self { table, joined: None }
    }
}

struct Joins<'a, 't> {
    tables: &'a Tables<'t>,
    nodes: Vec<Node<'t>>,
}

impl<'t> Joins<'_, 't> {
    fn column(&mut self, initial: &InitialColumn, names: &mut Names, path: &str) -> Result<Column<'t>> {
        if initial.path.len() > MAX_LINKS {
            return Err(ExplorationError::new(format!("{path}.join_path"), Problem::LongPath));
        }
        let mut node = 0;
        for (index, link) in initial.path.iter().enumerate() {
            node = self.follow(node, link, &format!("{path}.join_path[{index}]"))?;
        }
        let table = self.nodes[node].table;
        let column = readable(table, initial.attnum, || format!("{path}.attnum"))?;
        Ok(Column {
            alias: initial.alias.clone(),
            ty: column.ty.clone(),
            source: Source::Table { table, column },
            name: names.take(&column.name),
            node: Some(node),
        })
    }

    /// The table that a link leads to, which is joined once for all columns that come over it.
    fn follow(&mut self, parent: usize, link: &Link, path: &str) -> Result<usize> {
        let here = self.nodes[parent].table;
        if link.from.table != here.oid() {
            let at = here.name().to_string();
            return Err(ExplorationError::new(format!("{path}[0][0]"), Problem::BrokenPath { at }));
        }
        let (from, to) = (&link.from.columns, &link.to.columns);
        if from.is_empty() || from.len() != to.len() {
            return Err(ExplorationError::new(path.to_owned(), Problem::UnevenLink));
        }
        let there = table(self.tables, link.to.table, || format!("{path}[1][0]"))?;
        let left = ends(here, &link.from, &format!("{path}[0][1]"))?;
        let right = ends(there, &link.to, &format!("{path}[1][1]"))?;
        let on: Vec<_> = left.into_iter().zip(right).collect();
        for (left, right) in &on {
            if family_of(&left.ty.pg).id != family_of(&right.ty.pg).id {
                let (left, right) = (left.ty.display.clone(), right.ty.display.clone());
                return Err(ExplorationError::new(path.to_owned(), Problem::Incomparable { left, right }));
            }
        }
        let same = |node: &Node<'_>| {
            node.table.oid() == there.oid()
                && node.joined.as_ref().is_some_and(|joined| {
                    joined.parent == parent
                        && joined
                            .on
                            .iter()
                            .map(|(left, right)| (left.attnum, right.attnum))
                            .eq(on.iter().map(|(left, right)| (left.attnum, right.attnum)))
                })
        };
        if let Some(known) = self.nodes.iter().position(same) {
            return Ok(known);
        }
        let single = is_unique(there, to);
        self.nodes.push(Node { table: there, joined: Some(Joined { parent, on, single }) });
        Ok(self.nodes.len() - 1)
    }

    /// `t."name" AS "name"`.
    fn field(&self, initial: &Column<'_>) -> Fragment {
        match (&initial.source, initial.node) {
            (Source::Table { column, .. }, Some(node)) => named(column_of(node, &column.name), &initial.name),
            _ => initial.value(),
        }
    }

    /// ` LEFT JOIN … ON …`.
    fn clause(&self, node: usize) -> Fragment {
        let Node { table, joined } = &self.nodes[node];
        let mut fragment = Fragment::new();
        let Some(joined) = joined else { return fragment };
        fragment.sql("\n    LEFT JOIN ").qname(table.name()).sql(" AS ").ident(&alias(node)).sql(" ON ");
        let equal = joined.on.iter().map(|(left, right)| {
            let mut one = expr::sortable_value(column_of(node, &right.name), &right.ty.pg);
            one.sql(" = ").push(expr::sortable_value(column_of(joined.parent, &left.name), &left.ty.pg));
            one
        });
        fragment.join(" AND ", equal);
        fragment
    }

    /// The order of the rows as they are: by the key of the base table, and of each table that adds rows. What of it is not
    /// among the columns is added to the fields.
    fn order(&self, columns: &[Column<'t>], names: &mut Names, fields: &mut Vec<Fragment>) -> Vec<Term> {
        let mut order = Vec::new();
        for (index, node) in self.nodes.iter().enumerate() {
            if node.joined.as_ref().is_some_and(|joined| joined.single) {
                continue;
            }
            let key: Vec<&model::Column> = match &node.table.key {
                RowIdentity::PrimaryKey(key) | RowIdentity::Unique(key) => {
                    key.iter().filter_map(|attnum| node.table.column(*attnum)).collect()
                }
                RowIdentity::RowVersion => {
                    for system in ["tableoid", "ctid"] {
                        let name = names.number();
                        fields.push(named(column_of(index, &Ident::fixed(system)), &name));
                        order.push(Term::ascending(name, None));
                    }
                    continue;
                }
                // Rows that nothing names are told apart by what is to be seen of them.
                RowIdentity::ReadOnly(_) => seen(columns, index).map(|(_, column)| column).collect(),
            };
            for column in key {
                let shown = seen(columns, index).find(|(_, shown)| shown.attnum == column.attnum);
                let name = shown.map_or_else(
                    || {
                        let name = names.take(&column.name);
                        fields.push(named(column_of(index, &column.name), &name));
                        name
                    },
                    |(name, _)| name.clone(),
                );
                order.push(Term::ascending(name, Some(column.ty.pg.clone())));
            }
        }
        order
    }
}

/// The columns that come from a joined table, with their names.
fn seen<'c, 't>(columns: &'c [Column<'t>], of: usize) -> impl Iterator<Item = (&'c Ident, &'t model::Column)> {
    columns.iter().filter_map(move |column| match &column.source {
        Source::Table { column: original, .. } if column.node == Some(of) => Some((&column.name, *original)),
        _ => None,
    })
}

/// `t` for the base table, `j1`, `j2`, … for those that are joined.
fn alias(node: usize) -> Ident {
    if node == 0 { Ident::fixed("t") } else { numbered("j", node) }
}

fn column_of(node: usize, name: &Ident) -> Fragment {
    let mut fragment = Fragment::new();
    fragment.ident(&alias(node)).sql(".").ident(name);
    fragment
}

fn named(mut value: Fragment, name: &Ident) -> Fragment {
    value.sql(" AS ").ident(name);
    value
}

fn table<'t>(tables: &Tables<'t>, oid: Oid, path: impl FnOnce() -> String) -> Result<&'t Table> {
    tables.get(&oid).copied().ok_or_else(|| ExplorationError::new(path(), Problem::UnknownTable(oid)))
}

fn ends<'t>(table: &'t Table, end: &LinkEnd, path: &str) -> Result<Vec<&'t model::Column>> {
    end.columns.iter().map(|attnum| readable(table, *attnum, || path.to_owned())).collect()
}

fn readable(table: &Table, attnum: Attnum, path: impl Fn() -> String) -> Result<&model::Column> {
    let name = || table.name().to_string();
    let column = table
        .column(attnum)
        .ok_or_else(|| ExplorationError::new(path(), Problem::UnknownColumn { table: name(), attnum }))?;
    if !column.privileges.select {
        let column = column.name.to_string();
        return Err(ExplorationError::new(path(), Problem::Unreadable { table: name(), column }));
    }
    Ok(column)
}

/// Whether rows of the table differ in these columns: a primary key, a unique constraint or a unique index lies within them.
pub(super) fn is_unique(table: &Table, columns: &[Attnum]) -> bool {
    let within = |key: &[Attnum]| !key.is_empty() && key.iter().all(|attnum| columns.contains(attnum));
    let constraint = |constraint: &model::Constraint| {
        matches!(constraint.kind, ConstraintKind::Primary | ConstraintKind::Unique) && within(&constraint.columns)
    };
    // Constraints of a parent do not hold for the rows of its children, which are shown with its own.
    !table.summary.has_inheritors && (within(table.key.columns()) || table.constraints.iter().any(constraint))
}
