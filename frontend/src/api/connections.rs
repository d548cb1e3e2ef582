//! Calls about connections to model providers: those of everybody, for administrators, and a person's own.

use super::{ApiResult, delete as remove, escape, get, patch, post};
use serde::de::DeserializeOwned;
use shared::connections::{Connection, FoundServer, NewConnection, UpdateConnection, VerifyReport};
use shared::{ConnectionId, Page};

/// Whose connections.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Scope {
    /// Everybody's.
    System,
    /// The signed-in person's own.
    Mine,
}

impl Scope {
    fn path(self) -> &'static str {
        match self {
            Self::System => "/api/connections",
            Self::Mine => "/api/my/connections",
        }
    }

    fn one(self, id: &ConnectionId) -> String {
        format!("{}/{}", self.path(), escape(id.as_str()))
    }
}

/// All connections.
pub async fn list(scope: Scope) -> ApiResult<Page<Connection>> {
    get(scope.path()).await
}

/// Saves a new one.
pub async fn create(scope: Scope, connection: &NewConnection) -> ApiResult<Connection> {
    post(scope.path(), connection).await
}

/// Changes one.
pub async fn update(scope: Scope, id: &ConnectionId, change: &UpdateConnection) -> ApiResult<Connection> {
    patch(&scope.one(id), change).await
}

/// Deletes one.
pub async fn delete(scope: Scope, id: &ConnectionId) -> ApiResult<()> {
    remove(&scope.one(id)).await
}

/// Tries one that is not saved.
pub async fn verify_new(scope: Scope, connection: &NewConnection) -> ApiResult<VerifyReport> {
    post(&format!("{}/verify", scope.path()), connection).await
}

/// Tries a saved one.
pub async fn verify(scope: Scope, id: &ConnectionId) -> ApiResult<VerifyReport> {
    post(&format!("{}/verify", scope.one(id)), &()).await
}

/// Fetches the list of models again.
pub async fn refresh(scope: Scope, id: &ConnectionId) -> ApiResult<Connection> {
    post(&format!("{}/refresh", scope.one(id)), &()).await
}

/// Model servers found beside this server.
pub async fn discover() -> ApiResult<Page<FoundServer>> {
    get("/api/connections/discover").await
}

/// Turns the demo model on. Whoever does not show the connection that this makes reads no [`Connection`]: the chat page asks
/// for it, too, and is lighter without.
pub async fn demo<T: DeserializeOwned>() -> ApiResult<T> {
    post("/api/connections/demo", &()).await
}
