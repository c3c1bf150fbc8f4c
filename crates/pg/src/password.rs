//! Passwords of roles.

/// What PostgreSQL stores for a password: its SCRAM-SHA-256 verifier. Sent in the place of the password, it keeps the password
/// out of the server's log and statistics, as `\password` of psql does.
pub fn verifier(password: &str) -> String {
    postgres_protocol::password::scram_sha_256(password.as_bytes())
}
