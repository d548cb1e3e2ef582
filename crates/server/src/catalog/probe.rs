//! Asks an address for its models, and finds out which spelling of a pasted address is the right one.

use super::Catalog;
use llm::{Error, ModelInfo, Provider};
use shared::ErrorCode;
use shared::limits::MAX_NAME_CHARS;
use std::collections::HashSet;
use std::sync::Arc;
use std::time::Duration;

/// Longest wait for a list.
const PATIENCE: Duration = Duration::from_secs(15);
/// Most models of one connection.
pub(super) const MAX_MODELS: usize = 2_000;

/// What an address answered.
pub(super) struct Probe {
    /// The spelling that is right, or most likely so.
    pub(super) base_url: String,
    /// Its models.
    pub(super) models: Result<Vec<ModelInfo>, Error>,
}

impl Catalog {
    /// Fetches the list of models from the first candidate that has one.
    pub(super) async fn probe(&self, name: &str, candidates: &[String], key: Option<&str>) -> Probe {
        let mut best: Option<Probe> = None;
        for base_url in candidates {
            let provider = self.endpoint(name, base_url, key);
            let models = fetch(&provider, base_url).await;
            let stop = models.as_ref().err().is_none_or(|error| !error.code.is_elsewhere());
            let probe = Probe { base_url: base_url.clone(), models };
            if stop {
                return probe;
            }
            best.get_or_insert(probe);
        }
        let nowhere = || Probe { base_url: String::new(), models: Err(Error::new(ErrorCode::ProviderNotFound)) };
        best.unwrap_or_else(nowhere)
    }
}

/// Fetches a list, bounded in time and size.
pub(super) async fn fetch(provider: &Arc<dyn Provider>, base_url: &str) -> Result<Vec<ModelInfo>, Error> {
    let answer = tokio::time::timeout(PATIENCE, provider.models()).await;
    let models = answer.unwrap_or_else(|_| Err(too_slow(base_url, PATIENCE)))?;
    let mut seen = HashSet::new();
    let good = |model: &ModelInfo| is_name(&model.name) && seen.insert(model.name.clone());
    Ok(models.into_iter().filter(good).take(MAX_MODELS).collect())
}

/// The error for an address that did not answer in time.
pub(super) fn too_slow(base_url: &str, patience: Duration) -> Error {
    let seconds = patience.as_secs().to_string();
    Error::new(ErrorCode::ProviderTimeout).with("host", super::host_of(base_url)).with("seconds", seconds)
}

/// Whether a text can be the name of a model.
pub(super) fn is_name(name: &str) -> bool {
    (1..=MAX_NAME_CHARS).contains(&name.chars().count()) && !name.chars().any(char::is_control)
}
