//! What a program asks. The body is looked at as little as will do: what a provider takes as it is, is never understood
//! here. Pure.

use crate::catalog::Route;
use crate::db::usage::Purpose;
use crate::error::{AppError, AppResult};
use bytes::Bytes;
use llm::serve::{self, Invalid};
use llm::{CompletionRequest, Content, Fields, Interface, Sampling};
use serde_json::Value;
use shared::tokens::{Estimate, PER_MESSAGE, message_tokens, picture_tokens};
use std::sync::OnceLock;

/// The least window that is opened where that is decided per request, in tokens.
const LEAST_OPENED: u64 = 8_192;
/// Most choices that may be asked for at once.
const MAX_ANSWERS: u32 = 16;

/// An interface of ours.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Standard {
    /// `POST /v1/chat/completions`.
    Chat,
    /// `POST /v1/messages`.
    Messages,
    /// `POST /v1/messages/count_tokens`.
    CountTokens,
    /// `POST /v1/completions`.
    Completions,
    /// `POST /v1/embeddings`.
    Embeddings,
    /// `POST /v1/rerank`.
    Rerank,
}

impl Standard {
    /// Whether something is written.
    pub(super) fn writes(self) -> bool {
        matches!(self, Self::Chat | Self::Messages | Self::Completions)
    }

    pub(super) fn purpose(self) -> Purpose {
        match self {
            Self::Chat | Self::Messages | Self::CountTokens => Purpose::Api,
            Self::Completions => Purpose::Completion,
            Self::Embeddings => Purpose::Embedding,
            Self::Rerank => Purpose::Rerank,
        }
    }
}

/// What is asked.
#[cfg_attr(test, derive(Debug))]
pub(super) struct Question {
    pub(super) standard: Standard,
    /// Which interface of a provider takes it as it is.
    pub(super) interface: Interface,
    pub(super) fields: Fields,
    /// The model, as the program calls it.
    pub(super) model: Option<String>,
    /// Whether the answer shall be streamed.
    pub(super) stream: bool,
    body: Bytes,
    /// The same in our words, once somebody needs it.
    understood: OnceLock<Result<CompletionRequest, Invalid>>,
}

/// A request that is not valid.
pub(super) fn invalid(param: &str, message: &str) -> AppError {
    AppError::invalid(format!("`{param}`: {message}")).with("param", param)
}

impl Question {
    /// Reads what has to be known of every request.
    ///
    /// # Errors
    /// `request.invalid`.
    pub(super) fn read(standard: Standard, body: Bytes) -> AppResult<Self> {
        let fields = Fields::parse(&body).map_err(|error| {
            AppError::invalid(crate::redact::without_quotes(&format!("the body must be a JSON object: {error}")))
        })?;
        let interface = match standard {
            Standard::Chat => Interface::Chat,
            Standard::Messages => Interface::Messages,
            Standard::CountTokens => Interface::CountTokens,
            Standard::Completions => Interface::Completions,
            Standard::Embeddings => Interface::Embeddings,
            Standard::Rerank => Interface::Rerank(llm::Ranking::Standard),
        };
        let question = Self {
            standard,
            interface,
            model: fields.read("model").filter(|model: &String| !model.is_empty()),
            stream: fields.read("stream").unwrap_or(false),
            fields,
            body,
            understood: OnceLock::new(),
        };
        if question.fields.has("model") && question.model.is_none() {
            return Err(invalid("model", "must be the name of a model"));
        }
        if question.answers() > MAX_ANSWERS {
            return Err(invalid("n", &format!("must be at most {MAX_ANSWERS}")));
        }
        question.check().map(|()| question)
    }

    /// What was sent, as far as it is text.
    pub(super) fn text(&self) -> &str {
        std::str::from_utf8(&self.body).unwrap_or_default()
    }

    /// What no provider could answer is refused here, so that all of them refuse it alike.
    fn check(&self) -> AppResult<()> {
        if !matches!(self.standard, Standard::Chat | Standard::Messages | Standard::CountTokens) {
            return Ok(());
        }
        match self.fields.read::<Vec<serde::de::IgnoredAny>>("messages") {
            Some(messages) if !messages.is_empty() => {}
            _ => return Err(invalid("messages", "must be a list with at least one message")),
        }
        if self.standard == Standard::Messages && self.fields.read::<u32>("max_tokens").is_none_or(|most| most == 0) {
            return Err(invalid("max_tokens", "must be a number of tokens"));
        }
        Ok(())
    }

    /// How many answers are asked for.
    pub(super) fn answers(&self) -> u32 {
        self.fields.read("n").unwrap_or(1).max(1)
    }

    /// The limit of an answer, if the program names one.
    pub(super) fn limit(&self) -> Option<u32> {
        self.fields.read("max_completion_tokens").or_else(|| self.fields.read("max_tokens"))
    }

    /// Whether the program wants usage at the end of a stream.
    pub(super) fn wants_usage(&self) -> bool {
        let options = self.fields.read::<Value>("stream_options");
        options.is_some_and(|options| options["include_usage"] == true)
    }

    /// The question in our words.
    ///
    /// # Errors
    /// `request.invalid` for what only a provider of the same protocol could take.
    pub(super) fn understood(&self) -> AppResult<&CompletionRequest> {
        let read = self.understood.get_or_init(|| match self.standard {
            Standard::Messages | Standard::CountTokens => serve::messages::read(&self.body),
            _ => serve::chat::read(&self.body),
        });
        let refuse = |error: &Invalid| invalid(&error.param, &crate::redact::without_quotes(&error.message));
        read.as_ref().map_err(refuse)
    }

    /// About how many tokens it has.
    pub(super) fn estimate(&self) -> u64 {
        let speaks = matches!(self.standard, Standard::Chat | Standard::Messages | Standard::CountTokens);
        if let (true, Ok(request)) = (speaks, self.understood()) {
            return tokens(request);
        }
        let mut estimate = Estimate::default();
        for name in ["prompt", "suffix", "input", "query", "documents", "messages"] {
            if let Some(value) = self.fields.read::<Value>(name) {
                words(&value, &mut estimate);
            }
        }
        estimate.tokens()
    }

    /// The request for one way to the model, in our words.
    ///
    /// # Errors
    /// As above.
    pub(super) fn request(&self, route: &Route, limit: Option<u32>, window: u32) -> AppResult<CompletionRequest> {
        let (asked, set) = (self.understood()?.clone(), rules(route));
        let max_tokens = asked.max_tokens.or(set.max_tokens);
        let max_tokens = max_tokens.map_or(limit, |most| Some(limit.map_or(most, |limit| limit.min(most))));
        let (window, prompt) = (u64::from(route.facts.context_window.unwrap_or(window)), tokens(&asked));
        let opened = (prompt + prompt / 8 + u64::from(max_tokens.unwrap_or(4_096))).max(LEAST_OPENED);
        let opened = opened.checked_next_power_of_two().unwrap_or(window).min(window);
        Ok(CompletionRequest {
            model: set.model,
            sampling: over(&asked.sampling, &set.sampling),
            max_tokens,
            answer_room: u32::try_from(window.saturating_sub(prompt + prompt / 10).max(1)).ok(),
            context_window: u32::try_from(opened).ok(),
            effort: asked.effort.or(set.effort),
            web_search: asked.web_search || set.web_search,
            extra: set.extra,
            ..asked
        })
    }
}

/// What is set for a model on one way to it.
pub(super) fn rules(route: &Route) -> CompletionRequest {
    let set = &route.parameters;
    CompletionRequest {
        sampling: Sampling {
            temperature: set.temperature,
            top_p: set.top_p,
            top_k: set.top_k,
            presence_penalty: set.presence_penalty,
            frequency_penalty: set.frequency_penalty,
            ..Sampling::default()
        },
        max_tokens: set.max_tokens,
        effort: set.effort,
        web_search: set.web_search.unwrap_or(false),
        extra: set.extra.clone(),
        ..CompletionRequest::new(route.model.clone(), Vec::new())
    }
}

fn over(asked: &Sampling, set: &Sampling) -> Sampling {
    Sampling {
        temperature: asked.temperature.or(set.temperature),
        top_p: asked.top_p.or(set.top_p),
        top_k: asked.top_k.or(set.top_k),
        presence_penalty: asked.presence_penalty.or(set.presence_penalty),
        frequency_penalty: asked.frequency_penalty.or(set.frequency_penalty),
        seed: asked.seed,
        stop: asked.stop.clone(),
    }
}

/// About how many tokens a request has.
fn tokens(request: &CompletionRequest) -> u64 {
    let tools = request.tools.iter().map(|tool| {
        message_tokens(&tool.name) + message_tokens(&tool.description) + message_tokens(&tool.schema.to_string())
    });
    let messages = request.messages.iter().map(|message| {
        let pieces: u64 = message.content.iter().map(piece).sum();
        pieces + PER_MESSAGE
    });
    messages.sum::<u64>() + tools.sum::<u64>()
}

fn piece(content: &Content) -> u64 {
    let of = |text: &str| {
        let mut estimate = Estimate::default();
        estimate.push(text);
        estimate.tokens()
    };
    match content {
        Content::Text(text) | Content::Reasoning { text, .. } => of(text),
        Content::Image(_) => picture_tokens(None, None),
        // A page of a document has some three kilobytes and six hundred tokens.
        Content::File(file) => file.media.data.len() as u64 / 5,
        Content::ToolCall(call) => of(&call.name) + of(&call.arguments),
        Content::ToolResult(said) => of(&said.text) + picture_tokens(None, None) * said.images.len() as u64,
    }
}

/// All words of a value; numbers are tokens already.
fn words(value: &Value, estimate: &mut Estimate) {
    match value {
        Value::String(text) => estimate.push(text),
        Value::Array(list) => list.iter().for_each(|value| words(value, estimate)),
        Value::Object(fields) => fields.values().for_each(|value| words(value, estimate)),
        Value::Number(_) => estimate.push("字"),
        Value::Null | Value::Bool(_) => {}
    }
}

/// A question that names no model although one is needed.
pub(super) fn no_model() -> AppError {
    invalid("model", "must name a model, for none is set as default")
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn read(standard: Standard, body: &Value) -> AppResult<Question> {
        Question::read(standard, Bytes::from(body.to_string()))
    }

    #[test]
    fn what_nobody_could_answer_is_refused_by_its_field() {
        let messages = json!([{"role": "user", "content": "hi"}]);
        for (standard, body, param) in [
            (Standard::Chat, json!({"model": "m"}), "messages"),
            (Standard::Chat, json!({"model": "m", "messages": []}), "messages"),
            (Standard::Chat, json!({"model": 1, "messages": messages}), "model"),
            (Standard::Chat, json!({"model": "m", "messages": messages, "n": 100}), "n"),
            (Standard::Messages, json!({"model": "m", "messages": messages}), "max_tokens"),
        ] {
            let error = read(standard, &body).expect_err(param);
            assert_eq!(error.params.get("param").map(String::as_str), Some(param), "{body}");
        }
        assert!(Question::read(Standard::Chat, Bytes::from_static(b"[1]")).is_err());
    }

    #[test]
    fn pictures_do_not_count_by_their_letters() {
        let picture = format!("data:image/png;base64,{}", "A".repeat(400_000));
        let body = json!({"messages": [{"role": "user", "content": [
            {"type": "text", "text": "look"}, {"type": "image_url", "image_url": {"url": picture}}]}]});
        let estimate = read(Standard::Chat, &body).expect("a question").estimate();
        assert!((1_600..2_000).contains(&estimate), "{estimate}");
    }
}
