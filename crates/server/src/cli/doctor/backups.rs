//! Backups that make themselves.

use mathesar_store::Store;

use super::{Patient, report::Report};
use crate::backup::schedule::{self, Fact};

const TOPIC: &str = "backups";

pub(super) async fn check(patient: &Patient<'_>, store: &Store, report: &mut Report) {
    let backups = &patient.config.backups;
    let Some(plan) = &backups.plan else {
        return report
            .good(TOPIC, "no backups make themselves (backup_schedule is not set); `mathesar backup` makes one");
    };
    let place = backups.dir.display();
    match schedule::last(store).await {
        Err(error) => report.bad(TOPIC, error.to_string(), "Look at the log of the server."),
        Ok(Fact { failed: Some((at, reason)), .. }) => report.bad(
            TOPIC,
            format!("the scheduled backup of {at} failed: {reason}"),
            "Mend that; it is tried again every half hour, and at once by `mathesar backup`.",
        ),
        Ok(Fact { made_at: None, .. }) => {
            report
                .good(TOPIC, format!("no scheduled backup was made yet; the server makes the first one into {place}"));
        }
        Ok(Fact { made_at: Some(at), .. }) => {
            let kept = plan.keep;
            report.good(TOPIC, format!("the last scheduled backup was made at {at}; {kept} are kept in {place}"));
        }
    }
    if backups.pass_phrase.is_none() {
        report.warn(
            TOPIC,
            "scheduled backups leave the secret key out, without which stored passwords cannot be brought back",
            "Set backup_passphrase, or keep the key elsewhere.",
        );
    }
}
