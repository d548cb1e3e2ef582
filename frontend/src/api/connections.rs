//! Calls about connections to model providers; administrators only.

use super::{ApiResult, delete as remove, escape, get, patch, post};
use shared::connections::{Connection, FoundServer, NewConnection, UpdateConnection, VerifyReport};
use shared::{ConnectionId, Page};

fn one(id: &ConnectionId) -> String {
    format!("/api/connections/{}", escape(id.as_str()))
}

/// All connections.
pub async fn list() -> ApiResult<Page<Connection>> {
    get("/api/connections").await
}

/// Saves a new one.
pub async fn create(connection: &NewConnection) -> ApiResult<Connection> {
    post("/api/connections", connection).await
}

/// Changes one.
pub async fn update(id: &ConnectionId, change: &UpdateConnection) -> ApiResult<Connection> {
    patch(&one(id), change).await
}

/// Deletes one.
pub async fn delete(id: &ConnectionId) -> ApiResult<()> {
    remove(&one(id)).await
}

/// Tries one that is not saved.
pub async fn verify_new(connection: &NewConnection) -> ApiResult<VerifyReport> {
    post("/api/connections/verify", connection).await
}

/// Tries a saved one.
pub async fn verify(id: &ConnectionId) -> ApiResult<VerifyReport> {
    post(&format!("{}/verify", one(id)), &()).await
}

/// Fetches the list of models again.
pub async fn refresh(id: &ConnectionId) -> ApiResult<Connection> {
    post(&format!("{}/refresh", one(id)), &()).await
}

/// Model servers found beside this server.
pub async fn discover() -> ApiResult<Page<FoundServer>> {
    get("/api/connections/discover").await
}

/// Turns the demo model on.
pub async fn demo() -> ApiResult<Connection> {
    post("/api/connections/demo", &()).await
}
