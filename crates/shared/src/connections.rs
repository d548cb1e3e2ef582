//! Requests and answers about connections to model providers. Keys go in and never come out.

use crate::{ApiError, ConnectionId};
use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;

/// The wire protocol of a connection.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Protocol {
    /// OpenAI Chat Completions and everything compatible with it.
    #[default]
    OpenaiChat,
    /// The fake model inside the server.
    Demo,
}

impl Protocol {
    /// The word on the wire and in the database.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::OpenaiChat => "openai_chat",
            Self::Demo => "demo",
        }
    }
}

/// The names of models in a list as people write one, each once: commas of both scripts, semicolons and new lines part
/// them. A name itself may have blanks.
#[must_use]
pub fn model_names(list: &str) -> Vec<String> {
    let mut known = BTreeSet::new();
    let parts = list.split([',', '，', '、', ';', '；', '\n']).map(str::trim).filter(|name| !name.is_empty());
    parts.filter(|name| known.insert(*name)).map(str::to_owned).collect()
}

/// An endpoint of a provider.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Connection {
    /// The connection.
    pub id: ConnectionId,
    /// Its name.
    pub name: String,
    /// Its protocol.
    pub protocol: Protocol,
    /// The base URL as it is used.
    pub base_url: String,
    /// Whether a key is stored.
    pub has_key: bool,
    /// Whether its models can be used.
    pub enabled: bool,
    /// The environment variable that it comes from; such a connection is read-only.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub variable: Option<String>,
    /// Names of its models.
    pub models: Vec<String>,
    /// Created at, RFC 3339.
    pub created_at: String,
}

/// Body of `POST /api/connections` and `POST /api/connections/verify`.
#[derive(Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct NewConnection {
    /// Its name; empty uses the host.
    #[serde(default)]
    pub name: String,
    /// Its protocol.
    #[serde(default)]
    pub protocol: Protocol,
    /// The base URL, as the person pasted it.
    #[serde(default)]
    pub base_url: String,
    /// The key; absent for servers without one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub key: Option<String>,
    /// Names of models, where the list cannot be fetched.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub models: Vec<String>,
}

/// Body of `PATCH /api/connections/{id}`. Absent fields stay as they are.
#[derive(Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct UpdateConnection {
    /// New name.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// New base URL.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub base_url: Option<String>,
    /// New key.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub key: Option<String>,
    /// On or off.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub enabled: Option<bool>,
    /// Names of its models.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub models: Option<Vec<String>>,
}

/// One step of a verification.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum VerifyStage {
    /// The address is understood and allowed.
    Address,
    /// The model list was fetched: name, network, TLS and key are right.
    Models,
    /// A model answered.
    Chat,
}

/// The result of one step.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct VerifyStep {
    /// The step.
    pub stage: VerifyStage,
    /// Whether it worked.
    pub ok: bool,
    /// How long it took, in milliseconds.
    pub ms: u64,
    /// Why it did not work.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub error: Option<ApiError>,
}

/// Answer of the verify routes. `ok` is true when a model answered.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct VerifyReport {
    /// Whether chatting will work.
    pub ok: bool,
    /// The base URL that worked, after normalising.
    pub base_url: String,
    /// Names of the models found.
    pub models: Vec<String>,
    /// The model that answered.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub model: Option<String>,
    /// The steps in order; later ones are absent when an earlier one failed for good.
    pub steps: Vec<VerifyStep>,
}

/// A model server found on this machine or its container's host.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct FoundServer {
    /// What it is, for instance `Ollama`.
    pub name: String,
    /// Base URL to connect to.
    pub base_url: String,
    /// Its models.
    pub models: Vec<String>,
}

#[cfg(test)]
mod tests {
    use super::model_names;

    #[test]
    fn names_are_parted_in_both_scripts_and_listed_once() {
        assert_eq!(model_names("a, b，c、a\nd; My Model；"), ["a", "b", "c", "d", "My Model"]);
        assert!(model_names(" ,").is_empty());
    }
}
