//! Answers by model and by how they ended: how long until the first word and until the end, and what they took in tokens.

use super::Histogram;
use shared::chat::Usage;
use shared::events::Status;
use std::collections::BTreeMap;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, PoisonError, RwLock};
use std::time::Duration;

/// Models that are told apart; all further ones are counted together.
const MAX_MODELS: usize = 50;
/// What those are called.
const OTHER: &str = "other";
/// How an answer may end.
pub(super) const ENDS: [Status; 4] = [Status::Completed, Status::Stopped, Status::Interrupted, Status::Failed];
/// Bounds of the time until the first word, in microseconds.
const FIRST: &[u64] = &[
    50_000,
    100_000,
    250_000,
    500_000,
    1_000_000,
    2_500_000,
    5_000_000,
    10_000_000,
    30_000_000,
    60_000_000,
    120_000_000,
];
/// Bounds of the time until the end.
const TOTAL: &[u64] = &[
    250_000,
    1_000_000,
    2_500_000,
    5_000_000,
    10_000_000,
    30_000_000,
    60_000_000,
    120_000_000,
    300_000_000,
    600_000_000,
];

/// Counts for each model.
#[derive(Default)]
pub struct Answers {
    models: RwLock<BTreeMap<String, Arc<Model>>>,
}

/// What is counted of one model.
pub(super) struct Model {
    /// In the order of [`ENDS`].
    pub(super) ends: [(Histogram, Histogram); 4],
    /// Tokens that were read, of those the ones that the provider had kept, and tokens that were written.
    pub(super) tokens: [AtomicU64; 3],
}

impl Model {
    fn new() -> Self {
        let ends = std::array::from_fn(|_| (Histogram::new(FIRST), Histogram::new(TOTAL)));
        Self { ends, tokens: Default::default() }
    }
}

impl Answers {
    /// An answer ended, of whose times this is known.
    pub fn ended(&self, model: &str, status: Status, usage: &Usage) {
        let Some(at) = ENDS.iter().position(|end| *end == status) else { return };
        let model = self.model(model);
        let (first, total) = &model.ends[at];
        usage.first_token_ms.map(Duration::from_millis).into_iter().for_each(|took| first.count(took));
        usage.total_ms.map(Duration::from_millis).into_iter().for_each(|took| total.count(took));
    }

    /// A call of a provider took so many tokens.
    pub fn took(&self, model: &str, usage: &Usage) {
        let model = self.model(model);
        let counted = [usage.prompt_tokens, usage.cached_tokens, usage.completion_tokens];
        for (tokens, count) in model.tokens.iter().zip(counted) {
            tokens.fetch_add(count, Ordering::Relaxed);
        }
    }

    /// Every model that ever answered.
    pub(super) fn read(&self) -> Vec<(String, Arc<Model>)> {
        let models = self.models.read().unwrap_or_else(PoisonError::into_inner);
        models.iter().map(|(name, model)| (name.clone(), Arc::clone(model))).collect()
    }

    fn model(&self, name: &str) -> Arc<Model> {
        if let Some(model) = self.models.read().unwrap_or_else(PoisonError::into_inner).get(name) {
            return Arc::clone(model);
        }
        let mut models = self.models.write().unwrap_or_else(PoisonError::into_inner);
        let name = if models.len() < MAX_MODELS { name } else { OTHER };
        Arc::clone(models.entry(name.to_owned()).or_insert_with(|| Arc::new(Model::new())))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn answers_are_counted_by_model_and_end() {
        let answers = Answers::default();
        let usage = Usage {
            first_token_ms: Some(90),
            total_ms: Some(2_000),
            prompt_tokens: 7,
            completion_tokens: 5,
            ..Usage::default()
        };
        answers.ended("m", Status::Completed, &usage);
        answers.ended("m", Status::Failed, &Usage { first_token_ms: None, ..usage.clone() });
        answers.ended("m", Status::Streaming, &usage);
        answers.took("m", &usage);
        let read = answers.read();
        let [(name, model)] = &read[..] else { panic!("one model") };
        let [(completed_first, completed), .., (failed_first, failed)] = &model.ends;
        assert_eq!((name.as_str(), completed_first.read().1, completed.read().1), ("m", 1, 1));
        assert!(failed_first.is_empty() && failed.read().1 == 1 && model.ends[1].1.is_empty());
        assert_eq!(model.tokens.each_ref().map(|tokens| tokens.load(Ordering::Relaxed)), [7, 0, 5]);
    }

    #[test]
    fn names_without_end_take_no_memory_without_end() {
        let answers = Answers::default();
        for number in 0..1_000 {
            answers.took(&format!("m{number}"), &Usage { prompt_tokens: 1, ..Usage::default() });
        }
        let read = answers.read();
        assert_eq!(read.len(), MAX_MODELS + 1);
        let other = read.iter().find(|(name, _)| name == OTHER).expect("the rest");
        assert_eq!(other.1.tokens[0].load(Ordering::Relaxed), (1_000 - MAX_MODELS) as u64);
    }
}
