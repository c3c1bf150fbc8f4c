//! What the outside world gives: time and randomness (invariant I6). The server implements both once, on the system's
//! clock and generator; tests hold them still.

/// Tells the time.
pub trait Clock: Send + Sync {
    /// The present moment.
    fn now(&self) -> jiff::Timestamp;
}

/// Gives bytes that nobody can predict.
pub trait Random: Send + Sync {
    /// Fills `bytes`.
    fn fill(&self, bytes: &mut [u8]);
}
