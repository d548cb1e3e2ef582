//! Calls about other people; administrators only.

use super::{ApiResult, escape, get, page, patch};
use shared::accounts::{UpdateUser, User};
use shared::{Page, UserId};

/// A page of people after a cursor.
pub async fn list(after: Option<&str>, limit: u32) -> ApiResult<Page<User>> {
    get(&page("/api/admin/users", after, limit)).await
}

/// Approves, rejects, disables, enables, or changes the role.
pub async fn update(id: &UserId, change: &UpdateUser) -> ApiResult<User> {
    patch(&format!("/api/admin/users/{}", escape(id.as_str())), change).await
}
