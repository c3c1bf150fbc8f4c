//! Opening the link in a browser, for who starts the program on their own desktop.

use std::{
    io::{self, IsTerminal as _},
    process::Stdio,
};

use tokio::process::Command;

use crate::{
    config::{Environment, OpenBrowser},
    start::lasting,
};

/// Opens `link` where the settings and the situation want it. The person has the link in the terminal, too, so that a desktop
/// without a browser is no failure.
pub(super) fn open_where_wanted(setting: OpenBrowser, environment: &Environment, link: &str) {
    if !is_wanted(setting, environment, lasting::in_container(environment), io::stdout().is_terminal()) {
        return;
    }
    let opener =
        Command::new("xdg-open").arg(link).stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null()).spawn();
    match opener {
        // Waited for, so that it does not stay as a zombie.
        Ok(mut opener) => drop(tokio::spawn(async move { opener.wait().await })),
        Err(error) => tracing::info!(%error, "no browser was opened: xdg-open cannot be started"),
    }
}

fn is_wanted(setting: OpenBrowser, environment: &Environment, in_container: bool, in_terminal: bool) -> bool {
    let has = |names: &[&str]| names.iter().any(|name| environment.raw(name).is_some_and(|value| !value.is_empty()));
    match setting {
        OpenBrowser::On => true,
        OpenBrowser::Off => false,
        OpenBrowser::Auto => {
            in_terminal
                && !in_container
                && has(&["DISPLAY", "WAYLAND_DISPLAY"])
                && !has(&["SSH_CONNECTION", "SSH_CLIENT", "SSH_TTY"])
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_browser_opens_by_itself_only_for_a_person_at_their_own_desktop() {
        let wanted = |variables: &[(&str, &str)], in_container, in_terminal| {
            is_wanted(OpenBrowser::Auto, &Environment::of(variables, false), in_container, in_terminal)
        };
        for display in [("DISPLAY", ":0"), ("WAYLAND_DISPLAY", "wayland-0")] {
            assert!(wanted(&[display], false, true));
            assert!(!wanted(&[display], true, true), "in a container");
            assert!(!wanted(&[display], false, false), "as a service");
            assert!(!wanted(&[display, ("SSH_CONNECTION", "192.0.2.1 1 192.0.2.2 22")], false, true), "over SSH");
        }
        assert!(!wanted(&[], false, true) && !wanted(&[("DISPLAY", "")], false, true), "without a desktop");
        assert!(is_wanted(OpenBrowser::On, &Environment::of(&[], false), true, false));
        assert!(!is_wanted(OpenBrowser::Off, &Environment::of(&[("DISPLAY", ":0")], false), false, true));
    }
}
