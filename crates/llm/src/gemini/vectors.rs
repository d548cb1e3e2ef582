//! OpenAI's embeddings as Google's `batchEmbedContents`: one request for each text. What comes back is
//! `{"embeddings":[{"values":[…]}]}`, which whoever reads vectors understands.
//!
//! Source: <https://ai.google.dev/api/embeddings#method:-models.batchembedcontents>.

use crate::client::lay_over;
use crate::error::Error;
use crate::{Fields, Passing};
use serde::Deserialize;
use serde_json::{Value, json};
use shared::ErrorCode;

/// What may be embedded. Numbers of tokens belong to a tokenizer that Google does not have.
#[derive(Deserialize)]
#[serde(untagged)]
enum Input {
    One(String),
    Many(Vec<String>),
}

/// The name of a model as Google's bodies and paths have it.
pub(super) fn resource(model: &str) -> String {
    format!("models/{}", model.strip_prefix("models/").unwrap_or(model))
}

/// Writes the request anew. What is set for the model is laid over the request for each text, where Google has `taskType`
/// and its like.
pub(super) fn dress(passing: &Passing, fields: &mut Fields) -> Result<(), Error> {
    let texts = match fields.read::<Input>("input") {
        Some(Input::One(text)) => vec![text],
        Some(Input::Many(texts)) => texts,
        None => {
            let words = "this provider embeds texts, no numbers of tokens";
            return Err(Error::new(ErrorCode::ProviderInvalidRequest).with_detail(words, None));
        }
    };
    let (model, dimensions) = (resource(&passing.rules.model), fields.read::<u64>("dimensions"));
    let one = |text: String| {
        let mut request = json!({"model": model, "content": {"parts": [{"text": text}]}});
        if let Some(dimensions) = dimensions {
            request["outputDimensionality"] = dimensions.into();
        }
        if let Value::Object(request) = &mut request {
            lay_over(request, &passing.rules.extra);
        }
        request
    };
    *fields = Fields::default();
    fields.set("requests", &texts.into_iter().map(one).collect());
    Ok(())
}
