//! Ollama's own protocol: one JSON document per line, and the settings that its OpenAI form hides.

mod request;
mod show;

use crate::calls::Calls;
use crate::classify::Asked;
use crate::client::{self, Page, Question, Wire, misfit, shown};
use crate::error::Error;
use crate::lenient::{Count, Many, Words};
use crate::openai_chat::models;
use crate::stream::{Flow, Framing, Mapper, Queue};
use crate::tags::Tags;
use crate::transport::{Auth, Transport};
use crate::{CompletionEvent, CompletionRequest, Endpoint, Interface, ModelInfo, StopReason};
use egress::Egress;
use futures_util::future::BoxFuture;
use serde::Deserialize;
use serde::de::IgnoredAny;
use shared::ErrorCode;
use shared::chat::Usage;
use shared::sse::Frame;

// ---- Wire types ----

#[derive(Deserialize)]
struct Chunk<'a> {
    #[serde(borrow, default)]
    message: Option<Message<'a>>,
    #[serde(default)]
    done: bool,
    #[serde(borrow, default)]
    done_reason: Words<'a>,
    #[serde(default)]
    prompt_eval_count: Count,
    #[serde(default)]
    eval_count: Count,
    #[serde(default)]
    error: Option<IgnoredAny>,
}

#[derive(Deserialize)]
struct Message<'a> {
    #[serde(borrow, default)]
    content: Words<'a>,
    #[serde(borrow, default)]
    thinking: Words<'a>,
    #[serde(borrow, default)]
    tool_calls: Many<ToolCall<'a>>,
}

#[derive(Deserialize)]
struct ToolCall<'a> {
    #[serde(borrow, default)]
    id: Words<'a>,
    #[serde(borrow)]
    function: Function<'a>,
}

#[derive(Deserialize)]
struct Function<'a> {
    #[serde(borrow, default)]
    name: Words<'a>,
    #[serde(default)]
    arguments: serde_json::Value,
}

// ---- From the wire ----

/// Turns lines into events.
pub(crate) struct EventMapper {
    asked: Asked,
    started: bool,
    tags: Tags,
    calls: Calls,
    finished: bool,
}

impl EventMapper {
    pub(crate) fn new(asked: Asked) -> Self {
        Self { asked, started: false, tags: Tags::default(), calls: Calls::default(), finished: false }
    }

    fn chunk(&mut self, chunk: Chunk<'_>, out: &mut Queue) -> Flow {
        if !std::mem::replace(&mut self.started, true) {
            out.push_back(Ok(CompletionEvent::Started { id: String::new() }));
        }
        if let Some(message) = chunk.message {
            self.say(message, out);
        }
        if !chunk.done {
            return Flow::More;
        }
        self.finish(&chunk.done_reason.text, chunk.prompt_eval_count.0, chunk.eval_count.0, out);
        Flow::Done
    }

    fn say(&mut self, message: Message<'_>, out: &mut Queue) {
        if !message.thinking.text.is_empty() {
            self.tags.flush(out);
            client::think(&message.thinking.text, out);
        }
        if !message.content.text.is_empty() {
            self.tags.push(message.content.text, out);
        }
        for call in message.tool_calls.0 {
            self.tags.flush(out);
            let index = self.calls.begin(&call.id.text, &call.function.name.text, out);
            let arguments = call.function.arguments;
            self.calls.argue(index, &if arguments.is_null() { String::new() } else { arguments.to_string() }, out);
            self.calls.finish(index, None, out);
        }
    }

    fn finish(&mut self, reason: &str, prompt_tokens: u64, completion_tokens: u64, out: &mut Queue) {
        self.finished = true;
        self.tags.flush(out);
        if prompt_tokens > 0 || completion_tokens > 0 {
            let usage = Usage { prompt_tokens, completion_tokens, ..Usage::default() };
            out.push_back(Ok(CompletionEvent::Usage(usage)));
        }
        let stop = match reason {
            "" | "stop" if self.calls.any() => StopReason::ToolUse,
            "" | "stop" => StopReason::End,
            "length" => StopReason::Length,
            other => StopReason::Other(shown(other.as_bytes())),
        };
        out.push_back(Ok(CompletionEvent::Stop(stop)));
    }

    fn ends_badly(&mut self, error: Error, out: &mut Queue) -> Error {
        self.tags.flush(out);
        error
    }
}

impl Mapper for EventMapper {
    const FRAMING: Framing = Framing::Lines;

    fn frame(&mut self, frame: &Frame, out: &mut Queue) -> Result<Flow, Error> {
        let data = frame.data.as_str();
        if !self.started && !data.starts_with('{') {
            return Err(Error::new(ErrorCode::ProviderNotAStream).with_detail(&shown(data.as_bytes()), None));
        }
        match serde_json::from_str::<Chunk<'_>>(data) {
            Ok(chunk) if chunk.error.is_none() && (chunk.done || chunk.message.is_some()) => Ok(self.chunk(chunk, out)),
            _ => {
                let error = misfit(&self.asked, data.as_bytes());
                Err(self.ends_badly(error, out))
            }
        }
    }

    /// Never: every document is a line here.
    fn whole(&mut self, body: &[u8], _: &mut Queue) -> Result<(), Error> {
        Err(misfit(&self.asked, body))
    }

    fn end(&mut self, out: &mut Queue) -> Result<(), Error> {
        if self.finished { Ok(()) } else { Err(self.ends_badly(Error::new(ErrorCode::ProviderCut), out)) }
    }
}

// ---- The provider ----

/// A provider that speaks Ollama's own protocol.
pub struct Ollama {
    transport: Transport,
}

impl Ollama {
    /// A provider at `endpoint`, reached through `egress`. A base URL of the OpenAI form is understood.
    #[must_use]
    pub fn new(egress: Egress, mut endpoint: Endpoint) -> Self {
        let base = endpoint.base_url.trim_end_matches('/');
        let base = ["/v1", "/api"].iter().find_map(|tail| base.strip_suffix(tail)).unwrap_or(base);
        endpoint.base_url = base.to_owned();
        Self { transport: Transport::new(egress, endpoint, Auth::Bearer) }
    }
}

impl Wire for Ollama {
    type Mapper = EventMapper;

    fn transport(&self) -> &Transport {
        &self.transport
    }

    fn question(&self, request: &CompletionRequest) -> Result<Question, Error> {
        Ok(Question::new("api/chat", request::body(request)?, request))
    }

    fn mapper(&self, asked: Asked) -> EventMapper {
        EventMapper::new(asked)
    }

    fn door(&self, interface: Interface, _: &str) -> Option<String> {
        match interface {
            Interface::Completions => Some("v1/completions".to_owned()),
            Interface::Embeddings => Some("v1/embeddings".to_owned()),
            _ => None,
        }
    }

    fn list_path(&self, _: Option<&str>) -> String {
        "api/tags".to_owned()
    }

    fn looked_up(&self, models: Vec<ModelInfo>) -> BoxFuture<'_, Vec<ModelInfo>> {
        Box::pin(show::all(&self.transport, models))
    }

    fn read_list(&self, body: &[u8], asked: &Asked) -> Result<Page, Error> {
        models::read(body, asked)
    }
}

#[cfg(test)]
mod tests;
