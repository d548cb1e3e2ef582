//! OpenAI Chat Completions, and everything that speaks its dialect.

mod models;
mod usage;

use crate::classify::{Asked, Refusal, classify};
use crate::error::Error;
use crate::lenient::{Count, First, Words};
use crate::stream::{Events, Flow, Mapper, Patience, Queue};
use crate::transport::Transport;
use crate::{CompletionEvent, CompletionRequest, CompletionStream, Endpoint, ModelInfo, Provider, Role, StopReason};
use async_trait::async_trait;
use egress::header::CONTENT_TYPE;
use egress::{Egress, Response};
use futures_util::StreamExt;
use serde::de::IgnoredAny;
use serde::{Deserialize, Serialize};
use shared::ErrorCode;
use shared::chat::Usage;
use shared::sse::Frame;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;
use tokio::time::Instant;
use usage::WireUsage;

/// Largest list of models, in bytes; the longest in use has about one million.
const MAX_LIST_BYTES: usize = 8 * 1024 * 1024;
/// Longest wait for a list of models.
const LIST_TIME: Duration = Duration::from_secs(30);
/// How much of a line that is no JSON an error repeats, in characters.
const SHOWN_CHARS: usize = 200;

// ---- Wire types ----

#[derive(Serialize)]
struct WireRequest<'a> {
    model: &'a str,
    messages: Vec<WireMessage<'a>>,
    stream: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    stream_options: Option<StreamOptions>,
    #[serde(skip_serializing_if = "Option::is_none")]
    max_tokens: Option<u32>,
}

#[derive(Serialize)]
struct WireMessage<'a> {
    role: &'static str,
    content: &'a str,
}

#[derive(Serialize)]
struct StreamOptions {
    include_usage: bool,
}

/// A chunk of a stream, or a whole answer.
#[derive(Deserialize)]
struct Chunk<'a> {
    #[serde(borrow, default)]
    id: Words<'a>,
    #[serde(borrow)]
    choices: Option<First<Choice<'a>>>,
    #[serde(default)]
    usage: Option<WireUsage>,
    #[serde(default)]
    error: Option<IgnoredAny>,
    /// MiniMax says here that it failed, amid a chunk of the usual form.
    #[serde(default)]
    base_resp: Option<BaseResponse>,
}

#[derive(Deserialize)]
struct BaseResponse {
    #[serde(default)]
    status_code: Count,
}

#[derive(Deserialize)]
struct Choice<'a> {
    #[serde(borrow)]
    delta: Option<Delta<'a>>,
    /// The whole answer: instead of a stream, or, from some, repeated at its end.
    #[serde(borrow)]
    message: Option<Delta<'a>>,
    #[serde(borrow, default)]
    finish_reason: Words<'a>,
    /// Kimi counts here.
    #[serde(default)]
    usage: Option<WireUsage>,
}

#[derive(Deserialize)]
struct Delta<'a> {
    #[serde(borrow, default)]
    content: Words<'a>,
    #[serde(borrow, default)]
    reasoning_content: Words<'a>,
    #[serde(borrow, default)]
    reasoning: Words<'a>,
    #[serde(borrow, default)]
    thinking: Words<'a>,
    /// OpenAI's own refusals come beside the content.
    #[serde(borrow, default)]
    refusal: Words<'a>,
}

// ---- To the wire ----

/// The request's body: exactly what was asked, nothing that a strict server could refuse but the wish for usage.
fn to_wire(request: &CompletionRequest, include_usage: bool) -> Vec<u8> {
    let messages =
        request.messages.iter().map(|message| WireMessage { role: role(message.role), content: &message.text });
    let wire = WireRequest {
        model: &request.model,
        messages: messages.collect(),
        stream: true,
        stream_options: include_usage.then_some(StreamOptions { include_usage }),
        max_tokens: request.max_tokens,
    };
    serde_json::to_vec(&wire).expect("strings and numbers always serialise")
}

fn role(role: Role) -> &'static str {
    match role {
        Role::System => "system",
        Role::User => "user",
        Role::Assistant => "assistant",
    }
}

// ---- From the wire ----

/// Turns chunks into events. The stop is held back until the stream ends, because the usage comes after it.
struct EventMapper {
    asked: Arc<Asked>,
    started: bool,
    spoken: bool,
    stop: Option<StopReason>,
    usage: Option<Usage>,
}

impl EventMapper {
    fn new(asked: Arc<Asked>) -> Self {
        Self { asked, started: false, spoken: false, stop: None, usage: None }
    }

    fn chunk(&mut self, chunk: Chunk<'_>, out: &mut Queue) -> Result<(), Error> {
        self.count(chunk.usage);
        let choice = chunk.choices.and_then(|choices| choices.0);
        // Azure opens with a chunk about the question that has neither.
        if choice.is_some() || !chunk.id.text.is_empty() {
            self.start(&chunk.id.text, out);
        }
        let Some(choice) = choice else { return Ok(()) };
        self.count(choice.usage);
        // A message amid a stream repeats what was said, unless nothing was.
        if let Some(said) = choice.delta.or(choice.message.filter(|_| !self.spoken)) {
            self.spoken |= say(said, out);
        }
        if !choice.finish_reason.text.is_empty() {
            self.stop = Some(stop_reason(&choice.finish_reason.text)?);
        }
        Ok(())
    }

    fn start(&mut self, id: &str, out: &mut Queue) {
        if !std::mem::replace(&mut self.started, true) {
            out.push_back(Ok(CompletionEvent::Started { id: id.to_owned() }));
        }
    }

    /// The last counts win; zeros are what servers send that do not count.
    fn count(&mut self, usage: Option<WireUsage>) {
        if let Some(usage) = usage.and_then(WireUsage::read) {
            self.usage = Some(usage);
        }
    }

    fn finish(&mut self, stop: StopReason, out: &mut Queue) {
        self.start("", out);
        out.extend(self.usage.take().map(|usage| Ok(CompletionEvent::Usage(usage))));
        out.push_back(Ok(CompletionEvent::Stop(stop)));
    }

    /// What stands where a chunk should: an error in the provider's words, or nothing that is known.
    fn misfit(&self, data: &[u8]) -> Error {
        let refusal = Refusal::read(data);
        if serde_json::from_slice::<IgnoredAny>(data).is_ok() && refusal.is_said() {
            return classify(&self.asked, None, &refusal);
        }
        let shown: String = String::from_utf8_lossy(data).chars().take(SHOWN_CHARS).collect();
        Error::new(ErrorCode::ProviderMalformed).with_detail(&shown, self.asked.endpoint.key.as_ref())
    }

    /// Hands out the counts known so far before an answer that ends badly.
    fn ends_badly(&mut self, error: Error, out: &mut Queue) -> Error {
        out.extend(self.usage.take().map(|usage| Ok(CompletionEvent::Usage(usage))));
        error
    }
}

impl Mapper for EventMapper {
    fn frame(&mut self, frame: &Frame, out: &mut Queue) -> Result<Flow, Error> {
        let data = frame.data.trim();
        if data == "[DONE]" {
            let stop = self.stop.take().unwrap_or(StopReason::End);
            self.finish(stop, out);
            return Ok(Flow::Done);
        }
        if data.is_empty() {
            return Ok(Flow::More);
        }
        let result = match serde_json::from_str::<Chunk<'_>>(data) {
            Ok(chunk) if frame.event != "error" && is_good(&chunk) => self.chunk(chunk, out),
            Ok(_) if is_heartbeat(data) => Ok(()),
            _ => Err(self.misfit(data.as_bytes())),
        };
        result.map_err(|error| self.ends_badly(error, out))?;
        Ok(if self.stop.is_some() { Flow::Ending } else { Flow::More })
    }

    fn whole(&mut self, body: &[u8], out: &mut Queue) -> Result<(), Error> {
        match serde_json::from_slice::<Chunk<'_>>(body) {
            Ok(chunk) if is_good(&chunk) && chunk.choices.is_some() => self.chunk(chunk, out)?,
            Err(error) if error.is_eof() => return Err(Error::new(ErrorCode::ProviderCut)),
            _ => return Err(self.misfit(body)),
        }
        let stop = self.stop.take().unwrap_or(StopReason::End);
        self.finish(stop, out);
        Ok(())
    }

    fn end(&mut self, out: &mut Queue) -> Result<(), Error> {
        match self.stop.take() {
            Some(stop) => {
                self.finish(stop, out);
                Ok(())
            }
            None => Err(self.ends_badly(Error::new(ErrorCode::ProviderCut), out)),
        }
    }
}

fn is_good(chunk: &Chunk<'_>) -> bool {
    let failed = chunk.error.is_some() || chunk.base_resp.as_ref().is_some_and(|base| base.status_code.0 != 0);
    !failed && (chunk.choices.is_some() || chunk.usage.is_some() || !chunk.id.text.is_empty())
}

/// Some keep a connection alive with frames that say nothing.
fn is_heartbeat(data: &str) -> bool {
    let refusal = Refusal::read(data.as_bytes());
    refusal.code.is_empty() && refusal.message.is_empty() && matches!(&*refusal.kind, "" | "ping" | "heartbeat")
}

/// Queues what a delta says, and tells whether it said anything.
fn say(delta: Delta<'_>, out: &mut Queue) -> bool {
    let before = out.len();
    let thoughts = [delta.reasoning_content.text, delta.reasoning.text, delta.thinking.text, delta.content.thinking];
    // Some gateways send one thought under two names.
    if let Some(text) = thoughts.into_iter().find(|text| !text.is_empty()) {
        out.push_back(Ok(CompletionEvent::Thinking { text: text.into_owned(), signature: None }));
    }
    // Emptiness is a matter of length alone: blanks belong to the answer.
    if let Some(text) = [delta.content.text, delta.refusal.text].into_iter().find(|text| !text.is_empty()) {
        out.push_back(Ok(CompletionEvent::Text(text.into_owned())));
    }
    out.len() > before
}

fn stop_reason(word: &str) -> Result<StopReason, Error> {
    Ok(match word {
        "stop" | "end_turn" | "stop_sequence" | "eos" | "eos_token" => StopReason::End,
        "length" | "max_tokens" | "max_output_tokens" | "model_context_window_exceeded" => StopReason::Length,
        "content_filter" | "content-filter" | "sensitive" | "safety" => StopReason::ContentFilter,
        // DeepSeek: the machine gave out amid the answer.
        "insufficient_system_resource" => return Err(Error::new(ErrorCode::ProviderOverloaded)),
        "error" | "network_error" => return Err(Error::new(ErrorCode::ProviderServerError).with("status", word)),
        other => StopReason::Other(other.chars().take(SHOWN_CHARS).collect()),
    })
}

// ---- The provider ----

/// A provider that speaks Chat Completions.
pub struct OpenAiChat {
    transport: Transport,
    /// The server once refused `stream_options`.
    plain: AtomicBool,
}

impl OpenAiChat {
    /// A provider at `endpoint`, reached through `egress`.
    #[must_use]
    pub fn new(egress: Egress, endpoint: Endpoint) -> Self {
        Self { transport: Transport::new(egress, endpoint), plain: AtomicBool::new(false) }
    }

    /// Asks, and asks once more without the wish for usage where a server does not know it.
    async fn ask(&self, request: &CompletionRequest) -> Result<Response, Error> {
        let asked = self.transport.asked(Some(&request.model));
        loop {
            let include_usage = !self.plain.load(Ordering::Relaxed);
            let response = self.transport.post("chat/completions", to_wire(request, include_usage)).await?;
            if response.status().is_success() {
                return Ok(response);
            }
            let (answered, refusal) = self.transport.refusal(response).await;
            let unknown = matches!(answered.status, 400 | 422)
                && ["stream_options", "include_usage"].iter().any(|name| refusal.message.contains(name));
            if !(include_usage && unknown) {
                return Err(answered.classify(&asked, &refusal));
            }
            self.plain.store(true, Ordering::Relaxed);
        }
    }

    async fn list(&self) -> Result<Vec<ModelInfo>, Error> {
        let asked = self.transport.asked(None);
        let response = self.transport.get("models").await?;
        if !response.status().is_success() {
            let (answered, refusal) = self.transport.refusal(response).await;
            return Err(answered.classify(&asked, &refusal));
        }
        models::read(&self.transport.body(response, MAX_LIST_BYTES).await?, &asked)
    }
}

#[async_trait]
impl Provider for OpenAiChat {
    async fn models(&self) -> Result<Vec<ModelInfo>, Error> {
        let limit = LIST_TIME.min(self.transport.endpoint().timeouts.first_byte);
        let listed = tokio::time::timeout(limit, self.list()).await;
        listed.unwrap_or_else(|_| Err(self.transport.timed_out(limit)))
    }

    async fn stream(&self, request: CompletionRequest) -> Result<CompletionStream, Error> {
        let timeouts = self.transport.endpoint().timeouts;
        let deadline = Instant::now() + timeouts.first_byte;
        let late = self.transport.timed_out(timeouts.first_byte);
        let response = match tokio::time::timeout_at(deadline, self.ask(&request)).await {
            Ok(answer) => answer?,
            Err(_) => return Err(late),
        };
        let content_type =
            response.headers().get(CONTENT_TYPE).and_then(|value| value.to_str().ok()).unwrap_or_default();
        let content_type = content_type.to_ascii_lowercase();
        let breaks = self.transport.breaks(response.url().clone());
        let body = response.bytes_stream().map(move |read| read.map_err(&breaks));
        let mapper = EventMapper::new(Arc::new(self.transport.asked(Some(&request.model))));
        let patience = Patience::new(deadline, late, timeouts);
        Ok(Events::new(Box::pin(body), mapper, &content_type, patience).boxed())
    }
}

#[cfg(test)]
pub(crate) mod tests;
