//! OpenAI's older Completions, written: chunks of a stream, or one document.
//!
//! A provider that speaks it is passed on as it is; this is for one that answers in the other form than was asked for.

use super::chat::{finish_reason, told};
use super::frame;
use crate::event::{Answer, CompletionEvent, StopReason};
use serde_json::{Value, json};
use shared::chat::Usage;

/// Writes one answer, streamed or whole.
pub struct Writer {
    id: String,
    created: i64,
    model: String,
    /// Whether the program asked for usage at the end of a stream.
    tells_usage: bool,
    usage: Option<Usage>,
}

impl Writer {
    /// A writer for an answer that is begun at `created`, in unix seconds.
    #[must_use]
    pub fn new(id: &str, created: i64, model: &str, tells_usage: bool) -> Self {
        Self { id: format!("cmpl-{id}"), created, model: model.to_owned(), tells_usage, usage: None }
    }

    /// Writes what an event says.
    pub fn event(&mut self, event: CompletionEvent, out: &mut Vec<u8>) {
        match event {
            CompletionEvent::Text(text) => frame(None, &self.document(&[choice(&text, None)]), out),
            CompletionEvent::Usage(usage) => self.usage = Some(usage),
            CompletionEvent::Stop(reason) => self.end(&reason, out),
            // It tells nothing apart: whatever is written goes on with the text.
            CompletionEvent::Started { .. }
            | CompletionEvent::Thinking { .. }
            | CompletionEvent::TextWasThinking
            | CompletionEvent::ToolCall(_) => {}
        }
    }

    /// The whole answer.
    #[must_use]
    pub fn whole(&self, answer: &Answer) -> Value {
        let reason = answer.stop.as_ref().unwrap_or(&StopReason::End);
        let mut document = self.document(&[choice(&answer.text(), Some(reason))]);
        document["usage"] = answer.usage.as_ref().map(told).into();
        document
    }

    fn end(&self, reason: &StopReason, out: &mut Vec<u8>) {
        frame(None, &self.document(&[choice("", Some(reason))]), out);
        if self.tells_usage {
            let mut chunk = self.document(&[]);
            chunk["usage"] = self.usage.as_ref().map(told).into();
            frame(None, &chunk, out);
        }
        out.extend_from_slice(b"data: [DONE]\n\n");
    }

    fn document(&self, choices: &[Value]) -> Value {
        json!({
            "id": self.id, "object": "text_completion", "created": self.created, "model": self.model, "choices": choices,
        })
    }
}

fn choice(text: &str, reason: Option<&StopReason>) -> Value {
    json!({"index": 0, "text": text, "logprobs": null, "finish_reason": reason.map(finish_reason)})
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_stream_says_what_the_whole_says() {
        let events = [
            CompletionEvent::Started { id: String::new() },
            CompletionEvent::Text("a".into()),
            CompletionEvent::Text("b".into()),
            CompletionEvent::Usage(Usage { prompt_tokens: 3, completion_tokens: 2, ..Usage::default() }),
            CompletionEvent::Stop(StopReason::Length),
        ];
        let (mut writer, mut out, mut answer) = (Writer::new("1", 7, "m", true), Vec::new(), Answer::default());
        for event in events {
            writer.event(event.clone(), &mut out);
            answer.apply(event);
        }
        let text = String::from_utf8(out).expect("text");
        let chunks: Vec<Value> = text
            .split("\n\n")
            .filter_map(|frame| frame.strip_prefix("data: "))
            .map(|data| serde_json::from_str(data).unwrap_or_else(|_| data.into()))
            .collect();
        assert_eq!(chunks.len(), 5);
        let streamed: String = chunks.iter().filter_map(|chunk| chunk["choices"][0]["text"].as_str()).collect();
        let whole = Writer::new("1", 7, "m", false).whole(&answer);
        assert_eq!((streamed.as_str(), &whole["choices"][0]["text"]), ("ab", &json!("ab")));
        assert_eq!(chunks[2]["choices"][0]["finish_reason"], whole["choices"][0]["finish_reason"]);
        assert_eq!(chunks[3]["usage"], whole["usage"]);
        assert_eq!((chunks[4].as_str(), whole["usage"]["total_tokens"].as_u64()), (Some("[DONE]"), Some(5)));
    }
}
