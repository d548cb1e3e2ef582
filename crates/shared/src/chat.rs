//! Requests and answers about chats, messages and runs.

use crate::events::Status;
use crate::{ApiError, ConnectionId, MessageId, ModelId, Part, RunId, SessionId};
use serde::{Deserialize, Deserializer, Serialize};

/// Token counts of one upstream call.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Usage {
    /// Tokens of the request.
    pub prompt_tokens: u64,
    /// Tokens of the answer, thoughts included.
    pub completion_tokens: u64,
    /// Tokens of the request that the provider had cached.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub cached_tokens: u64,
    /// Tokens of the answer spent on thoughts.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub reasoning_tokens: u64,
    /// Whether the counts are our estimate because the provider sent none.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub estimated: bool,
    /// Milliseconds from the request to the first token.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub first_token_ms: Option<u64>,
    /// Milliseconds from the request to the end.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub total_ms: Option<u64>,
}

fn is_zero(number: &u64) -> bool {
    *number == 0
}

/// A chat, as lists show it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Session {
    /// The chat.
    pub id: SessionId,
    /// Its title; empty before the first message.
    pub title: String,
    /// The model that it uses next; none means the default.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub model: Option<ModelId>,
    /// Created at, RFC 3339.
    pub created_at: String,
    /// Last message or answer at, RFC 3339; lists are ordered by it.
    pub last_activity_at: String,
}

/// Body of `POST /api/sessions`.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct CreateSession {
    /// Title; empty lets the first message name it.
    #[serde(default)]
    pub title: String,
    /// Model for it.
    #[serde(default)]
    pub model: Option<ModelId>,
}

/// Body of `PATCH /api/sessions/{id}`. Absent fields stay as they are.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct UpdateSession {
    /// New title.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub title: Option<String>,
    /// New model.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub model: Option<ModelId>,
    /// Shows another branch: the leaf-most message below this one becomes the end of the active path.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub active_message_id: Option<MessageId>,
}

/// Who wrote a message.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Role {
    /// The person.
    User,
    /// The model.
    Assistant,
}

impl Role {
    /// The word on the wire and in the database.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::User => "user",
            Self::Assistant => "assistant",
        }
    }
}

/// A stored message. `GET /api/sessions/{id}/messages` gives those of the active path, newest page first, each page
/// in reading order.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Message {
    /// The message.
    pub id: MessageId,
    /// Its chat.
    pub session_id: SessionId,
    /// The message before it; none for the first.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub parent_id: Option<MessageId>,
    /// Who wrote it.
    pub role: Role,
    /// Where it stands; always `completed` for the person's own.
    pub status: Status,
    /// What it is made of, in order.
    pub parts: Vec<Part>,
    /// The model's name, for answers.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub model: Option<String>,
    /// Why it ended, unless completed or stopped.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub error: Option<ApiError>,
    /// What it cost.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub usage: Option<Usage>,
    /// The client's own id for it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub client_message_id: Option<String>,
    /// All versions of this message in order, itself included; empty when it is the only one.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub siblings: Vec<MessageId>,
    /// The run that writes it, while it streams.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub run_id: Option<RunId>,
    /// Number of the run's last event contained in `parts`; attach after it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub run_seq: Option<u64>,
    /// Length of the visible text in UTF-8 bytes, for finished answers.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub length: Option<u64>,
    /// SHA-256 of the visible text, for finished answers.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub sha256: Option<String>,
    /// Whether the model stopped because of its length limit.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub truncated: bool,
    /// Written at, RFC 3339.
    pub created_at: String,
}

/// Body of `POST /api/chat/stream`, `/api/chat` and `/api/chat/runs`.
///
/// | to … | send |
/// | --- | --- |
/// | start a chat | `content` |
/// | go on | `sessionId`, `content` |
/// | edit a message (a new branch) | `sessionId`, `content`, `parentId` of the edited message (`null` for the first) |
/// | answer a message again | `sessionId`, `parentId` = the person's message, no `content` |
/// | continue an answer that ended early | `sessionId`, `continueMessageId` |
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct SendMessage {
    /// The chat; absent creates one in the same transaction.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub session_id: Option<SessionId>,
    /// The text, Markdown.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub content: Option<String>,
    /// Absent: below the end of the active path. `null`: at the root. Else: below that message.
    #[serde(default, deserialize_with = "present", skip_serializing_if = "Option::is_none")]
    pub parent_id: Option<Option<MessageId>>,
    /// Id or name of the model; absent uses the chat's, then the default.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub model: Option<String>,
    /// The client's own id for the message: sending it again with the same body attaches to the same run.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub client_message_id: Option<String>,
    /// An answer to continue.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub continue_message_id: Option<MessageId>,
}

/// Tells an explicit `null` from an absent field.
fn present<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<Option<MessageId>>, D::Error> {
    Option::deserialize(deserializer).map(Some)
}

/// Answer of `POST /api/chat/runs` (202): the message is on disk, the answer is being written.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct RunAccepted {
    /// The run.
    pub run_id: RunId,
    /// The chat.
    pub session_id: SessionId,
    /// The person's message; absent when an answer is continued.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub user_message_id: Option<MessageId>,
    /// The answer.
    pub message_id: MessageId,
    /// Whether this call started the run; false when it attached to one.
    pub created: bool,
}

/// Answer of `GET /api/chat/runs/{id}`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct RunInfo {
    /// The run.
    pub run_id: RunId,
    /// The chat.
    pub session_id: SessionId,
    /// The answer.
    pub message_id: MessageId,
    /// Where it stands.
    pub status: Status,
}

/// Answer of `POST /api/chat` (200 for completed and stopped).
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct WholeAnswer {
    /// Ids of run, chat and messages.
    #[serde(flatten)]
    pub run: RunAccepted,
    /// Completed or stopped.
    pub status: Status,
    /// The visible text.
    pub text: String,
    /// The parts.
    pub parts: Vec<Part>,
    /// What it cost.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub usage: Option<Usage>,
    /// Whether the model stopped because of its length limit.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub truncated: bool,
}

/// Error of `POST /api/chat`: the code's status, the error's fields, and what was written before it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct FailedAnswer {
    /// What went wrong.
    #[serde(flatten)]
    pub error: ApiError,
    /// Ids of run, chat and messages.
    #[serde(flatten)]
    pub run: RunAccepted,
    /// Failed or interrupted.
    pub status: Status,
    /// The text that had arrived.
    pub text: String,
}

/// A model that the signed-in person may use.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Model {
    /// The model.
    pub id: ModelId,
    /// Its name at the provider.
    pub name: String,
    /// Its connection.
    pub connection_id: ConnectionId,
    /// The connection's name.
    pub connection: String,
    /// Context window in tokens, where known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub context_window: Option<u32>,
    /// Whether this is the built-in demo, which repeats canned text.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub demo: bool,
}

/// A page of `GET /api/models`.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct ModelList {
    /// The models, by connection and name.
    pub items: Vec<Model>,
    /// The one that a new chat uses.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub default: Option<ModelId>,
    /// Cursor of the next page (`after=`); absent on the last one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub next: Option<String>,
}
