//! Events of Responses: items that are added, grow and are done, inside an answer that tells everything once more.

use super::framing::Sse;
use super::{Counts, Encoder, Identity, Whole, WholeCall};
use crate::act::{CallStep, Finish, Refused, SEAL, Style};
use bytes::Bytes;
use serde_json::{Value, json};

/// The item that is open, with what it has said.
enum Open {
    Message(String),
    Reasoning(String),
    Call(WholeCall),
}

pub(super) struct Frames {
    sse: Sse,
    identity: Identity,
    /// Items that are done.
    output: Vec<Value>,
    open: Option<Open>,
    finish: Option<Finish>,
    usage: Option<Counts>,
    sequence: u64,
}

fn counted(counts: Counts) -> Value {
    json!({
        "input_tokens": counts.prompt, "input_tokens_details": {"cached_tokens": 0},
        "output_tokens": counts.completion, "output_tokens_details": {"reasoning_tokens": counts.reasoning},
        "total_tokens": counts.prompt + counts.completion,
    })
}

fn item(open: &Open, at: usize) -> Value {
    match open {
        Open::Message(text) => json!({
            "id": format!("msg_{at}"), "type": "message", "role": "assistant", "status": "completed",
            "content": [{"type": "output_text", "text": text, "annotations": []}],
        }),
        Open::Reasoning(text) => json!({
            "id": format!("rs_{at}"), "type": "reasoning", "summary": [{"type": "summary_text", "text": text}],
            "encrypted_content": SEAL,
        }),
        Open::Call(call) => json!({
            "id": format!("fc_{at}"), "type": "function_call", "call_id": call.id, "name": call.name,
            "arguments": call.arguments, "status": "completed",
        }),
    }
}

impl Frames {
    pub(super) fn new(style: Style, identity: Identity) -> Self {
        Self { sse: Sse(style), identity, output: Vec::new(), open: None, finish: None, usage: None, sequence: 0 }
    }

    fn event(&mut self, mut event: Value) -> String {
        event["sequence_number"] = self.sequence.into();
        self.sequence += 1;
        self.sse.event(&event)
    }

    fn response(&self, status: &str, output: &[Value], usage: Option<Counts>) -> Value {
        json!({
            "id": format!("resp_{}", self.identity.number), "object": "response", "status": status,
            "created_at": self.identity.created, "model": self.identity.model, "output": output,
            "usage": usage.map(counted),
        })
    }

    /// The answer as it ended.
    fn ended(&self, finish: Option<Finish>, output: &[Value], usage: Option<Counts>) -> Value {
        let reason = match finish {
            Some(Finish::Length) => "max_output_tokens",
            Some(Finish::Filter) => "content_filter",
            _ => return self.response("completed", output, usage),
        };
        let mut response = self.response("incomplete", output, usage);
        response["incomplete_details"] = json!({ "reason": reason });
        response
    }

    fn start(&mut self, open: Open) -> String {
        let done = self.close();
        let mut begun = item(&open, self.output.len());
        begun["status"] = "in_progress".into();
        self.open = Some(open);
        let at = self.output.len();
        done + &self.event(json!({"type": "response.output_item.added", "output_index": at, "item": begun}))
    }

    fn close(&mut self) -> String {
        let Some(open) = self.open.take() else { return String::new() };
        let at = self.output.len();
        let item = item(&open, at);
        self.output.push(item.clone());
        self.event(json!({"type": "response.output_item.done", "output_index": at, "item": item}))
    }

    fn delta(&mut self, kind: &str, delta: &str) -> String {
        let at = self.output.len();
        self.event(json!({"type": kind, "output_index": at, "content_index": 0, "summary_index": 0, "delta": delta}))
    }
}

impl Encoder for Frames {
    fn begin(&mut self, _: u64) -> Bytes {
        let response = self.response("in_progress", &[], None);
        self.event(json!({"type": "response.created", "response": response})).into()
    }

    fn text(&mut self, text: &str) -> Bytes {
        let is_open = matches!(self.open, Some(Open::Message(_)));
        let started = if is_open { String::new() } else { self.start(Open::Message(String::new())) };
        if let Some(Open::Message(all)) = &mut self.open {
            all.push_str(text);
        }
        (started + &self.delta("response.output_text.delta", text)).into()
    }

    fn thinking(&mut self, text: &str) -> Bytes {
        let is_open = matches!(self.open, Some(Open::Reasoning(_)));
        let started = if is_open { String::new() } else { self.start(Open::Reasoning(String::new())) };
        if let Some(Open::Reasoning(all)) = &mut self.open {
            all.push_str(text);
        }
        (started + &self.delta("response.reasoning_summary_text.delta", text)).into()
    }

    fn call(&mut self, step: &CallStep) -> Bytes {
        match step {
            CallStep::Begin { id, name, .. } => {
                let call = WholeCall { id: id.clone(), name: name.clone(), ..WholeCall::default() };
                self.start(Open::Call(call)).into()
            }
            CallStep::Argue { text, .. } => {
                if let Some(Open::Call(call)) = &mut self.open {
                    call.arguments.push_str(text);
                }
                self.delta("response.function_call_arguments.delta", text).into()
            }
            CallStep::End => self.close().into(),
        }
    }

    fn hollow(&mut self) -> Bytes {
        let response = self.response("in_progress", &[], None);
        self.event(json!({"type": "response.in_progress", "response": response})).into()
    }

    fn comment(&mut self, text: &str) -> Bytes {
        self.sse.comment(text)
    }

    fn broken(&mut self) -> Bytes {
        self.sse.data(r#"{"type":"response.output_text.delta","delta":"bro"#)
    }

    fn fail(&mut self, refused: &Refused) -> Bytes {
        let mut response = self.response("failed", &[], None);
        let code = refused.code.unwrap_or(refused.kind);
        response["error"] = json!({"code": code, "message": refused.message});
        self.event(json!({"type": "response.failed", "response": response})).into()
    }

    fn finish(&mut self, finish: Finish) -> Bytes {
        self.finish = Some(finish);
        Bytes::new()
    }

    fn usage(&mut self, counts: Counts) -> Bytes {
        self.usage = Some(counts);
        Bytes::new()
    }

    fn done(&mut self) -> Bytes {
        let closed = self.close();
        let finish = self.finish.take();
        let output = std::mem::take(&mut self.output);
        let response = self.ended(finish, &output, self.usage);
        let kind = format!("response.{}", response["status"].as_str().unwrap_or_default());
        (closed + &self.event(json!({"type": kind, "response": response}))).into()
    }

    fn end(&mut self) -> Bytes {
        if self.finish.is_some() { self.done() } else { Bytes::new() }
    }

    fn whole(&self, whole: &Whole) -> Value {
        let mut items = Vec::new();
        if !whole.thoughts.is_empty() {
            items.push(Open::Reasoning(whole.thoughts.clone()));
        }
        if !whole.text.is_empty() {
            items.push(Open::Message(whole.text.clone()));
        }
        items.extend(whole.calls.iter().cloned().map(Open::Call));
        let output: Vec<Value> = items.iter().enumerate().map(|(at, open)| item(open, at)).collect();
        self.ended(whole.finish, &output, whole.usage)
    }
}
