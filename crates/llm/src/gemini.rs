//! Google's `generateContent`, streamed as Server-Sent Events.

pub(crate) mod models;
pub(crate) mod request;
mod vectors;

use crate::calls::Calls;
use crate::classify::Asked;
use crate::client::{self, Page, Question, Wire, misfit, say, shown, think};
use crate::error::Error;
use crate::lenient::{Count, First, Many, Words};
use crate::stream::{Flow, Framing, Mapper, Queue};
use crate::transport::{Auth, Transport};
use crate::{CompletionEvent, CompletionRequest, Endpoint, Fields, Interface, Passing, StopReason, seal};
use egress::Egress;
use serde::Deserialize;
use serde::de::IgnoredAny;
use shared::ErrorCode;
use shared::chat::Usage;
use shared::sse::Frame;

/// Marks the proofs that belong to this protocol.
const SEAL: &str = "gemini";

// ---- Wire types ----

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Chunk<'a> {
    #[serde(borrow)]
    candidates: Option<First<Candidate<'a>>>,
    #[serde(default)]
    usage_metadata: Option<WireUsage>,
    #[serde(borrow, default)]
    prompt_feedback: Option<Feedback<'a>>,
    #[serde(borrow, default)]
    response_id: Words<'a>,
    #[serde(default)]
    error: Option<IgnoredAny>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Candidate<'a> {
    #[serde(borrow, default)]
    content: Option<Content<'a>>,
    #[serde(borrow, default)]
    finish_reason: Words<'a>,
}

#[derive(Deserialize)]
struct Content<'a> {
    #[serde(borrow, default)]
    parts: Many<Part<'a>>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Part<'a> {
    #[serde(borrow, default)]
    text: Words<'a>,
    #[serde(default)]
    thought: bool,
    #[serde(borrow, default)]
    thought_signature: Words<'a>,
    #[serde(borrow, default)]
    function_call: Option<FunctionCall<'a>>,
}

#[derive(Deserialize)]
struct FunctionCall<'a> {
    #[serde(borrow, default)]
    id: Words<'a>,
    #[serde(borrow, default)]
    name: Words<'a>,
    #[serde(default)]
    args: serde_json::Value,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Feedback<'a> {
    #[serde(borrow, default)]
    block_reason: Words<'a>,
}

#[derive(Clone, Copy, Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
struct WireUsage {
    prompt_token_count: Count,
    tool_use_prompt_token_count: Count,
    cached_content_token_count: Count,
    candidates_token_count: Count,
    thoughts_token_count: Count,
}

impl WireUsage {
    /// The counts in our terms: the provider counts thoughts apart from the answer.
    fn read(self) -> Option<Usage> {
        let prompt = self.prompt_token_count.0 + self.tool_use_prompt_token_count.0;
        let completion = self.candidates_token_count.0 + self.thoughts_token_count.0;
        (prompt > 0 || completion > 0).then(|| Usage {
            prompt_tokens: prompt,
            completion_tokens: completion,
            cached_tokens: self.cached_content_token_count.0,
            reasoning_tokens: self.thoughts_token_count.0,
            ..Usage::default()
        })
    }
}

// ---- From the wire ----

/// Turns chunks into events. The stream has no formal end: a finish reason is the last thing that matters.
pub(crate) struct EventMapper {
    asked: Asked,
    started: bool,
    calls: Calls,
    usage: Option<Usage>,
    stop: Option<StopReason>,
}

impl EventMapper {
    pub(crate) fn new(asked: Asked) -> Self {
        Self { asked, started: false, calls: Calls::default(), usage: None, stop: None }
    }

    fn chunk(&mut self, chunk: Chunk<'_>, out: &mut Queue) {
        self.usage = chunk.usage_metadata.and_then(WireUsage::read).or(self.usage.take());
        self.start(&chunk.response_id.text, out);
        let candidate = chunk.candidates.and_then(|candidates| candidates.0);
        let blocked = chunk.prompt_feedback.is_some_and(|feedback| !feedback.block_reason.text.is_empty());
        if blocked && candidate.is_none() {
            self.stop = Some(StopReason::ContentFilter);
        }
        let Some(candidate) = candidate else { return };
        let parts = candidate.content.map(|content| content.parts.0).unwrap_or_default();
        parts.iter().for_each(|part| self.part(part, out));
        if !candidate.finish_reason.text.is_empty() {
            self.stop = Some(stop_reason(&candidate.finish_reason.text));
        }
    }

    fn start(&mut self, id: &str, out: &mut Queue) {
        if !std::mem::replace(&mut self.started, true) {
            out.push_back(Ok(CompletionEvent::Started { id: id.to_owned() }));
        }
    }

    fn part(&mut self, part: &Part<'_>, out: &mut Queue) {
        let proof = &*part.thought_signature.text;
        let seal = (!proof.is_empty()).then(|| seal::close(SEAL, proof));
        if let Some(call) = &part.function_call {
            let index = self.calls.begin(&call.id.text, &call.name.text, out);
            self.calls.argue(index, &arguments(&call.args), out);
            self.calls.finish(index, seal, out);
        } else if part.thought {
            think(&part.text.text, out);
            if seal.is_some() {
                out.push_back(Ok(CompletionEvent::Thinking { text: String::new(), signature: seal }));
            }
        } else {
            // A proof on plain text may be dropped, says the provider; there is no good place to keep it.
            say(&part.text.text, out);
        }
    }

    fn finish(&mut self, stop: StopReason, out: &mut Queue) {
        self.start("", out);
        out.extend(self.usage.take().map(|usage| Ok(CompletionEvent::Usage(usage))));
        let stop = if stop == StopReason::End && self.calls.any() { StopReason::ToolUse } else { stop };
        out.push_back(Ok(CompletionEvent::Stop(stop)));
    }

    fn ends_badly(&mut self, error: Error, out: &mut Queue) -> Error {
        out.extend(self.usage.take().map(|usage| Ok(CompletionEvent::Usage(usage))));
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
        match serde_json::from_str::<Chunk<'_>>(data) {
            Ok(chunk) if is_good(&chunk) => self.chunk(chunk, out),
            _ => {
                let error = misfit(&self.asked, data.as_bytes());
                return Err(self.ends_badly(error, out));
            }
        }
        Ok(if self.stop.is_some() { Flow::Ending } else { Flow::More })
    }

    /// One answer, or, where `alt=sse` was lost on the way, a list of all chunks.
    fn whole(&mut self, body: &[u8], out: &mut Queue) -> Result<(), Error> {
        let chunks = match serde_json::from_slice::<Vec<Chunk<'_>>>(body) {
            Ok(chunks) => chunks,
            Err(error) if error.is_eof() => return Err(Error::new(ErrorCode::ProviderCut)),
            Err(_) => vec![serde_json::from_slice(body).map_err(|_| misfit(&self.asked, body))?],
        };
        for chunk in chunks {
            if !is_good(&chunk) {
                let error = misfit(&self.asked, body);
                return Err(self.ends_badly(error, out));
            }
            self.chunk(chunk, out);
        }
        self.end(out)
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
    let says = chunk.candidates.is_some() || chunk.usage_metadata.is_some() || chunk.prompt_feedback.is_some();
    chunk.error.is_none() && (says || !chunk.response_id.text.is_empty())
}

fn arguments(args: &serde_json::Value) -> String {
    if args.is_null() { String::new() } else { args.to_string() }
}

fn stop_reason(word: &str) -> StopReason {
    match word {
        "STOP" => StopReason::End,
        "MAX_TOKENS" => StopReason::Length,
        "SAFETY"
        | "RECITATION"
        | "BLOCKLIST"
        | "PROHIBITED_CONTENT"
        | "SPII"
        | "IMAGE_SAFETY"
        | "IMAGE_PROHIBITED_CONTENT"
        | "IMAGE_RECITATION"
        | "MODEL_ARMOR" => StopReason::ContentFilter,
        other => StopReason::Other(shown(other.as_bytes())),
    }
}

// ---- The provider ----

/// A provider that speaks Google's `generateContent`.
pub struct Gemini {
    transport: Transport,
}

impl Gemini {
    /// A provider at `endpoint`, reached through `egress`. The base URL may leave out its version.
    #[must_use]
    pub fn new(egress: Egress, mut endpoint: Endpoint) -> Self {
        endpoint.base_url = crate::base_url::with_version(&endpoint.base_url, "v1beta");
        Self { transport: Transport::new(egress, endpoint, Auth::Header("x-goog-api-key")) }
    }
}

impl Wire for Gemini {
    type Mapper = EventMapper;

    fn transport(&self) -> &Transport {
        &self.transport
    }

    fn question(&self, request: &CompletionRequest) -> Result<Question, Error> {
        let model = request.model.strip_prefix("models/").unwrap_or(&request.model);
        let path = format!("models/{}:streamGenerateContent?alt=sse", client::segment(model));
        Ok(Question::new(path, request::body(request), request))
    }

    fn mapper(&self, asked: Asked) -> EventMapper {
        EventMapper::new(asked)
    }

    fn door(&self, interface: Interface, model: &str) -> Option<String> {
        let model = model.strip_prefix("models/").unwrap_or(model);
        (interface == Interface::Embeddings).then(|| format!("models/{}:batchEmbedContents", client::segment(model)))
    }

    fn dress(&self, passing: &Passing, fields: &mut Fields) -> Result<bool, Error> {
        vectors::dress(passing, fields)?;
        Ok(false)
    }

    fn list_path(&self, page: Option<&str>) -> String {
        let next = page.map(|page| format!("&pageToken={}", client::segment(page))).unwrap_or_default();
        format!("models?pageSize=1000{next}")
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
