//! How long something took, counted by upper bounds.

use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

/// Counts of durations below each bound. Bounds are microseconds, ascending.
#[derive(Debug)]
pub struct Histogram {
    bounds: &'static [u64],
    /// One more than bounds: what is longer than the last.
    counts: Box<[AtomicU64]>,
    sum: AtomicU64,
}

impl Histogram {
    /// Nothing was counted yet.
    #[must_use]
    pub fn new(bounds: &'static [u64]) -> Self {
        let counts = (0..=bounds.len()).map(|_| AtomicU64::new(0)).collect();
        Self { bounds, counts, sum: AtomicU64::new(0) }
    }

    /// Something took so long.
    pub fn count(&self, took: Duration) {
        let took = u64::try_from(took.as_micros()).unwrap_or(u64::MAX);
        let at = self.bounds.partition_point(|bound| *bound < took);
        self.counts[at].fetch_add(1, Ordering::Relaxed);
        self.sum.fetch_add(took, Ordering::Relaxed);
    }

    /// Every bound in microseconds with how much took at most that long, then how much there was, and how long all of it
    /// took together.
    pub(super) fn read(&self) -> (Vec<(u64, u64)>, u64, u64) {
        let mut all = 0;
        let mut up_to = |count: &AtomicU64| {
            all += count.load(Ordering::Relaxed);
            all
        };
        let below = self.bounds.iter().zip(&self.counts).map(|(bound, count)| (*bound, up_to(count))).collect();
        let longest = self.counts.last().map_or(0, &mut up_to);
        (below, longest, self.sum.load(Ordering::Relaxed))
    }

    /// Whether nothing was counted yet.
    pub(super) fn is_empty(&self) -> bool {
        self.counts.iter().all(|count| count.load(Ordering::Relaxed) == 0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_duration_is_counted_at_its_bound_and_at_every_longer_one() {
        let histogram = Histogram::new(&[1_000, 10_000]);
        assert!(histogram.is_empty());
        for micros in [1, 1_000, 1_001, 50_000] {
            histogram.count(Duration::from_micros(micros));
        }
        assert_eq!(histogram.read(), (vec![(1_000, 2), (10_000, 3)], 4, 52_002));
    }
}
