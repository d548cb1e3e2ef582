//! How far estimates of tokens are off, per model: learnt in memory, stored now and then.

use crate::db::{self, Db, DbErr};
use shared::ModelId;
use std::collections::HashMap;
use std::sync::atomic::{AtomicI64, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError};

/// Weight of a new measurement.
const WEIGHT: f64 = 0.3;
/// No tokenizer is further off than this; a provider that reports nonsense must not empty or flood a context.
const BOUNDS: std::ops::RangeInclusive<f64> = 0.25..=4.0;

/// Time between two writes: a lost minute of learning costs nothing, a write per answer would.
const STORE_EVERY_MS: i64 = 60_000;

/// What was learnt since the start.
#[derive(Default)]
pub(super) struct Ratios {
    known: Mutex<HashMap<ModelId, Ratio>>,
    stored_at: AtomicI64,
}

#[derive(Clone, Copy)]
struct Ratio {
    value: f64,
    stored: bool,
}

impl Ratios {
    /// The ratio of a model, if something was learnt.
    pub(super) fn get(&self, model: &ModelId) -> Option<f64> {
        self.lock().get(model).map(|ratio| ratio.value)
    }

    /// Takes a measurement in; `before` is what was known at the start.
    pub(super) fn learn(&self, model: &ModelId, before: f64, measured: f64) {
        if !measured.is_finite() || measured <= 0.0 {
            return;
        }
        let measured = measured.clamp(*BOUNDS.start(), *BOUNDS.end());
        let mut known = self.lock();
        let old = known.get(model).map_or(before, |ratio| ratio.value);
        known.insert(model.clone(), Ratio { value: old + WEIGHT * (measured - old), stored: false });
    }

    /// Forgets all models but these.
    pub(super) fn keep(&self, known: impl Fn(&ModelId) -> bool) {
        self.lock().retain(|model, _| known(model));
    }

    /// Whether it is time to write; true for one caller only.
    pub(super) fn due(&self, now: i64) -> bool {
        let last = self.stored_at.load(Ordering::Relaxed);
        let due = now.saturating_sub(last) >= STORE_EVERY_MS || now < last;
        due && self.stored_at.compare_exchange(last, now, Ordering::Relaxed, Ordering::Relaxed).is_ok()
    }

    /// Writes what is new.
    pub(super) async fn store(&self, db: &Db) -> Result<(), DbErr> {
        let new: Vec<_> = self
            .lock()
            .iter()
            .filter(|(_, ratio)| !ratio.stored)
            .map(|(id, ratio)| (id.clone(), ratio.value))
            .collect();
        if new.is_empty() {
            return Ok(());
        }
        let tx = db.begin().await?;
        for (id, value) in &new {
            db::models::set_ratio(&tx, id, *value).await?;
        }
        tx.commit().await?;
        let mut known = self.lock();
        for (id, value) in new {
            if let Some(ratio) = known.get_mut(&id) {
                // One that was learnt in the meantime waits for the next time.
                ratio.stored = ratio.value.total_cmp(&value).is_eq();
            }
        }
        Ok(())
    }

    fn lock(&self) -> MutexGuard<'_, HashMap<ModelId, Ratio>> {
        self.known.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn measurements_are_smoothed_and_nonsense_is_bounded() {
        let (ratios, model) = (Ratios::default(), ModelId::from("m"));
        assert_eq!(ratios.get(&model), None);
        ratios.learn(&model, 1.0, 2.0);
        assert!((ratios.get(&model).expect("a ratio") - 1.3).abs() < 1e-9);
        for _ in 0..40 {
            ratios.learn(&model, 1.0, 2.0);
        }
        assert!((ratios.get(&model).expect("a ratio") - 2.0).abs() < 1e-3);
        for nonsense in [f64::NAN, f64::INFINITY, 0.0, -3.0] {
            ratios.learn(&model, 1.0, nonsense);
        }
        ratios.learn(&model, 1.0, 1e9);
        assert!(ratios.get(&model).expect("a ratio") < 2.7);
    }

    #[test]
    fn models_that_are_gone_are_forgotten() {
        let ratios = Ratios::default();
        for model in ["a", "b"] {
            ratios.learn(&ModelId::from(model), 1.0, 2.0);
        }
        ratios.keep(|model| model.as_str() == "b");
        assert!(ratios.get(&ModelId::from("a")).is_none() && ratios.get(&ModelId::from("b")).is_some());
    }

    #[test]
    fn one_caller_a_minute_stores_even_when_the_clock_went_back() {
        let ratios = Ratios::default();
        assert!(ratios.due(1_000_000));
        assert!(!ratios.due(1_000_001) && !ratios.due(1_059_999));
        assert!(ratios.due(1_060_000));
        assert!(ratios.due(5_000));
    }
}
