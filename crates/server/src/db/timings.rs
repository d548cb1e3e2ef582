//! How long the database takes, counted beside every statement.

use crate::metrics::Histogram;
use sea_orm::DatabaseConnection;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Instant;

/// Bounds in microseconds.
const BOUNDS: &[u64] =
    &[100, 250, 500, 1_000, 2_500, 5_000, 10_000, 25_000, 50_000, 100_000, 250_000, 1_000_000, 5_000_000];

/// What was counted of one database.
#[derive(Debug)]
pub struct Timings {
    /// How long statements took.
    pub statements: Histogram,
    /// Statements that failed.
    pub failed: AtomicU64,
    /// How long writing transactions waited for their turn.
    pub turns: Histogram,
    /// How many wait.
    pub waiting: AtomicU64,
}

impl Default for Timings {
    fn default() -> Self {
        Self {
            statements: Histogram::new(BOUNDS),
            failed: AtomicU64::new(0),
            turns: Histogram::new(BOUNDS),
            waiting: AtomicU64::new(0),
        }
    }
}

impl Timings {
    /// The connection, which counts its statements here from now on.
    pub(super) fn watch(self: &Arc<Self>, mut connection: DatabaseConnection) -> DatabaseConnection {
        let timings = Arc::clone(self);
        connection.set_metric_callback(move |statement| {
            timings.statements.count(statement.elapsed);
            if statement.failed {
                timings.failed.fetch_add(1, Ordering::Relaxed);
            }
        });
        connection
    }

    /// Somebody waits for a turn until this is dropped.
    pub(super) fn wait(&self) -> Turn<'_> {
        self.waiting.fetch_add(1, Ordering::Relaxed);
        Turn { timings: self, since: Instant::now() }
    }
}

/// Somebody who waits for a turn to write.
pub(super) struct Turn<'a> {
    timings: &'a Timings,
    since: Instant,
}

impl Drop for Turn<'_> {
    fn drop(&mut self) {
        self.timings.waiting.fetch_sub(1, Ordering::Relaxed);
        self.timings.turns.count(self.since.elapsed());
    }
}
