//! Model providers: one file per wire protocol behind one trait, [`Provider`].
//!
//! Bytes become frames, frames become [`CompletionEvent`]s, and whatever goes wrong becomes one [`Error`] with a stable
//! code. It knows nothing of chats, people or storage, never retries a turn, and reaches the outside only through `egress`.

pub mod base_url;
mod classify;
mod endpoint;
mod error;
pub mod fake;
mod lenient;
pub mod openai_chat;
mod secret;
mod stream;
mod transport;

pub use endpoint::{Endpoint, Timeouts};
pub use error::Error;
pub use secret::Secret;

use async_trait::async_trait;
use futures_util::stream::BoxStream;
use shared::chat::Usage;

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

/// What a model is asked.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CompletionRequest {
    /// The model's name.
    pub model: String,
    /// The conversation, oldest first.
    pub messages: Vec<ChatMessage>,
    /// Limit of the answer; the provider's own when absent.
    pub max_tokens: Option<u32>,
}

/// One message of the conversation.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ChatMessage {
    /// Who speaks.
    pub role: Role,
    /// The words.
    pub text: String,
}

impl ChatMessage {
    /// A message of `role`.
    #[must_use]
    pub fn new(role: Role, text: impl Into<String>) -> Self {
        Self { role, text: text.into() }
    }
}

/// Who speaks in a conversation.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Role {
    /// The operator's instructions.
    System,
    /// The person.
    User,
    /// The model.
    Assistant,
}

/// One step of an answer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum CompletionEvent {
    /// The provider began; its own id of the answer, empty when it gives none.
    Started {
        /// The provider's id.
        id: String,
    },
    /// More of the answer, to the letter; never empty.
    Text(String),
    /// More of the thoughts.
    Thinking {
        /// The words; never empty.
        text: String,
        /// The provider's seal on them, where its protocol has one.
        signature: Option<String>,
    },
    /// The final token counts; at most once, before the stop.
    Usage(Usage),
    /// The answer is complete. Nothing follows.
    Stop(StopReason),
}

/// Why a model stopped.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum StopReason {
    /// It was done.
    End,
    /// It reached a length limit.
    Length,
    /// The provider's inspection ended it.
    ContentFilter,
    /// Something else, in the provider's word.
    Other(String),
}
