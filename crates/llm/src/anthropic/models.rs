//! The list of models.

use crate::ModelInfo;
use crate::classify::Asked;
use crate::client::{Page, no_list};
use crate::error::Error;
use crate::lenient::Count;
use serde::Deserialize;

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
}

pub(super) fn read(body: &[u8], asked: &Asked) -> Result<Page, Error> {
    let list: List = serde_json::from_slice(body).map_err(|_| no_list(asked, body))?;
    let models = list.data.into_iter().map(|model| ModelInfo {
        context_window: u32::try_from(model.max_input_tokens.0).ok().filter(|size| *size > 0),
        name: model.id,
    });
    Ok(Page { models: models.collect(), next: list.last_id.filter(|_| list.has_more) })
}
