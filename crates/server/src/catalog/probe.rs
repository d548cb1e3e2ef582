//! Asks an address for its models, and finds out which spelling of a pasted address is the right one.

use super::Catalog;
use super::target::Target;
use egress::Trust;
use llm::{Error, ModelInfo, Provider, Secret};
use shared::ErrorCode;
use shared::limits::{MAX_NAME_CHARS, MAX_PERSONAL_MODELS};
use std::collections::HashSet;
use std::sync::Arc;
use std::time::Duration;

/// Longest wait for a list.
const PATIENCE: Duration = Duration::from_secs(15);
/// Most models of one connection.
const MAX_MODELS: usize = 2_000;
/// Most keys with which one list is asked for.
const MAX_TRIES: usize = 10;

/// What an address answered.
pub(super) struct Probe {
    /// The spelling that is right, or most likely so.
    pub(super) base_url: String,
    /// Its models.
    pub(super) models: Result<Vec<ModelInfo>, Error>,
}

impl Catalog {
    /// Fetches the list of models from the first candidate that has one, with the first key that is taken.
    pub(super) async fn probe(&self, target: &Target, candidates: &[String], keys: &[Secret]) -> Probe {
        let mut best: Option<Probe> = None;
        for base_url in candidates {
            let target = Target { base_url: base_url.clone(), ..target.clone() };
            let models = self.list(&target, keys).await;
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

    /// Fetches the list of one address with the first key that is taken.
    async fn list(&self, target: &Target, keys: &[Secret]) -> Result<Vec<ModelInfo>, Error> {
        let mut first = None;
        for key in keys.iter().take(MAX_TRIES) {
            match fetch(&self.provider(target, Some(key)), target).await {
                Err(error) if is_about_key(error.code) => _ = first.get_or_insert(error),
                answered => return answered,
            }
        }
        match first {
            Some(error) => Err(error),
            None => fetch(&self.provider(target, None), target).await,
        }
    }
}

/// Whether another key may do better.
pub(super) fn is_about_key(code: ErrorCode) -> bool {
    use ErrorCode::{ProviderBalance, ProviderForbidden, ProviderRateLimited, ProviderUnauthorized};
    matches!(code, ProviderUnauthorized | ProviderForbidden | ProviderRateLimited | ProviderBalance)
}

/// Fetches a list, bounded in time and size.
pub(super) async fn fetch(provider: &Arc<dyn Provider>, target: &Target) -> Result<Vec<ModelInfo>, Error> {
    let answer = tokio::time::timeout(PATIENCE, provider.models()).await;
    let models = answer.unwrap_or_else(|_| Err(too_slow(&target.base_url, PATIENCE)))?;
    let mut seen = HashSet::new();
    let good = |model: &ModelInfo| is_name(&model.name) && seen.insert(model.name.clone());
    Ok(models.into_iter().filter(good).take(most_models(target.trust)).collect())
}

/// The error for an address that did not answer in time.
pub(super) fn too_slow(base_url: &str, patience: Duration) -> Error {
    let seconds = patience.as_secs().to_string();
    Error::new(ErrorCode::ProviderTimeout).with("host", super::host_of(base_url)).with("seconds", seconds)
}

/// Most models of a connection of everybody's, or of one person's own.
pub(super) fn most_models(trust: Trust) -> usize {
    if trust == Trust::User { MAX_PERSONAL_MODELS } else { MAX_MODELS }
}

/// Whether a text can be the name of a model.
pub(super) fn is_name(name: &str) -> bool {
    (1..=MAX_NAME_CHARS).contains(&name.chars().count()) && !name.chars().any(char::is_control)
}
