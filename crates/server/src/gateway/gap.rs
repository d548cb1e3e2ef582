//! Texts that go on, and gaps in them: `POST /v1/completions`, and the same as CoStrict's editors ask for it.

use super::question::{Question, Standard, invalid, no_model};
use super::{Gateway, Reply, Request};
use crate::catalog::Route;
use crate::error::AppResult;
use bytes::Bytes;
use llm::{Fields, Interface};
use serde::Deserialize;
use serde_json::{Value, json};
use shared::interfaces::{Gap, PREFIX, SUFFIX};
use shared::models::ModelKind;
use std::sync::Arc;
use std::time::Instant;

/// Tokens that a suggestion of an editor has at most, unless it says so.
const SUGGESTED: u32 = 128;
/// Kinds of models that may go on with a text.
const KINDS: [ModelKind; 2] = [ModelKind::Chat, ModelKind::Other];

impl Gateway {
    /// Answers `POST /v1/completions`.
    ///
    /// # Errors
    /// As [`Gateway::answer`].
    pub async fn complete(self: &Arc<Self>, request: Request) -> AppResult<Reply> {
        let question = Question::read(Standard::Completions, request.body.clone())?;
        if !question.fields.has("prompt") {
            return Err(invalid("prompt", "must be a text"));
        }
        let (set, wanted) = (self.settings.completion_model(), question.model.as_deref());
        let model = self.catalog.resolve_for(&KINDS, wanted, &set, &request.who)?.ok_or_else(no_model)?;
        let model = super::able(model, Interface::Completions)?;
        self.order(Standard::Completions, question, model, request).await
    }

    /// Answers an editor of CoStrict. None where there is nothing to suggest.
    ///
    /// # Errors
    /// As [`Gateway::answer`].
    pub async fn suggest(self: &Arc<Self>, request: Request) -> AppResult<Option<Reply>> {
        let began = Instant::now();
        let asked: Suggestion = serde_json::from_slice(&request.body)
            .map_err(|error| crate::error::AppError::invalid(crate::redact::without_quotes(&error.to_string())))?;
        let body = Bytes::from(asked.into_completion()?.to_string());
        let Reply::Whole(head, answer) = self.complete(Request { body, ..request }).await? else { return Ok(None) };
        let answer: Value = serde_json::from_slice(&answer).map_err(crate::error::AppError::internal)?;
        let text = answer["choices"][0]["text"].as_str().unwrap_or_default();
        if text.trim().is_empty() {
            return Ok(None);
        }
        let ms = u64::try_from(began.elapsed().as_millis()).unwrap_or(u64::MAX);
        let mut usage = json!({"llm_duration": ms, "total_duration": ms, "queue_duration": 0, "context_duration": 0});
        for name in ["prompt_tokens", "completion_tokens", "total_tokens"] {
            usage[name] = answer["usage"][name].clone();
        }
        let suggested = json!({
            "id": answer["id"], "model": answer["model"], "object": "text_completion", "created": answer["created"],
            "choices": [{"text": text}], "usage": usage, "status": "success",
        });
        Ok(Some(Reply::Whole(head, suggested.to_string().into())))
    }
}

/// What an editor of CoStrict asks, as far as it counts here: its first and its second form.
#[derive(Deserialize)]
struct Suggestion {
    #[serde(default)]
    model: Option<String>,
    #[serde(default)]
    prompt_options: Option<Around>,
    #[serde(default)]
    prefix: Option<String>,
    #[serde(default)]
    suffix: Option<String>,
    #[serde(default)]
    context: Option<String>,
    #[serde(default)]
    prompt: Option<String>,
    #[serde(default)]
    temperature: Option<f64>,
    #[serde(default)]
    max_tokens: Option<u32>,
    #[serde(default)]
    stop: Option<Vec<String>>,
}

/// What stands around the cursor.
#[derive(Default, Deserialize)]
#[serde(default)]
struct Around {
    prefix: Option<String>,
    suffix: Option<String>,
    code_context: Option<String>,
}

impl Suggestion {
    fn into_completion(self) -> AppResult<Value> {
        let around = self.prompt_options.unwrap_or_default();
        let prefix = around.prefix.or(self.prefix).or(self.prompt).unwrap_or_default();
        let suffix = around.suffix.or(self.suffix).unwrap_or_default();
        if prefix.is_empty() && suffix.is_empty() {
            return Err(invalid("prompt_options.prefix", "must be the text before the cursor"));
        }
        let context = around.code_context.or(self.context).filter(|context| !context.trim().is_empty());
        let prompt = context.map_or_else(|| prefix.clone(), |context| format!("{context}\n{prefix}"));
        let mut body = json!({"prompt": prompt, "max_tokens": self.max_tokens.unwrap_or(SUGGESTED), "stream": false});
        let rest = [
            ("model", self.model.filter(|model| !model.is_empty()).map(Value::from)),
            ("suffix", Some(suffix).filter(|suffix| !suffix.is_empty()).map(Value::from)),
            ("temperature", self.temperature.map(Value::from)),
            ("stop", self.stop.filter(|stop| !stop.is_empty()).map(Value::from)),
        ];
        for (name, value) in rest {
            if let Some(value) = value {
                body[name] = value;
            }
        }
        Ok(body)
    }
}

/// The request as a route's model understands a gap.
///
/// # Errors
/// `request.invalid` where it knows none.
pub(super) fn shape(question: &Question, route: &Route) -> AppResult<Fields> {
    let mut fields = question.fields.clone();
    let suffix = fields.read::<String>("suffix").filter(|suffix| !suffix.is_empty());
    let Some(suffix) = suffix else {
        // Some servers refuse even an empty one.
        fields.remove("suffix");
        return Ok(fields);
    };
    match &route.interfaces.completion {
        None | Some(Gap::Native) => {}
        Some(Gap::None) => return Err(invalid("suffix", "this model fills no gaps")),
        Some(Gap::Template { template, stop }) => {
            let prompt = fields.read::<String>("prompt");
            let prompt = prompt.ok_or_else(|| invalid("prompt", "must be one text where a suffix follows"))?;
            fields.set("prompt", &filled(template, &prompt, &suffix).into());
            fields.remove("suffix");
            fields.set("stop", &stops(&fields, stop).into());
        }
    }
    Ok(fields)
}

/// The template with both texts in it. They are put in at once: a text may contain the other's mark.
fn filled(template: &str, prefix: &str, suffix: &str) -> String {
    let places = [(template.find(PREFIX), PREFIX, prefix), (template.find(SUFFIX), SUFFIX, suffix)];
    let mut places: Vec<(usize, &str, &str)> =
        places.into_iter().filter_map(|(at, mark, text)| Some((at?, mark, text))).collect();
    places.sort_unstable_by_key(|(at, ..)| *at);
    let (mut prompt, mut done) = (String::new(), 0);
    for (at, mark, text) in places {
        prompt.push_str(&template[done..at]);
        prompt.push_str(text);
        done = at + mark.len();
    }
    prompt.push_str(&template[done..]);
    prompt
}

/// What the program names and what the template needs.
fn stops(fields: &Fields, own: &[String]) -> Vec<String> {
    let said = fields.read::<String>("stop").map(|stop| vec![stop]).or_else(|| fields.read("stop"));
    let mut stops: Vec<String> = said.unwrap_or_default();
    let new: Vec<String> = own.iter().filter(|stop| !stops.contains(stop)).cloned().collect();
    stops.extend(new);
    stops
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_texts_stand_where_their_marks_are_whatever_they_contain() {
        let filled = |template: &str| filled(template, "a {suffix} b", "c {prefix} d");
        assert_eq!(filled("<P>{prefix}<S>{suffix}<M>"), "<P>a {suffix} b<S>c {prefix} d<M>");
        assert_eq!(filled("[S]{suffix}[P]{prefix}"), "[S]c {prefix} d[P]a {suffix} b");
    }

    #[test]
    fn an_editors_question_becomes_a_completion() {
        let read = |body: Value| serde_json::from_value::<Suggestion>(body).expect("a question").into_completion();
        let first = json!({"client_id": "c", "language_id": "rust", "temperature": 0.1, "stop": [],
            "prompt_options": {"prefix": "fn f(", "suffix": ")", "code_context": "// ctx"}});
        let expected = json!({"prompt": "// ctx\nfn f(", "suffix": ")", "temperature": 0.1, "max_tokens": SUGGESTED,
            "stream": false});
        assert_eq!(read(first).ok(), Some(expected));
        let second = json!({"prefix": "a", "suffix": "", "max_tokens": 9, "model": "m"});
        let expected = json!({"prompt": "a", "max_tokens": 9, "model": "m", "stream": false});
        assert_eq!(read(second).ok(), Some(expected));
        assert!(read(json!({})).is_err());
    }
}
