//! What a caller asked for, read leniently: a fake must not fail where the real servers would not.

use serde::Deserialize;
use serde_json::Value;

/// Body of `POST /chat/completions`, as far as the fake cares.
#[derive(Debug, Default, Deserialize)]
pub(crate) struct ChatRequest {
    #[serde(default)]
    pub(crate) model: String,
    #[serde(default)]
    pub(crate) stream: bool,
    #[serde(default)]
    messages: Vec<Message>,
    #[serde(default)]
    stream_options: Option<StreamOptions>,
}

#[derive(Debug, Default, Deserialize)]
struct StreamOptions {
    #[serde(default)]
    include_usage: bool,
}

#[derive(Debug, Default, Deserialize)]
struct Message {
    #[serde(default)]
    role: String,
    #[serde(default)]
    content: Value,
}

impl Message {
    /// The text of the message: a string, or the text parts of a list.
    fn text(&self) -> String {
        match &self.content {
            Value::String(text) => text.clone(),
            Value::Array(parts) => parts.iter().filter_map(|part| part["text"].as_str()).collect(),
            _ => String::new(),
        }
    }
}

impl ChatRequest {
    /// The number of messages.
    pub(crate) fn messages(&self) -> usize {
        self.messages.len()
    }

    /// Bytes of text in all messages.
    pub(crate) fn prompt_bytes(&self) -> u64 {
        self.messages.iter().map(|message| message.text().len() as u64).sum()
    }

    /// The text of the last message of the person, to the letter.
    pub(crate) fn last_user_text(&self) -> String {
        self.messages.iter().rfind(|message| message.role == "user").map(Message::text).unwrap_or_default()
    }

    /// Whether usage was asked for.
    pub(crate) fn include_usage(&self) -> bool {
        self.stream_options.as_ref().is_some_and(|options| options.include_usage)
    }
}

/// A request together with what stood around its body.
#[derive(Debug, Default)]
pub(crate) struct Ask {
    /// The body.
    pub(crate) request: ChatRequest,
    /// The bearer token, for the one behaviour that repeats it.
    pub(crate) bearer: Option<String>,
    /// The numbers in the name of the model.
    pub(crate) numbers: Vec<u64>,
}

impl Ask {
    /// Whether the answer tells its usage: always in one JSON, on request in a stream.
    pub(crate) fn wants_usage(&self) -> bool {
        self.request.include_usage() || !self.request.stream
    }

    /// The `index`th number in the name of the model.
    pub(crate) fn number(&self, index: usize) -> u64 {
        self.numbers.get(index).copied().unwrap_or_default()
    }
}
