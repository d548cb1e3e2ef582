//! From the acts of an answer to the bytes of a protocol. One encoder per protocol; none decides what is said.

mod anthropic;
mod embeddings;
mod framing;
mod gemini;
mod ollama;
mod openai_chat;
mod openai_responses;
mod openai_text;
mod rerank;

use crate::act::{CallStep, Finish, Order, Refused, Style};
use crate::protocol::Protocol;
use crate::request::Ask;
use bytes::Bytes;
use serde_json::Value;

/// What every frame of an answer repeats.
#[derive(Clone, Debug, Default)]
pub(crate) struct Identity {
    /// Counts the answers of this process.
    pub(crate) number: u64,
    pub(crate) model: String,
    /// Seconds since 1970.
    pub(crate) created: u64,
}

/// Token counts of an answer.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Counts {
    pub(crate) prompt: u64,
    pub(crate) completion: u64,
    pub(crate) reasoning: u64,
}

/// An answer that comes whole.
#[derive(Clone, Debug, Default)]
pub(crate) struct Whole {
    pub(crate) text: String,
    pub(crate) thoughts: String,
    pub(crate) calls: Vec<WholeCall>,
    pub(crate) finish: Option<Finish>,
    pub(crate) usage: Option<Counts>,
    /// Whether the answer has no place for words at all.
    pub(crate) hollow: bool,
    /// In which order a list of results comes.
    pub(crate) order: Order,
}

impl Whole {
    /// What the behaviour leaves of a list of results: nothing if it says nothing, all but the last at its length limit.
    fn results(&self, mut results: Vec<Value>) -> Vec<Value> {
        let count = if self.text.is_empty() { 0 } else { results.len() };
        results.truncate(count - usize::from(count > 0 && self.finish == Some(Finish::Length)));
        match self.order {
            Order::Kept => {}
            Order::Reversed => results.reverse(),
            Order::Beyond => results.iter_mut().for_each(|result| {
                result["index"] = (result["index"].as_u64().unwrap_or_default() + count as u64).into();
            }),
        }
        results
    }
}

/// A call in an answer that comes whole.
#[derive(Clone, Debug, Default)]
pub(crate) struct WholeCall {
    pub(crate) id: String,
    pub(crate) name: String,
    pub(crate) arguments: String,
}

impl WholeCall {
    /// The arguments as JSON.
    fn object(&self) -> Value {
        serde_json::from_str(&self.arguments).unwrap_or_default()
    }
}

/// Encodes one answer. Several frames may go out as one piece; what a protocol has no place for writes nothing, and
/// what never streams is nothing but [`Encoder::whole`].
pub(crate) trait Encoder {
    /// What comes before the first word.
    fn begin(&mut self, _prompt_tokens: u64) -> Bytes {
        Bytes::new()
    }
    /// A delta of text.
    fn text(&mut self, _text: &str) -> Bytes {
        Bytes::new()
    }
    /// A delta of thoughts.
    fn thinking(&mut self, _text: &str) -> Bytes {
        Bytes::new()
    }
    /// A step of a call.
    fn call(&mut self, _step: &CallStep) -> Bytes {
        Bytes::new()
    }
    /// A frame that says nothing.
    fn hollow(&mut self) -> Bytes {
        Bytes::new()
    }
    /// What keeps a connection alive.
    fn comment(&mut self, _text: &str) -> Bytes {
        Bytes::new()
    }
    /// A frame whose JSON breaks off.
    fn broken(&mut self) -> Bytes {
        Bytes::new()
    }
    /// An error.
    fn fail(&mut self, _refused: &Refused) -> Bytes {
        Bytes::new()
    }
    /// Why the answer ends. Protocols that tell it together with the counts wait for those.
    fn finish(&mut self, _finish: Finish) -> Bytes {
        Bytes::new()
    }
    /// The counts.
    fn usage(&mut self, _counts: Counts) -> Bytes {
        Bytes::new()
    }
    /// The formal end.
    fn done(&mut self) -> Bytes {
        Bytes::new()
    }
    /// The end of a stream that lacks its formal end: what was waited with.
    fn end(&mut self) -> Bytes {
        Bytes::new()
    }
    /// The answer as one document.
    fn whole(&self, whole: &Whole) -> Value;
}

/// An encoder for the answer to `ask`.
pub(crate) fn encoder(ask: &Ask, style: Style) -> Box<dyn Encoder> {
    let identity = ask.identity.clone();
    match ask.request.protocol {
        Protocol::OpenAiChat => Box::new(openai_chat::Frames::new(style, identity)),
        Protocol::OpenAiText => Box::new(openai_text::Frames::new(style, identity)),
        Protocol::OpenAiResponses => Box::new(openai_responses::Frames::new(style, identity)),
        Protocol::Anthropic => Box::new(anthropic::Frames::new(style, identity)),
        Protocol::Gemini => Box::new(gemini::Frames::new(style, identity)),
        Protocol::Ollama => Box::new(ollama::Frames::new(style, identity)),
        Protocol::Embeddings => Box::new(embeddings::Vectors::new(ask)),
        Protocol::Rerank => Box::new(rerank::Ranking::new(ask)),
    }
}
