//! OpenAI Responses. Nothing is kept by the provider: every request tells the whole conversation.

mod items;
pub(crate) mod request;

use crate::classify::{Asked, Refusal, classify};
use crate::client::{Page, Question, Wire, misfit, shown};
use crate::error::Error;
use crate::lenient::{Count, Words};
use crate::openai_chat::models;
use crate::stream::{Flow, Framing, Mapper, Queue};
use crate::transport::{Auth, Transport};
use crate::{CompletionEvent, CompletionRequest, Endpoint, Interface, StopReason};
use egress::Egress;
use items::{Items, WireItem};
use serde::Deserialize;
use shared::ErrorCode;
use shared::chat::Usage;
use shared::sse::Frame;
use std::sync::atomic::{AtomicBool, Ordering};

/// Marks the proofs that belong to this protocol.
const SEAL: &str = "openai_responses";

// ---- Wire types ----

/// One event, whatever its type.
#[derive(Deserialize)]
struct Event<'a> {
    #[serde(borrow, default, rename = "type")]
    kind: Words<'a>,
    #[serde(default)]
    output_index: usize,
    #[serde(default)]
    summary_index: usize,
    #[serde(borrow, default)]
    delta: Words<'a>,
    #[serde(borrow, default)]
    arguments: Words<'a>,
    #[serde(borrow, default)]
    item: Option<WireItem<'a>>,
    #[serde(borrow, default)]
    response: Option<Response<'a>>,
}

/// An answer: the frame around its events, or the whole of it.
#[derive(Deserialize)]
struct Response<'a> {
    #[serde(borrow, default)]
    id: Words<'a>,
    #[serde(borrow, default)]
    status: Words<'a>,
    #[serde(borrow, default)]
    output: Vec<WireItem<'a>>,
    #[serde(default)]
    usage: Option<WireUsage>,
    #[serde(borrow, default)]
    incomplete_details: Option<Incomplete<'a>>,
}

#[derive(Deserialize)]
struct Incomplete<'a> {
    #[serde(borrow, default)]
    reason: Words<'a>,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct WireUsage {
    input_tokens: Count,
    output_tokens: Count,
    input_tokens_details: Option<InputDetails>,
    output_tokens_details: Option<OutputDetails>,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct InputDetails {
    cached_tokens: Count,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct OutputDetails {
    reasoning_tokens: Count,
}

impl WireUsage {
    fn read(self) -> Option<Usage> {
        let (prompt, completion) = (self.input_tokens.0, self.output_tokens.0);
        (prompt > 0 || completion > 0).then(|| Usage {
            prompt_tokens: prompt,
            completion_tokens: completion,
            cached_tokens: self.input_tokens_details.unwrap_or_default().cached_tokens.0,
            reasoning_tokens: self.output_tokens_details.unwrap_or_default().reasoning_tokens.0,
            ..Usage::default()
        })
    }
}

// ---- From the wire ----

/// Turns events into ours.
pub(crate) struct EventMapper {
    asked: Asked,
    started: bool,
    items: Items,
    finished: bool,
}

impl EventMapper {
    pub(crate) fn new(asked: Asked) -> Self {
        Self { asked, started: false, items: Items::default(), finished: false }
    }

    fn event(&mut self, event: Event<'_>, data: &str, out: &mut Queue) -> Result<Flow, Error> {
        let (at, delta) = (event.output_index, &*event.delta.text);
        match &*event.kind.text {
            "response.created" | "response.in_progress" | "response.queued" => self.start(event.response.as_ref(), out),
            "response.output_item.added" => self.items.added(at, &event.item.unwrap_or_default(), out),
            "response.output_text.delta" => self.items.say(at, delta, out),
            "response.refusal.delta" => self.items.refuse(at, delta, out),
            "response.reasoning_text.delta" => self.items.think(at, None, delta, out),
            "response.reasoning_summary_text.delta" => self.items.think(at, Some(event.summary_index), delta, out),
            "response.function_call_arguments.delta" => self.items.argue(at, delta, out),
            "response.function_call_arguments.done" => self.items.argued(at, &event.arguments.text, out),
            "response.output_item.done" => self.items.done(at, &event.item.unwrap_or_default(), out),
            "response.completed" | "response.incomplete" | "response.done" => {
                let response = event.response.ok_or_else(|| misfit(&self.asked, data.as_bytes()))?;
                self.finish(response, out);
                return Ok(Flow::Done);
            }
            "response.failed" | "error" => return Err(self.failure(data)),
            // Progress of tools that the provider runs itself, annotations, and what is yet to be invented.
            _ => {}
        }
        Ok(Flow::More)
    }

    fn start(&mut self, response: Option<&Response<'_>>, out: &mut Queue) {
        if !std::mem::replace(&mut self.started, true) {
            let id = response.map(|response| response.id.text.to_string()).unwrap_or_default();
            out.push_back(Ok(CompletionEvent::Started { id }));
        }
    }

    fn finish(&mut self, response: Response<'_>, out: &mut Queue) {
        self.finished = true;
        self.start(Some(&response), out);
        self.items.finish(&response.output, out);
        let usage = response.usage.and_then(WireUsage::read);
        out.extend(usage.map(|usage| Ok(CompletionEvent::Usage(usage))));
        let stop = match response.incomplete_details.map(|details| details.reason.text) {
            Some(reason) if !reason.is_empty() => stop_reason(&reason),
            _ if response.status.text == "incomplete" => StopReason::Length,
            _ if self.items.has_calls() => StopReason::ToolUse,
            _ if self.items.refused() => StopReason::Refusal,
            _ => StopReason::End,
        };
        out.push_back(Ok(CompletionEvent::Stop(stop)));
    }

    /// The error of an event, of the answer inside an event, or of both.
    fn failure(&self, data: &str) -> Error {
        let value: serde_json::Value = serde_json::from_str(data).unwrap_or_default();
        let error = [&value["response"]["error"], &value["error"], &value].into_iter().find(|error| error.is_object());
        let mut error = error.cloned().unwrap_or_default();
        // The event's own type is not the error's.
        if error["type"] == "error" {
            error["type"] = serde_json::Value::Null;
        }
        classify(&self.asked, None, &Refusal::read(error.to_string().as_bytes()))
    }
}

impl Mapper for EventMapper {
    const FRAMING: Framing = Framing::Events;

    fn frame(&mut self, frame: &Frame, out: &mut Queue) -> Result<Flow, Error> {
        let data = frame.data.trim();
        if data.is_empty() || data == "[DONE]" {
            return Ok(Flow::More);
        }
        match serde_json::from_str::<Event<'_>>(data) {
            Ok(event) if !event.kind.text.is_empty() => self.event(event, data, out),
            _ => Err(misfit(&self.asked, data.as_bytes())),
        }
    }

    fn whole(&mut self, body: &[u8], out: &mut Queue) -> Result<(), Error> {
        let text = std::str::from_utf8(body).map_err(|_| misfit(&self.asked, body))?;
        match serde_json::from_str::<Response<'_>>(text) {
            Ok(response) if response.status.text == "failed" => Err(self.failure(text)),
            Ok(response) if !response.status.text.is_empty() || !response.output.is_empty() => {
                self.finish(response, out);
                Ok(())
            }
            Err(error) if error.is_eof() => Err(Error::new(ErrorCode::ProviderCut)),
            _ => Err(misfit(&self.asked, body)),
        }
    }

    fn end(&mut self, _: &mut Queue) -> Result<(), Error> {
        if self.finished { Ok(()) } else { Err(Error::new(ErrorCode::ProviderCut)) }
    }
}

fn stop_reason(word: &str) -> StopReason {
    match word {
        "max_output_tokens" | "max_tokens" => StopReason::Length,
        "content_filter" => StopReason::ContentFilter,
        other => StopReason::Other(shown(other.as_bytes())),
    }
}

// ---- The provider ----

/// A provider that speaks Responses.
pub struct OpenAiResponses {
    transport: Transport,
    /// The provider refused to summarise thoughts: it does so for organisations only that proved who they are.
    unsummarised: AtomicBool,
}

impl OpenAiResponses {
    /// A provider at `endpoint`, reached through `egress`.
    #[must_use]
    pub fn new(egress: Egress, endpoint: Endpoint) -> Self {
        Self { transport: Transport::new(egress, endpoint, Auth::Bearer), unsummarised: AtomicBool::new(false) }
    }
}

impl Wire for OpenAiResponses {
    type Mapper = EventMapper;

    fn transport(&self) -> &Transport {
        &self.transport
    }

    fn question(&self, request: &CompletionRequest) -> Result<Question, Error> {
        let adorned = request.effort.is_some() && !self.unsummarised.load(Ordering::Relaxed);
        Ok(Question { adorned, ..Question::new("responses", request::body(request, adorned), request) })
    }

    fn mapper(&self, asked: Asked) -> EventMapper {
        EventMapper::new(asked)
    }

    fn learns(&self, refusal: &Refusal) -> bool {
        let unwilling = refusal.message.contains("summar");
        if unwilling {
            self.unsummarised.store(true, Ordering::Relaxed);
        }
        unwilling
    }

    /// What the same provider has beside its answers.
    fn door(&self, interface: Interface, _: &str) -> Option<String> {
        match interface {
            Interface::Completions => Some("completions".to_owned()),
            Interface::Embeddings => Some("embeddings".to_owned()),
            _ => None,
        }
    }

    fn list_path(&self, _: Option<&str>) -> String {
        "models".to_owned()
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
