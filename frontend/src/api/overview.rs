//! The call about how the system stands; administrators only.

use super::{ApiResult, get};
use shared::overview::Overview;

/// Who and what is there.
pub async fn get_overview() -> ApiResult<Overview> {
    get("/api/overview").await
}
