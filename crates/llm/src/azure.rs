//! Azure OpenAI: Chat Completions behind other addresses and another header.
//!
//! With an `api-version` the older form is spoken, where the path names the deployment; without one the newer, `v1`.

use crate::classify::{Asked, Refusal};
use crate::client::{Page, Question, Wire, segment};
use crate::error::Error;
use crate::openai_chat::{EventMapper, UsageWish, models};
use crate::transport::{Auth, Transport};
use crate::{CompletionRequest, Endpoint, Fields, Interface, Passing};
use egress::Egress;

/// A provider that speaks Chat Completions as Azure hosts them.
pub struct AzureOpenAi {
    transport: Transport,
    api_version: Option<String>,
    usage: UsageWish,
}

impl AzureOpenAi {
    /// A provider at `endpoint`, reached through `egress`. The base URL is that of the resource; what the portal shows
    /// behind it may stay. `api_version`, such as `2024-10-21`, selects the older form.
    #[must_use]
    pub fn new(egress: Egress, mut endpoint: Endpoint, api_version: Option<String>) -> Self {
        endpoint.base_url = resource(&endpoint.base_url).to_owned();
        let transport = Transport::new(egress, endpoint, Auth::Header("api-key"));
        Self { transport, api_version: api_version.filter(|version| !version.is_empty()), usage: UsageWish::default() }
    }
}

impl AzureOpenAi {
    /// Where a model is asked for something.
    fn path(&self, what: &str, model: &str) -> String {
        match &self.api_version {
            Some(version) => {
                let (model, version) = (segment(model), segment(version));
                format!("openai/deployments/{model}/{what}?api-version={version}")
            }
            None => format!("openai/v1/{what}"),
        }
    }
}

/// The address of the resource, without what follows it in the portal's examples.
fn resource(base_url: &str) -> &str {
    let host = base_url.find("://").map_or(0, |scheme| scheme + 3);
    let path = base_url[host..].find('/').map_or(base_url.len(), |slash| host + slash);
    let end = base_url[path..].find("/openai").map_or(base_url.len(), |openai| path + openai);
    base_url[..end].trim_end_matches('/')
}

impl Wire for AzureOpenAi {
    type Mapper = EventMapper;

    fn transport(&self) -> &Transport {
        &self.transport
    }

    fn question(&self, request: &CompletionRequest) -> Result<Question, Error> {
        let path = self.path("chat/completions", &request.model);
        Ok(self.usage.question(path, request, &self.transport.endpoint().base_url))
    }

    fn mapper(&self, asked: Asked) -> EventMapper {
        EventMapper::new(asked)
    }

    fn learns(&self, refusal: &Refusal) -> bool {
        self.usage.learns(refusal)
    }

    fn door(&self, interface: Interface, model: &str) -> Option<String> {
        let what = match interface {
            Interface::Chat => "chat/completions",
            Interface::Completions => "completions",
            Interface::Embeddings => "embeddings",
            Interface::Messages | Interface::CountTokens | Interface::Rerank(_) => return None,
        };
        Some(self.path(what, model))
    }

    fn dress(&self, passing: &Passing, fields: &mut Fields) -> Result<bool, Error> {
        Ok(self.usage.dress(passing, fields, &self.transport.endpoint().base_url))
    }

    fn list_path(&self, _: Option<&str>) -> String {
        match &self.api_version {
            Some(version) => format!("openai/models?api-version={}", segment(version)),
            None => "openai/v1/models".to_owned(),
        }
    }

    fn read_list(&self, body: &[u8], asked: &Asked) -> Result<Page, Error> {
        models::read(body, asked)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::replay::{documents_request, endpoint, recorded, sent, standard_request};
    use serde_json::Value;

    fn azure(base_url: &str, api_version: Option<&str>) -> AzureOpenAi {
        let endpoint = Endpoint { base_url: base_url.into(), ..endpoint() };
        let egress = Egress::new(egress::Config::default()).expect("a client");
        AzureOpenAi::new(egress, endpoint, api_version.map(str::to_owned))
    }

    #[tokio::test]
    async fn every_recording_gives_its_events() {
        recorded("azure", EventMapper::new).await;
    }

    fn body(request: &CompletionRequest) -> Value {
        sent(&azure("https://r.openai.azure.com", None).question(request).expect("a question").body)
    }

    #[test]
    fn a_whole_conversation_is_told_in_this_protocols_words() {
        insta::with_settings!({sort_maps => true}, {
            insta::assert_json_snapshot!(body(&standard_request()));
        });
    }

    #[test]
    fn documents_are_told_in_this_protocols_words() {
        insta::with_settings!({sort_maps => true}, {
            insta::assert_json_snapshot!(body(&documents_request()));
        });
    }

    #[test]
    fn a_gateway_keeps_its_own_path() {
        for (pasted, expected) in [
            ("https://openai.gate.example", "https://openai.gate.example"),
            ("https://openai.gate.example/azure/openai/v1", "https://openai.gate.example/azure"),
            ("http://openai:8080/", "http://openai:8080"),
            ("not an address", "not an address"),
        ] {
            assert_eq!(resource(pasted), expected);
        }
    }

    #[test]
    fn a_model_whose_name_leads_upwards_stays_below_the_deployments() {
        let azure = azure("https://r.openai.azure.com", Some("2024-10-21"));
        let request = CompletionRequest { model: "../../files/./x".into(), ..standard_request() };
        let path = azure.question(&request).expect("a question").path;
        assert_eq!(path, "openai/deployments/..%2F..%2Ffiles/.%2Fx/chat/completions?api-version=2024-10-21");
        let address = url::Url::parse("https://r.openai.azure.com/").and_then(|base| base.join(&path));
        assert!(address.expect("an address").path().starts_with("/openai/deployments/..%2F"));
    }

    #[test]
    fn both_forms_have_their_addresses() {
        for pasted in [
            "https://r.openai.azure.com",
            "https://r.openai.azure.com/",
            "https://r.openai.azure.com/openai/v1/",
            "https://r.openai.azure.com/openai/deployments/d/chat/completions",
        ] {
            let old = azure(pasted, Some("2024-10-21"));
            let path = old.question(&standard_request()).expect("a question").path;
            assert_eq!(path, "openai/deployments/model-1/chat/completions?api-version=2024-10-21");
            assert_eq!(old.list_path(None), "openai/models?api-version=2024-10-21");
            assert_eq!(old.transport.endpoint().base_url, "https://r.openai.azure.com", "{pasted}");
            let new = azure(pasted, None);
            assert_eq!(new.question(&standard_request()).expect("a question").path, "openai/v1/chat/completions");
            assert_eq!(new.list_path(None), "openai/v1/models");
        }
    }
}
