//! The call about models.

use super::{ApiResult, get};
use shared::chat::ModelList;

/// The models that the signed-in person may use.
pub async fn list() -> ApiResult<ModelList> {
    get("/api/models").await
}
