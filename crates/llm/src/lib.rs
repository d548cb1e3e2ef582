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
//! becomes one [`Error`] with a stable code (`classify`). The crate knows nothing of chats, people or storage, never
//! asks again once an answer has begun, and reaches the outside only through `egress`.

mod anthropic;
mod azure;
pub mod base_url;
mod calls;
mod classify;
mod client;
mod encode;
mod endpoint;
mod error;
mod event;
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
#[cfg(test)]
mod random;
#[cfg(test)]
mod replay;
mod request;
mod seal;
mod secret;
mod stream;
mod tags;
mod transport;

pub use anthropic::Anthropic;
pub use azure::AzureOpenAi;
pub use endpoint::{Endpoint, Timeouts};
pub use error::Error;
pub use event::{Answer, CompletionEvent, StopReason, ToolCallEvent};
pub use gemini::Gemini;
pub use ollama::Ollama;
pub use openai_chat::OpenAiChat;
pub use openai_responses::OpenAiResponses;
pub use request::{
    ChatMessage, CompletionRequest, Content, Effort, File, JsonAnswer, Media, Role, Sampling, Tool, ToolCall,
    ToolChoice, ToolResult,
};
pub use secret::Secret;

use async_trait::async_trait;
use futures_util::stream::BoxStream;

/// A provider of models.
#[async_trait]
pub trait Provider: Send + Sync {
    /// The models it offers, in its own order.
    async fn models(&self) -> Result<Vec<ModelInfo>, Error>;

    /// Asks for one answer. An error here means that nothing of it came.
    async fn stream(&self, request: CompletionRequest) -> Result<CompletionStream, Error>;
}

/// The events of one answer.
///
/// A good one ends with [`CompletionEvent::Stop`], after the usage; a bad one with one `Err`, after what had arrived.
/// All events of one read of the socket are ready without waiting in between. Dropping it ends the request.
pub type CompletionStream = BoxStream<'static, Result<CompletionEvent, Error>>;

/// What is known of a model.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ModelInfo {
    /// The name that requests give.
    pub name: String,
    /// How many tokens it reads, where the provider says so.
    pub context_window: Option<u32>,
}
