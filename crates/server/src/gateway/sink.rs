//! An answer as the program wants it: frames of a stream, or one document. Pure.

use super::question::{Question, Standard};
use crate::error::AppError;
use crate::error::standards::Form;
use bytes::Bytes;
use llm::serve::{chat, messages, text};
use llm::{Answer, CompletionEvent, Piece};
use serde_json::Value;

/// Writes one answer.
pub(super) struct Sink {
    writer: Writer,
    /// The answer that is to come whole.
    whole: Option<Whole>,
}

enum Writer {
    Chat(chat::Writer),
    Messages(messages::Writer),
    Text(text::Writer),
    /// The interface is spoken by who passes it on alone.
    None,
}

#[derive(Default)]
struct Whole {
    answer: Answer,
    bytes: Vec<u8>,
}

impl Sink {
    /// For an answer with this id to a question, made at `created`, in unix seconds.
    pub(super) fn new(question: &Question, id: &str, model: &str, created: i64) -> Self {
        let writer = match question.standard {
            Standard::Chat => Writer::Chat(chat::Writer::new(id, created, model, question.wants_usage())),
            // The estimate is told at the beginning alone, so it is worth making only for who is told.
            Standard::Messages => {
                let tokens = if question.stream { question.estimate() } else { 0 };
                Writer::Messages(messages::Writer::new(id, model, tokens))
            }
            Standard::Completions => Writer::Text(text::Writer::new(id, created, model, question.wants_usage())),
            Standard::CountTokens | Standard::Embeddings | Standard::Rerank => Writer::None,
        };
        let whole = (!question.stream).then(Whole::default);
        Self { writer, whole }
    }

    /// Takes a piece. Answers what to send of it: its own bytes where `passes`, else what its events say.
    pub(super) fn take(&mut self, piece: Piece, passes: bool) -> Bytes {
        if let Some(whole) = &mut self.whole {
            whole.bytes.extend_from_slice(&piece.bytes);
            piece.events.into_iter().flatten().for_each(|event| whole.answer.apply(event));
            return Bytes::new();
        }
        if passes {
            return piece.bytes;
        }
        let mut out = Vec::new();
        piece.events.into_iter().flatten().for_each(|event| self.write(event, &mut out));
        out.into()
    }

    fn write(&mut self, event: CompletionEvent, out: &mut Vec<u8>) {
        match &mut self.writer {
            Writer::Chat(writer) => writer.event(event, out),
            Writer::Messages(writer) => writer.event(event, out),
            Writer::Text(writer) => writer.event(event, out),
            Writer::None => {}
        }
    }

    /// The answer that was to come whole; the provider's own document where it came as one.
    pub(super) fn document(&mut self) -> Bytes {
        let Some(whole) = self.whole.take() else { return Bytes::new() };
        let is_document =
            whole.bytes.iter().find(|byte| !byte.is_ascii_whitespace()).is_some_and(|byte| b"{[".contains(byte));
        if is_document {
            return whole.bytes.into();
        }
        let written = match &self.writer {
            Writer::Chat(writer) => writer.whole(&whole.answer),
            Writer::Messages(writer) => writer.whole(&whole.answer),
            Writer::Text(writer) => writer.whole(&whole.answer),
            Writer::None => Value::Null,
        };
        written.to_string().into()
    }
}

/// An error amid a stream, in the interface's own form.
pub(super) fn failure(standard: Standard, error: &AppError, request_id: &str) -> Bytes {
    let form = Form::of(standard);
    let event = if form == Form::Anthropic { "event: error\n" } else { "" };
    format!("{event}data: {}\n\n", form.body(error, request_id)).into()
}
