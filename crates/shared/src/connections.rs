//! Requests and answers about connections to model providers. Keys go in and never come out.

use crate::{ApiError, ConnectionId, KeyId};
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet};

/// The wire protocol of a connection.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum Protocol {
    /// OpenAI Chat Completions and everything compatible with it.
    #[default]
    OpenaiChat,
    /// OpenAI Responses.
    OpenaiResponses,
    /// Chat Completions as Azure hosts them.
    AzureOpenai,
    /// Anthropic Messages.
    Anthropic,
    /// Google `generateContent`.
    Gemini,
    /// Ollama's own `/api/chat`.
    Ollama,
    /// The fake model inside the server.
    Demo,
}

impl Protocol {
    /// Every protocol that a connection can be made with.
    pub const ALL: [Self; 6] =
        [Self::OpenaiChat, Self::OpenaiResponses, Self::AzureOpenai, Self::Anthropic, Self::Gemini, Self::Ollama];

    /// The word on the wire and in the database.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::OpenaiChat => "openai_chat",
            Self::OpenaiResponses => "openai_responses",
            Self::AzureOpenai => "azure_openai",
            Self::Anthropic => "anthropic",
            Self::Gemini => "gemini",
            Self::Ollama => "ollama",
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
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
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
    /// Its keys, in the order in which they are tried.
    #[serde(default)]
    pub keys: Vec<ConnectionKey>,
    /// Whether its headers and its proxy do not open with this server's master key: both have to be given again.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub locked: bool,
    /// Names of the headers that every request carries; their values stay sealed.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub headers: Vec<String>,
    /// What stands before the names of its models, so that two connections may offer the same one.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub prefix: String,
    /// The proxy of its own, without user name and password.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub proxy: Option<String>,
    /// How long to wait for it.
    #[serde(default)]
    pub timeouts: ConnectionTimeouts,
    /// Whether its models can be used.
    pub enabled: bool,
    /// Whether it belongs to one person, the one who asks.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub personal: bool,
    /// The environment variable that it comes from; such a connection is read-only.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub variable: Option<String>,
    /// Names of its models: all that were typed and all of a person's own, else the first
    /// [`crate::limits::NAMES_IN_CONNECTION`] of them.
    pub models: Vec<String>,
    /// Its list of models as a whole.
    #[serde(default)]
    pub list: ModelListState,
    /// Created at, RFC 3339.
    pub created_at: String,
}

/// How long to wait for a connection; the server's own times where absent.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct ConnectionTimeouts {
    /// Seconds from the request to the first token, 5 to 3,600.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub first_token_seconds: Option<u32>,
    /// Seconds between two pieces of an answer that has begun, 5 to 3,600.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub idle_seconds: Option<u32>,
}

/// A key of a connection, without the key.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub struct ConnectionKey {
    /// The key.
    pub id: KeyId,
    /// Its name among the connection's keys.
    pub label: String,
    /// Whether it is used.
    pub enabled: bool,
    /// The models that it is for; empty means all.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub models: Vec<String>,
    /// How it has done lately, on this server.
    pub state: KeyState,
}

/// How a key has done lately.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub struct KeyState {
    /// Why it is left alone, if it is: `provider.unauthorized`, `provider.rate_limited`, `provider.balance` …
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub code: Option<String>,
    /// Until when it is left alone, RFC 3339.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub until: Option<String>,
    /// Last answered at, RFC 3339.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub worked_at: Option<String>,
}

/// The list of models of a connection.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub struct ModelListState {
    /// How many models the provider has.
    pub count: usize,
    /// How many of them people may choose.
    pub shown: usize,
    /// Whether somebody typed the names, so that nothing is fetched.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub typed: bool,
    /// Whether models that appear later are shown by themselves.
    #[serde(default)]
    pub show_new: bool,
    /// Last fetched at, RFC 3339.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub fetched_at: Option<String>,
    /// Why it could not be fetched since then. The list stays as it was.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub error: Option<ApiError>,
    /// When that was, RFC 3339.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub failed_at: Option<String>,
}

/// A key to be.
#[derive(Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct NewKey {
    /// A stored key that stays, if it is one; its secret stays unless `key` is given.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub id: Option<KeyId>,
    /// Its name; empty numbers it.
    #[serde(default)]
    pub label: String,
    /// The key itself; absent only for one that stays.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub key: Option<String>,
    /// Whether it is used; yes, unless said otherwise.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub enabled: Option<bool>,
    /// The models that it is for; empty means all.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub models: Vec<String>,
}

/// Body of `POST /api/connections` and `POST /api/connections/verify`, and of the same below `/api/my`.
#[derive(Clone, Default, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
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
    /// Several keys, instead of `key`.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub keys: Vec<NewKey>,
    /// Headers that every request carries.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub headers: BTreeMap<String, String>,
    /// What stands before the names of its models.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub prefix: String,
    /// A proxy of its own, such as `http://user:password@host:port`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub proxy: Option<String>,
    /// How long to wait for it.
    #[serde(default)]
    pub timeouts: ConnectionTimeouts,
    /// Names of models, where the list cannot be fetched.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub models: Vec<String>,
    /// Names of those of a fetched list that people may choose; absent lets the server decide: all of a short list, of
    /// a long one those that are well known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub shown: Option<Vec<String>>,
}

/// Body of `PATCH /api/connections/{id}`. Absent fields stay as they are.
#[derive(Clone, Default, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct UpdateConnection {
    /// New name.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// New base URL.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub base_url: Option<String>,
    /// One new key instead of all keys; empty leaves none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub key: Option<String>,
    /// All keys, those that stay by their ids.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub keys: Option<Vec<NewKey>>,
    /// All headers; `null` keeps the stored value of a name.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub headers: Option<BTreeMap<String, Option<String>>>,
    /// New prefix.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub prefix: Option<String>,
    /// New proxy; empty removes it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub proxy: Option<String>,
    /// All times to wait.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub timeouts: Option<ConnectionTimeouts>,
    /// On or off.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub enabled: Option<bool>,
    /// Names of its models; empty fetches the list again, now or as soon as it can be had.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub models: Option<Vec<String>>,
    /// Names of those of its list that people may choose; the others of the list are hidden.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub shown: Option<Vec<String>>,
    /// Whether models that appear later are shown by themselves.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub show_new: Option<bool>,
}

/// One step of a verification.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum VerifyStage {
    /// The address is understood and allowed.
    Address,
    /// Its name was found; an address by number has no such step.
    Dns,
    /// The server took a connection.
    Tcp,
    /// The connection is secure; plain http has no such step. Where a proxy opens the connections, none of these three is
    /// seen.
    Tls,
    /// The model list was fetched: the path and the key are right.
    Models,
    /// A model answered.
    Chat,
}

/// The result of one step.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
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

/// How fast a model answered.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub struct Speed {
    /// Milliseconds from the request to the first token.
    pub first_token_ms: u64,
    /// Tokens per second after the first one; absent where the answer was too short to tell.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub tokens_per_second: Option<f64>,
}

/// What became of one key.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub struct KeyReport {
    /// The stored key; absent for one that is not stored yet.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub id: Option<KeyId>,
    /// Its label.
    pub label: String,
    /// Whether a model answered.
    pub ok: bool,
    /// How long the check took, in milliseconds.
    pub ms: u64,
    /// The model that was asked.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub model: Option<String>,
    /// How fast it answered.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub speed: Option<Speed>,
    /// Why it did not.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub error: Option<ApiError>,
}

/// Answer of the verify routes. `ok` is true when a model answered.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
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
    /// How fast the model answered.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub speed: Option<Speed>,
    /// Every key, where there are several; they are asked at the same time.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub keys: Vec<KeyReport>,
}

/// A model server found on this machine or its container's host.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub struct FoundServer {
    /// What it is, for instance `Ollama`.
    pub name: String,
    /// How it is spoken to.
    pub protocol: Protocol,
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
