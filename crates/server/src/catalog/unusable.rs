//! A connection that cannot be asked at all, because of what is stored about it. Whoever asks it hears why; nothing is
//! ever sent by another way than the one that was chosen.

use async_trait::async_trait;
use llm::{CompletionRequest, CompletionStream, Error, Interface, ModelInfo, Passage, Passing, Provider};
use shared::ErrorCode;
use std::sync::Arc;

/// It answers with one error.
pub(super) struct Unusable(Error);

impl Unusable {
    /// Something does not open with the master key of this server.
    pub(super) fn locked(connection: &str, what: &str) -> Arc<dyn Provider> {
        let words = &format!("the stored {what} do not open with this server's master key: enter them again");
        let error = Error::new(ErrorCode::ProviderUnauthorized).with("connection", connection);
        Arc::new(Self(error.with_detail(words, None)))
    }

    /// The proxy is none.
    pub(super) fn proxy(shown: &str) -> Arc<dyn Provider> {
        let error = Error::new(ErrorCode::ProviderProxy).with("proxy", shown).with("host", shown);
        Arc::new(Self(error))
    }
}

#[async_trait]
impl Provider for Unusable {
    async fn models(&self) -> Result<Vec<ModelInfo>, Error> {
        Err(self.0.clone())
    }

    async fn stream(&self, _: CompletionRequest) -> Result<CompletionStream, Error> {
        Err(self.0.clone())
    }

    /// Whatever it is asked, it says the same.
    fn takes(&self, _: Interface) -> bool {
        true
    }

    async fn pass(&self, _: Passing) -> Result<Passage, Error> {
        Err(self.0.clone())
    }
}
