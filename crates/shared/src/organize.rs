//! Folders and tags of chats.

use crate::chat::Session;
use crate::{FolderId, SessionId};
use serde::{Deserialize, Serialize};

/// A folder of chats. `GET /api/folders` gives all of a person's, in their order.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub struct Folder {
    /// The folder.
    pub id: FolderId,
    /// Its name.
    pub name: String,
    /// What the model is told in every chat of the folder; empty for nothing.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub instructions: String,
    /// Made at, RFC 3339.
    pub created_at: String,
    /// Its chats with an answer that nobody has looked at, at most [`crate::limits::MAX_FOLDER_NEWS`] of all folders, the
    /// latest. Archived chats are in none of these lists.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub unread: Vec<SessionId>,
    /// Its chats in which an answer is being written.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub running: Vec<SessionId>,
}

/// Body of `POST /api/folders`. It goes to the end of the list.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct CreateFolder {
    /// Name.
    pub name: String,
    /// What the model is told in its chats.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub instructions: String,
}

/// Body of `PATCH /api/folders/{id}`. Absent fields stay as they are.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct UpdateFolder {
    /// New name.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// New instructions; empty removes them.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub instructions: Option<String>,
    /// Moves it ahead of this folder; `null` moves it to the end.
    #[serde(default, deserialize_with = "crate::chat::present", skip_serializing_if = "Option::is_none")]
    pub before: Option<Option<FolderId>>,
}

/// A tag and how many chats have it. `GET /api/tags` gives all of a person's, in alphabetical order.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub struct Tag {
    /// The tag.
    pub name: String,
    /// Chats that have it, archived ones included.
    pub chats: u64,
}

/// Query of `GET /api/sessions`. Without a filter: every chat that is neither archived nor temporary.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct SessionQuery {
    /// Cursor of a page.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub after: Option<String>,
    /// Most chats of the page.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub limit: Option<u32>,
    /// Only pinned ones, newest pin first, or only those that are not.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub pinned: Option<bool>,
    /// Archived ones instead.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub archived: bool,
    /// Only those of this folder; `none` for those of no folder.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub folder: Option<String>,
    /// Only those with this tag.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub tag: Option<String>,
}

/// Body of `POST /api/sessions/bulk`: one action for many chats.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct ChangeSessions {
    /// The chats, at most [`crate::limits::MAX_BULK`].
    pub ids: Vec<SessionId>,
    /// What becomes of them.
    pub action: BulkAction,
    /// The folder, for [`BulkAction::Folder`]; absent takes them out of theirs.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub folder_id: Option<FolderId>,
}

/// What becomes of many chats.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum BulkAction {
    /// Hides them and stops their answers; they can be restored.
    Delete,
    /// Takes a deletion back.
    Restore,
    /// Archives them.
    Archive,
    /// Takes that back.
    Unarchive,
    /// Lays them into a folder, or takes them out of theirs.
    Folder,
    /// Counts them as looked at.
    Read,
}

/// Answer of `POST /api/sessions/bulk`.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub struct ChangedSessions {
    /// What became of each chat, in the order of the request, each once.
    pub items: Vec<ChangedSession>,
}

/// What became of one of many chats.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub struct ChangedSession {
    /// The chat.
    pub id: SessionId,
    /// The chat as it is now; absent for one that was deleted or is not there.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub session: Option<Session>,
    /// Why nothing became of it, as a code of [`crate::ErrorCode`].
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub error: Option<String>,
}
