//! What became of everything, for people.

use mathesar_store::{Arrival, TakenOver};

/// What became of everything, in parts.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Report {
    /// Users, servers, databases and so on, in the order in which they depend on each other.
    pub sections: Vec<Section>,
    /// Whether a database could not be reached from here.
    pub some_are_away: bool,
}

/// All of one kind.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Section {
    /// What they are, such as `Users`.
    pub title: &'static str,
    /// One for each, in the original's order.
    pub lines: Vec<Line>,
    /// Whether there are so many that only those that were left out are worth reading.
    pub many: bool,
}

/// One thing of the original's.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Line {
    /// What it is called.
    pub what: String,
    /// What became of it.
    pub fate: Fate,
    /// What whoever administers this should know.
    pub note: Option<String>,
}

/// What became of something.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Fate {
    /// It was brought over.
    BroughtOver,
    /// It is here already, and stays as it is.
    HereAlready,
    /// It was here already without its password, which was brought over.
    GotPassword,
    /// It was left out, for this reason.
    LeftOut(String),
}

/// A line before it is known what the store makes of it: whether it goes there, or why not.
pub(super) struct Draft {
    pub(super) what: String,
    pub(super) left_out: Option<String>,
    pub(super) note: Option<String>,
}

/// The lines of every section.
#[derive(Default)]
pub(super) struct Drafts {
    pub(super) users: Vec<Draft>,
    pub(super) servers: Vec<Draft>,
    pub(super) databases: Vec<Draft>,
    pub(super) roles: Vec<Draft>,
    pub(super) collaborators: Vec<Draft>,
    pub(super) tables: Vec<Draft>,
    pub(super) columns: Vec<Draft>,
    pub(super) explorations: Vec<Draft>,
    pub(super) forms: Vec<Draft>,
}

impl Drafts {
    /// The report, with what the store made of those that went there.
    pub(super) fn settle(self, taken: &TakenOver, some_are_away: bool) -> Report {
        let few = |title, drafts, arrivals| section(title, drafts, arrivals, false);
        let many = |title, drafts, arrivals| section(title, drafts, arrivals, true);
        let sections = vec![
            few("Users", self.users, &taken.users),
            few("Servers", self.servers, &taken.servers),
            few("Databases", self.databases, &taken.databases),
            few("Stored roles", self.roles, &taken.roles),
            few("Collaborators", self.collaborators, &taken.collaborators),
            many("Settings of tables", self.tables, &taken.tables),
            many("Settings of columns", self.columns, &taken.columns),
            few("Explorations", self.explorations, &taken.explorations),
            few("Forms", self.forms, &taken.forms),
        ];
        Report { sections, some_are_away }
    }
}

fn section(title: &'static str, drafts: Vec<Draft>, arrivals: &[Arrival], many: bool) -> Section {
    let mut arrivals = arrivals.iter();
    let line = |Draft { what, left_out, note }| {
        let fate = match left_out {
            Some(reason) => Fate::LeftOut(reason),
            None => fate(arrivals.next().copied()),
        };
        Line { what, fate, note }
    };
    Section { title, lines: drafts.into_iter().map(line).collect(), many }
}

fn fate(arrival: Option<Arrival>) -> Fate {
    match arrival {
        Some(Arrival::Added) => Fate::BroughtOver,
        Some(Arrival::Present) => Fate::HereAlready,
        Some(Arrival::Completed) => Fate::GotPassword,
        Some(Arrival::Homeless) | None => Fate::LeftOut("what it belongs to was left out".to_owned()),
    }
}
