//! Chunks of `generateContent`. A call comes whole, with the proof that the model thought of it.

use super::framing::Sse;
use super::{Counts, Encoder, Identity, Whole, WholeCall};
use crate::act::{CallStep, Finish, Refused, SEAL, Style};
use crate::protocol::Protocol;
use bytes::Bytes;
use serde_json::{Value, json};

pub(super) struct Frames {
    sse: Sse,
    identity: Identity,
    call: WholeCall,
    finish: Option<Finish>,
    usage: Option<Counts>,
}

fn reason(finish: Finish) -> &'static str {
    match finish {
        Finish::Stop | Finish::Tools => "STOP",
        Finish::Length => "MAX_TOKENS",
        Finish::Filter => "SAFETY",
        Finish::Refusal => "PROHIBITED_CONTENT",
    }
}

fn counted(counts: Counts) -> Value {
    json!({
        "promptTokenCount": counts.prompt,
        "candidatesTokenCount": counts.completion - counts.reasoning,
        "thoughtsTokenCount": counts.reasoning,
        "totalTokenCount": counts.prompt + counts.completion,
    })
}

fn called(call: &WholeCall) -> Value {
    json!({"functionCall": {"id": call.id, "name": call.name, "args": call.object()}, "thoughtSignature": SEAL})
}

impl Frames {
    pub(super) fn new(style: Style, identity: Identity) -> Self {
        Self { sse: Sse(style), identity, call: WholeCall::default(), finish: None, usage: None }
    }

    fn chunk(&self, parts: &Value, finish: Option<Finish>, usage: Option<Counts>) -> Value {
        let mut candidate = json!({"index": 0, "content": {"role": "model", "parts": parts}});
        if let Some(finish) = finish {
            candidate["finishReason"] = reason(finish).into();
        }
        let mut chunk = json!({
            "candidates": [candidate], "modelVersion": self.identity.model,
            "responseId": format!("r{}", self.identity.number),
        });
        if let Some(usage) = usage {
            chunk["usageMetadata"] = counted(usage);
        }
        chunk
    }

    fn part(&self, part: &Value) -> Bytes {
        self.sse.data(&self.chunk(&json!([part]), None, None).to_string())
    }
}

impl Encoder for Frames {
    fn text(&mut self, text: &str) -> Bytes {
        self.part(&json!({ "text": text }))
    }

    fn thinking(&mut self, text: &str) -> Bytes {
        self.part(&json!({"text": text, "thought": true}))
    }

    fn call(&mut self, step: &CallStep) -> Bytes {
        match step {
            CallStep::Begin { id, name, .. } => {
                self.call = WholeCall { id: id.clone(), name: name.clone(), ..WholeCall::default() };
            }
            CallStep::Argue { text, .. } => self.call.arguments.push_str(text),
            CallStep::End => return self.part(&called(&self.call)),
        }
        Bytes::new()
    }

    fn hollow(&mut self) -> Bytes {
        self.sse.data(&json!({"candidates": [], "responseId": format!("r{}", self.identity.number)}).to_string())
    }

    fn comment(&mut self, text: &str) -> Bytes {
        self.sse.comment(text)
    }

    fn broken(&mut self) -> Bytes {
        self.sse.data(r#"{"candidates":[{"content":{"parts":[{"text":"bro"#)
    }

    fn fail(&mut self, refused: &Refused) -> Bytes {
        self.sse.data(&Protocol::Gemini.refusal(refused).to_string())
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
        let finish = self.finish.take().or(Some(Finish::Stop));
        self.sse.data(&self.chunk(&json!([]), finish, self.usage).to_string())
    }

    fn end(&mut self) -> Bytes {
        if self.finish.is_some() { self.done() } else { Bytes::new() }
    }

    fn whole(&self, whole: &Whole) -> Value {
        let mut parts = Vec::new();
        if !whole.thoughts.is_empty() {
            parts.push(json!({"text": whole.thoughts, "thought": true}));
        }
        if !whole.text.is_empty() {
            parts.push(json!({"text": whole.text}));
        }
        parts.extend(whole.calls.iter().map(called));
        self.chunk(&parts.into(), whole.finish.or(Some(Finish::Stop)), whole.usage)
    }
}
