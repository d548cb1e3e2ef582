//! Chunks of the older Completions. They have a place for text alone: thoughts and calls go unsaid.

use super::framing::Sse;
use super::openai_chat::counted;
use super::{Counts, Encoder, Identity, Whole};
use crate::act::{Finish, Refused, Style};
use crate::protocol::Protocol;
use bytes::Bytes;
use serde_json::{Value, json};

pub(super) struct Frames {
    sse: Sse,
    identity: Identity,
}

/// Nobody waits for tools here, and a model declines in words.
fn reason(finish: Finish) -> &'static str {
    match finish {
        Finish::Stop | Finish::Tools | Finish::Refusal => "stop",
        Finish::Length => "length",
        Finish::Filter => "content_filter",
    }
}

fn choices(text: &str, finish: Option<Finish>) -> Value {
    json!([{"text": text, "index": 0, "logprobs": null, "finish_reason": finish.map(reason)}])
}

impl Frames {
    pub(super) fn new(style: Style, identity: Identity) -> Self {
        Self { sse: Sse(style), identity }
    }

    /// A chunk and a whole answer look the same.
    fn document(&self, choices: &Value, usage: Option<Counts>) -> Value {
        let Identity { number, model, created } = &self.identity;
        let mut document = json!({
            "id": format!("cmpl-{number}"), "object": "text_completion", "created": created, "model": model,
            "choices": choices,
        });
        if let Some(usage) = usage {
            document["usage"] = counted(usage);
        }
        document
    }

    fn chunk(&self, choices: &Value, usage: Option<Counts>) -> Bytes {
        self.sse.data(&self.document(choices, usage).to_string())
    }
}

impl Encoder for Frames {
    fn text(&mut self, text: &str) -> Bytes {
        self.chunk(&choices(text, None), None)
    }

    fn hollow(&mut self) -> Bytes {
        self.chunk(&json!([]), None)
    }

    fn comment(&mut self, text: &str) -> Bytes {
        self.sse.comment(text)
    }

    fn broken(&mut self) -> Bytes {
        self.sse.data(r#"{"object":"text_completion","choices":[{"text":"bro"#)
    }

    fn fail(&mut self, refused: &Refused) -> Bytes {
        self.sse.data(&Protocol::OpenAiText.refusal(refused).to_string())
    }

    fn finish(&mut self, finish: Finish) -> Bytes {
        self.chunk(&choices("", Some(finish)), None)
    }

    fn usage(&mut self, counts: Counts) -> Bytes {
        self.chunk(&json!([]), Some(counts))
    }

    fn done(&mut self) -> Bytes {
        self.sse.data("[DONE]")
    }

    fn whole(&self, whole: &Whole) -> Value {
        let choices = if whole.hollow { json!([]) } else { choices(&whole.text, whole.finish) };
        self.document(&choices, whole.usage)
    }
}
