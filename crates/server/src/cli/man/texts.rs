//! What the manual pages say beside what the command line says about itself.

/// Where things lie.
pub(super) const FILES: &[(&str, &str)] = &[
    (
        "/etc/mathesar/mathesar.toml",
        "The configuration of the machine. `mathesar config generate` prints one with every setting.",
    ),
    ("/etc/mathesar/conf.d/*.toml", "Read after it, in alphabetical order; the later value counts."),
    (
        "$XDG_CONFIG_HOME/mathesar/mathesar.toml",
        "The configuration of one user, read after the machine's; `$HOME/.config` stands in for the variable.",
    ),
    (
        "$XDG_DATA_HOME/mathesar",
        "Everything that must last, for an ordinary user; `$HOME/.local/share` stands in for the variable.",
    ),
    ("/var/lib/mathesar", "The same for root, and for the service of the Debian package."),
    ("mathesar.sqlite3", "In the data directory: the internal database, where no other one is set."),
    (
        "secret_key",
        "In the data directory: the key that seals stored passwords, where no other one is set. Keep a copy.",
    ),
    ("backups", "In the data directory: backups that nobody named another place for."),
];

/// What the exit code says.
pub(super) const EXIT_STATUS: &[(&str, &str)] = &[
    ("0", "It worked."),
    ("1", "It did not work; standard error says why, and what to do."),
    ("2", "The command line is wrong."),
];

/// A command line and what it does.
pub(super) struct Example {
    /// The command in whose page it stands, such as `mathesar users`.
    pub(super) command: &'static str,
    /// The line to type.
    pub(super) line: &'static str,
    /// What happens.
    pub(super) meaning: &'static str,
}

const fn example(command: &'static str, line: &'static str, meaning: &'static str) -> Example {
    Example { command, line, meaning }
}

/// Examples, in the order in which they are shown.
pub(super) const EXAMPLES: &[Example] = &[
    example("mathesar", "mathesar", "Starts everything on this computer and prints the link to open."),
    example("mathesar", "mathesar --data-dir /srv/tables", "The same with the data in another place."),
    example("mathesar", "mathesar --bind 0.0.0.0:8000", "Lets other computers connect."),
    example("mathesar", "mathesar setup-link", "Prints the link for creating the first account once more."),
    example("mathesar doctor", "mathesar doctor", "Looks at everything that can be wrong, and says what to do."),
    example(
        "mathesar config",
        "mathesar config generate",
        "Prints a configuration file with every setting in a comment.",
    ),
    example("mathesar config", "mathesar config show", "Tells every setting and where its value comes from."),
    example(
        "mathesar users create",
        "mathesar users create ann --superuser",
        "Adds a superuser and prints the password for the first sign-in.",
    ),
    example(
        "mathesar users reset-password",
        "mathesar users reset-password ann",
        "Lets somebody in who lost the password.",
    ),
    example("mathesar backup", "mathesar backup", "Writes everything into one file and prints its path."),
    example(
        "mathesar backup",
        "mathesar backup --verify mathesar.tar.zst",
        "Reads all of a backup and says whether it can be restored.",
    ),
    example(
        "mathesar restore",
        "mathesar restore mathesar.tar.zst",
        "Brings a backup back into an empty data directory.",
    ),
    example(
        "mathesar migrate-from-mathesar",
        "mathesar migrate-from-mathesar --url-file url --secret-key-file key --dry-run",
        "Says what would be brought over from an installation of the original.",
    ),
    example(
        "mathesar postgres upgrade",
        "mathesar postgres upgrade",
        "Moves the databases of the managed PostgreSQL to the newest version at hand.",
    ),
    example("mathesar self-update", "mathesar self-update --check", "Says whether there is a newer release."),
    example("mathesar man", "mathesar man | man -l -", "Shows the manual without installing it."),
    example("mathesar man", "mathesar man --out /usr/local/share/man/man1", "Installs the manual pages."),
    example(
        "mathesar completions",
        "mathesar completions bash",
        "Prints the script that `~/.local/share/bash-completion/completions/mathesar` should hold.",
    ),
];
