//! Anthropic Messages, also spoken by DeepSeek, Kimi, GLM, MiniMax and others beside their OpenAI form.

pub(crate) mod models;
pub(crate) mod request;

use crate::calls::Calls;
use crate::classify::{Asked, Refusal, classify};
use crate::client::{Page, Question, Wire, misfit, say, shown, think};
use crate::error::Error;
use crate::lenient::{Count, Words};
use crate::stream::{Flow, Framing, Mapper, Queue};
use crate::transport::{Auth, Transport};
use crate::{CompletionEvent, CompletionRequest, Endpoint, Fields, Interface, Passing, StopReason, seal};
use egress::Egress;
use serde::Deserialize;
use shared::ErrorCode;
use shared::chat::Usage;
use shared::sse::Frame;
use std::collections::HashMap;

/// The version of the protocol, demanded with every request.
const VERSION: (&str, &str) = ("anthropic-version", "2023-06-01");
/// Marks the proofs of readable thoughts.
pub(crate) const SEAL: &str = "anthropic";
/// Marks thoughts that are nothing but a proof.
pub(crate) const SECRET: &str = "anthropic-redacted";

// ---- Wire types ----

/// One event, whatever its type, or a whole answer.
#[derive(Deserialize)]
struct Event<'a> {
    #[serde(borrow, default, rename = "type")]
    kind: Words<'a>,
    #[serde(default)]
    index: usize,
    #[serde(borrow, default)]
    message: Option<Message<'a>>,
    #[serde(borrow, default)]
    content_block: Option<Block<'a>>,
    #[serde(borrow, default)]
    delta: Option<Delta<'a>>,
    #[serde(default)]
    usage: Option<WireUsage>,
}

#[derive(Deserialize)]
struct Message<'a> {
    #[serde(borrow, default)]
    id: Words<'a>,
    #[serde(borrow, default)]
    content: Vec<Block<'a>>,
    #[serde(borrow, default)]
    stop_reason: Words<'a>,
    #[serde(default)]
    usage: Option<WireUsage>,
}

#[derive(Default, Deserialize)]
struct Block<'a> {
    #[serde(borrow, default, rename = "type")]
    kind: Words<'a>,
    #[serde(borrow, default)]
    text: Words<'a>,
    #[serde(borrow, default)]
    thinking: Words<'a>,
    #[serde(borrow, default)]
    signature: Words<'a>,
    #[serde(borrow, default)]
    data: Words<'a>,
    #[serde(borrow, default)]
    id: Words<'a>,
    #[serde(borrow, default)]
    name: Words<'a>,
    /// Whole at once, from some; else empty.
    #[serde(default)]
    input: serde_json::Value,
}

#[derive(Default, Deserialize)]
struct Delta<'a> {
    #[serde(borrow, default)]
    text: Words<'a>,
    #[serde(borrow, default)]
    thinking: Words<'a>,
    #[serde(borrow, default)]
    signature: Words<'a>,
    #[serde(borrow, default)]
    partial_json: Words<'a>,
    #[serde(borrow, default)]
    stop_reason: Words<'a>,
}

#[derive(Clone, Copy, Default, Deserialize)]
#[serde(default)]
struct WireUsage {
    input_tokens: Count,
    cache_creation_input_tokens: Count,
    cache_read_input_tokens: Count,
    output_tokens: Count,
}

impl WireUsage {
    /// Later counts replace earlier ones; what they leave out stays.
    fn update(&mut self, later: Self) {
        let pick = |own: &mut Count, new: Count| {
            if new.0 > 0 {
                *own = new;
            }
        };
        pick(&mut self.input_tokens, later.input_tokens);
        pick(&mut self.cache_creation_input_tokens, later.cache_creation_input_tokens);
        pick(&mut self.cache_read_input_tokens, later.cache_read_input_tokens);
        pick(&mut self.output_tokens, later.output_tokens);
    }

    /// The counts in our terms: the provider counts what it had cached apart.
    fn read(self) -> Option<Usage> {
        let prompt = self.input_tokens.0 + self.cache_creation_input_tokens.0 + self.cache_read_input_tokens.0;
        (prompt > 0 || self.output_tokens.0 > 0).then(|| Usage {
            prompt_tokens: prompt,
            completion_tokens: self.output_tokens.0,
            cached_tokens: self.cache_read_input_tokens.0,
            ..Usage::default()
        })
    }
}

// ---- From the wire ----

/// What a block that is still open collects.
enum OpenBlock {
    /// The proof of the thoughts.
    Thinking(String),
    /// The number of the call.
    Tool(usize),
}

/// Turns events into ours.
pub(crate) struct EventMapper {
    asked: Asked,
    started: bool,
    blocks: HashMap<usize, OpenBlock>,
    calls: Calls,
    usage: WireUsage,
    /// Whether what was written has been counted: what the beginning says of it is a guess.
    counted: bool,
    stop: Option<StopReason>,
}

impl EventMapper {
    pub(crate) fn new(asked: Asked) -> Self {
        let (blocks, calls) = (HashMap::new(), Calls::default());
        Self { asked, started: false, blocks, calls, usage: WireUsage::default(), counted: false, stop: None }
    }

    fn event(&mut self, event: Event<'_>, out: &mut Queue) -> Result<Flow, Error> {
        self.counted |= event.usage.is_some();
        self.usage.update(event.usage.unwrap_or_default());
        match &*event.kind.text {
            "message_start" => self.start(event.message.as_ref(), out),
            "content_block_start" => self.open(event.index, &event.content_block.unwrap_or_default(), out),
            "content_block_delta" => self.grow(event.index, &event.delta.unwrap_or_default(), out),
            "content_block_stop" => self.close(event.index, out),
            "message_delta" => self.stopped(&event.delta.unwrap_or_default().stop_reason.text),
            "message_stop" => {
                self.finish(out);
                return Ok(Flow::Done);
            }
            // Pings, and what is yet to be invented.
            _ => {}
        }
        Ok(if self.stop.is_some() { Flow::Ending } else { Flow::More })
    }

    fn start(&mut self, message: Option<&Message<'_>>, out: &mut Queue) {
        if let Some(usage) = message.and_then(|message| message.usage) {
            self.usage.update(usage);
        }
        if !std::mem::replace(&mut self.started, true) {
            let id = message.map(|message| message.id.text.to_string()).unwrap_or_default();
            out.push_back(Ok(CompletionEvent::Started { id }));
        }
    }

    fn open(&mut self, index: usize, block: &Block<'_>, out: &mut Queue) {
        match &*block.kind.text {
            "text" => say(&block.text.text, out),
            "thinking" => {
                think(&block.thinking.text, out);
                self.blocks.insert(index, OpenBlock::Thinking(block.signature.text.to_string()));
            }
            "redacted_thinking" => proof(SECRET, &block.data.text, out),
            "tool_use" => {
                let call = self.calls.begin(&block.id.text, &block.name.text, out);
                let input = block.input.as_object().filter(|input| !input.is_empty());
                self.calls.argue(call, &input.map(|_| block.input.to_string()).unwrap_or_default(), out);
                self.blocks.insert(index, OpenBlock::Tool(call));
            }
            // Tools that the provider runs itself, and their results.
            _ => {}
        }
    }

    fn grow(&mut self, index: usize, delta: &Delta<'_>, out: &mut Queue) {
        say(&delta.text.text, out);
        think(&delta.thinking.text, out);
        match self.blocks.get_mut(&index) {
            Some(OpenBlock::Thinking(signature)) => signature.push_str(&delta.signature.text),
            Some(OpenBlock::Tool(call)) => self.calls.argue(*call, &delta.partial_json.text, out),
            None => {}
        }
    }

    fn close(&mut self, index: usize, out: &mut Queue) {
        match self.blocks.remove(&index) {
            Some(OpenBlock::Thinking(signature)) => proof(SEAL, &signature, out),
            Some(OpenBlock::Tool(call)) => self.calls.finish(call, None, out),
            None => {}
        }
    }

    fn stopped(&mut self, word: &str) {
        if !word.is_empty() {
            self.stop = Some(stop_reason(word));
        }
    }

    fn finish(&mut self, out: &mut Queue) {
        self.start(None, out);
        self.calls.finish_all(out);
        out.extend(self.usage.read().map(|usage| Ok(CompletionEvent::Usage(usage))));
        out.push_back(Ok(CompletionEvent::Stop(self.stop.take().unwrap_or(StopReason::End))));
    }

    fn ends_badly(&mut self, error: Error, out: &mut Queue) -> Error {
        // A stream may be found broken twice, at its last line and its end.
        let counted = std::mem::take(&mut self.counted).then(|| std::mem::take(&mut self.usage).read()).flatten();
        out.extend(counted.map(|usage| Ok(CompletionEvent::Usage(usage))));
        error
    }
}

impl Mapper for EventMapper {
    const FRAMING: Framing = Framing::Events;

    fn frame(&mut self, frame: &Frame, out: &mut Queue) -> Result<Flow, Error> {
        let data = frame.data.trim();
        if data.is_empty() || data == "[DONE]" {
            return Ok(Flow::More);
        }
        let result = match serde_json::from_str::<Event<'_>>(data) {
            Ok(event) if frame.event != "error" && !matches!(&*event.kind.text, "error" | "") => self.event(event, out),
            Ok(_) => Err(classify(&self.asked, None, &Refusal::read(data.as_bytes()))),
            Err(_) => Err(misfit(&self.asked, data.as_bytes())),
        };
        result.map_err(|error| self.ends_badly(error, out))
    }

    fn whole(&mut self, body: &[u8], out: &mut Queue) -> Result<(), Error> {
        let message = match serde_json::from_slice::<Event<'_>>(body) {
            Ok(event) if event.kind.text == "message" => serde_json::from_slice::<Message<'_>>(body),
            Err(error) if error.is_eof() => return Err(Error::new(ErrorCode::ProviderCut)),
            _ => return Err(misfit(&self.asked, body)),
        };
        let message = message.map_err(|_| misfit(&self.asked, body))?;
        self.start(Some(&message), out);
        for (index, block) in message.content.iter().enumerate() {
            self.open(index, block, out);
            self.close(index, out);
        }
        self.stopped(&message.stop_reason.text);
        self.finish(out);
        Ok(())
    }

    fn end(&mut self, out: &mut Queue) -> Result<(), Error> {
        if self.stop.is_none() {
            return Err(self.ends_badly(Error::new(ErrorCode::ProviderCut), out));
        }
        self.finish(out);
        Ok(())
    }
}

/// Ends a block of thoughts. Other vendors have no proof and want their thoughts back all the same: theirs is empty.
fn proof(kind: &str, proof: &str, out: &mut Queue) {
    let signature = Some(seal::close(kind, proof));
    out.push_back(Ok(CompletionEvent::Thinking { text: String::new(), signature }));
}

fn stop_reason(word: &str) -> StopReason {
    match word {
        "end_turn" | "stop_sequence" | "stop" => StopReason::End,
        "tool_use" => StopReason::ToolUse,
        "max_tokens" | "model_context_window_exceeded" | "length" => StopReason::Length,
        "refusal" => StopReason::Refusal,
        "content_filter" | "sensitive" => StopReason::ContentFilter,
        other => StopReason::Other(shown(other.as_bytes())),
    }
}

// ---- The provider ----

/// A provider that speaks Anthropic Messages.
pub struct Anthropic {
    transport: Transport,
}

impl Anthropic {
    /// A provider at `endpoint`, reached through `egress`. The base URL may leave out its version, as this vendor's own
    /// clients do.
    #[must_use]
    pub fn new(egress: Egress, mut endpoint: Endpoint) -> Self {
        endpoint.base_url = crate::base_url::with_version(&endpoint.base_url, "v1");
        Self {
            transport: Transport::new(egress, endpoint, Auth::Header("x-api-key")).with_header(VERSION.0, VERSION.1),
        }
    }
}

impl Wire for Anthropic {
    type Mapper = EventMapper;

    fn transport(&self) -> &Transport {
        &self.transport
    }

    fn question(&self, request: &CompletionRequest) -> Result<Question, Error> {
        Ok(Question::new("messages", request::body(request)?, request))
    }

    fn mapper(&self, asked: Asked) -> EventMapper {
        EventMapper::new(asked)
    }

    fn door(&self, interface: Interface, _: &str) -> Option<String> {
        match interface {
            Interface::Messages => Some("messages".to_owned()),
            Interface::CountTokens => Some("messages/count_tokens".to_owned()),
            _ => None,
        }
    }

    fn dress(&self, passing: &Passing, fields: &mut Fields) -> Result<bool, Error> {
        request::dress(passing, fields);
        Ok(false)
    }

    fn list_path(&self, page: Option<&str>) -> String {
        page.map_or_else(|| "models?limit=1000".to_owned(), |after| format!("models?limit=1000&after_id={after}"))
    }

    fn searches(&self, model: &str) -> bool {
        request::searches(model)
    }

    fn read_list(&self, body: &[u8], asked: &Asked) -> Result<Page, Error> {
        models::read(body, asked)
    }
}

#[cfg(test)]
mod tests;
