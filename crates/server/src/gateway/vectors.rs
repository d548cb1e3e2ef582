//! Embeddings: texts in, vectors out, in the form that the program asked for, whatever the provider makes of it.

use super::question::{Question, Standard, invalid, no_model};
use super::{Gateway, Reply, Request};
use crate::error::AppResult;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use bytes::Bytes;
use llm::{Error, Interface};
use serde::Deserialize;
use serde_json::value::RawValue;
use serde_json::{Value, json};
use shared::ErrorCode;
use shared::models::ModelKind;
use std::sync::Arc;

/// Most texts of one request, as OpenAI has it.
const MAX_TEXTS: usize = 2_048;

impl Gateway {
    /// Answers `POST /v1/embeddings`.
    ///
    /// # Errors
    /// As [`Gateway::answer`].
    pub async fn embed(self: &Arc<Self>, request: Request) -> AppResult<Reply> {
        let mut question = Question::read(Standard::Embeddings, request.body.clone())?;
        question.stream = false;
        match texts(&question) {
            Some(0) | None => return Err(invalid("input", "must be a text, or a list of texts or of lists of tokens")),
            Some(count) if count > MAX_TEXTS => {
                return Err(invalid("input", &format!("must be at most {MAX_TEXTS} texts")));
            }
            Some(_) => {}
        }
        let set = self.settings.embedding_model();
        let wanted = question.model.as_deref();
        let kinds = [ModelKind::Embedding];
        let model = self.catalog.resolve_for(&kinds, wanted, &set, &request.who)?.ok_or_else(no_model)?;
        let model = super::able(model, Interface::Embeddings)?;
        self.order(Standard::Embeddings, question, model, request).await
    }
}

/// How many texts are asked about.
fn texts(question: &Question) -> Option<usize> {
    match question.fields.read::<Value>("input")? {
        Value::String(text) => Some(usize::from(!text.is_empty())),
        Value::Array(list) if list.iter().all(Value::is_u64) => Some(usize::from(!list.is_empty())),
        Value::Array(list) if list.iter().all(|text| text.is_string() || text.is_array()) => Some(list.len()),
        _ => None,
    }
}

#[derive(Deserialize)]
struct Answer<'a> {
    // Google's name for it.
    #[serde(borrow, alias = "embeddings")]
    data: Vec<Entry<'a>>,
    #[serde(default)]
    model: Option<String>,
    #[serde(default)]
    usage: Option<Value>,
}

#[derive(Deserialize)]
struct Entry<'a> {
    #[serde(default)]
    index: Option<usize>,
    #[serde(borrow, alias = "values")]
    embedding: &'a RawValue,
}

/// Sees to it that every text has its vector, in order and in the form that was asked for. What is so already passes to the
/// letter; else the answer names its model and the tokens that were read, where the provider did not.
pub(super) fn mend(question: &Question, model: &str, read: u64, body: Bytes) -> Result<Bytes, Error> {
    let wrong = |words: &str| Error::new(ErrorCode::ProviderMalformed).with_detail(words, None);
    let count = texts(question).unwrap_or_default();
    let wants_text = question.fields.read::<String>("encoding_format").as_deref() == Some("base64");
    let answer: Answer<'_> = serde_json::from_slice(&body).map_err(|_| wrong("the answer has no vectors"))?;
    if answer.data.len() != count {
        return Err(wrong(&format!("{} vectors came for {count} texts", answer.data.len())));
    }
    let mut vectors: Vec<Option<&RawValue>> = vec![None; count];
    let mut is_ready = true;
    for (place, entry) in answer.data.iter().enumerate() {
        let index = entry.index.unwrap_or(place);
        let free = vectors.get_mut(index).filter(|vector| vector.is_none());
        *free.ok_or_else(|| wrong("a vector has a number that was not sent, or one twice"))? = Some(entry.embedding);
        is_ready &= entry.index == Some(place) && is_text(entry.embedding) == wants_text;
    }
    if is_ready {
        return Ok(body);
    }
    let mut data = Vec::with_capacity(count);
    for (index, vector) in vectors.into_iter().flatten().enumerate() {
        let vector = formed(vector, wants_text).ok_or_else(|| wrong("a vector is none"))?;
        data.push(json!({"object": "embedding", "index": index, "embedding": vector}));
    }
    let model = answer.model.as_deref().unwrap_or(model);
    let usage = answer.usage.unwrap_or_else(|| json!({"prompt_tokens": read, "total_tokens": read}));
    let answer = json!({"object": "list", "data": data, "model": model, "usage": usage});
    Ok(answer.to_string().into())
}

fn is_text(vector: &RawValue) -> bool {
    vector.get().starts_with('"')
}

/// The vector as numbers, or as the bytes of numbers of four bytes each, the lowest first.
fn formed(vector: &RawValue, wants_text: bool) -> Option<Value> {
    let numbers: Vec<f32> = if is_text(vector) {
        let bytes = STANDARD.decode(serde_json::from_str::<String>(vector.get()).ok()?).ok()?;
        let (chunks, rest) = bytes.as_chunks::<4>();
        if !rest.is_empty() {
            return None;
        }
        chunks.iter().map(|bytes| f32::from_le_bytes(*bytes)).collect()
    } else {
        serde_json::from_str(vector.get()).ok()?
    };
    if wants_text {
        return Some(STANDARD.encode(numbers.into_iter().flat_map(f32::to_le_bytes).collect::<Vec<u8>>()).into());
    }
    Some(numbers.into())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn question(body: &Value) -> Question {
        Question::read(Standard::Embeddings, Bytes::from(body.to_string())).expect("a question")
    }

    #[test]
    fn inputs_are_counted_in_all_their_forms() {
        for (input, count) in [
            (json!("a"), Some(1)),
            (json!(""), Some(0)),
            (json!(["a", "b"]), Some(2)),
            (json!([1, 2, 3]), Some(1)),
            (json!([[1], [2, 3]]), Some(2)),
            (json!({"a": 1}), None),
        ] {
            assert_eq!(texts(&question(&json!({"input": input}))), count, "{input}");
        }
    }

    #[test]
    fn vectors_come_in_order_and_in_the_form_that_was_asked_for() {
        let two = json!({"input": ["a", "b"]});
        let ready =
            Bytes::from_static(br#"{"data":[{"index":0,"embedding":[1.50]},{"index":1,"embedding":[2]}],"x":1}"#);
        assert_eq!(mend(&question(&two), "m", 3, ready.clone()).ok(), Some(ready.clone()), "to the letter");
        let text = json!({"input": ["a", "b"], "encoding_format": "base64"});
        let turned = mend(&question(&text), "m", 3, ready).expect("vectors");
        let turned: Value = serde_json::from_slice(&turned).expect("JSON");
        assert_eq!(turned["data"][0]["embedding"], "AADAPw==");
        let reversed =
            Bytes::from_static(br#"{"data":[{"index":1,"embedding":"AAAAQA=="},{"index":0,"embedding":[1]}]}"#);
        let ordered: Value =
            serde_json::from_slice(&mend(&question(&two), "m", 3, reversed).expect("vectors")).expect("JSON");
        assert_eq!(
            (&ordered["data"][0]["embedding"], &ordered["data"][1]["embedding"]),
            (&json!([1.0]), &json!([2.0]))
        );
    }

    #[test]
    fn vectors_of_google_become_those_of_the_interface() {
        let two = json!({"input": ["a", "b"]});
        let google = Bytes::from_static(br#"{"embeddings":[{"values":[1.5]},{"values":[2]}]}"#);
        let turned: Value =
            serde_json::from_slice(&mend(&question(&two), "m", 3, google).expect("vectors")).expect("JSON");
        let expected = json!({"object": "list", "model": "m", "usage": {"prompt_tokens": 3, "total_tokens": 3}, "data": [
            {"object": "embedding", "index": 0, "embedding": [1.5]}, {"object": "embedding", "index": 1, "embedding": [2.0]}]});
        assert_eq!(turned, expected);
    }

    #[test]
    fn what_does_not_belong_to_the_texts_is_refused() {
        for body in [
            r#"{"data":[{"index":0,"embedding":[1]}]}"#,
            r#"{"data":[{"index":0,"embedding":[1]},{"index":7,"embedding":[1]}]}"#,
            r#"{"data":[{"index":0,"embedding":[1]},{"index":0,"embedding":[1]}]}"#,
            r#"{"data":[{"index":1,"embedding":[1]},{"index":0,"embedding":"AA=="}]}"#,
            r#"{"error":"x"}"#,
        ] {
            let two = question(&json!({"input": ["a", "b"]}));
            let error = mend(&two, "m", 3, Bytes::from_static(body.as_bytes())).expect_err(body);
            assert_eq!(error.code, ErrorCode::ProviderMalformed);
        }
    }
}
