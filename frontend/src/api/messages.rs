//! Calls about one message: change it in its place, delete it and take that back, go on from it in a chat of its own.

use super::{ApiResult, delete as remove, escape, patch, post};
use serde::de::IgnoredAny;
use shared::chat::{ForkSession, Session, UpdateMessage};
use shared::{MessageId, SessionId};

fn one(id: &MessageId) -> String {
    format!("/api/messages/{}", escape(id.as_str()))
}

/// Gives it another text.
pub async fn edit(id: &MessageId, content: String) -> ApiResult<()> {
    patch::<IgnoredAny>(&one(id), &UpdateMessage { content }).await.map(|_| ())
}

/// Deletes it with everything below; [`restore`] undoes that.
pub async fn delete(id: &MessageId) -> ApiResult<()> {
    remove::<IgnoredAny>(&one(id)).await.map(|_| ())
}

/// Takes a deletion back.
pub async fn restore(id: &MessageId) -> ApiResult<()> {
    post::<IgnoredAny>(&format!("{}/restore", one(id)), &()).await.map(|_| ())
}

/// A new chat with a copy of everything up to this message.
pub async fn fork(session: &SessionId, message: &MessageId) -> ApiResult<Session> {
    let body = ForkSession { message_id: message.clone() };
    post(&format!("/api/sessions/{}/fork", escape(session.as_str())), &body).await
}
