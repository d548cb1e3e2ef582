//! Calls about chats and their messages.

use super::{ApiResult, delete as remove, escape, get, page, patch, post};
use shared::chat::{Message, Session, UpdateSession};
use shared::{Page, SessionId};

/// Chats on one page of the list.
const CHATS: u32 = 50;
/// Messages on one page of a chat.
const MESSAGES: u32 = 40;

fn one(id: &SessionId) -> String {
    format!("/api/sessions/{}", escape(id.as_str()))
}

/// A page of chats, newest activity first.
pub async fn list(after: Option<&str>) -> ApiResult<Page<Session>> {
    get(&page("/api/sessions", after, CHATS)).await
}

/// One chat.
pub async fn read(id: &SessionId) -> ApiResult<Session> {
    get(&one(id)).await
}

/// Changes its title, model or branch.
pub async fn update(id: &SessionId, change: &UpdateSession) -> ApiResult<Session> {
    patch(&one(id), change).await
}

/// Deletes it; [`restore`] undoes that.
pub async fn delete(id: &SessionId) -> ApiResult<()> {
    remove(&one(id)).await
}

/// Puts a deleted chat back.
pub async fn restore(id: &SessionId) -> ApiResult<Session> {
    post(&format!("{}/restore", one(id)), &()).await
}

/// A page of messages of the active path: newest page first, each page in reading order.
pub async fn messages(id: &SessionId, after: Option<&str>) -> ApiResult<Page<Message>> {
    get(&page(&format!("{}/messages", one(id)), after, MESSAGES)).await
}
