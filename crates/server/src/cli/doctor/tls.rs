//! The certificate that we serve ourselves.

use std::{fs, os::unix::fs::MetadataExt as _};

use jiff::{SignedDuration, Timestamp};
use mathesar_app::Clock as _;

use super::{Patient, report::Report};
use crate::{
    config::Tls,
    http::tls::{self, Read},
    start::SystemClock,
};

/// How long before its end a certificate is warned about: those of Let's Encrypt are renewed 30 days before.
const SOON: SignedDuration = SignedDuration::from_hours(30 * 24);

pub(super) fn check(patient: &Patient<'_>, report: &mut Report) {
    let Some(files) = &patient.config.tls else { return };
    match tls::read(files) {
        Ok(read) => {
            validity(&read, SystemClock.now(), report);
            name(patient, &read, report);
        }
        Err(error) => report.bad("tls", format!("{error:#}"), "HTTPS cannot be served before this is right."),
    }
    key_file(files, report);
}

fn validity(read: &Read, now: Timestamp, report: &mut Report) {
    let until = format!("{:.0}", read.valid_until);
    let next = "Renew it and replace the files; the server takes the new one by itself.";
    if now >= read.valid_until {
        report.bad("tls", format!("the certificate ended at {until}; browsers refuse it"), next);
    } else if now < read.valid_from {
        let from = format!("{:.0}", read.valid_from);
        report.bad("tls", format!("the certificate begins at {from} only"), "Check the clock of this machine.");
    } else if now.duration_until(read.valid_until) < SOON {
        let days = now.duration_until(read.valid_until).as_hours() / 24;
        report.warn("tls", format!("the certificate ends in {days} days, at {until}"), next);
    } else {
        report.good("tls", format!("the certificate is valid until {until}"));
    }
}

fn name(patient: &Patient<'_>, read: &Read, report: &mut Report) {
    let names = read.names.join(", ");
    match patient.config.external_url.as_ref().and_then(|url| url.host_str()) {
        Some(host) if !read.is_made_out_to(host) => report.bad(
            "tls",
            format!("external_url leads to {host}, but the certificate is made out to {names}"),
            "Get a certificate for that name, or set external_url to a name in it.",
        ),
        Some(_) => report.good("tls", "the certificate is made out to the host of external_url"),
        None => report.warn(
            "tls",
            format!(
                "the certificate is made out to {names}, and external_url does not say under which name people come"
            ),
            "Set external_url, so that printed links lead to a name that browsers trust.",
        ),
    }
}

fn key_file(files: &Tls, report: &mut Report) {
    if fs::metadata(&files.key).is_ok_and(|found| found.mode() & 0o007 != 0) {
        let path = files.key.display();
        report.bad(
            "tls",
            format!("everybody on this machine can read the private key in {path}"),
            format!("chmod o= {path}"),
        );
    }
}

#[cfg(test)]
mod tests {
    use mathesar_testkit::Certificates;

    use super::*;

    /// The number of problems and the words about a certificate whose end is this far away.
    fn judged(away: SignedDuration) -> (usize, String) {
        let folder = tempfile::tempdir().unwrap();
        let made = Certificates::for_names(&["a.org"]);
        let files = Tls { certificate: folder.path().join("c"), key: folder.path().join("k") };
        fs::write(&files.certificate, made.server_pem).unwrap();
        fs::write(&files.key, made.server_key_pem).unwrap();
        let read = tls::read(&files).unwrap();
        let mut report = Report::new(true);
        validity(&read, read.valid_until.checked_sub(away).unwrap(), &mut report);
        (report.problems(), report.words())
    }

    #[test]
    fn the_end_of_a_certificate_is_told_thirty_days_before() {
        let days = |days: i64| SignedDuration::from_hours(24 * days + 1);
        assert!(judged(days(31)).1.contains("is valid until"));
        assert!(judged(days(29)).1.contains("ends in 29 days"));
        assert_eq!(judged(days(29)).0, 0);
        assert_eq!(judged(SignedDuration::from_secs(-1)).0, 1);
    }
}
