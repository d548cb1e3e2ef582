//! The calls of one answer: numbers them, and sees to it that each begins once, is argued and ends.

use crate::event::{CompletionEvent, ToolCallEvent};
use crate::stream::Queue;

/// The calls so far.
#[derive(Default)]
pub(crate) struct Calls {
    list: Vec<Call>,
}

#[derive(Default)]
struct Call {
    argued: bool,
    done: bool,
}

impl Calls {
    /// Whether there was any.
    pub(crate) fn any(&self) -> bool {
        !self.list.is_empty()
    }

    /// A call begins. A provider without ids gets one that is unique within the answer.
    pub(crate) fn begin(&mut self, id: &str, name: &str, out: &mut Queue) -> usize {
        let index = self.list.len();
        self.list.push(Call::default());
        let id = if id.is_empty() { format!("call_{index}") } else { id.to_owned() };
        push(out, ToolCallEvent::Started { index, id, name: name.to_owned() });
        index
    }

    /// More of the arguments of a call.
    pub(crate) fn argue(&mut self, index: usize, text: &str, out: &mut Queue) {
        let Some(call) = self.list.get_mut(index).filter(|call| !call.done && !text.is_empty()) else { return };
        call.argued = true;
        push(out, ToolCallEvent::Arguments { index, text: text.to_owned() });
    }

    /// A call is complete. One without arguments gets an empty object, which is what its reader expects.
    pub(crate) fn finish(&mut self, index: usize, signature: Option<String>, out: &mut Queue) {
        let argued = self.list.get(index).is_some_and(|call| call.argued);
        if !argued {
            self.argue(index, "{}", out);
        }
        if let Some(call) = self.list.get_mut(index).filter(|call| !call.done) {
            call.done = true;
            push(out, ToolCallEvent::Done { index, signature });
        }
    }

    /// The answer is complete, and with it every call.
    pub(crate) fn finish_all(&mut self, out: &mut Queue) {
        (0..self.list.len()).for_each(|index| self.finish(index, None, out));
    }

    /// Whether a call has any arguments yet.
    pub(crate) fn is_argued(&self, index: usize) -> bool {
        self.list.get(index).is_some_and(|call| call.argued)
    }
}

fn push(out: &mut Queue, step: ToolCallEvent) {
    out.push_back(Ok(CompletionEvent::ToolCall(step)));
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_call_begins_and_ends_once_and_has_arguments() {
        let (mut calls, mut out) = (Calls::default(), Queue::new());
        let first = calls.begin("", "f", &mut out);
        let second = calls.begin("id", "g", &mut out);
        calls.argue(second, "{\"a\":1}", &mut out);
        calls.argue(second, "", &mut out);
        calls.finish(second, Some("s".into()), &mut out);
        calls.argue(second, "late", &mut out);
        calls.finish_all(&mut out);
        let steps: Vec<_> = out.into_iter().map(|event| event.expect("no failure")).collect();
        let call = CompletionEvent::ToolCall;
        let expected = [
            call(ToolCallEvent::Started { index: 0, id: "call_0".into(), name: "f".into() }),
            call(ToolCallEvent::Started { index: 1, id: "id".into(), name: "g".into() }),
            call(ToolCallEvent::Arguments { index: 1, text: "{\"a\":1}".into() }),
            call(ToolCallEvent::Done { index: 1, signature: Some("s".into()) }),
            call(ToolCallEvent::Arguments { index: 0, text: "{}".into() }),
            call(ToolCallEvent::Done { index: 0, signature: None }),
        ];
        assert_eq!(steps, expected);
        assert_eq!(first, 0);
    }
}
