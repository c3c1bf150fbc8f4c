//! Backups that make themselves: when one is due, how many are kept, and what became of the last one.

use std::{fs, path::Path, sync::Arc, time::Duration};

use anyhow::Context as _;
use jiff::{SignedDuration, Timestamp, civil::Time, tz::TimeZone};
use mathesar_app::App;
use mathesar_store::Store;
use serde::{Deserialize, Serialize};
use tokio_util::sync::CancellationToken;

use super::take::{self, Key, Source, Target};
use crate::{
    config::{Config, Environment},
    start::Managed,
};

/// How often we look whether a backup is due.
const LOOK: Duration = Duration::from_secs(30);
/// How long we wait after one that failed.
const RETRY: SignedDuration = SignedDuration::from_mins(30);
/// The fact of the internal database that says what became of the last one.
const FACT: &str = "scheduled_backup";

/// When backups are made.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Schedule {
    /// Each day at this time of the machine's clock.
    Daily(Time),
    /// This long after the last one.
    Every(SignedDuration),
}

impl Schedule {
    /// Reads `02:30`, or `6h`, `45m`, `2d`; the shortest interval is a minute, the longest a year.
    pub fn parse(text: &str) -> Option<Self> {
        if text.contains(':') {
            return Time::strptime("%H:%M", text).ok().map(Self::Daily);
        }
        let minutes = match text.split_at_checked(text.len().checked_sub(1)?)? {
            (count, "m") => count.parse::<i64>().ok()?,
            (count, "h") => count.parse::<i64>().ok()?.checked_mul(60)?,
            (count, "d") => count.parse::<i64>().ok()?.checked_mul(24 * 60)?,
            _ => return None,
        };
        (1..=366 * 24 * 60).contains(&minutes).then(|| Self::Every(SignedDuration::from_mins(minutes)))
    }

    /// Whether a backup is due, after the last one that was made. The first is always due: a day is long without any.
    fn is_due(self, last: Option<Timestamp>, now: Timestamp, zone: &TimeZone) -> bool {
        let Some(last) = last else { return true };
        match self {
            // A clock that was set back must not stop backups for as long.
            Self::Every(interval) => now.duration_since(last).abs() >= interval,
            Self::Daily(time) => {
                let here = now.to_zoned(zone.clone());
                let at =
                    |date: jiff::civil::Date| date.to_datetime(time).to_zoned(zone.clone()).map(|at| at.timestamp());
                let today = at(here.date()).ok().filter(|today| *today <= now);
                let latest = today.or_else(|| at(here.date().yesterday().ok()?).ok());
                latest.is_some_and(|latest| last < latest || last > now)
            }
        }
    }
}

/// How backups make themselves.
#[derive(Clone)]
pub struct Plan {
    /// When.
    pub schedule: Schedule,
    /// How many of them are kept.
    pub keep: usize,
}

/// What became of the last ones.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub struct Fact {
    /// When the last one was made.
    pub made_at: Option<Timestamp>,
    /// Why the last attempt failed, and when; absent when it did not.
    pub failed: Option<(Timestamp, String)>,
}

/// What became of the last scheduled backups of an installation.
///
/// # Errors
/// Those of the store.
pub async fn last(store: &Store) -> anyhow::Result<Fact> {
    let fact = store.settings().get(FACT).await?;
    Ok(fact.and_then(|fact| serde_json::from_value(fact).ok()).unwrap_or_default())
}

/// Makes backups when they are due, until `stop` fires.
pub async fn run(
    plan: Plan,
    config: Config,
    environment: Environment,
    app: Arc<App>,
    managed: Option<Managed>,
    stop: CancellationToken,
) {
    let mut every = tokio::time::interval(LOOK);
    loop {
        tokio::select! {
            _ = every.tick() => {}
            () = stop.cancelled() => return,
        }
        let source = Source { config: &config, environment: &environment, app: &app, managed: managed.as_ref() };
        tokio::select! {
            outcome = make_if_due(&plan, &source) => if let Err(error) = outcome {
                tracing::error!(error = format!("{error:#}"), "no scheduled backup was made");
            },
            () = stop.cancelled() => return,
        }
    }
}

async fn make_if_due(plan: &Plan, source: &Source<'_>) -> anyhow::Result<()> {
    let (app, now) = (source.app, source.app.clock.now());
    let mut fact = last(&app.store).await?;
    let waits = fact.failed.as_ref().is_some_and(|(at, _)| now.duration_since(*at).abs() < RETRY);
    if waits || !plan.schedule.is_due(fact.made_at, now, &TimeZone::system()) {
        return Ok(());
    }
    let made = make(plan, source, now).await;
    fact.failed = made.as_ref().err().map(|error| (now, format!("{error:#}")));
    if made.is_ok() {
        fact.made_at = Some(now);
    }
    app.store.settings().set(FACT, serde_json::to_value(fact)?, app.clock.now()).await?;
    made
}

async fn make(plan: &Plan, source: &Source<'_>, now: Timestamp) -> anyhow::Result<()> {
    let config = source.config;
    let key = config.backups.pass_phrase.clone().map_or(Key::LeftOut, Key::Sealed);
    let path = config.backups.dir.join(take::file_name(now));
    tracing::info!(path = %path.display(), "making the scheduled backup");
    let taken = take::take(source, &Target::File(path.clone()), &key).await?;
    tracing::info!(
        path = %path.display(),
        bytes = taken.bytes,
        databases = taken.databases.len(),
        with_key = matches!(key, Key::Sealed(_)),
        "the scheduled backup is made"
    );
    let dir = &config.backups.dir;
    prune(dir, plan.keep).with_context(|| format!("Old backups in {} cannot be removed", dir.display()))
}

/// Removes the oldest of our own backups. Files that somebody named otherwise are theirs.
fn prune(folder: &Path, keep: usize) -> std::io::Result<()> {
    let entries = fs::read_dir(folder)?.flatten();
    let named = entries.filter_map(|entry| Some((take::moment_of(entry.file_name().to_str()?)?, entry.path())));
    let mut backups: Vec<_> = named.collect();
    backups.sort();
    for (_, path) in &backups[..backups.len().saturating_sub(keep)] {
        fs::remove_file(path)?;
        tracing::info!(path = %path.display(), "an old backup was removed");
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(text: &str) -> Timestamp {
        text.parse().unwrap()
    }

    #[test]
    fn schedules_are_read() {
        assert_eq!(Schedule::parse("02:30"), Some(Schedule::Daily(Time::constant(2, 30, 0, 0))));
        assert_eq!(Schedule::parse("6h"), Some(Schedule::Every(SignedDuration::from_hours(6))));
        assert_eq!(Schedule::parse("2d"), Some(Schedule::Every(SignedDuration::from_hours(48))));
        for wrong in ["", "h", "0m", "24:00", "2:3:4", "-1h", "9999999999999999999d", "9d9", "daily", "ü"] {
            assert_eq!(Schedule::parse(wrong), None, "{wrong}");
        }
    }

    #[test]
    fn a_daily_backup_is_made_once_a_day_and_caught_up() {
        let zone = TimeZone::get("Europe/Berlin").unwrap();
        let daily = Schedule::parse("02:30").unwrap();
        let due = |last: Option<&str>, now: &str| daily.is_due(last.map(at), at(now), &zone);
        assert!(due(None, "2026-01-10T12:00:00Z"));
        // Half past two in Berlin is half past one in winter.
        assert!(!due(Some("2026-01-10T01:31:00Z"), "2026-01-11T01:29:00Z"));
        assert!(due(Some("2026-01-10T01:31:00Z"), "2026-01-11T01:30:00Z"));
        assert!(!due(Some("2026-01-11T01:30:00Z"), "2026-01-11T23:59:00Z"));
        assert!(due(Some("2026-01-08T01:30:00Z"), "2026-01-11T00:00:00Z"), "the machine was off");
        assert!(due(Some("2027-01-01T00:00:00Z"), "2026-01-11T12:00:00Z"), "the clock was wrong");
        // That day there is no half past two.
        assert!(due(Some("2026-03-28T02:00:00Z"), "2026-03-29T02:00:00Z"));
    }

    #[test]
    fn an_interval_counts_from_the_last_one() {
        let hourly = Schedule::parse("1h").unwrap();
        let due = |now: &str| hourly.is_due(Some(at("2026-01-10T12:00:00Z")), at(now), &TimeZone::UTC);
        assert!(!due("2026-01-10T12:59:59Z") && due("2026-01-10T13:00:00Z") && due("2025-01-01T00:00:00Z"));
    }

    #[test]
    fn only_the_oldest_of_our_own_are_removed() {
        let folder = tempfile::tempdir().unwrap();
        for name in ["20260101", "20260102", "20260103"].map(|day| format!("mathesar-{day}T000000Z.tar.zst")) {
            fs::write(folder.path().join(name), "").unwrap();
        }
        fs::write(folder.path().join("mathesar-before-the-move.tar.zst"), "").unwrap();
        prune(folder.path(), 2).unwrap();
        let mut left: Vec<_> = fs::read_dir(folder.path()).unwrap().map(|entry| entry.unwrap().file_name()).collect();
        left.sort();
        assert_eq!(
            left,
            [
                "mathesar-20260102T000000Z.tar.zst",
                "mathesar-20260103T000000Z.tar.zst",
                "mathesar-before-the-move.tar.zst"
            ]
        );
    }
}
