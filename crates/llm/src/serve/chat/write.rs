//! Answers in the form of Chat Completions: chunks of a stream, or one document.

use super::super::frame;
use crate::event::{Answer, CompletionEvent, StopReason, ToolCallEvent};
use crate::request::ToolCall;
use crate::tags::LONE;
use serde_json::{Value, json};
use shared::chat::Usage;

/// Writes one answer, streamed or whole.
pub struct Writer {
    id: String,
    created: i64,
    model: String,
    /// Whether the program asked for usage at the end of a stream.
    tells_usage: bool,
    is_begun: bool,
    usage: Option<Usage>,
}

impl Writer {
    /// A writer for an answer that is begun at `created`, in unix seconds.
    #[must_use]
    pub fn new(id: &str, created: i64, model: &str, tells_usage: bool) -> Self {
        let id = format!("chatcmpl-{id}");
        Self { id, created, model: model.to_owned(), tells_usage, is_begun: false, usage: None }
    }

    /// Writes what an event says.
    pub fn event(&mut self, event: CompletionEvent, out: &mut Vec<u8>) {
        match event {
            CompletionEvent::Started { .. } => self.begin(out),
            CompletionEvent::Text(text) => self.delta(&json!({"content": text}), out),
            CompletionEvent::Thinking { text, .. } if text.is_empty() => {}
            CompletionEvent::Thinking { text, .. } => self.delta(&json!({"reasoning_content": text}), out),
            // What is sent cannot be taken back; the program gets what the model wrote.
            CompletionEvent::TextWasThinking => self.delta(&json!({"content": LONE}), out),
            CompletionEvent::ToolCall(step) => {
                if let Some(call) = call_delta(step) {
                    self.delta(&json!({"tool_calls": [call]}), out);
                }
            }
            CompletionEvent::Usage(usage) => self.usage = Some(usage),
            CompletionEvent::Stop(reason) => self.end(&reason, out),
        }
    }

    /// The whole answer.
    #[must_use]
    pub fn whole(&self, answer: &Answer) -> Value {
        let calls: Vec<Value> = answer.calls().map(whole_call).collect();
        let (text, thoughts) = (answer.text(), answer.thoughts());
        let content = if text.is_empty() && !calls.is_empty() { Value::Null } else { text.into() };
        let mut message = json!({"role": "assistant", "content": content, "refusal": null});
        if !thoughts.is_empty() {
            message["reasoning_content"] = thoughts.into();
        }
        if !calls.is_empty() {
            message["tool_calls"] = calls.into();
        }
        let reason = finish_reason(answer.stop.as_ref().unwrap_or(&StopReason::End));
        let choice = json!({"index": 0, "message": message, "logprobs": null, "finish_reason": reason});
        json!({
            "id": self.id, "object": "chat.completion", "created": self.created, "model": self.model,
            "choices": [choice], "usage": answer.usage.as_ref().map(told),
        })
    }

    fn begin(&mut self, out: &mut Vec<u8>) {
        if !std::mem::replace(&mut self.is_begun, true) {
            self.chunk(&json!({"role": "assistant", "content": ""}), None, out);
        }
    }

    fn delta(&mut self, delta: &Value, out: &mut Vec<u8>) {
        self.begin(out);
        self.chunk(delta, None, out);
    }

    fn end(&mut self, reason: &StopReason, out: &mut Vec<u8>) {
        self.begin(out);
        self.chunk(&json!({}), Some(finish_reason(reason)), out);
        if self.tells_usage {
            let mut chunk = self.document(&json!([]));
            chunk["usage"] = self.usage.as_ref().map(told).into();
            frame(None, &chunk, out);
        }
        out.extend_from_slice(b"data: [DONE]\n\n");
    }

    fn chunk(&self, delta: &Value, reason: Option<&str>, out: &mut Vec<u8>) {
        let choice = json!({"index": 0, "delta": delta, "logprobs": null, "finish_reason": reason});
        frame(None, &self.document(&json!([choice])), out);
    }

    fn document(&self, choices: &Value) -> Value {
        json!({
            "id": self.id, "object": "chat.completion.chunk", "created": self.created, "model": self.model,
            "choices": choices,
        })
    }
}

fn call_delta(step: ToolCallEvent) -> Option<Value> {
    match step {
        ToolCallEvent::Started { index, id, name } => {
            let function = json!({"name": name, "arguments": ""});
            Some(json!({"index": index, "id": id, "type": "function", "function": function}))
        }
        ToolCallEvent::Arguments { index, text } => Some(json!({"index": index, "function": {"arguments": text}})),
        ToolCallEvent::Done { index, signature } => {
            let signature = signature?;
            Some(json!({"index": index, "extra_content": {"google": {"thought_signature": signature}}}))
        }
    }
}

fn whole_call(call: &ToolCall) -> Value {
    let function = json!({"name": call.name, "arguments": call.arguments});
    let mut wire = json!({"id": call.id, "type": "function", "function": function});
    if let Some(signature) = &call.signature {
        wire["extra_content"] = json!({"google": {"thought_signature": signature}});
    }
    wire
}

pub(in crate::serve) fn finish_reason(reason: &StopReason) -> &'static str {
    match reason {
        StopReason::ToolUse => "tool_calls",
        StopReason::Length => "length",
        StopReason::ContentFilter | StopReason::Refusal => "content_filter",
        StopReason::End | StopReason::Other(_) => "stop",
    }
}

pub(in crate::serve) fn told(usage: &Usage) -> Value {
    json!({
        "prompt_tokens": usage.prompt_tokens, "completion_tokens": usage.completion_tokens,
        "total_tokens": usage.prompt_tokens + usage.completion_tokens,
        "prompt_tokens_details": {"cached_tokens": usage.cached_tokens},
        "completion_tokens_details": {"reasoning_tokens": usage.reasoning_tokens},
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn streamed(events: impl IntoIterator<Item = CompletionEvent>) -> Vec<Value> {
        let (mut writer, mut out) = (Writer::new("1", 7, "m", true), Vec::new());
        events.into_iter().for_each(|event| writer.event(event, &mut out));
        let text = String::from_utf8(out).expect("text");
        let data = text.split("\n\n").filter_map(|frame| frame.strip_prefix("data: "));
        data.map(|data| serde_json::from_str(data).unwrap_or_else(|_| data.into())).collect()
    }

    #[test]
    fn an_answer_is_written_in_chunks_that_say_the_same_as_the_whole() {
        let usage = Usage { prompt_tokens: 3, completion_tokens: 4, ..Usage::default() };
        let events = [
            CompletionEvent::Started { id: String::new() },
            CompletionEvent::Thinking { text: "hm".into(), signature: None },
            CompletionEvent::Text("Hi".into()),
            CompletionEvent::ToolCall(ToolCallEvent::Started { index: 0, id: "c".into(), name: "f".into() }),
            CompletionEvent::ToolCall(ToolCallEvent::Arguments { index: 0, text: "{}".into() }),
            CompletionEvent::ToolCall(ToolCallEvent::Done { index: 0, signature: None }),
            CompletionEvent::Usage(usage),
            CompletionEvent::Stop(StopReason::ToolUse),
        ];
        let chunks = streamed(events.clone());
        assert_eq!(chunks.len(), 8);
        assert_eq!(chunks[0]["choices"][0]["delta"], json!({"role": "assistant", "content": ""}));
        assert_eq!(chunks[1]["choices"][0]["delta"], json!({"reasoning_content": "hm"}));
        assert_eq!(chunks[3]["choices"][0]["delta"]["tool_calls"][0]["function"]["name"], "f");
        assert_eq!(chunks[5]["choices"][0]["finish_reason"], "tool_calls");
        assert_eq!((&chunks[6]["choices"], &chunks[6]["usage"]["total_tokens"]), (&json!([]), &json!(7)));
        assert_eq!(chunks[7], "[DONE]");
        let mut answer = Answer::default();
        events.into_iter().for_each(|event| answer.apply(event));
        let whole = Writer::new("1", 7, "m", false).whole(&answer);
        let message = &whole["choices"][0]["message"];
        assert_eq!((&message["content"], &message["reasoning_content"]), (&json!("Hi"), &json!("hm")));
        assert_eq!(message["tool_calls"][0]["function"]["arguments"], "{}");
    }
}
