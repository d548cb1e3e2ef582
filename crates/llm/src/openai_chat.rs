//! OpenAI Chat Completions, and everything that speaks its dialect.

pub(crate) mod dialect;
pub(crate) mod models;
mod pass;
mod request;
mod tools;
mod usage;

use crate::classify::{Asked, Refusal};
use crate::client::{Page, Question, Wire, misfit, shown};
use crate::error::Error;
use crate::lenient::{Count, First, Many, Words};
use crate::stream::{Flow, Framing, Mapper, Queue};
use crate::tags::Tags;
use crate::transport::{Auth, Transport};
use crate::{CompletionEvent, CompletionRequest, Endpoint, Fields, Interface, Passing, Ranking, StopReason};
use egress::Egress;
use serde::Deserialize;
use serde::de::IgnoredAny;
use shared::ErrorCode;
use shared::chat::Usage;
use shared::sse::Frame;
use std::sync::atomic::{AtomicBool, Ordering};
use tools::{ToolCalls, ToolDelta};
pub(crate) use usage::WireUsage;

/// Marks the proofs that belong to this protocol.
const SEAL: &str = "openai_chat";

// ---- Wire types ----

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
    #[serde(borrow, default)]
    tool_calls: Many<ToolDelta<'a>>,
}

// ---- From the wire ----

/// Turns chunks into events. The stop is held back until the stream ends, because the usage comes after it.
pub(crate) struct EventMapper {
    asked: Asked,
    started: bool,
    spoken: bool,
    refused: bool,
    tags: Tags,
    calls: ToolCalls,
    stop: Option<StopReason>,
    usage: Option<Usage>,
}

impl EventMapper {
    pub(crate) fn new(asked: Asked) -> Self {
        Self {
            asked,
            started: false,
            spoken: false,
            refused: false,
            tags: Tags::default(),
            calls: ToolCalls::default(),
            stop: None,
            usage: None,
        }
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
            self.say(said, out);
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

    /// Queues what a delta says.
    fn say(&mut self, delta: Delta<'_>, out: &mut Queue) {
        let before = out.len();
        let thoughts =
            [delta.reasoning_content.text, delta.reasoning.text, delta.thinking.text, delta.content.thinking];
        // Some gateways send one thought under two names.
        if let Some(text) = thoughts.into_iter().find(|text| !text.is_empty()) {
            self.tags.flush(out);
            out.push_back(Ok(CompletionEvent::Thinking { text: text.into_owned(), signature: None }));
        }
        // Emptiness is a matter of length alone: blanks belong to the answer.
        if !delta.content.text.is_empty() {
            self.spoken = true;
            self.tags.push(delta.content.text, out);
        } else if !delta.refusal.text.is_empty() {
            self.refused = true;
            self.tags.push(delta.refusal.text, out);
        }
        if !delta.tool_calls.0.is_empty() {
            self.tags.flush(out);
            self.calls.take(delta.tool_calls, out);
        }
        self.spoken |= out.len() > before;
    }

    fn finish(&mut self, stop: StopReason, out: &mut Queue) {
        self.start("", out);
        self.tags.flush(out);
        self.calls.finish(out);
        out.extend(self.usage.take().map(|usage| Ok(CompletionEvent::Usage(usage))));
        let stop = match stop {
            // Many say only that they are done.
            StopReason::End if self.calls.any() => StopReason::ToolUse,
            StopReason::End if self.refused => StopReason::Refusal,
            stop => stop,
        };
        out.push_back(Ok(CompletionEvent::Stop(stop)));
    }

    /// Hands out what is known so far of an answer that ends badly.
    fn ends_badly(&mut self, error: Error, out: &mut Queue) -> Error {
        self.tags.flush(out);
        out.extend(self.usage.take().map(|usage| Ok(CompletionEvent::Usage(usage))));
        error
    }
}

impl Mapper for EventMapper {
    const FRAMING: Framing = Framing::Events;

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
            _ => Err(misfit(&self.asked, data.as_bytes())),
        };
        result.map_err(|error| self.ends_badly(error, out))?;
        Ok(if self.stop.is_some() { Flow::Ending } else { Flow::More })
    }

    fn whole(&mut self, body: &[u8], out: &mut Queue) -> Result<(), Error> {
        match serde_json::from_slice::<Chunk<'_>>(body) {
            Ok(chunk) if is_good(&chunk) && chunk.choices.is_some() => self.chunk(chunk, out)?,
            Err(error) if error.is_eof() => return Err(Error::new(ErrorCode::ProviderCut)),
            _ => return Err(misfit(&self.asked, body)),
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

pub(crate) fn stop_reason(word: &str) -> Result<StopReason, Error> {
    Ok(match word {
        "stop" | "end_turn" | "stop_sequence" | "eos" | "eos_token" => StopReason::End,
        "length" | "max_tokens" | "max_output_tokens" | "model_context_window_exceeded" => StopReason::Length,
        "tool_calls" | "tool_use" | "function_call" => StopReason::ToolUse,
        "content_filter" | "content-filter" | "sensitive" | "safety" => StopReason::ContentFilter,
        "refusal" => StopReason::Refusal,
        // DeepSeek: the machine gave out amid the answer.
        "insufficient_system_resource" => return Err(Error::new(ErrorCode::ProviderOverloaded)),
        "error" | "network_error" => return Err(Error::new(ErrorCode::ProviderServerError).with("status", word)),
        other => StopReason::Other(shown(other.as_bytes())),
    })
}

// ---- The provider ----

/// Whether a server may be asked for usage: some refuse the wish itself.
#[derive(Default)]
pub(crate) struct UsageWish {
    refused: AtomicBool,
}

impl UsageWish {
    /// A question of this body and path, with the wish unless it was refused before.
    pub(crate) fn question(&self, path: String, request: &CompletionRequest, base_url: &str) -> Question {
        let traits = &dialect::of(base_url, &request.model).traits;
        let adorned = traits.ask_usage && !self.refused.load(Ordering::Relaxed);
        Question { adorned, ..Question::new(path, request::body(request, traits, adorned), request) }
    }

    /// Lays what is set for the model over a request that is passed on, and the wish, unless it was refused before.
    pub(crate) fn dress(&self, passing: &Passing, fields: &mut Fields, base_url: &str) -> bool {
        let traits = &dialect::of(base_url, &passing.rules.model).traits;
        pass::dress(passing, fields, traits, traits.ask_usage && !self.refused.load(Ordering::Relaxed))
    }

    /// Whether a refusal was about the wish.
    pub(crate) fn learns(&self, refusal: &Refusal) -> bool {
        let unknown = ["stream_options", "include_usage"].iter().any(|name| refusal.message.contains(name));
        if unknown {
            self.refused.store(true, Ordering::Relaxed);
        }
        unknown
    }
}

/// The vendor whose habits are assumed for a model at an address, `any` when none is known.
#[must_use]
pub fn vendor(base_url: &str, model: &str) -> &'static str {
    dialect::of(base_url, model).vendor
}

/// A provider that speaks Chat Completions.
pub struct OpenAiChat {
    transport: Transport,
    usage: UsageWish,
}

impl OpenAiChat {
    /// A provider at `endpoint`, reached through `egress`.
    #[must_use]
    pub fn new(egress: Egress, endpoint: Endpoint) -> Self {
        Self { transport: Transport::new(egress, endpoint, Auth::Bearer), usage: UsageWish::default() }
    }
}

impl Wire for OpenAiChat {
    type Mapper = EventMapper;

    fn transport(&self) -> &Transport {
        &self.transport
    }

    fn question(&self, request: &CompletionRequest) -> Result<Question, Error> {
        Ok(self.usage.question("chat/completions".to_owned(), request, &self.transport.endpoint().base_url))
    }

    fn mapper(&self, asked: Asked) -> EventMapper {
        EventMapper::new(asked)
    }

    fn learns(&self, refusal: &Refusal) -> bool {
        self.usage.learns(refusal)
    }

    fn door(&self, interface: Interface, model: &str) -> Option<String> {
        let path = match interface {
            Interface::Chat => "chat/completions",
            Interface::Completions => dialect::completions(&self.transport.endpoint().base_url, model),
            Interface::Embeddings => "embeddings",
            Interface::Rerank(Ranking::Standard) => "rerank",
            Interface::Rerank(Ranking::Plural) => "reranks",
            // Text Embeddings Inference has it beside `/v1`, where the rest is.
            Interface::Rerank(Ranking::Texts) => {
                let is_versioned = self.transport.endpoint().base_url.trim_end_matches('/').ends_with("/v1");
                if is_versioned { "../rerank" } else { "rerank" }
            }
            Interface::Messages | Interface::CountTokens => return None,
        };
        Some(path.to_owned())
    }

    fn answers_alike(&self, interface: Interface, model: &str) -> bool {
        let traits = &dialect::of(&self.transport.endpoint().base_url, model).traits;
        interface != Interface::Completions || traits.gaps != dialect::Gaps::InChatForm
    }

    fn dress(&self, passing: &Passing, fields: &mut Fields) -> Result<bool, Error> {
        Ok(self.usage.dress(passing, fields, &self.transport.endpoint().base_url))
    }

    fn list_path(&self, _: Option<&str>) -> String {
        "models".to_owned()
    }

    fn searches(&self, model: &str) -> bool {
        dialect::searches(&self.transport.endpoint().base_url, model)
    }

    fn read_list(&self, body: &[u8], asked: &Asked) -> Result<Page, Error> {
        models::read(body, asked)
    }
}

#[cfg(test)]
pub(crate) mod tests;
