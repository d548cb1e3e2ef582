//! The call about models.

use super::{ApiResult, get, page};
use shared::chat::ModelList;
use shared::limits::MAX_MODELS_PAGE;

/// The models that the signed-in person may use, all pages of them.
pub async fn list() -> ApiResult<ModelList> {
    let mut list = read(None).await?;
    while let Some(after) = list.next.take() {
        let more = read(Some(&after)).await?;
        list.items.extend(more.items);
        list.next = more.next;
    }
    Ok(list)
}

async fn read(after: Option<&str>) -> ApiResult<ModelList> {
    get(&page("/api/models", after, MAX_MODELS_PAGE)).await
}
