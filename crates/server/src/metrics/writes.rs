//! How the latest write of the housekeeping went. It comes every ten seconds whatever people do, so a database that takes no
//! writes, or takes them slowly, is known without another one.

use shared::ErrorCode;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

/// A write that takes longer is felt by people.
const SLOW: Duration = Duration::from_secs(1);
/// How long a failure stands although the housekeeping, which has little to write, went well: a full disk may take that.
const STANDS: Duration = Duration::from_secs(60);

/// The latest write.
#[derive(Default)]
pub struct Writes(Mutex<Latest>);

#[derive(Clone, Copy, Default)]
struct Latest {
    took: Duration,
    failure: Option<(ErrorCode, Instant)>,
}

impl Writes {
    /// The housekeeping took so long, or failed with this code.
    pub fn note(&self, took: Duration, failure: Option<ErrorCode>) {
        let mut latest = self.lock();
        let stands = latest.failure.filter(|(_, since)| since.elapsed() < STANDS);
        *latest = Latest { took, failure: failure.map(|code| (code, Instant::now())).or(stands) };
    }

    /// Running answers were saved, or could not be for this reason.
    pub fn note_saved(&self, failure: Option<ErrorCode>) {
        self.lock().failure = failure.map(|code| (code, Instant::now()));
    }

    /// Why the latest one failed, if it did.
    #[must_use]
    pub fn failure(&self) -> Option<ErrorCode> {
        self.lock().failure.map(|(code, _)| code)
    }

    /// How long the latest one took, if that is too long.
    #[must_use]
    pub fn slow(&self) -> Option<Duration> {
        let latest = *self.lock();
        Some(latest.took).filter(|took| latest.failure.is_none() && *took >= SLOW)
    }

    fn lock(&self) -> MutexGuard<'_, Latest> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_slow_write_is_told_until_a_quick_one() {
        let writes = Writes::default();
        assert!(writes.failure().is_none() && writes.slow().is_none());
        writes.note(Duration::from_secs(2), None);
        assert_eq!(writes.slow(), Some(Duration::from_secs(2)));
        writes.note(Duration::from_millis(3), None);
        assert!(writes.slow().is_none());
    }

    #[test]
    fn a_failure_stands_until_something_was_really_saved() {
        let writes = Writes::default();
        writes.note_saved(Some(ErrorCode::StorageFull));
        writes.note(Duration::from_secs(5), None);
        assert_eq!((writes.failure(), writes.slow()), (Some(ErrorCode::StorageFull), None));
        writes.note_saved(None);
        assert!(writes.failure().is_none());
        writes.note(Duration::ZERO, Some(ErrorCode::Internal));
        assert_eq!(writes.failure(), Some(ErrorCode::Internal));
    }
}
