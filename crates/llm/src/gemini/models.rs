//! The list of models: those that answer.

use crate::ModelInfo;
use crate::classify::Asked;
use crate::client::{Page, no_list};
use crate::error::Error;
use crate::lenient::Count;
use serde::Deserialize;
use shared::models::Facts;

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct List {
    models: Vec<WireModel>,
    #[serde(default)]
    next_page_token: Option<String>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct WireModel {
    name: String,
    #[serde(default)]
    input_token_limit: Count,
    #[serde(default)]
    output_token_limit: Count,
    /// Said of those that do.
    #[serde(default)]
    thinking: Option<bool>,
    /// Absent where a gateway leaves it out.
    supported_generation_methods: Option<Vec<String>>,
}

impl WireModel {
    fn answers(&self) -> bool {
        let methods = self.supported_generation_methods.as_ref();
        methods.is_none_or(|methods| methods.iter().any(|method| method == "generateContent"))
    }
}

pub(crate) fn read(body: &[u8], asked: &Asked) -> Result<Page, Error> {
    let list: List = serde_json::from_slice(body).map_err(|_| no_list(asked, body))?;
    let models = list.models.into_iter().filter(WireModel::answers).map(|model| {
        let facts = Facts {
            reasoning: model.thinking,
            context_window: model.input_token_limit.tokens(),
            max_output: model.output_token_limit.tokens(),
            ..Facts::default()
        };
        ModelInfo { name: model.name.strip_prefix("models/").unwrap_or(&model.name).to_owned(), facts }
    });
    Ok(Page { models: models.collect(), next: list.next_page_token })
}
