//! How a model is asked beside chats: what each server does differently, as an administrator sets it for a model.

use serde::{Deserialize, Serialize};

/// Longest template, in bytes.
pub const MAX_TEMPLATE_BYTES: usize = 4 * 1024;
/// Most texts that end what fills a gap.
pub const MAX_STOPS: usize = 8;
/// What stands in a template for the text before the gap.
pub const PREFIX: &str = "{prefix}";
/// What stands in a template for the text behind it.
pub const SUFFIX: &str = "{suffix}";

/// How a model is asked beside chats. What is absent follows from the model's name and the provider's address.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase", default, deny_unknown_fields)]
pub struct Interfaces {
    /// How it fills a gap in a text.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub completion: Option<Gap>,
    /// How it is asked for a ranking.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub ranking: Option<RankingForm>,
}

/// How a model fills a gap in a text.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(tag = "form", rename_all = "snake_case", deny_unknown_fields)]
pub enum Gap {
    /// Its server takes a `suffix`.
    Native,
    /// It knows marks: both texts go into one prompt.
    Template {
        /// The prompt, with `{prefix}` and `{suffix}` where they go.
        template: String,
        /// What ends the answer, beside what the program names.
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        stop: Vec<String>,
    },
    /// It does not: a request with a suffix is refused.
    None,
}

/// How a ranking is asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum RankingForm {
    /// `rerank`, as Jina, Cohere and vLLM take it.
    Standard,
    /// The same at `reranks`, as Alibaba has it.
    Plural,
    /// `rerank` of Text Embeddings Inference: `texts` in, a bare list out.
    Texts,
}
