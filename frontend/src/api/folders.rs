//! Calls about folders and tags.

use super::{ApiResult, delete, escape, get, patch, post};
use shared::FolderId;
use shared::organize::{CreateFolder, Folder, Tag, UpdateFolder};

fn one(id: &FolderId) -> String {
    format!("/api/folders/{}", escape(id.as_str()))
}

/// All folders, in their order.
pub async fn all() -> ApiResult<Vec<Folder>> {
    get("/api/folders").await
}

/// Makes one.
pub async fn create(folder: &CreateFolder) -> ApiResult<Folder> {
    post("/api/folders", folder).await
}

/// Changes one.
pub async fn update(id: &FolderId, change: &UpdateFolder) -> ApiResult<Folder> {
    patch(&one(id), change).await
}

/// Removes one; its chats stay.
pub async fn remove(id: &FolderId) -> ApiResult<()> {
    delete(&one(id)).await
}

/// All tags, in alphabetical order.
pub async fn tags() -> ApiResult<Vec<Tag>> {
    get("/api/tags").await
}
