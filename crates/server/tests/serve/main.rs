//! The real executable in a directory of its own, asked over HTTP.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on has nothing better to do than to panic")]

mod access;
mod backups;
mod command_line;
mod data;
mod doctor;
mod documentation;
mod failures;
mod files;
mod first_run;
mod forgery;
mod guide;
mod hosts;
mod lifecycle;
mod manual;
mod migration;
mod proxy;
mod reload;
mod reverse_proxies;
mod rpc;
mod schemathesis;
mod self_update;
mod server;
mod sign_in;
mod start;
mod tls;
mod tokens;
