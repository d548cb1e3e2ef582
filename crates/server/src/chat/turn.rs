//! The heart of an answer: what the model says goes in, what must happen comes out.
//!
//! Pure: no IO, no async, no clock (the driver passes milliseconds since the request). Everything that can end an
//! answer ends it here, exactly once. An answer is one message, however often the model is asked again with the results
//! of the tools that it called.

mod calls;
mod opening;

use super::tools::CUT_OFF;
use crate::error::AppError;
use calls::OpenCall;
use llm::{CompletionEvent, StopReason};
use opening::Opening;
use shared::chat::{Cost, Usage};
use shared::error::Params;
use shared::events::{RunEventBody, Status};
use shared::limits::MAX_ANSWER_BYTES;
use shared::models::Price;
use shared::part::PART_BYTES;
use shared::tokens::Estimate;
use shared::{ApiError, ErrorCode, Part};

/// How often a model is asked again within one answer.
pub const MAX_ROUNDS: usize = 4;

/// Everything that can happen to a turn.
#[derive(Debug)]
pub enum Input {
    /// The provider said something, or failed.
    Model(Result<CompletionEvent, llm::Error>),
    /// The provider's stream ended by itself.
    ModelEnded,
    /// A tool is done.
    ToolDone(ToolDone),
    /// The person pressed Stop.
    Stop,
    /// The server is going down.
    Shutdown,
}

/// A call of a tool that is to be made.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ToolCall {
    /// Its place in the message.
    pub index: usize,
    /// The tool's name.
    pub name: String,
    /// The arguments, as the model wrote them.
    pub arguments: String,
}

/// What became of a call.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ToolDone {
    /// Its place in the message.
    pub index: usize,
    /// What the tool said, or why it did not run.
    pub result: String,
    /// Whether it failed.
    pub failed: bool,
}

/// Everything a turn can cause.
#[derive(Debug, PartialEq)]
pub enum Effect {
    /// Number it, store it, show it.
    Emit(RunEventBody),
    /// Run the tool and hand in what it says.
    CallTool(ToolCall),
    /// All results are there: ask the model again. What the call before cost.
    AskAgain(Usage),
    /// Hang up on the provider, save and close. Always the last effect.
    Finish(Box<Ending>),
}

/// How a turn ended.
#[derive(Clone, Debug, PartialEq)]
pub struct Ending {
    /// One of the four final states.
    pub status: Status,
    /// Why, unless completed or stopped.
    pub error: Option<ApiError>,
    /// Whether the model stopped because of its length limit.
    pub truncated: bool,
    /// Why the model stopped, as far as it said so.
    pub reason: Option<StopReason>,
    /// What it cost, all calls of the provider together.
    pub usage: Usage,
    /// What the last of them cost.
    pub call: Usage,
}

/// What a turn knows at its start.
#[derive(Clone, Debug, Default)]
pub struct Start {
    /// Number of parts that the answer has already (continue), else 0.
    pub parts_before: usize,
    /// Whether those parts hold visible text.
    pub had_text: bool,
    /// Bytes of them.
    pub bytes_before: usize,
    /// Estimated tokens of the request.
    pub prompt_tokens: u64,
    /// Estimated tokens of the instructions in it.
    pub instruction_tokens: u64,
    /// The request, for the error that a person sees.
    pub request_id: String,
}

/// One answer being written.
#[derive(Debug)]
pub struct Turn {
    start: Start,
    next_index: usize,
    open: Option<OpenPart>,
    /// The text with which the call of the provider began, while nothing else came.
    opening: Option<Opening>,
    /// The calls of tools since the model was asked last.
    calls: Vec<OpenCall>,
    /// Where the model was asked again, counted in new parts.
    rounds: Vec<usize>,
    visible: bool,
    thought: bool,
    bytes: usize,
    first_token_ms: Option<u64>,
    price: Option<Price>,
    asked: Asked,
    /// What the calls of the provider before this one cost.
    spent: Option<Usage>,
    ended: bool,
}

/// The call of the provider that is under way.
#[derive(Debug, Default)]
struct Asked {
    since_ms: u64,
    prompt_tokens: u64,
    instruction_tokens: u64,
    estimate: Estimate,
    reported: Option<Usage>,
    first_token_ms: Option<u64>,
    stop: Option<StopReason>,
}

#[derive(Debug)]
struct OpenPart {
    index: usize,
    reasoning: bool,
    since_ms: u64,
    signature: Option<String>,
}

impl Turn {
    /// A turn before its first event.
    #[must_use]
    pub fn new(start: Start) -> Self {
        Self {
            next_index: start.parts_before,
            visible: start.had_text,
            bytes: start.bytes_before,
            asked: Asked {
                prompt_tokens: start.prompt_tokens,
                instruction_tokens: start.instruction_tokens,
                ..Asked::default()
            },
            start,
            open: None,
            opening: None,
            calls: Vec::new(),
            rounds: Vec::new(),
            thought: false,
            first_token_ms: None,
            price: None,
            spent: None,
            ended: false,
        }
    }

    /// Whether the call of the provider that is under way has shown nothing yet.
    #[must_use]
    pub fn is_untouched(&self) -> bool {
        self.asked.first_token_ms.is_none()
    }

    /// Where the model was asked again, counted in parts that are new in this run.
    #[must_use]
    pub fn rounds(&self) -> &[usize] {
        &self.rounds
    }

    /// The provider, or another one, is asked anew, with so many tokens by our estimate, and so many of instructions.
    pub fn ask(&mut self, now_ms: u64, prompt_tokens: u64, instruction_tokens: u64) {
        self.asked = Asked { since_ms: now_ms, prompt_tokens, instruction_tokens, ..Asked::default() };
    }

    /// What the model costs that is asked from now on, if anybody knows.
    pub fn charge(&mut self, price: Option<Price>) {
        self.price = price;
    }

    /// The call that was under way is over and booked, or was not made: it costs nothing more.
    pub fn settle(&mut self) {
        self.asked = Asked::default();
    }

    /// Tells the reader something; stored as a part.
    pub fn notice(&mut self, code: ErrorCode, params: Params) -> Effect {
        let index = self.take_index();
        Effect::Emit(RunEventBody::Notice { index, code: code.as_str().to_owned(), params })
    }

    /// Takes one input, `now_ms` after the request was sent. After the end every input is ignored.
    pub fn handle(&mut self, now_ms: u64, input: Input) -> Vec<Effect> {
        let mut effects = Vec::new();
        if self.ended {
            return effects;
        }
        match input {
            Input::Model(Ok(event)) => self.event(now_ms, event, &mut effects),
            Input::Model(Err(error)) => {
                // A call that was refused before its first word cost nothing that we know of.
                if self.is_untouched() {
                    self.asked.prompt_tokens = 0;
                }
                let error = self.error(error);
                self.finish(now_ms, Status::Failed, Some(error), &mut effects);
            }
            Input::ModelEnded => self.model_ended(now_ms, &mut effects),
            Input::ToolDone(done) => self.tool_done(now_ms, done, &mut effects),
            Input::Stop => self.finish(now_ms, Status::Stopped, None, &mut effects),
            Input::Shutdown => {
                let error = self.error(ErrorCode::ServerRestarting);
                self.finish(now_ms, Status::Interrupted, Some(error), &mut effects);
            }
        }
        effects
    }

    fn event(&mut self, now_ms: u64, event: CompletionEvent, effects: &mut Vec<Effect>) {
        match event {
            CompletionEvent::Started { .. } => {}
            CompletionEvent::Text(text) => self.grow(now_ms, false, text, effects),
            CompletionEvent::Thinking { text, signature } => self.think(now_ms, text, signature, effects),
            CompletionEvent::TextWasThinking => self.rethink(effects),
            CompletionEvent::ToolCall(step) => self.call(now_ms, step, effects),
            CompletionEvent::Usage(usage) => self.asked.reported = Some(usage),
            CompletionEvent::Stop(reason) => self.asked.stop = Some(reason),
        }
    }

    /// A seal ends a block of thoughts. One without words is a block that the provider keeps secret.
    fn think(&mut self, now_ms: u64, text: String, signature: Option<String>, effects: &mut Vec<Effect>) {
        if self.open.as_ref().is_some_and(|open| open.reasoning && open.signature.is_some()) {
            self.close_part(now_ms, effects);
        }
        let open = self.open.as_ref().is_some_and(|open| open.reasoning);
        if signature.is_some() && text.is_empty() && !open {
            self.begin_part(now_ms, true, String::new(), effects);
        } else {
            self.grow(now_ms, true, text, effects);
        }
        if let (Some(open), Some(signature)) = (&mut self.open, signature) {
            self.bytes += signature.len();
            open.signature = Some(signature);
        }
        self.hold_limit(now_ms, effects);
    }

    /// Emptiness is judged by length alone: a delta of one space is text.
    fn grow(&mut self, now_ms: u64, reasoning: bool, text: String, effects: &mut Vec<Effect>) {
        if text.is_empty() {
            return;
        }
        self.bytes += text.len();
        self.asked.estimate.push(&text);
        self.open_with(reasoning, &text);
        self.thought |= reasoning;
        self.visible |= !reasoning && !text.trim().is_empty();
        match &self.open {
            Some(open) if open.reasoning == reasoning => {
                effects.push(Effect::Emit(RunEventBody::PartDelta { index: open.index, text }));
            }
            _ => self.begin_part(now_ms, reasoning, text, effects),
        }
        self.hold_limit(now_ms, effects);
    }

    fn begin_part(&mut self, now_ms: u64, reasoning: bool, text: String, effects: &mut Vec<Effect>) {
        self.close_part(now_ms, effects);
        self.touch(now_ms);
        self.bytes += PART_BYTES;
        let index = self.take_index();
        self.open = Some(OpenPart { index, reasoning, since_ms: now_ms, signature: None });
        let part = if reasoning { Part::reasoning(text) } else { Part::text(text) };
        effects.push(Effect::Emit(RunEventBody::PartStarted { index, part }));
    }

    fn touch(&mut self, now_ms: u64) {
        self.first_token_ms.get_or_insert(now_ms);
        self.asked.first_token_ms.get_or_insert(now_ms);
    }

    fn take_index(&mut self) -> usize {
        self.next_index += 1;
        self.next_index - 1
    }

    fn hold_limit(&mut self, now_ms: u64, effects: &mut Vec<Effect>) {
        if self.bytes > MAX_ANSWER_BYTES {
            self.cut(now_ms, format!("{} MiB", MAX_ANSWER_BYTES / (1024 * 1024)), effects);
        }
    }

    /// Ends an answer that is too long.
    fn cut(&mut self, now_ms: u64, limit: String, effects: &mut Vec<Effect>) {
        if !self.ended {
            let error = self.error(AppError::new(ErrorCode::ProviderTooLong).with("limit", limit));
            self.finish(now_ms, Status::Failed, Some(error), effects);
        }
    }

    fn close_part(&mut self, now_ms: u64, effects: &mut Vec<Effect>) {
        if let Some(open) = self.open.take() {
            self.opening = None;
            let duration_ms = open.reasoning.then(|| now_ms.saturating_sub(open.since_ms));
            let done = RunEventBody::PartDone { index: open.index, duration_ms, signature: open.signature };
            effects.push(Effect::Emit(done));
        }
    }

    /// An answer without a visible character is a failure, whatever the provider thinks of it.
    fn model_ended(&mut self, now_ms: u64, effects: &mut Vec<Effect>) {
        let cut = [StopReason::Length, StopReason::ContentFilter, StopReason::Refusal];
        if !self.calls.is_empty() && !self.asked.stop.as_ref().is_some_and(|stop| cut.contains(stop)) {
            return self.call_tools(now_ms, effects);
        }
        let code = match (&self.asked.stop, self.visible, self.thought) {
            (Some(StopReason::ContentFilter), ..) | (Some(StopReason::Refusal), false, _) => {
                Some(ErrorCode::ProviderContentFiltered)
            }
            (_, true, _) => None,
            (_, false, true) => Some(ErrorCode::ProviderReasoningOnly),
            (_, false, false) => Some(ErrorCode::ProviderEmpty),
        };
        match code {
            Some(code) => {
                let error = self.error(code);
                self.finish(now_ms, Status::Failed, Some(error), effects);
            }
            None => self.finish(now_ms, Status::Completed, None, effects),
        }
    }

    fn finish(&mut self, now_ms: u64, status: Status, error: Option<ApiError>, effects: &mut Vec<Effect>) {
        self.ended = true;
        self.close_part(now_ms, effects);
        for call in self.calls.iter_mut().filter(|call| call.part.result.is_none()) {
            call.end(CUT_OFF.to_owned(), true, effects);
        }
        let truncated = status == Status::Completed && self.asked.stop == Some(StopReason::Length);
        let instruction_tokens = self.asked.instruction_tokens;
        let call = self.usage_of_call(now_ms);
        let all = sum(self.spent.take(), &call);
        let usage = Usage { first_token_ms: self.first_token_ms, total_ms: Some(now_ms), instruction_tokens, ..all };
        effects.push(Effect::Emit(RunEventBody::Usage { usage: usage.clone() }));
        let reason = self.asked.stop.clone();
        effects.push(Effect::Finish(Box::new(Ending { status, error, truncated, reason, usage, call })));
    }

    /// What the provider reported of the call under way, or our estimate, marked as such.
    fn usage_of_call(&mut self, now_ms: u64) -> Usage {
        let asked = &mut self.asked;
        let counted = asked.reported.take().unwrap_or_else(|| Usage {
            prompt_tokens: asked.prompt_tokens,
            completion_tokens: asked.estimate.tokens(),
            estimated: true,
            ..Usage::default()
        });
        let since = |moment: u64| moment.saturating_sub(asked.since_ms);
        let cost = self.price.map(|price| {
            let Usage { prompt_tokens, cached_tokens, completion_tokens, .. } = counted;
            price.cost(prompt_tokens, cached_tokens, completion_tokens)
        });
        Usage { first_token_ms: asked.first_token_ms.map(since), total_ms: Some(since(now_ms)), cost, ..counted }
    }

    fn error(&self, error: impl Into<AppError>) -> ApiError {
        error.into().to_api(&self.start.request_id)
    }
}

/// Counts of several calls together.
fn sum(spent: Option<Usage>, call: &Usage) -> Usage {
    let Some(spent) = spent else { return call.clone() };
    Usage {
        prompt_tokens: spent.prompt_tokens + call.prompt_tokens,
        completion_tokens: spent.completion_tokens + call.completion_tokens,
        cached_tokens: spent.cached_tokens + call.cached_tokens,
        reasoning_tokens: spent.reasoning_tokens + call.reasoning_tokens,
        instruction_tokens: call.instruction_tokens,
        estimated: spent.estimated || call.estimated,
        first_token_ms: spent.first_token_ms.or(call.first_token_ms),
        total_ms: call.total_ms,
        cost: cost_of(&spent, call),
    }
}

/// What two calls cost together. Where that of one is unknown, or in another currency, so is the sum; a call that counted
/// nothing cost nothing.
fn cost_of(a: &Usage, b: &Usage) -> Option<Cost> {
    let counted = |usage: &Usage| usage.prompt_tokens + usage.completion_tokens > 0;
    match (counted(a), counted(b)) {
        (true, false) => a.cost,
        (false, true) => b.cost,
        _ => {
            let (a, b) = (a.cost?, b.cost?);
            (a.currency == b.currency).then(|| Cost { nano: a.nano.saturating_add(b.nano), ..a })
        }
    }
}

#[cfg(test)]
#[path = "turn_tests.rs"]
mod tests;
