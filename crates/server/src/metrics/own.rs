//! This server's own part of answers: what it adds to the time that providers and tools take.

use super::Histogram;

/// Bounds, in microseconds.
const BOUNDS: &[u64] = &[250, 500, 1_000, 2_500, 5_000, 10_000, 25_000, 50_000, 100_000, 500_000, 2_500_000];

/// How long answers took here.
pub struct Own {
    /// From the request until a provider is called for the first time, of every answer.
    pub admission: Histogram,
    /// All that neither a provider nor a tool was waited for, of answers that are traced.
    pub total: Histogram,
}

impl Default for Own {
    fn default() -> Self {
        Self { admission: Histogram::new(BOUNDS), total: Histogram::new(BOUNDS) }
    }
}
