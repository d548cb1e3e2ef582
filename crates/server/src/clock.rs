//! The one clock. Everything that stores or compares wall-clock time asks it, so tests can move time by hand.

use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};
use std::time::{SystemTime, UNIX_EPOCH};

/// Wall-clock time, shifted by whatever a test asked for.
#[derive(Clone, Debug, Default)]
pub struct Clock {
    shift_ms: Arc<AtomicI64>,
}

impl Clock {
    /// Unix milliseconds UTC.
    #[must_use]
    pub fn now(&self) -> i64 {
        let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
        i64::try_from(since.as_millis()).unwrap_or(i64::MAX) + self.shift_ms.load(Ordering::Relaxed)
    }

    /// Moves the clock by `millis`, backwards if negative.
    pub fn shift(&self, millis: i64) {
        self.shift_ms.fetch_add(millis, Ordering::Relaxed);
    }
}

/// A new id: UUIDv7 in text form.
#[must_use]
pub fn new_id() -> String {
    uuid::Uuid::now_v7().to_string()
}
