//! Requests and answers about chats, messages and runs.

mod choice;

pub use choice::{ContextGauge, ContextQuery, Model, ModelList};

use crate::events::Status;
use crate::models::{Currency, Effort, Parameters};
use crate::{ApiError, FolderId, MessageId, ModelId, Part, RunId, SessionId};
use serde::{Deserialize, Deserializer, Serialize};

/// Token counts of one upstream call.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
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
    /// Estimated tokens of the instructions ahead of the conversation.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub instruction_tokens: u64,
    /// Whether the counts are our estimate because the provider sent none.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub estimated: bool,
    /// Milliseconds from the request to the first token.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub first_token_ms: Option<u64>,
    /// Milliseconds from the request to the end.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub total_ms: Option<u64>,
    /// What it cost by the price that the model had then; absent where none is known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cost: Option<Cost>,
}

/// An amount of money.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub struct Cost {
    /// Its currency.
    pub currency: Currency,
    /// Billionths of its unit: a token may cost less than a millionth.
    pub nano: u64,
}

fn is_zero(number: &u64) -> bool {
    *number == 0
}

/// A chat.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub struct Session {
    /// The chat.
    pub id: SessionId,
    /// Its title; empty before the first message.
    pub title: String,
    /// The model that it uses next; none means the default.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub model: Option<ModelId>,
    /// What the model is told in this chat beside everything else. Only a chat that was asked for by itself brings it;
    /// lists and events say with `hasInstructions` that there is something.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub instructions: Option<String>,
    /// Whether the model is told something in this chat beside everything else.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub has_instructions: bool,
    /// What every request of this chat carries, over the model's own parameters. Like the instructions, only a chat that
    /// was asked for by itself brings them.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub parameters: Option<Parameters>,
    /// Pinned at, RFC 3339; absent for a chat that is not.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub pinned_at: Option<String>,
    /// Archived at, RFC 3339; absent for a chat that is not.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub archived_at: Option<String>,
    /// The folder that it lies in.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub folder_id: Option<FolderId>,
    /// Its tags, in alphabetical order.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub tags: Vec<String>,
    /// Whether it is in no list and no search, and goes by itself a day after its last activity.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub temporary: bool,
    /// Whether an answer ended that nobody has looked at.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub unread: bool,
    /// Created at, RFC 3339.
    pub created_at: String,
    /// Last message or answer at, RFC 3339; lists are ordered by it.
    pub last_activity_at: String,
}

impl Session {
    /// The chat as lists and events show it: its instructions may be long, and nobody reads them there.
    #[must_use]
    pub fn brief(self) -> Self {
        Self { instructions: None, parameters: None, ..self }
    }
}

/// Body of `POST /api/sessions`.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct CreateSession {
    /// Title; empty lets the first message name it.
    #[serde(default)]
    pub title: String,
    /// Model for it.
    #[serde(default)]
    pub model: Option<ModelId>,
    /// What it is besides.
    #[serde(default)]
    pub new_chat: NewChat,
}

/// What a new chat may be besides empty: where it lies, and whether it stays.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct NewChat {
    /// The folder for it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub folder_id: Option<FolderId>,
    /// Whether it is temporary.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub temporary: bool,
    /// Instructions for it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub instructions: Option<String>,
    /// Parameters for it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub parameters: Option<Parameters>,
}

/// Body of `PATCH /api/sessions/{id}`. Absent fields stay as they are.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct UpdateSession {
    /// New title.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub title: Option<String>,
    /// New model.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub model: Option<ModelId>,
    /// New instructions; empty removes them.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub instructions: Option<String>,
    /// New parameters; those without a value remove them.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub parameters: Option<Parameters>,
    /// Pins it, or not any more.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub pinned: Option<bool>,
    /// Archives it, or takes it back.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub archived: Option<bool>,
    /// Lays it into a folder; `null` takes it out.
    #[serde(default, deserialize_with = "present", skip_serializing_if = "Option::is_none")]
    pub folder_id: Option<Option<FolderId>>,
    /// New tags, all of them.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub tags: Option<Vec<String>>,
    /// `false` keeps a temporary chat. No chat becomes temporary.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub temporary: Option<bool>,
    /// Whether it counts as unread from now on.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub unread: Option<bool>,
    /// Shows another branch: the leaf-most message below this one becomes the end of the active path.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub active_message_id: Option<MessageId>,
}

/// Body of `POST /api/sessions/{id}/fork`: a new chat with a copy of the path up to a message.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct ForkSession {
    /// The last message that is copied, on whichever branch it lies.
    pub message_id: MessageId,
}

/// Body of `PATCH /api/messages/{id}`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct UpdateMessage {
    /// The new text, in the place of the first piece of the old one; thoughts, files and tools stay.
    pub content: String,
}

/// Who wrote a message.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
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
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
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
    /// When a person last changed its text in place, RFC 3339.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub edited_at: Option<String>,
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
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct SendMessage {
    /// The chat; absent creates one in the same transaction.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub session_id: Option<SessionId>,
    /// The text, Markdown. May be empty or absent where `parts` holds a file.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub content: Option<String>,
    /// Files that go with the text: parts of the kinds `image` and `file`, of which only `fileId` is read.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub parts: Vec<Part>,
    /// How hard the model shall think; absent leaves it to the model's parameters.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub effort: Option<Effort>,
    /// Whether the provider searches the web for this answer; absent leaves it to the model's parameters.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub web_search: Option<bool>,
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
    /// What a chat is besides that this message creates.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub new_chat: Option<NewChat>,
    /// Ids or names of further models that answer the same message, each in a version of its own beside the first answer.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub also: Vec<String>,
    /// Whether this answer is traced; absent leaves it to the settings, and who may not have traces says it in vain.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub trace: Option<bool>,
}

/// Tells an explicit `null` from an absent field.
pub(crate) fn present<'de, D: Deserializer<'de>, T: Deserialize<'de>>(
    deserializer: D,
) -> Result<Option<Option<T>>, D::Error> {
    Option::deserialize(deserializer).map(Some)
}

/// Answer of `POST /api/chat/runs` (202): the message is on disk, the answer is being written.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
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
    /// What became of the further models, in the order in which they were named.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub also: Vec<AlsoAccepted>,
}

/// A further answer to the same message: its ids, or why it was not begun. The first goes on in either case.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub struct AlsoAccepted {
    /// The model's name.
    pub model: String,
    /// The run.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub run_id: Option<RunId>,
    /// The answer.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub message_id: Option<MessageId>,
    /// Why there is none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub error: Option<ApiError>,
}

/// Answer of `GET /api/chat/runs/{id}`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
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
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
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
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
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
