//! OpenAI Chat Completions, and everything that speaks its dialect.

use crate::{CompletionRequest, CompletionStream, Endpoint, Error, ModelInfo, Provider};
use async_trait::async_trait;
use egress::Egress;

/// A provider that speaks Chat Completions.
pub struct OpenAiChat {
    egress: Egress,
    endpoint: Endpoint,
}

impl OpenAiChat {
    /// A provider at `endpoint`, reached through `egress`.
    #[must_use]
    pub fn new(egress: Egress, endpoint: Endpoint) -> Self {
        Self { egress, endpoint }
    }
}

#[async_trait]
impl Provider for OpenAiChat {
    async fn models(&self) -> Result<Vec<ModelInfo>, Error> {
        _ = (&self.egress, &self.endpoint);
        Err(Error::new(shared::ErrorCode::ProviderUnreachable))
    }

    async fn stream(&self, _request: CompletionRequest) -> Result<CompletionStream, Error> {
        Err(Error::new(shared::ErrorCode::ProviderUnreachable))
    }
}
