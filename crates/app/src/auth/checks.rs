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

#[cfg(test)]
mod tests {
    use std::sync::mpsc;

    use super::*;

    #[tokio::test]
    async fn the_queue_has_an_end_and_who_goes_away_makes_no_room() {
        let checks = Arc::new(Checks::default());
        let (release, held) = mpsc::channel::<()>();
        let held = Arc::new(std::sync::Mutex::new(held));
        let (started, mut begun) = tokio::sync::mpsc::unbounded_channel();
        let at_work: Vec<_> = (0..limits::PASSWORD_CHECKS_AT_ONCE)
            .map(|_| {
                let (checks, held, started) = (Arc::clone(&checks), Arc::clone(&held), started.clone());
                let work = move || {
                    started.send(()).unwrap();
                    let _ = held.lock().unwrap().recv();
                };
                tokio::spawn(async move { checks.run(work).await })
            })
            .collect();
        for _ in 0..limits::PASSWORD_CHECKS_AT_ONCE {
            begun.recv().await.unwrap();
        }
        // Whoever asked is gone, their work is not.
        at_work.iter().for_each(tokio::task::JoinHandle::abort);
        let mut waiting: Vec<_> = (0..limits::PASSWORD_CHECKS_WAITING).map(|_| Box::pin(checks.run(|| ()))).collect();
        for check in &mut waiting {
            assert!(futures_util::poll!(check.as_mut()).is_pending());
        }
        assert_eq!(checks.run(|| ()).await.unwrap_err().code(), ErrorCode::THROTTLED);

        drop(release);
        for check in waiting {
            check.await.unwrap();
        }
        checks.run(|| ()).await.unwrap();
    }
}
