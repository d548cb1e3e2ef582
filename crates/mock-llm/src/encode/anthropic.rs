//! Events of Anthropic Messages: blocks that open, grow and close, one after the other.

use super::framing::Sse;
use super::{Counts, Encoder, Identity, Whole};
use crate::act::{CallStep, Finish, Refused, SEAL, Style};
use crate::protocol::Protocol;
use bytes::Bytes;
use serde_json::{Value, json};

#[derive(Clone, Copy, PartialEq)]
enum Kind {
    Text,
    Thinking,
    Tool,
}

pub(super) struct Frames {
    sse: Sse,
    identity: Identity,
    /// The number of the next block, and the kind of the one that is open.
    next: usize,
    open: Option<Kind>,
    finish: Option<Finish>,
    usage: Option<Counts>,
}

fn reason(finish: Finish) -> &'static str {
    match finish {
        Finish::Stop => "end_turn",
        Finish::Length => "max_tokens",
        Finish::Filter => "content_filter",
        Finish::Tools => "tool_use",
        Finish::Refusal => "refusal",
    }
}

fn counted(counts: Counts) -> Value {
    json!({
        "input_tokens": counts.prompt, "cache_creation_input_tokens": 0, "cache_read_input_tokens": 0,
        "output_tokens": counts.completion,
    })
}

impl Frames {
    pub(super) fn new(style: Style, identity: Identity) -> Self {
        Self { sse: Sse(style), identity, next: 0, open: None, finish: None, usage: None }
    }

    fn message(&self, content: &Value, stop_reason: Option<&str>, usage: &Value) -> Value {
        json!({
            "id": format!("msg_{}", self.identity.number), "type": "message", "role": "assistant",
            "model": self.identity.model, "content": content, "stop_reason": stop_reason, "stop_sequence": null,
            "usage": usage,
        })
    }

    /// Opens a block of this kind, unless one is open.
    fn open(&mut self, kind: Kind, block: &Value) -> String {
        if self.open == Some(kind) && kind != Kind::Tool {
            return String::new();
        }
        let closed = self.close();
        self.open = Some(kind);
        let index = self.next;
        self.next += 1;
        closed + &self.sse.event(&json!({"type": "content_block_start", "index": index, "content_block": block}))
    }

    /// Closes the open block. Thoughts end with their proof.
    fn close(&mut self) -> String {
        let Some(kind) = self.open.take() else { return String::new() };
        let proof = if kind == Kind::Thinking {
            self.delta(&json!({"type": "signature_delta", "signature": SEAL}))
        } else {
            String::new()
        };
        proof + &self.sse.event(&json!({"type": "content_block_stop", "index": self.next - 1}))
    }

    fn delta(&self, delta: &Value) -> String {
        let index = self.next.saturating_sub(1);
        self.sse.event(&json!({"type": "content_block_delta", "index": index, "delta": delta}))
    }

    fn stopped(&mut self) -> String {
        let reason = reason(self.finish.unwrap_or(Finish::Stop));
        let mut event = json!({"type": "message_delta", "delta": {"stop_reason": reason, "stop_sequence": null}});
        if let Some(usage) = self.usage {
            event["usage"] = counted(usage);
        }
        self.close() + &self.sse.event(&event)
    }
}

impl Encoder for Frames {
    fn begin(&mut self, _: u64) -> Bytes {
        // The counts come at the end: behaviours decide about them only then.
        let nothing = json!({"input_tokens": 0, "output_tokens": 0});
        let message = self.message(&json!([]), None, &nothing);
        self.sse.event(&json!({"type": "message_start", "message": message})).into()
    }

    fn text(&mut self, text: &str) -> Bytes {
        let opened = self.open(Kind::Text, &json!({"type": "text", "text": ""}));
        (opened + &self.delta(&json!({"type": "text_delta", "text": text}))).into()
    }

    fn thinking(&mut self, text: &str) -> Bytes {
        let opened = self.open(Kind::Thinking, &json!({"type": "thinking", "thinking": "", "signature": ""}));
        (opened + &self.delta(&json!({"type": "thinking_delta", "thinking": text}))).into()
    }

    fn call(&mut self, step: &CallStep) -> Bytes {
        match step {
            CallStep::Begin { id, name, .. } => {
                self.open(Kind::Tool, &json!({"type": "tool_use", "id": id, "name": name, "input": {}})).into()
            }
            CallStep::Argue { text, .. } => {
                self.delta(&json!({"type": "input_json_delta", "partial_json": text})).into()
            }
            CallStep::End => self.close().into(),
        }
    }

    fn hollow(&mut self) -> Bytes {
        self.sse.event(&json!({"type": "ping"})).into()
    }

    fn comment(&mut self, text: &str) -> Bytes {
        self.sse.comment(text)
    }

    fn broken(&mut self) -> Bytes {
        self.sse.data(r#"{"type":"content_block_delta","delta":{"text":"bro"#)
    }

    fn fail(&mut self, refused: &Refused) -> Bytes {
        self.sse.event(&Protocol::Anthropic.refusal(refused)).into()
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
        let stopped = self.stopped();
        self.finish = None;
        (stopped + &self.sse.event(&json!({"type": "message_stop"}))).into()
    }

    fn end(&mut self) -> Bytes {
        let stopped = if self.finish.is_some() { self.stopped() } else { String::new() };
        self.finish = None;
        stopped.into()
    }

    fn whole(&self, whole: &Whole) -> Value {
        let mut content = Vec::new();
        if !whole.thoughts.is_empty() {
            content.push(json!({"type": "thinking", "thinking": whole.thoughts, "signature": SEAL}));
        }
        if !whole.text.is_empty() {
            content.push(json!({"type": "text", "text": whole.text}));
        }
        let call = |call: &super::WholeCall| json!({"type": "tool_use", "id": call.id, "name": call.name, "input": call.object()});
        content.extend(whole.calls.iter().map(call));
        self.message(&content.into(), whole.finish.map(reason), &whole.usage.map(counted).unwrap_or_default())
    }
}
