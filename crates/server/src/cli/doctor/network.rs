//! How people reach the server: names, proxies, and what arrives.

use std::time::Duration;

use mathesar_app::Random as _;
use url::Url;

use super::{Patient, report::Report};
use crate::{
    cli::whereabouts::Whereabouts,
    config::Config,
    http::{
        client::host_name,
        sightings::{MARK, Sighting},
    },
    start::SystemRandom,
    web,
};

/// How long the way over the proxy may take.
const PATIENCE: Duration = Duration::from_secs(10);
const SET_PROXIES: &str = "Set trusted_proxies to the address of the proxy, and let it send X-Forwarded-For, X-Forwarded-Proto \
                           and the Host that it was asked for.";

pub(super) fn check(patient: &Patient<'_>, server: Option<Whereabouts>, report: &mut Report) {
    settings(patient.config, report);
    match (&patient.config.external_url, server) {
        (Some(url), Some(server)) => arrival(patient.config, url, server, report),
        (Some(_), None) => {
            report.good("proxy", "what arrives through external_url can be looked at while the server runs")
        }
        (None, _) => {}
    }
}

/// What the settings say together.
fn settings(config: &Config, report: &mut Report) {
    let external = config.external_url.as_ref();
    if config.trusted_proxies.iter().any(|network| network.prefix_len() == 0) {
        report.bad(
            "proxy",
            "trusted_proxies holds every address: whoever connects can say that they are somebody else",
            "Name the proxy's own address.",
        );
    }
    if config.allowed_hosts.iter().any(|host| host == "*") {
        report.warn(
            "hosts",
            "allowed_hosts holds *: pages of strangers can make their name lead here (DNS rebinding)",
            "Name the hosts under which people come.",
        );
    }
    if let Some(url) = external.filter(|url| url.scheme() == "http" && !is_loopback(url)) {
        report.warn(
            "hosts",
            format!("external_url is {url}: passwords travel unencrypted"),
            "Give a certificate (tls_cert, tls_key), or put a proxy with TLS in front.",
        );
    }
    if let Some(url) = external.filter(|url| config.base_path != url.path().trim_end_matches('/')) {
        report.warn(
            "hosts",
            format!("base_path is {:?}, but external_url has the path {:?}", config.base_path, url.path()),
            "Leave base_path away, unless the proxy changes the path.",
        );
    }
    let behind_tls = external.is_some_and(|url| url.scheme() == "https") && config.tls.is_none();
    if behind_tls && config.trusted_proxies.is_empty() {
        report.warn(
            "proxy",
            "external_url is https and no certificate is set, so that a proxy must be in front; none is trusted, and everybody \
             seems to come from its address",
            SET_PROXIES,
        );
    }
    let open = !config.listen.address.ip().is_loopback() && config.tls.is_none() && !behind_tls;
    if open {
        report.warn(
            "hosts",
            format!("{} is open to other computers without encryption", config.listen.address),
            "Give a certificate (tls_cert, tls_key), or put a proxy with TLS in front and set external_url.",
        );
    }
}

fn is_loopback(url: &Url) -> bool {
    match url.host() {
        Some(url::Host::Domain(name)) => name == "localhost",
        Some(url::Host::Ipv4(address)) => address.is_loopback(),
        Some(url::Host::Ipv6(address)) => address.is_loopback(),
        None => false,
    }
}

/// Goes the way that people go, with a mark, and asks the server how that arrived.
fn arrival(config: &Config, url: &Url, server: Whereabouts, report: &mut Report) {
    let mut mark = [0; 16];
    SystemRandom.fill(&mut mark);
    let mark = hex::encode(mark);
    let address = format!("{}/healthz", url.as_str().trim_end_matches('/'));
    let went = web::agent(PATIENCE).get(&address).header(MARK.as_str(), &mark).call();
    if let Err(error) = went {
        // Some networks do not lead back to themselves, so that this alone is no problem.
        return report.warn(
            "proxy",
            format!("{url} cannot be reached from this machine: {error}"),
            "Try it from another computer. If it fails there too, look at DNS, the firewall, the proxy and its certificate.",
        );
    }
    let seen = server.ask(&format!("{}/sightings/{mark}", config.base_path), &[]).ok();
    match seen.and_then(|answer| serde_json::from_str::<Sighting>(answer.body()).ok()) {
        Some(sighting) => judge(&sighting, url, report),
        None => report.bad(
            "proxy",
            format!("{url} is answered by something else than this server"),
            "Let DNS and the proxy lead to this server, or correct external_url.",
        ),
    }
}

fn judge(seen: &Sighting, url: &Url, report: &mut Report) {
    let problems = report.problems();
    let peer = seen.peer;
    if (seen.forwarded_for || seen.forwarded_proto) && !seen.believed {
        report.bad(
            "proxy",
            format!("the proxy at {peer} says who asks, and is not believed: everybody seems to come from its address"),
            format!("Set trusted_proxies to {peer}."),
        );
    }
    let host = url.host_str().unwrap_or_default();
    if !host_name(&seen.host).eq_ignore_ascii_case(host) {
        let next =
            "Let the proxy pass on the name: proxy_set_header Host $host; (nginx), ProxyPreserveHost On (Apache).";
        report.bad("proxy", format!("people ask for {host}, and {} arrives", host_name(&seen.host)), next);
    }
    if seen.believed && !seen.forwarded_for {
        let next = "Let the proxy send the header X-Forwarded-For.";
        report.bad("proxy", format!("the proxy at {peer} does not say who asks"), next);
    }
    if url.scheme() == "https" && !seen.https {
        let next = "Let the proxy send the header X-Forwarded-Proto with the scheme that it was asked with.";
        report.bad("proxy", format!("people come over https, and http arrives from {peer}"), next);
    }
    if report.problems() == problems {
        report.good(
            "proxy",
            format!("{url} leads here, and what arrives is right (this machine came as {})", seen.client),
        );
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn judged(change: impl FnOnce(&mut Sighting)) -> (usize, String) {
        let mut seen = Sighting {
            peer: [10, 0, 0, 1].into(),
            client: [192, 0, 2, 7].into(),
            host: "tables.example.org".to_owned(),
            https: true,
            believed: true,
            forwarded_for: true,
            forwarded_proto: true,
        };
        change(&mut seen);
        let mut report = Report::new(true);
        judge(&seen, &Url::parse("https://tables.example.org/").unwrap(), &mut report);
        (report.problems(), report.words())
    }

    #[test]
    fn what_a_proxy_leaves_out_is_told() {
        assert_eq!(judged(|_| ()).0, 0);
        for (problem, words) in [
            (judged(|seen| seen.believed = false), "the proxy at 10.0.0.1 says who asks, and is not believed"),
            (judged(|seen| seen.host = "127.0.0.1:8000".to_owned()), "and 127.0.0.1 arrives"),
            (judged(|seen| seen.forwarded_for = false), "does not say who asks"),
            (judged(|seen| seen.https = false), "and http arrives"),
        ] {
            assert_eq!(problem.0, 1, "{}", problem.1);
            assert!(problem.1.contains(words), "{}", problem.1);
        }
    }
}
