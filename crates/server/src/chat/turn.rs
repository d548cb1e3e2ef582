//! The heart of an answer: what the model says goes in, what must happen comes out.
//!
//! Pure: no IO, no async, no clock (the driver passes milliseconds since the request). Everything that can end an
//! answer ends it here, exactly once.

use super::tokens::Estimate;
use crate::error::AppError;
use llm::{CompletionEvent, StopReason};
use shared::chat::Usage;
use shared::error::Params;
use shared::events::{RunEventBody, Status};
use shared::limits::MAX_ANSWER_BYTES;
use shared::{ApiError, ErrorCode, Part};

/// Everything that can happen to a turn.
#[derive(Debug)]
pub enum Input {
    /// The provider said something, or failed.
    Model(Result<CompletionEvent, llm::Error>),
    /// The provider's stream ended by itself.
    ModelEnded,
    /// The person pressed Stop.
    Stop,
    /// The server is going down.
    Shutdown,
}

/// Everything a turn can cause.
#[derive(Debug, PartialEq)]
pub enum Effect {
    /// Number it, store it, show it.
    Emit(RunEventBody),
    /// Hang up on the provider, save and close. Always the last effect.
    Finish(Ending),
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
    /// What it cost.
    pub usage: Usage,
}

/// What a turn knows at its start.
#[derive(Clone, Debug, Default)]
pub struct Start {
    /// Number of parts that the answer has already (continue), else 0.
    pub parts_before: usize,
    /// Whether those parts hold visible text.
    pub had_text: bool,
    /// Bytes of text and thoughts in them.
    pub bytes_before: usize,
    /// Estimated tokens of the request.
    pub prompt_tokens: u64,
    /// The request, for the error that a person sees.
    pub request_id: String,
}

/// One answer being written.
#[derive(Debug)]
pub struct Turn {
    start: Start,
    next_index: usize,
    open: Option<OpenPart>,
    visible: bool,
    thought: bool,
    bytes: usize,
    estimate: Estimate,
    reported: Option<Usage>,
    first_token_ms: Option<u64>,
    stop: Option<StopReason>,
    ended: bool,
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
            start,
            open: None,
            thought: false,
            estimate: Estimate::default(),
            reported: None,
            first_token_ms: None,
            stop: None,
            ended: false,
        }
    }

    /// Tells the reader something; stored as a part.
    pub fn notice(&mut self, code: ErrorCode, params: Params) -> Effect {
        let index = self.next_index;
        self.next_index += 1;
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
                if self.first_token_ms.is_none() {
                    self.start.prompt_tokens = 0;
                }
                let error = self.error(error);
                self.finish(now_ms, Status::Failed, Some(error), &mut effects);
            }
            Input::ModelEnded => self.model_ended(now_ms, &mut effects),
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
            // Nothing is offered to the model that it could call.
            CompletionEvent::Started { .. } | CompletionEvent::ToolCall(_) => {}
            CompletionEvent::Text(text) => self.grow(now_ms, false, text, effects),
            CompletionEvent::Thinking { text, signature } => {
                self.grow(now_ms, true, text, effects);
                if let (Some(open), Some(signature)) = (&mut self.open, signature) {
                    open.signature = Some(signature);
                }
            }
            CompletionEvent::Usage(usage) => self.reported = Some(usage),
            CompletionEvent::Stop(reason) => self.stop = Some(reason),
        }
    }

    /// Emptiness is judged by length alone: a delta of one space is text.
    fn grow(&mut self, now_ms: u64, reasoning: bool, text: String, effects: &mut Vec<Effect>) {
        if text.is_empty() {
            return;
        }
        self.first_token_ms.get_or_insert(now_ms);
        self.bytes += text.len();
        self.estimate.push(&text);
        self.thought |= reasoning;
        self.visible |= !reasoning && !text.trim().is_empty();
        match &self.open {
            Some(open) if open.reasoning == reasoning => {
                effects.push(Effect::Emit(RunEventBody::PartDelta { index: open.index, text }));
            }
            _ => {
                self.close_part(now_ms, effects);
                let index = self.next_index;
                self.next_index += 1;
                self.open = Some(OpenPart { index, reasoning, since_ms: now_ms, signature: None });
                let part = if reasoning { Part::reasoning(text) } else { Part::text(text) };
                effects.push(Effect::Emit(RunEventBody::PartStarted { index, part }));
            }
        }
        if self.bytes > MAX_ANSWER_BYTES {
            let limit = format!("{} MiB", MAX_ANSWER_BYTES / (1024 * 1024));
            let error = self.error(AppError::new(ErrorCode::ProviderTooLong).with("limit", limit));
            self.finish(now_ms, Status::Failed, Some(error), effects);
        }
    }

    fn close_part(&mut self, now_ms: u64, effects: &mut Vec<Effect>) {
        if let Some(open) = self.open.take() {
            let duration_ms = open.reasoning.then(|| now_ms.saturating_sub(open.since_ms));
            let done = RunEventBody::PartDone { index: open.index, duration_ms, signature: open.signature };
            effects.push(Effect::Emit(done));
        }
    }

    /// An answer without a visible character is a failure, whatever the provider thinks of it.
    fn model_ended(&mut self, now_ms: u64, effects: &mut Vec<Effect>) {
        let code = match (&self.stop, self.visible, self.thought) {
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
        let truncated = status == Status::Completed && self.stop == Some(StopReason::Length);
        let usage = self.usage(now_ms);
        effects.push(Effect::Emit(RunEventBody::Usage { usage: usage.clone() }));
        effects.push(Effect::Finish(Ending { status, error, truncated, usage }));
    }

    /// What the provider reported, or our estimate, marked as such.
    fn usage(&mut self, now_ms: u64) -> Usage {
        let counted = self.reported.take().unwrap_or_else(|| Usage {
            prompt_tokens: self.start.prompt_tokens,
            completion_tokens: self.estimate.tokens(),
            estimated: true,
            ..Usage::default()
        });
        Usage { first_token_ms: self.first_token_ms, total_ms: Some(now_ms), ..counted }
    }

    fn error(&self, error: impl Into<AppError>) -> ApiError {
        error.into().to_api(&self.start.request_id)
    }
}

#[cfg(test)]
#[path = "turn_tests.rs"]
mod tests;
