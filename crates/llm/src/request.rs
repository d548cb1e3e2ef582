//! What a model is asked, in one form for all protocols: plain data, no network.
//!
//! A protocol sends what is set here and nothing else, so that a strict server has nothing to refuse.

use crate::Correlation;
use bytes::Bytes;
use serde_json::{Map, Value};
pub use shared::models::Effort;

/// What a model is asked.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct CompletionRequest {
    /// The model's name.
    pub model: String,
    /// The conversation, oldest first. Texts of [`Role::System`] are sent ahead of everything, in their order.
    pub messages: Vec<ChatMessage>,
    /// What the model may call.
    pub tools: Vec<Tool>,
    /// Whether it may, must or must not call; the provider's own rule when absent.
    pub tool_choice: Option<ToolChoice>,
    /// How words are chosen.
    pub sampling: Sampling,
    /// Limit of the answer in tokens; the provider's own when absent.
    pub max_tokens: Option<u32>,
    /// Tokens that an answer may have beside what is read: protocols that demand a limit are not given more.
    pub answer_room: Option<u32>,
    /// Size of the window that the server shall open, for servers that decide it per request (Ollama).
    pub context_window: Option<u32>,
    /// How hard to think; the model's own habit when absent.
    pub effort: Option<Effort>,
    /// Whether the answer shall be JSON.
    pub json: Option<JsonAnswer>,
    /// Whether the provider's own web search is switched on, where it has one.
    pub web_search: bool,
    /// Fields of the vendor's own, laid over the body: objects are merged, `null` removes a field.
    pub extra: Map<String, Value>,
    /// The names of the request in our log and in the provider's.
    pub correlation: Correlation,
}

impl CompletionRequest {
    /// A request of nothing but words.
    #[must_use]
    pub fn new(model: impl Into<String>, messages: Vec<ChatMessage>) -> Self {
        Self { model: model.into(), messages, ..Self::default() }
    }

    /// The effort, unless the model is known not to think: then the wish itself would be refused.
    pub(crate) fn told_effort(&self) -> Option<Effort> {
        let thinks = || crate::table::facts(&self.model).and_then(|facts| facts.reasoning);
        self.effort.filter(|_| thinks() != Some(false))
    }
}

/// One message of the conversation.
#[derive(Clone, Debug, PartialEq)]
pub struct ChatMessage {
    /// Who speaks.
    pub role: Role,
    /// What is said, in order.
    pub content: Vec<Content>,
}

impl ChatMessage {
    /// A message of words.
    #[must_use]
    pub fn new(role: Role, text: impl Into<String>) -> Self {
        Self { role, content: vec![Content::Text(text.into())] }
    }

    /// The words of the message, without thoughts and tools.
    #[must_use]
    pub fn text(&self) -> String {
        let texts = self.content.iter().filter_map(|content| match content {
            Content::Text(text) => Some(text.as_str()),
            _ => None,
        });
        texts.collect()
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
    /// The tools: a message of [`Content::ToolResult`]s that follows the calls.
    Tool,
}

/// One piece of a message.
#[derive(Clone, Debug, PartialEq)]
pub enum Content {
    /// Words. Empty ones are not sent.
    Text(String),
    /// A picture.
    Image(Media),
    /// A document. A protocol that takes none of this type refuses the request; text is sent as text everywhere.
    File(File),
    /// What the model thought. It goes back only within the turn that it belongs to, and only to who can read it.
    Reasoning {
        /// The words; empty when the provider sealed them.
        text: String,
        /// The provider's seal, as it came in [`crate::CompletionEvent::Thinking`].
        signature: Option<String>,
    },
    /// The model asked for a tool.
    ToolCall(ToolCall),
    /// What the tool said.
    ToolResult(ToolResult),
}

/// Bytes of a known type.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Media {
    /// The media type, such as `image/png`.
    pub media_type: String,
    /// The bytes.
    pub data: Bytes,
}

/// A document.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct File {
    /// Its name, for the model.
    pub name: String,
    /// Its type and bytes.
    pub media: Media,
}

/// A call that the model made.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ToolCall {
    /// The provider's id of the call; never empty.
    pub id: String,
    /// The tool's name.
    pub name: String,
    /// The arguments as the model wrote them: a JSON object, unless it was cut or erred.
    pub arguments: String,
    /// The provider's seal on the call, as it came in [`crate::ToolCallEvent::Done`].
    pub signature: Option<String>,
}

/// What a tool said.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ToolResult {
    /// The id of the call that this answers.
    pub call_id: String,
    /// What it said.
    pub text: String,
    /// Pictures that it made.
    pub images: Vec<Media>,
    /// Whether it failed, and the text says why.
    pub failed: bool,
}

/// Something that a model may call.
#[derive(Clone, Debug, PartialEq)]
pub struct Tool {
    /// Its name: letters, digits, `_` and `-`.
    pub name: String,
    /// What it does, for the model.
    pub description: String,
    /// The JSON Schema of its arguments, an object.
    pub schema: Value,
}

/// Whether a model may, must or must not call tools.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ToolChoice {
    /// As it likes.
    Auto,
    /// None.
    None,
    /// At least one.
    Required,
    /// This one.
    Named(String),
}

/// How words are chosen; what is absent is not sent.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Sampling {
    /// Randomness.
    pub temperature: Option<f64>,
    /// Share of the likeliest words that are drawn from.
    pub top_p: Option<f64>,
    /// Number of the likeliest words that are drawn from.
    pub top_k: Option<u32>,
    /// Against words that were used.
    pub presence_penalty: Option<f64>,
    /// Against words that were used often.
    pub frequency_penalty: Option<f64>,
    /// The seed of chance.
    pub seed: Option<i64>,
    /// Texts that end the answer.
    pub stop: Vec<String>,
}

/// An answer that is JSON.
#[derive(Clone, Debug, PartialEq)]
pub enum JsonAnswer {
    /// Some object.
    Object,
    /// What a JSON Schema describes.
    Schema {
        /// The schema's name, for vendors that want one.
        name: String,
        /// The schema.
        schema: Value,
    },
}
