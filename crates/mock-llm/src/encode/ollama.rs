//! Lines of Ollama's own protocol. A call comes whole.

use super::{Counts, Encoder, Identity, Whole, WholeCall};
use crate::act::{CallStep, Finish, Refused, Style};
use crate::protocol::Protocol;
use bytes::Bytes;
use serde_json::{Value, json};

pub(super) struct Frames {
    style: Style,
    identity: Identity,
    call: WholeCall,
    finish: Option<Finish>,
    usage: Option<Counts>,
}

/// Nobody inspects a local model: it declines in words.
fn reason(finish: Finish) -> &'static str {
    match finish {
        Finish::Stop | Finish::Tools | Finish::Refusal | Finish::Filter => "stop",
        Finish::Length => "length",
    }
}

fn called(call: &WholeCall) -> Value {
    json!({"id": call.id, "function": {"name": call.name, "arguments": call.object()}})
}

impl Frames {
    pub(super) fn new(style: Style, identity: Identity) -> Self {
        Self { style, identity, call: WholeCall::default(), finish: None, usage: None }
    }

    fn document(&self, message: &Value, done: bool) -> Value {
        json!({"model": self.identity.model, "created_at": "1970-01-01T00:00:00Z", "message": message, "done": done})
    }

    fn ended(&self, message: &Value, finish: Option<Finish>, usage: Option<Counts>) -> Value {
        let mut document = self.document(message, true);
        document["done_reason"] = reason(finish.unwrap_or(Finish::Stop)).into();
        if let Some(usage) = usage {
            document["prompt_eval_count"] = usage.prompt.into();
            document["eval_count"] = usage.completion.into();
        }
        document
    }

    fn line(&self, text: &str) -> Bytes {
        let end = if self.style == Style::Crlf { "\r\n" } else { "\n" };
        [text, end].concat().into()
    }

    fn message(&self, message: &Value) -> Bytes {
        self.line(&self.document(message, false).to_string())
    }
}

impl Encoder for Frames {
    fn text(&mut self, text: &str) -> Bytes {
        self.message(&json!({"role": "assistant", "content": text}))
    }

    fn thinking(&mut self, text: &str) -> Bytes {
        self.message(&json!({"role": "assistant", "content": "", "thinking": text}))
    }

    fn call(&mut self, step: &CallStep) -> Bytes {
        match step {
            CallStep::Begin { id, name, .. } => {
                self.call = WholeCall { id: id.clone(), name: name.clone(), ..WholeCall::default() };
            }
            CallStep::Argue { text, .. } => self.call.arguments.push_str(text),
            CallStep::End => {
                let calls = [called(&self.call)];
                return self.message(&json!({"role": "assistant", "content": "", "tool_calls": calls}));
            }
        }
        Bytes::new()
    }

    fn hollow(&mut self) -> Bytes {
        self.message(&json!({"role": "assistant", "content": ""}))
    }

    fn comment(&mut self, _: &str) -> Bytes {
        self.line("")
    }

    fn broken(&mut self) -> Bytes {
        self.line(r#"{"message":{"content":"bro"#)
    }

    fn fail(&mut self, refused: &Refused) -> Bytes {
        self.line(&Protocol::Ollama.refusal(refused).to_string())
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
        let finish = self.finish.take();
        self.line(&self.ended(&json!({"role": "assistant", "content": ""}), finish, self.usage).to_string())
    }

    fn end(&mut self) -> Bytes {
        if self.finish.is_some() { self.done() } else { Bytes::new() }
    }

    fn whole(&self, whole: &Whole) -> Value {
        let mut message = json!({"role": "assistant", "content": whole.text});
        if !whole.thoughts.is_empty() {
            message["thinking"] = whole.thoughts.as_str().into();
        }
        if !whole.calls.is_empty() {
            message["tool_calls"] = whole.calls.iter().map(called).collect();
        }
        self.ended(&message, whole.finish, whole.usage)
    }
}
