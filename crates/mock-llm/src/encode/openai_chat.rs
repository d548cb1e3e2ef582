//! Chunks of Chat Completions. The constant part of a chunk is encoded once per answer.

use super::framing::Sse;
use super::{Counts, Encoder, Identity, Whole};
use crate::act::{CallStep, Finish, Refused, Style};
use crate::protocol::Protocol;
use bytes::Bytes;
use serde_json::{Value, json};

pub(super) struct Frames {
    sse: Sse,
    /// `data: {"id":…,"choices":[{"index":0,"delta":{`, up to the delta's fields.
    prefix: String,
    identity: Identity,
    /// Whether something was said: the first delta names the role.
    begun: bool,
}

/// The counts, as all of OpenAI's answers in words tell them but one.
pub(super) fn counted(counts: Counts) -> Value {
    json!({
        "prompt_tokens": counts.prompt,
        "completion_tokens": counts.completion,
        "total_tokens": counts.prompt + counts.completion,
        "completion_tokens_details": {"reasoning_tokens": counts.reasoning},
    })
}

fn reason(finish: Finish) -> &'static str {
    match finish {
        Finish::Stop => "stop",
        Finish::Length => "length",
        Finish::Filter => "content_filter",
        Finish::Tools => "tool_calls",
        Finish::Refusal => "refusal",
    }
}

impl Frames {
    pub(super) fn new(style: Style, identity: Identity) -> Self {
        let mut frames = Self { sse: Sse(style), prefix: String::new(), identity, begun: false };
        let head = frames.chunk(&json!([]));
        let open = head.strip_suffix("[]}").unwrap_or_default();
        frames.prefix = format!("{}{open}[{{\"index\":0,\"delta\":{{", frames.sse.field());
        frames
    }

    /// A chunk with these choices. `choices` stands last: the prefix relies on it.
    fn chunk(&self, choices: &Value) -> String {
        let Identity { number, model, created } = &self.identity;
        let model = Value::from(model.as_str());
        format!(
            r#"{{"id":"chatcmpl-{number}","object":"chat.completion.chunk","created":{created},"model":{model},"choices":{choices}}}"#
        )
    }

    /// A delta of text in the field `name`.
    fn delta(&mut self, name: &str, text: &str) -> Bytes {
        let mut frame = Vec::with_capacity(self.prefix.len() + text.len() + 96);
        frame.extend_from_slice(self.prefix.as_bytes());
        if !std::mem::replace(&mut self.begun, true) {
            frame.extend_from_slice(b"\"role\":\"assistant\",");
        }
        frame.push(b'"');
        frame.extend_from_slice(name.as_bytes());
        frame.extend_from_slice(b"\":");
        // Writing a string into memory cannot fail.
        let _ = serde_json::to_writer(&mut frame, text);
        frame.extend_from_slice(b"},\"finish_reason\":null}]}");
        frame.extend_from_slice(self.sse.end().as_bytes());
        frame.into()
    }
}

impl Encoder for Frames {
    fn text(&mut self, text: &str) -> Bytes {
        self.delta("content", text)
    }

    fn thinking(&mut self, text: &str) -> Bytes {
        self.delta("reasoning_content", text)
    }

    fn call(&mut self, step: &CallStep) -> Bytes {
        let call = match step {
            CallStep::Begin { index, id, name } => {
                json!({"index": index, "id": id, "type": "function", "function": {"name": name, "arguments": ""}})
            }
            CallStep::Argue { index, text } => json!({"index": index, "function": {"arguments": text}}),
            CallStep::End => return Bytes::new(),
        };
        let mut delta = json!({"tool_calls": [call]});
        if !std::mem::replace(&mut self.begun, true) {
            delta["role"] = "assistant".into();
        }
        let choice = json!([{"index": 0, "delta": delta, "finish_reason": null}]);
        self.sse.data(&self.chunk(&choice))
    }

    fn hollow(&mut self) -> Bytes {
        self.sse.data(&self.chunk(&json!([])))
    }

    fn comment(&mut self, text: &str) -> Bytes {
        self.sse.comment(text)
    }

    fn broken(&mut self) -> Bytes {
        [&self.prefix, r#""content":"bro"#, self.sse.end()].concat().into()
    }

    fn fail(&mut self, refused: &Refused) -> Bytes {
        self.sse.data(&Protocol::OpenAiChat.refusal(refused).to_string())
    }

    fn finish(&mut self, finish: Finish) -> Bytes {
        self.sse.data(&self.chunk(&json!([{"index": 0, "delta": {}, "finish_reason": reason(finish)}])))
    }

    fn usage(&mut self, counts: Counts) -> Bytes {
        let chunk = self.chunk(&json!([]));
        let open = chunk.strip_suffix('}').unwrap_or_default();
        self.sse.data(&format!("{open},\"usage\":{}}}", counted(counts)))
    }

    fn done(&mut self) -> Bytes {
        self.sse.data("[DONE]")
    }

    fn whole(&self, whole: &Whole) -> Value {
        let mut message = json!({"role": "assistant", "content": whole.text});
        if !whole.thoughts.is_empty() {
            message["reasoning_content"] = whole.thoughts.as_str().into();
        }
        if !whole.calls.is_empty() {
            let calls = whole.calls.iter().map(|call| {
                let function = json!({"name": call.name, "arguments": call.arguments});
                json!({"id": call.id, "type": "function", "function": function})
            });
            message["tool_calls"] = calls.collect();
        }
        let choice = json!({"index": 0, "message": message, "finish_reason": whole.finish.map(reason)});
        let mut document = json!({
            "id": format!("chatcmpl-{}", self.identity.number),
            "object": "chat.completion",
            "created": self.identity.created,
            "model": self.identity.model,
            "choices": if whole.hollow { Vec::new() } else { vec![choice] },
        });
        if let Some(usage) = whole.usage {
            document["usage"] = counted(usage);
        }
        document
    }
}
