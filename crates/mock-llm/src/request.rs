//! What a caller asked for, whatever the protocol, read leniently: a fake must not fail where real servers would not.

mod read;

use crate::encode::Identity;
use crate::picture::Media;
use crate::protocol::Protocol;
use serde_json::Value;

/// What the answer is made of.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) enum Form {
    /// Words, streamed or whole.
    #[default]
    Words,
    /// A vector for each text.
    Vectors {
        /// Numbers in a vector.
        dimensions: usize,
        /// Whether a vector is written as bytes in base64.
        base64: bool,
        /// Whether they are told as Google's `batchEmbedContents` does.
        of_google: bool,
    },
    /// The documents, the best first.
    Ranking {
        /// Most results.
        top: usize,
        /// Whether documents come with their results.
        documents: bool,
        /// Whether the answer is nothing but the list of results.
        bare: bool,
    },
}

/// A request for an answer, as far as the fake cares.
#[derive(Debug, Default)]
pub(crate) struct ChatRequest {
    pub(crate) protocol: Protocol,
    pub(crate) model: String,
    pub(crate) stream: bool,
    pub(crate) form: Form,
    /// What the answer has to lead up to.
    pub(crate) suffix: Option<String>,
    /// The limit of the answer, where one is set.
    pub(crate) max_tokens: Option<u64>,
    /// Whether thinking is switched on.
    pub(crate) thinks: bool,
    include_usage: bool,
    messages: Vec<Message>,
    tools: Vec<String>,
}

/// A message of the conversation.
#[derive(Debug, Default)]
pub(crate) struct Message {
    pub(crate) role: Role,
    pub(crate) text: String,
    pub(crate) images: Vec<Media>,
    /// Documents that came as such.
    pub(crate) files: Vec<Media>,
    pub(crate) calls: Vec<Call>,
    /// What tools said.
    pub(crate) results: Vec<Said>,
    /// Whether thoughts came with it.
    pub(crate) thoughts: bool,
    /// The proofs of its thoughts.
    pub(crate) seals: Vec<String>,
}

/// A call that the model made.
#[derive(Debug, Default)]
pub(crate) struct Call {
    /// Its id; its name where the protocol has none.
    pub(crate) id: String,
    pub(crate) name: String,
    pub(crate) arguments: String,
    /// Its proof.
    pub(crate) seal: Option<String>,
}

/// What a tool said.
#[derive(Debug, Default)]
pub(crate) struct Said {
    /// The id of the call.
    pub(crate) call_id: String,
    pub(crate) text: String,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) enum Role {
    System,
    User,
    Assistant,
    Tool,
    #[default]
    Other,
}

impl ChatRequest {
    /// Reads a body. Gemini's has neither the model nor the wish for a stream: the path does.
    pub(crate) fn read(protocol: Protocol, body: &Value) -> Self {
        read::request(protocol, body)
    }

    /// The messages, instructions first.
    pub(crate) fn all(&self) -> &[Message] {
        &self.messages
    }

    /// The instructions.
    pub(crate) fn system(&self) -> String {
        let texts = self.messages.iter().filter(|message| message.role == Role::System);
        texts.map(|message| message.text.as_str()).collect::<Vec<_>>().join("\n\n")
    }

    /// The names of all documents.
    pub(crate) fn files(&self) -> impl Iterator<Item = &str> {
        self.messages.iter().flat_map(|message| &message.files).map(|file| file.name.as_str())
    }

    /// The number of messages, instructions included.
    pub(crate) fn messages(&self) -> usize {
        self.messages.len()
    }

    /// The texts of all messages: what is asked vectors for, or a query and the documents that it is compared with.
    pub(crate) fn texts(&self) -> impl Iterator<Item = &str> {
        self.messages.iter().map(|message| message.text.as_str())
    }

    /// Bytes of text in all messages.
    pub(crate) fn prompt_bytes(&self) -> u64 {
        self.texts().map(|text| text.len() as u64).sum()
    }

    /// The text of the last message of the person, to the letter.
    pub(crate) fn last_user_text(&self) -> String {
        self.last_user().map(|message| message.text.clone()).unwrap_or_default()
    }

    /// The pictures of the last message of the person.
    pub(crate) fn last_user_images(&self) -> &[Media] {
        self.last_user().map(|message| message.images.as_slice()).unwrap_or_default()
    }

    /// Pictures in all messages.
    pub(crate) fn images(&self) -> usize {
        self.messages.iter().map(|message| message.images.len()).sum()
    }

    /// What the tools said at the end of the conversation; nothing when somebody else spoke last.
    pub(crate) fn results(&self) -> Vec<&str> {
        let tail = self.messages.iter().rev().take_while(|message| message.role == Role::Tool).collect::<Vec<_>>();
        tail.into_iter().rev().flat_map(|message| message.results.iter().map(|said| said.text.as_str())).collect()
    }

    /// Whether the thoughts of the turn under way came back.
    pub(crate) fn thoughts_returned(&self) -> bool {
        self.messages.iter().rev().take_while(|message| message.role != Role::User).any(|message| message.thoughts)
    }

    /// The names of the tools that were offered.
    pub(crate) fn tools(&self) -> &[String] {
        &self.tools
    }

    /// Whether usage was asked for, or is told unasked.
    pub(crate) fn include_usage(&self) -> bool {
        self.include_usage || self.protocol.tells_usage()
    }

    fn last_user(&self) -> Option<&Message> {
        self.messages.iter().rfind(|message| message.role == Role::User)
    }
}

/// A request together with what stood around its body.
#[derive(Debug, Default)]
pub(crate) struct Ask {
    /// The body.
    pub(crate) request: ChatRequest,
    /// The key, for the one behaviour that repeats it.
    pub(crate) key: Option<String>,
    /// The numbers in the name of the model.
    pub(crate) numbers: Vec<u64>,
    /// What the answer will be called.
    pub(crate) identity: Identity,
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
