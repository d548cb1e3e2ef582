//! Calls about API keys: the signed-in person's, and for administrators other people's.

use super::{ApiResult, delete, escape, get, patch, post};
use shared::keys::{ApiKey, CreateKey, CreatedKey, UpdateKey};
use shared::{ApiKeyId, Page, UserId};

const PATH: &str = "/api/keys";

/// Where the keys of a person are; those of the signed-in one without a name.
fn path(owner: Option<&UserId>) -> String {
    owner.map_or_else(|| PATH.to_owned(), |owner| format!("/api/admin/users/{}/keys", escape(owner.as_str())))
}

/// The keys of a person that nobody revoked.
pub async fn list(owner: Option<&UserId>) -> ApiResult<Page<ApiKey>> {
    get(&path(owner)).await
}

/// Makes a key. Its secret is told in the answer alone.
pub async fn create(wish: &CreateKey) -> ApiResult<CreatedKey> {
    post(PATH, wish).await
}

/// Changes a key.
pub async fn update(id: &ApiKeyId, change: &UpdateKey) -> ApiResult<ApiKey> {
    patch(&format!("{PATH}/{}", escape(id.as_str())), change).await
}

/// Revokes a key of a person.
pub async fn revoke(owner: Option<&UserId>, id: &ApiKeyId) -> ApiResult<()> {
    delete(&format!("{}/{}", path(owner), escape(id.as_str()))).await
}
