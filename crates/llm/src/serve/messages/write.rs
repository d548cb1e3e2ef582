//! Answers in the form of Anthropic Messages: blocks that begin, grow and end one after the other.

use super::super::frame;
use crate::anthropic::{SEAL, SECRET};
use crate::event::{Answer, CompletionEvent, StopReason, ToolCallEvent};
use crate::request::Content;
use crate::tags::LONE;
use crate::{encode, seal};
use serde_json::{Value, json};
use shared::chat::Usage;
use std::collections::BTreeMap;

/// What the block is that grows.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Open {
    Text,
    Thinking,
}

/// Writes one answer, streamed or whole.
pub struct Writer {
    id: String,
    model: String,
    /// What the request has, as far as that is known before the provider says it.
    prompt_tokens: u64,
    is_begun: bool,
    /// The number of the next block.
    next: usize,
    /// The block that grows, if it is not a call.
    open: Option<Open>,
    /// The blocks of the calls that are open, by their number.
    calls: BTreeMap<usize, usize>,
    usage: Option<Usage>,
}

impl Writer {
    /// A writer for an answer to a request of about so many tokens.
    #[must_use]
    pub fn new(id: &str, model: &str, prompt_tokens: u64) -> Self {
        Self {
            id: format!("msg_{}", id.replace('-', "")),
            model: model.to_owned(),
            prompt_tokens,
            is_begun: false,
            next: 0,
            open: None,
            calls: BTreeMap::new(),
            usage: None,
        }
    }

    /// Writes what an event says.
    pub fn event(&mut self, event: CompletionEvent, out: &mut Vec<u8>) {
        self.begin(out);
        match event {
            CompletionEvent::Started { .. } => {}
            CompletionEvent::Text(text) => self.say(&text, out),
            // What is sent cannot be taken back; the program gets what the model wrote.
            CompletionEvent::TextWasThinking => self.say(LONE, out),
            CompletionEvent::Thinking { text, signature } => self.think(&text, signature.as_deref(), out),
            CompletionEvent::ToolCall(step) => self.call(step, out),
            CompletionEvent::Usage(usage) => self.usage = Some(usage),
            CompletionEvent::Stop(reason) => self.end(&reason, out),
        }
    }

    /// The whole answer.
    #[must_use]
    pub fn whole(&self, answer: &Answer) -> Value {
        let content: Vec<Value> = answer.content.iter().filter_map(block).collect();
        json!({
            "id": self.id, "type": "message", "role": "assistant", "model": self.model, "content": content,
            "stop_reason": stop_reason(answer.stop.as_ref().unwrap_or(&StopReason::End)), "stop_sequence": null,
            "usage": told(answer.usage.as_ref(), self.prompt_tokens),
        })
    }

    fn begin(&mut self, out: &mut Vec<u8>) {
        if std::mem::replace(&mut self.is_begun, true) {
            return;
        }
        let message = json!({
            "id": self.id, "type": "message", "role": "assistant", "model": self.model, "content": [],
            "stop_reason": null, "stop_sequence": null,
            "usage": {"input_tokens": self.prompt_tokens, "output_tokens": 0},
        });
        send("message_start", json!({"message": message}), out);
    }

    /// Opens a block of this kind, unless one is open.
    fn grow(&mut self, kind: Open, block: &Value, out: &mut Vec<u8>) {
        if self.open == Some(kind) {
            return;
        }
        self.close(out);
        self.start(block, out);
        self.open = Some(kind);
    }

    fn start(&mut self, block: &Value, out: &mut Vec<u8>) -> usize {
        let index = self.next;
        self.next += 1;
        send("content_block_start", json!({"index": index, "content_block": block}), out);
        index
    }

    fn delta(&self, index: usize, delta: &Value, out: &mut Vec<u8>) {
        send("content_block_delta", json!({"index": index, "delta": delta}), out);
    }

    fn close(&mut self, out: &mut Vec<u8>) {
        if self.open.take().is_some() {
            send("content_block_stop", json!({"index": self.next - 1}), out);
        }
    }

    fn say(&mut self, text: &str, out: &mut Vec<u8>) {
        self.grow(Open::Text, &json!({"type": "text", "text": ""}), out);
        self.delta(self.next - 1, &json!({"type": "text_delta", "text": text}), out);
    }

    fn think(&mut self, text: &str, signature: Option<&str>, out: &mut Vec<u8>) {
        if let Some(data) = seal::open(SECRET, signature) {
            self.close(out);
            let index = self.start(&json!({"type": "redacted_thinking", "data": data}), out);
            send("content_block_stop", json!({"index": index}), out);
            return;
        }
        let empty = json!({"type": "thinking", "thinking": "", "signature": ""});
        if !text.is_empty() || self.open == Some(Open::Thinking) {
            self.grow(Open::Thinking, &empty, out);
        }
        if !text.is_empty() {
            self.delta(self.next - 1, &json!({"type": "thinking_delta", "thinking": text}), out);
        }
        if let (Some(proof), Some(Open::Thinking)) = (signature.map(shown), self.open) {
            self.delta(self.next - 1, &json!({"type": "signature_delta", "signature": proof}), out);
            self.close(out);
        }
    }

    fn call(&mut self, step: ToolCallEvent, out: &mut Vec<u8>) {
        match step {
            ToolCallEvent::Started { index, id, name } => {
                self.close(out);
                let block = self.start(&json!({"type": "tool_use", "id": id, "name": name, "input": {}}), out);
                self.calls.insert(index, block);
            }
            ToolCallEvent::Arguments { index, text } => {
                if let Some(block) = self.calls.get(&index) {
                    self.delta(*block, &json!({"type": "input_json_delta", "partial_json": text}), out);
                }
            }
            ToolCallEvent::Done { index, .. } => {
                if let Some(block) = self.calls.remove(&index) {
                    send("content_block_stop", json!({"index": block}), out);
                }
            }
        }
    }

    fn end(&mut self, reason: &StopReason, out: &mut Vec<u8>) {
        self.close(out);
        let delta = json!({"stop_reason": stop_reason(reason), "stop_sequence": null});
        let usage = told(self.usage.as_ref(), self.prompt_tokens);
        send("message_delta", json!({"delta": delta, "usage": usage}), out);
        send("message_stop", json!({}), out);
    }
}

/// An event, which names its type twice.
fn send(kind: &str, mut data: Value, out: &mut Vec<u8>) {
    data["type"] = kind.into();
    frame(Some(kind), &data, out);
}

/// A proof as the program brings it back: Anthropic's own without our mark, those of others with it.
fn shown(proof: &str) -> &str {
    seal::open(SEAL, Some(proof)).unwrap_or(proof)
}

fn block(content: &Content) -> Option<Value> {
    match content {
        Content::Text(text) => Some(json!({"type": "text", "text": text})),
        Content::Reasoning { text, signature } => Some(match seal::open(SECRET, signature.as_deref()) {
            Some(data) => json!({"type": "redacted_thinking", "data": data}),
            None => {
                let proof = signature.as_deref().map(shown).unwrap_or_default();
                json!({"type": "thinking", "thinking": text, "signature": proof})
            }
        }),
        Content::ToolCall(call) => {
            let input = encode::object(&call.arguments);
            Some(json!({"type": "tool_use", "id": call.id, "name": call.name, "input": input}))
        }
        Content::Image(_) | Content::File(_) | Content::ToolResult(_) => None,
    }
}

fn stop_reason(reason: &StopReason) -> &'static str {
    match reason {
        StopReason::ToolUse => "tool_use",
        StopReason::Length => "max_tokens",
        StopReason::ContentFilter | StopReason::Refusal => "refusal",
        StopReason::End | StopReason::Other(_) => "end_turn",
    }
}

/// Cached tokens are counted apart here.
fn told(usage: Option<&Usage>, prompt_tokens: u64) -> Value {
    let Some(usage) = usage else { return json!({"input_tokens": prompt_tokens, "output_tokens": 0}) };
    json!({
        "input_tokens": usage.prompt_tokens.saturating_sub(usage.cached_tokens),
        "cache_creation_input_tokens": 0, "cache_read_input_tokens": usage.cached_tokens,
        "output_tokens": usage.completion_tokens,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn streamed(events: impl IntoIterator<Item = CompletionEvent>) -> Vec<Value> {
        let (mut writer, mut out) = (Writer::new("1", "m", 5), Vec::new());
        events.into_iter().for_each(|event| writer.event(event, &mut out));
        let text = String::from_utf8(out).expect("text");
        let data = text.lines().filter_map(|line| line.strip_prefix("data: "));
        data.map(|data| serde_json::from_str(data).expect("JSON")).collect()
    }

    fn thinking(text: &str, signature: Option<&str>) -> CompletionEvent {
        CompletionEvent::Thinking { text: text.into(), signature: signature.map(str::to_owned) }
    }

    #[test]
    fn blocks_begin_grow_and_end() {
        let events = [
            CompletionEvent::Started { id: String::new() },
            thinking("h", None),
            thinking("m", Some("anthropic:S=")),
            thinking("", Some("anthropic-redacted:D=")),
            CompletionEvent::Text("H".into()),
            CompletionEvent::Text("i".into()),
            CompletionEvent::ToolCall(ToolCallEvent::Started { index: 0, id: "c".into(), name: "f".into() }),
            CompletionEvent::ToolCall(ToolCallEvent::Arguments { index: 0, text: "{\"a\":1}".into() }),
            CompletionEvent::ToolCall(ToolCallEvent::Done { index: 0, signature: None }),
            CompletionEvent::Usage(Usage {
                prompt_tokens: 9,
                cached_tokens: 4,
                completion_tokens: 2,
                ..Usage::default()
            }),
            CompletionEvent::Stop(StopReason::ToolUse),
        ];
        let sent = streamed(events.clone());
        let kinds: Vec<&str> = sent.iter().filter_map(|event| event["type"].as_str()).collect();
        let (start, delta, stop) = ("content_block_start", "content_block_delta", "content_block_stop");
        assert_eq!(
            kinds,
            [
                "message_start",
                start,
                delta,
                delta,
                delta,
                stop,
                start,
                stop,
                start,
                delta,
                delta,
                stop,
                start,
                delta,
                stop,
                "message_delta",
                "message_stop"
            ]
        );
        assert_eq!(sent[4]["delta"], json!({"type": "signature_delta", "signature": "S="}));
        assert_eq!(sent[6]["content_block"], json!({"type": "redacted_thinking", "data": "D="}));
        assert_eq!(sent[15]["usage"]["input_tokens"], 5);
        let mut answer = Answer::default();
        events.into_iter().for_each(|event| answer.apply(event));
        let whole = Writer::new("1", "m", 5).whole(&answer);
        let kinds: Vec<&str> =
            whole["content"].as_array().expect("blocks").iter().filter_map(|block| block["type"].as_str()).collect();
        assert_eq!(kinds, ["thinking", "redacted_thinking", "text", "tool_use"]);
        assert_eq!((&whole["content"][3]["input"], &whole["stop_reason"]), (&json!({"a": 1}), &json!("tool_use")));
    }

    #[test]
    fn an_answer_without_counts_tells_what_is_known() {
        let sent = streamed([CompletionEvent::Text("x".into()), CompletionEvent::Stop(StopReason::Length)]);
        assert_eq!(sent.last().expect("an end")["type"], "message_stop");
        let end = &sent[sent.len() - 2];
        assert_eq!((&end["delta"]["stop_reason"], &end["usage"]["input_tokens"]), (&json!("max_tokens"), &json!(5)));
    }
}
