//! Calls about other people; administrators only.

use super::{ApiResult, escape, get, patch};
use shared::accounts::{UpdateUser, User};
use shared::{Page, UserId};

/// A page of people after a cursor.
pub async fn list(after: Option<&str>, limit: u32) -> ApiResult<Page<User>> {
    let after = after.map(|cursor| format!("&after={}", escape(cursor))).unwrap_or_default();
    get(&format!("/api/admin/users?limit={limit}{after}")).await
}

/// Approves, rejects, disables, enables, or changes the role.
pub async fn update(id: &UserId, change: &UpdateUser) -> ApiResult<User> {
    patch(&format!("/api/admin/users/{}", escape(id.as_str())), change).await
}
