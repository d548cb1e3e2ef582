//! Encoding of chunks as SSE frames. The constant part of a chunk is encoded once per answer.

use crate::act::Style;
use bytes::Bytes;
use serde_json::{Value, json};

/// Encodes the frames of one answer.
pub(crate) struct Frames {
    style: Style,
    /// `data: {"id":…,"choices":[{"index":0,"delta":{`, up to the delta's fields.
    prefix: String,
    identity: Identity,
}

/// What every chunk of an answer repeats.
pub(crate) struct Identity {
    pub(crate) id: String,
    pub(crate) model: String,
    pub(crate) created: u64,
}

/// Token counts of an answer.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Counts {
    pub(crate) prompt: u64,
    pub(crate) completion: u64,
    pub(crate) reasoning: u64,
}

impl Counts {
    /// The `usage` object.
    pub(crate) fn to_json(self) -> Value {
        json!({
            "prompt_tokens": self.prompt,
            "completion_tokens": self.completion,
            "total_tokens": self.prompt + self.completion,
            "completion_tokens_details": {"reasoning_tokens": self.reasoning},
        })
    }
}

impl Frames {
    /// An encoder for an answer of this model.
    pub(crate) fn new(style: Style, identity: Identity) -> Self {
        let mut frames = Self { style, prefix: String::new(), identity };
        let head = frames.chunk(&json!([]));
        let open = head.strip_suffix("[]}").unwrap_or_default();
        frames.prefix = format!("{}{open}[{{\"index\":0,\"delta\":{{", frames.field());
        frames
    }

    /// A chunk with these choices. `choices` stands last: the prefix relies on it.
    fn chunk(&self, choices: &Value) -> String {
        let Identity { id, model, created } = &self.identity;
        let model = Value::from(model.as_str());
        format!(
            r#"{{"id":"{id}","object":"chat.completion.chunk","created":{created},"model":{model},"choices":{choices}}}"#
        )
    }

    fn field(&self) -> &'static str {
        if self.style == Style::NoSpace { "data:" } else { "data: " }
    }

    fn end(&self) -> &'static str {
        if self.style == Style::Crlf { "\r\n\r\n" } else { "\n\n" }
    }

    /// A delta of text in the field `name`.
    pub(crate) fn delta(&self, name: &str, text: &str) -> Bytes {
        let mut frame = Vec::with_capacity(self.prefix.len() + text.len() + 64);
        frame.extend_from_slice(self.prefix.as_bytes());
        frame.push(b'"');
        frame.extend_from_slice(name.as_bytes());
        frame.extend_from_slice(b"\":");
        // Writing a string into memory cannot fail.
        let _ = serde_json::to_writer(&mut frame, text);
        frame.extend_from_slice(b"},\"finish_reason\":null}]}");
        frame.extend_from_slice(self.end().as_bytes());
        frame.into()
    }

    /// The chunk that says why the answer ends.
    pub(crate) fn finish(&self, reason: &str) -> Bytes {
        self.data(&self.chunk(&json!([{"index": 0, "delta": {}, "finish_reason": reason}])))
    }

    /// A chunk without choices.
    pub(crate) fn no_choices(&self) -> Bytes {
        self.data(&self.chunk(&json!([])))
    }

    /// The chunk that carries usage and no choice.
    pub(crate) fn usage(&self, counts: Counts) -> Bytes {
        let chunk = self.chunk(&json!([]));
        let open = chunk.strip_suffix('}').unwrap_or_default();
        self.data(&format!("{open},\"usage\":{}}}", counts.to_json()))
    }

    /// A comment.
    pub(crate) fn comment(&self, text: &str) -> Bytes {
        [": ", text, self.end()].concat().into()
    }

    /// A chunk that breaks off in the middle of its JSON.
    pub(crate) fn broken(&self) -> Bytes {
        [&self.prefix, r#""content":"bro"#, self.end()].concat().into()
    }

    /// Any data as a frame.
    pub(crate) fn data(&self, data: &str) -> Bytes {
        [self.field(), data, self.end()].concat().into()
    }
}
