//! The call that searches.

use super::{ApiResult, escape, get};
use shared::search::SearchResults;

/// Hits on one page.
const HITS: u32 = 20;

/// A page of what is found, newest first.
pub async fn find(query: &str, after: Option<&str>) -> ApiResult<SearchResults> {
    let after = after.map(|cursor| format!("&after={}", escape(cursor))).unwrap_or_default();
    get(&format!("/api/search?q={}&limit={HITS}{after}", escape(query))).await
}
