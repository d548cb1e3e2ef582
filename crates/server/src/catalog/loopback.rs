//! A provider at an address of the container itself. Nothing listens there, and "refused" alone leads people astray: the
//! model server they mean runs on the container's host.

use async_trait::async_trait;
use llm::{CompletionRequest, CompletionStream, Error, Hop, Interface, ModelInfo, Passage, Passing, Provider};
use shared::ErrorCode;
use std::sync::Arc;
use url::{Host, Url};

/// The provider, with that error told apart; as it is where the address is another machine's.
pub(super) fn explained(provider: Arc<dyn Provider>, base_url: &str, in_container: bool) -> Arc<dyn Provider> {
    match Url::parse(base_url) {
        Ok(url) if in_container && is_loopback(&url) => {
            let port = url.port_or_known_default().unwrap_or_default().to_string();
            Arc::new(Loopback { provider, port })
        }
        _ => provider,
    }
}

/// Whether an address means the machine that asks: in a container, that is the container.
pub(crate) fn is_loopback(url: &Url) -> bool {
    match url.host() {
        Some(Host::Ipv4(address)) => address.is_loopback() || address.is_unspecified(),
        Some(Host::Ipv6(address)) => address.is_loopback() || address.is_unspecified(),
        Some(Host::Domain(name)) => name == "localhost" || name.ends_with(".localhost"),
        None => false,
    }
}

struct Loopback {
    provider: Arc<dyn Provider>,
    port: String,
}

impl Loopback {
    fn explain(&self, error: Error) -> Error {
        match error.code {
            ErrorCode::ProviderRefused => {
                Error { code: ErrorCode::ProviderLoopbackInContainer, ..error }.with("port", &self.port)
            }
            _ => error,
        }
    }
}

#[async_trait]
impl Provider for Loopback {
    async fn models(&self) -> Result<Vec<ModelInfo>, Error> {
        self.provider.models().await.map_err(|error| self.explain(error))
    }

    async fn reach(&self) -> Vec<Hop> {
        let explained = |hop: Hop| Hop { error: hop.error.map(|error| self.explain(error)), ..hop };
        self.provider.reach().await.into_iter().map(explained).collect()
    }

    async fn stream(&self, request: CompletionRequest) -> Result<CompletionStream, Error> {
        self.provider.stream(request).await.map_err(|error| self.explain(error))
    }

    fn takes(&self, interface: Interface) -> bool {
        self.provider.takes(interface)
    }

    async fn pass(&self, passing: Passing) -> Result<Passage, Error> {
        self.provider.pass(passing).await.map_err(|error| self.explain(error))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_of_the_container_itself_are_known() {
        let loopback = |url: &str| is_loopback(&Url::parse(url).expect("a URL"));
        for url in ["http://127.0.0.1:11434/v1", "http://localhost/v1", "http://[::1]:1", "http://0.0.0.0:1"] {
            assert!(loopback(url), "{url}");
        }
        for url in ["http://host.docker.internal:11434/v1", "http://172.17.0.1:1", "https://api.openai.com/v1"] {
            assert!(!loopback(url), "{url}");
        }
    }
}
