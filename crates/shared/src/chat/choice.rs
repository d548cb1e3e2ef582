//! What a chat may be asked of: the models of a person, and how much of one's context a chat takes.

use crate::models::Facts;
use crate::{ConnectionId, ModelId};
use serde::{Deserialize, Serialize};

/// How much of a model's context a chat takes. Answer of `GET /api/sessions/{id}/context?model=`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub struct ContextGauge {
    /// The model that was measured with.
    pub model: ModelId,
    /// Tokens that it reads and writes together.
    pub limit: u64,
    /// Tokens of these that are kept free for the answer.
    pub reserved: u64,
    /// Tokens that the next request will have, without the message that is being typed.
    pub used: u64,
    /// How many of the chat's messages do not fit any more.
    pub left_out: u64,
    /// Real tokens of a text over the client's own estimate ([`crate::tokens`]), for the message that is being typed.
    pub ratio: f64,
}

/// Query of `GET /api/sessions/{id}/context`.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct ContextQuery {
    /// Id or name of the model; absent uses the chat's, then the default.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub model: Option<String>,
}

/// A model that the signed-in person may use.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub struct Model {
    /// The model.
    pub id: ModelId,
    /// The name by which people and programs ask for it: the connection's prefix and the provider's name.
    pub name: String,
    /// The name that people see instead, if an administrator gave one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub label: Option<String>,
    /// One line about what it is good for.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub description: Option<String>,
    /// Its connection.
    pub connection_id: ConnectionId,
    /// The connection's name.
    pub connection: String,
    /// What is known of it.
    #[serde(default)]
    pub facts: Facts,
    /// Whether it is the person's own.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub personal: bool,
    /// Why it cannot answer now, as a code of [`crate::ErrorCode`]; absent as far as anybody knows.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub trouble: Option<String>,
    /// Whether this is the built-in demo, which repeats canned text.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub demo: bool,
}

/// A page of `GET /api/models`.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub struct ModelList {
    /// The models, by connection and name.
    pub items: Vec<Model>,
    /// The one that a new chat of this person uses.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub default: Option<ModelId>,
    /// Cursor of the next page (`after=`); absent on the last one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub next: Option<String>,
}
