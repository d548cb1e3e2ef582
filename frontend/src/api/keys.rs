//! Calls about the API keys of the signed-in person.

use super::{ApiResult, delete, escape, get, patch, post};
use shared::keys::{ApiKey, CreateKey, CreatedKey, UpdateKey};
use shared::{ApiKeyId, Page};

const PATH: &str = "/api/keys";

fn one(id: &ApiKeyId) -> String {
    format!("{PATH}/{}", escape(id.as_str()))
}

/// The keys that nobody revoked.
pub async fn list() -> ApiResult<Page<ApiKey>> {
    get(PATH).await
}

/// Makes a key. Its secret is told in the answer alone.
pub async fn create(wish: &CreateKey) -> ApiResult<CreatedKey> {
    post(PATH, wish).await
}

/// Changes a key.
pub async fn update(id: &ApiKeyId, change: &UpdateKey) -> ApiResult<ApiKey> {
    patch(&one(id), change).await
}

/// Revokes a key.
pub async fn revoke(id: &ApiKeyId) -> ApiResult<()> {
    delete(&one(id)).await
}
