//! The limit on password hashing: each takes tens of megabytes and a processor for tens of milliseconds.

use std::sync::Arc;

use mathesar_api::ErrorCode;
use tokio::sync::Semaphore;

use crate::{Error, Result, limits};

/// Runs password work a few at a time, with a queue that has an end.
pub(crate) struct Checks {
    at_work: Arc<Semaphore>,
    queue: Arc<Semaphore>,
}

impl Default for Checks {
    fn default() -> Self {
        Self {
            at_work: Arc::new(Semaphore::new(limits::PASSWORD_CHECKS_AT_ONCE)),
            queue: Arc::new(Semaphore::new(limits::PASSWORD_CHECKS_AT_ONCE + limits::PASSWORD_CHECKS_WAITING)),
        }
    }
}

impl Checks {
    /// Runs `work` on a thread of its own. The permits travel with it: a request that goes away does not make room for more
    /// work than the limit says.
    pub(crate) async fn run<T: Send + 'static>(&self, work: impl FnOnce() -> T + Send + 'static) -> Result<T> {
        let Ok(place) = Arc::clone(&self.queue).try_acquire_owned() else {
            return Err(Error::new(
                ErrorCode::THROTTLED,
                "Too many people sign in at this moment. Try again in a few seconds.",
            ));
        };
        let permit = Arc::clone(&self.at_work).acquire_owned().await.map_err(Error::internal)?;
        tokio::task::spawn_blocking(move || {
            let result = work();
            drop((place, permit));
            result
        })
        .await
        .map_err(Error::internal)
    }
}
