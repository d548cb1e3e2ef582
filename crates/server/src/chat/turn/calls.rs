//! The calls of tools within a turn: how they grow, that each gets its result, and when the model is asked again.

use super::{Effect, MAX_ROUNDS, ToolCall, ToolDone, Turn, sum};
use crate::error::AppError;
use llm::ToolCallEvent;
use shared::events::{RunEventBody, Status};
use shared::part::{PART_BYTES, ToolPart, ToolState};
use shared::{ErrorCode, Part};

/// Most calls of tools that a model makes at once.
const MAX_CALLS: usize = 128;

/// A call since the model was asked last.
#[derive(Debug)]
pub(super) struct OpenCall {
    /// Its number among the calls of this answer of the model.
    number: usize,
    index: usize,
    pub(super) part: ToolPart,
    /// Whether its arguments are complete.
    written: bool,
}

impl Turn {
    pub(super) fn call(&mut self, now_ms: u64, step: ToolCallEvent, effects: &mut Vec<Effect>) {
        match step {
            ToolCallEvent::Started { index: number, id, name } => {
                self.close_part(now_ms, effects);
                self.touch(now_ms);
                if self.calls.len() == MAX_CALLS {
                    return self.cut(now_ms, format!("{MAX_CALLS} calls of tools"), effects);
                }
                self.bytes += PART_BYTES + id.len() + name.len();
                let index = self.take_index();
                let part = ToolPart { call: id, name, ..ToolPart::default() };
                let shown = Part::Tool(Box::new(part.clone()));
                effects.push(Effect::Emit(RunEventBody::PartStarted { index, part: shown }));
                self.calls.push(OpenCall { number, index, part, written: false });
                self.hold_limit(now_ms, effects);
            }
            ToolCallEvent::Arguments { index: number, text } => {
                let Some(call) = self.open_call(number) else { return };
                call.part.arguments.push_str(&text);
                let index = call.index;
                self.bytes += text.len();
                self.asked.estimate.push(&text);
                effects.push(Effect::Emit(RunEventBody::PartDelta { index, text }));
                self.hold_limit(now_ms, effects);
            }
            ToolCallEvent::Done { index: number, signature } => {
                let Some(call) = self.open_call(number) else { return };
                let bytes = signature.as_ref().map_or(0, String::len);
                call.part.signature = signature;
                call.close(effects);
                self.bytes += bytes;
                self.hold_limit(now_ms, effects);
            }
        }
    }

    /// Calls are numbered in the order in which they begin.
    fn open_call(&mut self, number: usize) -> Option<&mut OpenCall> {
        self.calls.get_mut(number).filter(|call| call.number == number)
    }

    /// The model waits for its tools. A provider that ends the answer for another reason does not ask for them.
    pub(super) fn call_tools(&mut self, now_ms: u64, effects: &mut Vec<Effect>) {
        self.close_part(now_ms, effects);
        for call in &mut self.calls {
            call.close(effects);
        }
        effects.extend(self.calls.iter().map(|call| {
            let ToolPart { name, arguments, .. } = call.part.clone();
            Effect::CallTool(ToolCall { index: call.index, name, arguments })
        }));
    }

    pub(super) fn tool_done(&mut self, now_ms: u64, done: ToolDone, effects: &mut Vec<Effect>) {
        let waits = |call: &&mut OpenCall| call.index == done.index && call.part.result.is_none();
        let Some(call) = self.calls.iter_mut().find(waits) else { return };
        self.bytes += done.result.len();
        call.end(done.result, done.failed, effects);
        self.hold_limit(now_ms, effects);
        if self.ended || self.calls.iter().any(|call| call.part.result.is_none()) {
            return;
        }
        if self.rounds.len() == MAX_ROUNDS {
            let rounds = AppError::new(ErrorCode::ToolRounds).with("limit", MAX_ROUNDS + 1);
            let error = (!self.visible).then(|| self.error(rounds));
            let status = if error.is_some() { Status::Failed } else { Status::Completed };
            return self.finish(now_ms, status, error, effects);
        }
        self.calls.clear();
        self.rounds.push(self.next_index - self.start.parts_before);
        let call = self.usage_of_call(now_ms);
        self.spent = Some(sum(self.spent.take(), &call));
        self.settle();
        effects.push(Effect::AskAgain(call));
    }
}

impl OpenCall {
    /// Its arguments are complete.
    fn close(&mut self, effects: &mut Vec<Effect>) {
        if !std::mem::replace(&mut self.written, true) {
            let done = RunEventBody::PartDone { index: self.index, duration_ms: None, signature: None };
            effects.push(Effect::Emit(done));
        }
    }

    pub(super) fn end(&mut self, result: String, failed: bool, effects: &mut Vec<Effect>) {
        self.part.result = Some(result);
        self.part.state = if failed { ToolState::Failed } else { ToolState::Done };
        let part = Part::Tool(Box::new(self.part.clone()));
        effects.push(Effect::Emit(RunEventBody::PartUpdated { index: self.index, part }));
    }
}
