//! The list of models.

use crate::ModelInfo;
use crate::classify::Asked;
use crate::client::{Page, no_list};
use crate::error::Error;
use crate::lenient::Count;
use serde::Deserialize;
use serde_json::Value;
use shared::models::Facts;

#[derive(Deserialize)]
struct List {
    data: Vec<WireModel>,
    #[serde(default)]
    has_more: bool,
    #[serde(default)]
    last_id: Option<String>,
}

#[derive(Deserialize)]
struct WireModel {
    id: String,
    #[serde(default)]
    max_input_tokens: Count,
    #[serde(default)]
    max_tokens: Count,
    #[serde(default)]
    capabilities: Value,
}

impl WireModel {
    /// Whether it has a capability, which is an object that says so.
    fn has(&self, capability: &str) -> Option<bool> {
        self.capabilities[capability]["supported"].as_bool()
    }
}

pub(crate) fn read(body: &[u8], asked: &Asked) -> Result<Page, Error> {
    let list: List = serde_json::from_slice(body).map_err(|_| no_list(asked, body))?;
    let models = list.data.into_iter().map(|model| {
        let reasoning = model.has("thinking");
        let facts = Facts {
            vision: model.has("image_input"),
            reasoning,
            efforts: (reasoning == Some(false)).then(Vec::new),
            json: model.has("structured_outputs"),
            context_window: model.max_input_tokens.tokens(),
            max_output: model.max_tokens.tokens(),
            ..Facts::default()
        };
        ModelInfo { name: model.id, facts }
    });
    Ok(Page { models: models.collect(), next: list.last_id.filter(|_| list.has_more) })
}
