//! What is known of models, from where, and what administrators decide about them.

use crate::accounts::UserRole;
use crate::chat::Cost;
use crate::{ConnectionId, ModelId};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use std::collections::BTreeMap;

/// What a model is made for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum ModelKind {
    /// Answers in chats.
    Chat,
    /// Turns texts into vectors.
    Embedding,
    /// Orders texts by relevance.
    Rerank,
    /// Draws pictures.
    Image,
    /// Hears or speaks.
    Audio,
    /// Something else.
    Other,
}

/// How hard a model shall think.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum Effort {
    /// Not at all, where that is possible.
    #[serde(alias = "none")]
    Off,
    /// As little as possible.
    Minimal,
    /// A little.
    Low,
    /// Some.
    Medium,
    /// A lot.
    High,
}

impl Effort {
    /// All of them, least first.
    pub const ALL: [Self; 5] = [Self::Off, Self::Minimal, Self::Low, Self::Medium, Self::High];

    /// The word that most vendors use.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::Off => "none",
            Self::Minimal => "minimal",
            Self::Low => "low",
            Self::Medium => "medium",
            Self::High => "high",
        }
    }

    /// The same wish in tokens, for vendors that count them.
    #[must_use]
    pub fn budget(self) -> u32 {
        match self {
            Self::Off => 0,
            Self::Minimal => 1024,
            Self::Low => 2048,
            Self::Medium => 8192,
            Self::High => 16_384,
        }
    }
}

/// The currency of a price.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub enum Currency {
    /// US dollars.
    #[default]
    #[serde(rename = "USD")]
    Usd,
    /// Yuan.
    #[serde(rename = "CNY")]
    Cny,
}

impl Currency {
    /// Every currency.
    pub const ALL: [Self; 2] = [Self::Usd, Self::Cny];

    /// Its code, on the wire and in the database.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Usd => "USD",
            Self::Cny => "CNY",
        }
    }

    /// The currency with this code.
    #[must_use]
    pub fn parse(code: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|currency| currency.as_str() == code)
    }
}

/// What a model costs, per million tokens.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Price {
    /// The currency of all figures.
    #[serde(default)]
    pub currency: Currency,
    /// A million tokens read.
    pub input: f64,
    /// A million tokens written, thoughts included.
    pub output: f64,
    /// A million tokens read that the provider had cached; the price of `input` when absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cached_input: Option<f64>,
}

impl Price {
    /// What so many tokens cost. Those that the provider had cached are among the ones that were read.
    #[must_use]
    #[expect(
        clippy::cast_precision_loss,
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "a float cast to an integer saturates, and no count of tokens is that exact"
    )]
    pub fn cost(&self, prompt: u64, cached: u64, completion: u64) -> Cost {
        let cached = cached.min(prompt);
        let of = |tokens: u64, per_million: f64| tokens as f64 * per_million * 1_000.0;
        let read = of(prompt - cached, self.input) + of(cached, self.cached_input.unwrap_or(self.input));
        Cost { currency: self.currency, nano: (read + of(completion, self.output)).round() as u64 }
    }
}

/// What is known of a model. Absent means unknown, which is not "no".
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase", default, deny_unknown_fields)]
pub struct Facts {
    /// What it is made for.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub kind: Option<ModelKind>,
    /// Whether it sees pictures.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub vision: Option<bool>,
    /// Whether it calls tools.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub tools: Option<bool>,
    /// Whether it thinks before it answers.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reasoning: Option<bool>,
    /// How hard it can be told to think, least first; empty means that it cannot be told.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub efforts: Option<Vec<Effort>>,
    /// Whether it can be held to JSON.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub json: Option<bool>,
    /// Whether the provider searches the web for it when asked to.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub web_search: Option<bool>,
    /// How many tokens it reads and writes together.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub context_window: Option<u32>,
    /// How many tokens one answer may have.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub max_output: Option<u32>,
    /// What it costs.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub price: Option<Price>,
}

/// Where a fact comes from. A later one wins.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum FactSource {
    /// The dated table that comes with the program.
    Table,
    /// The provider's own list.
    Provider,
    /// An administrator.
    Override,
}

/// Names of facts, as they stand on the wire, and where each comes from.
pub type Sources = BTreeMap<String, FactSource>;

macro_rules! layers {
    ($($field:ident $name:literal;)*) => {
        impl Facts {
            /// Lays `above` over these facts: what it knows wins, and `sources` remembers where it came from.
            pub fn lay_over(&mut self, above: &Self, source: FactSource, sources: &mut Sources) {
                $(if above.$field.is_some() {
                    self.$field.clone_from(&above.$field);
                    sources.insert($name.to_owned(), source);
                })*
            }
        }
    };
}

layers! {
    kind "kind";
    vision "vision";
    tools "tools";
    reasoning "reasoning";
    efforts "efforts";
    json "json";
    web_search "webSearch";
    context_window "contextWindow";
    max_output "maxOutput";
    price "price";
}

/// What every request to a model carries. What is absent is not sent.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase", default, deny_unknown_fields)]
pub struct Parameters {
    /// Randomness, 0 to 2.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub temperature: Option<f64>,
    /// Share of the likeliest words that are drawn from, 0 to 1.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub top_p: Option<f64>,
    /// Number of the likeliest words that are drawn from.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub top_k: Option<u32>,
    /// Against words that were used, -2 to 2.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub presence_penalty: Option<f64>,
    /// Against words that were used often, -2 to 2.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub frequency_penalty: Option<f64>,
    /// Limit of an answer in tokens.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub max_tokens: Option<u32>,
    /// How hard to think.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub effort: Option<Effort>,
    /// Whether the provider searches the web for every answer.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub web_search: Option<bool>,
    /// Fields of the vendor's own, laid over the body of every request; `null` removes a field.
    #[serde(skip_serializing_if = "Map::is_empty")]
    pub extra: Map<String, Value>,
}

impl Parameters {
    /// These, and where they say nothing, those of `below`.
    #[must_use]
    pub fn over(&self, below: &Self) -> Self {
        let mut extra = below.extra.clone();
        extra.extend(self.extra.clone());
        Self {
            temperature: self.temperature.or(below.temperature),
            top_p: self.top_p.or(below.top_p),
            top_k: self.top_k.or(below.top_k),
            presence_penalty: self.presence_penalty.or(below.presence_penalty),
            frequency_penalty: self.frequency_penalty.or(below.frequency_penalty),
            max_tokens: self.max_tokens.or(below.max_tokens),
            effort: self.effort.or(below.effort),
            web_search: self.web_search.or(below.web_search),
            extra,
        }
    }
}

/// What an administrator says about a model.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase", default, deny_unknown_fields)]
pub struct ModelOverride {
    /// The name that people see instead of the provider's.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub label: Option<String>,
    /// One line about what it is good for.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub description: Option<String>,
    /// Facts that the provider and the table have wrong or do not know.
    #[serde(skip_serializing_if = "is_default")]
    pub facts: Facts,
    /// What every request carries.
    #[serde(skip_serializing_if = "is_default")]
    pub parameters: Parameters,
}

fn is_default<T: Default + PartialEq>(value: &T) -> bool {
    *value == T::default()
}

/// A model of the catalogue, as those see it who may change it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub struct CatalogModel {
    /// The model.
    pub id: ModelId,
    /// Its connection.
    pub connection_id: ConnectionId,
    /// The connection's name.
    pub connection: String,
    /// Its name at the provider.
    pub name: String,
    /// The name by which people and programs ask for it: the connection's prefix and `name`.
    pub public_name: String,
    /// Whether people may choose it.
    pub shown: bool,
    /// Whether the provider still has it; one that it dropped keeps its settings for the day it comes back.
    pub listed: bool,
    /// Who may use it; empty means everybody.
    pub access: Vec<UserRole>,
    /// What is known of it, all layers together.
    pub facts: Facts,
    /// Where each known fact comes from.
    pub sources: Sources,
    /// The administrator's own layer.
    pub overrides: ModelOverride,
    /// First seen at, RFC 3339.
    pub created_at: String,
}

/// Query of `GET /api/catalog`.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct CatalogQuery {
    /// Only names that contain this, whatever the case.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub q: Option<String>,
    /// Only this connection.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub connection: Option<ConnectionId>,
    /// Only models that are shown, or only those that are not.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub shown: Option<bool>,
    /// Cursor.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub after: Option<String>,
    /// Most items.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub limit: Option<u32>,
}

/// Body of `PATCH /api/catalog/{id}`. Absent fields stay as they are.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct UpdateModel {
    /// Show or hide it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub shown: Option<bool>,
    /// Who may use it; empty means everybody.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub access: Option<Vec<UserRole>>,
    /// The whole layer of the administrator, in place of the one before.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub overrides: Option<ModelOverride>,
}

/// Body of `PATCH /api/catalog`: the same change to many models at once.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct UpdateModels {
    /// The models; at most [`crate::limits::MAX_MODELS_PAGE`].
    pub ids: Vec<ModelId>,
    /// Show or hide them.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub shown: Option<bool>,
    /// Who may use them; empty means everybody.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub access: Option<Vec<UserRole>>,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_later_layer_wins_for_what_it_knows_and_is_remembered() {
        let mut facts = Facts { vision: Some(true), context_window: Some(8_000), ..Facts::default() };
        let mut sources = Sources::new();
        let above = Facts { vision: Some(false), efforts: Some(Vec::new()), ..Facts::default() };
        facts.lay_over(&above, FactSource::Override, &mut sources);
        assert_eq!((facts.vision, facts.context_window), (Some(false), Some(8_000)));
        assert_eq!(sources.into_keys().collect::<Vec<_>>(), ["efforts", "vision"]);
    }

    #[test]
    fn an_override_of_nothing_is_an_empty_object() {
        assert_eq!(serde_json::to_string(&ModelOverride::default()).expect("serialises"), "{}");
        assert_eq!(serde_json::from_str::<ModelOverride>("{}").expect("parses"), ModelOverride::default());
    }
}
