//! Model providers: one file per wire protocol behind one trait, [`Provider`].
//!
//! | file | protocol | spoken by |
//! | --- | --- | --- |
//! | `openai_chat` | OpenAI Chat Completions | nearly everybody; what vendors do differently is data in `openai_chat/dialect.rs` |
//! | `openai_responses` | OpenAI Responses | OpenAI and some gateways |
//! | `azure` | Chat Completions as Azure hosts them | Azure OpenAI |
//! | `anthropic` | Anthropic Messages | Anthropic and many Chinese vendors beside their OpenAI form |
//! | `gemini` | Google `generateContent` | Google |
//! | `ollama` | Ollama's own `/api/chat` | Ollama |
//!
//! A [`CompletionRequest`] is mended by `history`, put into the protocol's form, sent by `client` through `transport`.
//! Bytes become frames (`stream`), frames become [`CompletionEvent`]s (the protocol's mapper), and whatever goes wrong
//! becomes one [`Error`] with a stable code (`classify`). What is in the provider's own form already passes as it is
//! (`passage`); `serve` reads and writes the same forms for programs that ask us. The crate knows nothing of chats, people or storage, never
//! asks again once an answer has begun, and reaches the outside only through `egress`.

mod anthropic;
mod azure;
pub mod base_url;
mod calls;
mod classify;
mod client;
mod correlation;
mod encode;
mod endpoint;
mod error;
mod event;
mod fields;
#[cfg(any(test, feature = "fuzzing"))]
pub mod fuzzing;
mod gemini;
#[cfg(test)]
mod generated;
mod history;
mod lenient;
#[cfg(test)]
mod matrix;
mod ollama;
pub mod openai_chat;
mod openai_responses;
mod passage;
#[cfg(test)]
mod random;
mod received;
#[cfg(test)]
mod replay;
mod request;
mod seal;
mod secret;
pub mod serve;
mod stream;
pub mod table;
mod tags;
mod transport;

pub use anthropic::Anthropic;
pub use azure::AzureOpenAi;
pub use correlation::Correlation;
pub use endpoint::{Endpoint, Timeouts, header};
pub use error::Error;
pub use event::{Answer, CompletionEvent, StopReason, ToolCallEvent};
pub use fields::Fields;
pub use gemini::Gemini;
pub use ollama::Ollama;
pub use openai_chat::OpenAiChat;
pub use openai_responses::OpenAiResponses;
pub use passage::{Interface, Passage, Passing, Piece, Ranking};
pub use received::Received;
pub use request::{
    ChatMessage, CompletionRequest, Content, Effort, File, JsonAnswer, Media, Role, Sampling, Tool, ToolCall,
    ToolChoice, ToolResult,
};
pub use secret::Secret;

use async_trait::async_trait;
use futures_util::stream::BoxStream;
use shared::connections::Protocol;
use shared::models::Facts;

/// A provider of models.
#[async_trait]
pub trait Provider: Send + Sync {
    /// The models it offers, in its own order.
    async fn models(&self) -> Result<Vec<ModelInfo>, Error>;

    /// Opens a connection to it and closes it again: the steps up to the first that fails. None where nothing is opened, or
    /// a proxy does so.
    async fn reach(&self) -> Vec<Hop> {
        Vec::new()
    }

    /// Asks for one answer. An error here means that nothing of it came.
    async fn stream(&self, request: CompletionRequest) -> Result<CompletionStream, Error>;

    /// Whether it takes requests of an interface of programs as they are.
    fn takes(&self, _interface: Interface) -> bool {
        false
    }

    /// Passes on a request of an interface that it takes. An error here means that nothing of the answer came.
    async fn pass(&self, _passing: Passing) -> Result<Passage, Error> {
        Err(Error::new(shared::ErrorCode::ProviderInvalidRequest)
            .with_detail("the provider has no such interface", None))
    }
}

/// Whether a request's `web_search` is a mere switch for a model there: the provider searches by itself and the answer
/// comes back as any other.
#[must_use]
pub fn searches(protocol: Protocol, base_url: &str, model: &str) -> bool {
    match protocol {
        Protocol::OpenaiChat => openai_chat::dialect::searches(base_url, model),
        Protocol::OpenaiResponses => openai_responses::request::searches(model),
        Protocol::Anthropic => anthropic::request::searches(model),
        Protocol::Gemini => gemini::request::searches(model),
        Protocol::AzureOpenai | Protocol::Ollama | Protocol::Demo => false,
    }
}

/// The events of one answer.
///
/// A good one ends with [`CompletionEvent::Stop`], after the usage; a bad one with one `Err`, after what had arrived.
/// All events of one read of the socket are ready without waiting in between. Dropping it ends the request.
pub type CompletionStream = BoxStream<'static, Result<CompletionEvent, Error>>;

/// A step on the way to a provider.
#[derive(Clone, Debug)]
pub struct Hop {
    /// Which one.
    pub step: egress::Step,
    /// How long it took.
    pub time: std::time::Duration,
    /// Why it led no further.
    pub error: Option<Error>,
}

/// What is known of a model.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct ModelInfo {
    /// The name that requests give.
    pub name: String,
    /// What the provider says of it.
    pub facts: Facts,
}

impl ModelInfo {
    /// A model of which nothing is known but its name and, perhaps, how much it reads.
    #[must_use]
    pub fn new(name: impl Into<String>, context_window: Option<u32>) -> Self {
        Self { name: name.into(), facts: Facts { context_window, ..Facts::default() } }
    }
}

#[cfg(test)]
mod tests {
    use super::{Protocol, searches};

    #[test]
    fn the_web_is_searched_where_that_is_a_mere_switch() {
        for (protocol, base_url, model, expected) in [
            (Protocol::OpenaiChat, "https://dashscope.aliyuncs.com/compatible-mode/v1", "qwen3-max", true),
            (Protocol::OpenaiChat, "https://open.bigmodel.cn/api/paas/v4", "glm-5", true),
            (Protocol::OpenaiChat, "https://openrouter.ai/api/v1", "x/y", true),
            (Protocol::OpenaiChat, "https://api.groq.com/openai/v1", "openai/gpt-oss-20b", true),
            (Protocol::OpenaiChat, "https://api.openai.com/v1", "gpt-4o-search-preview", true),
            (Protocol::OpenaiChat, "https://api.openai.com/v1", "gpt-5", false),
            (Protocol::OpenaiChat, "https://api.moonshot.cn/v1", "kimi-k2.5", false),
            (Protocol::OpenaiChat, "https://api.deepseek.com", "deepseek-chat", false),
            (Protocol::OpenaiResponses, "https://api.openai.com/v1", "gpt-5-mini", true),
            (Protocol::OpenaiResponses, "https://api.x.ai/v1", "grok-4.3", true),
            (Protocol::OpenaiResponses, "https://api.openai.com/v1", "o3-mini", false),
            (Protocol::Anthropic, "https://api.anthropic.com", "claude-sonnet-4-5", true),
            (Protocol::Anthropic, "https://api.deepseek.com/anthropic", "deepseek-chat", false),
            (Protocol::Gemini, "https://generativelanguage.googleapis.com", "models/gemini-2.5-pro", true),
            (Protocol::Gemini, "https://generativelanguage.googleapis.com", "gemma-3-27b-it", false),
            (Protocol::AzureOpenai, "https://r.openai.azure.com", "gpt-5", false),
            (Protocol::Ollama, "http://localhost:11434", "qwen3", false),
        ] {
            assert_eq!(searches(protocol, base_url, model), expected, "{protocol:?} {model}");
        }
    }
}
