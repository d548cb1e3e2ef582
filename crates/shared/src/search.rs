//! Full-text search over a person's chats.

use crate::MessageId;
use crate::chat::{Role, Session};
use serde::{Deserialize, Serialize};

/// Query of `GET /api/search`.
///
/// `q` is what a person types: words that all have to occur (in the title or in one message of the chat), `"phrases"`, and
/// filters: `tag:` `folder:` `model:` (names, quoted where they hold blanks), `pinned:yes|no`, `archived:yes|no` (both are
/// searched without it), `before:` and `after:` (a date, `2026-11`, `2026`). Filters alone list chats.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct SearchQuery {
    /// What was typed.
    pub q: String,
    /// Cursor of a page.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub after: Option<String>,
    /// Most hits of the page.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub limit: Option<u32>,
}

/// A chat that was found. Newest first; a chat comes once, with the newest of its messages that fits best.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub struct SearchHit {
    /// The chat.
    pub session: Session,
    /// Its title with what was found; empty where nothing of the title was.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub title: Vec<Piece>,
    /// The message that was found; absent where the title or a filter alone fits.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub message: Option<FoundMessage>,
}

/// A message that was found.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub struct FoundMessage {
    /// The message.
    pub id: MessageId,
    /// Who wrote it.
    pub role: Role,
    /// Written at, RFC 3339.
    pub created_at: String,
    /// The words around what was found, in one line.
    pub snippet: Vec<Piece>,
}

/// A piece of a line: plain, or what was found.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub struct Piece {
    /// The text.
    pub text: String,
    /// Whether it is what was found.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub hit: bool,
}

/// What a search knows of itself beside its hits.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub struct SearchResults {
    /// The hits.
    pub items: Vec<SearchHit>,
    /// Cursor of the next page; absent on the last one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub next: Option<String>,
    /// What can be left out of the query to find more, as it was typed, where nothing was found.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub without: Vec<String>,
    /// How many messages have still to be indexed; what is in them is not found yet.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub pending: u64,
}

fn is_zero(number: &u64) -> bool {
    *number == 0
}
