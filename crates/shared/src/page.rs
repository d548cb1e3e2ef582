//! Cursor paging: `?after=&limit=` answers `{items, next?}`.

use serde::{Deserialize, Serialize};

/// One page of a list.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
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
