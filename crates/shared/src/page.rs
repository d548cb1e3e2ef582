//! Cursor paging: `?after=&limit=` answers `{items, next?}`.

use crate::MessageId;
use crate::chat::Message;
use serde::{Deserialize, Serialize};

/// One page of a list.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub struct Page<T> {
    /// The items, in the order of the list.
    pub items: Vec<T>,
    /// Cursor of the next page (`after=`); absent on the last one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub next: Option<String>,
}

/// Query of a paged list.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub struct PageQuery {
    /// Cursor from the previous page's `next`.
    pub after: Option<String>,
    /// Items wanted, from 1 to the list's most: [`crate::limits::MAX_PAGE`], and of models
    /// [`crate::limits::MAX_MODELS_PAGE`].
    pub limit: Option<u32>,
}

impl PageQuery {
    /// The number of items to return: the wish, held inside the limits.
    #[must_use]
    pub fn limit(&self) -> u32 {
        self.limit_of(crate::limits::DEFAULT_PAGE, crate::limits::MAX_PAGE)
    }

    /// The same for a list with limits of its own.
    #[must_use]
    pub fn limit_of(&self, default: u32, most: u32) -> u32 {
        self.limit.unwrap_or(default).clamp(1, most)
    }
}

/// A page of a chat's messages, in reading order. Lists begin with what is newest, so `next` leads to older messages.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub struct MessagePage {
    /// The messages.
    pub items: Vec<Message>,
    /// Cursor of the older ones (`after=`); absent where the chat begins.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub next: Option<String>,
    /// Cursor of the newer ones (`before=`); absent where the path ends.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub previous: Option<String>,
    /// Whether these messages lie on another branch than the one that is shown: `activeMessageId` with one of them shows
    /// it, and the page stays right.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub hidden_branch: bool,
}

/// Query of `GET /api/sessions/{id}/messages`. At most one of `after`, `before`, `around` and `oldest`; none of them: the
/// newest messages.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub struct MessagesQuery {
    /// Those above this message: `next` of a page.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub after: Option<MessageId>,
    /// Those below this message: `previous` of a page.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub before: Option<MessageId>,
    /// Those around this message, on whatever branch it lies.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub around: Option<MessageId>,
    /// The beginning of the chat.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub oldest: bool,
    /// Messages wanted, from 1 to [`crate::limits::MAX_PAGE`].
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub limit: Option<u32>,
}

impl MessagesQuery {
    /// The number of messages to return: the wish, held inside the limits.
    #[must_use]
    pub fn limit(&self) -> u32 {
        PageQuery { after: None, limit: self.limit }.limit()
    }
}
