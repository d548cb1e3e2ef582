//! Calls about chats and their messages.

use super::{ApiResult, delete as remove, escape, get, patch, post};
use crate::state::conversation::Ask;
use shared::chat::{ContextGauge, Session, UpdateSession};
use shared::limits::MAX_BULK;
use shared::organize::{BulkAction, ChangeSessions, ChangedSessions, SessionQuery};
use shared::page::MessagePage;
use shared::{ApiError, ErrorCode, FolderId, ModelId, Page, SessionId};

/// Messages on one page of a chat.
const MESSAGES: u32 = 40;

fn one(id: &SessionId) -> String {
    format!("/api/sessions/{}", escape(id.as_str()))
}

/// A page of chats.
pub async fn list(query: &SessionQuery) -> ApiResult<Page<Session>> {
    get(&format!("/api/sessions?{}", list_query(query))).await
}

fn list_query(query: &SessionQuery) -> String {
    let pairs = [
        ("limit", query.limit.map(|limit| limit.to_string())),
        ("after", query.after.clone()),
        ("pinned", query.pinned.map(|pinned| pinned.to_string())),
        ("archived", query.archived.then(|| "true".to_owned())),
        ("folder", query.folder.clone()),
        ("tag", query.tag.clone()),
    ];
    let pairs = pairs.into_iter().filter_map(|(name, value)| Some(format!("{name}={}", escape(&value?))));
    pairs.collect::<Vec<_>>().join("&")
}

/// One chat.
pub async fn read(id: &SessionId) -> ApiResult<Session> {
    get(&one(id)).await
}

/// Changes its title, model or branch.
pub async fn update(id: &SessionId, change: &UpdateSession) -> ApiResult<Session> {
    patch(&one(id), change).await
}

/// Does the same to several chats. Of several, one that is gone needs no word.
async fn all(ids: &[SessionId], action: BulkAction, folder_id: Option<FolderId>) -> ApiResult<Vec<Session>> {
    let mut done = Vec::new();
    for ids in ids.chunks(MAX_BULK) {
        let body = ChangeSessions { ids: ids.to_vec(), action, folder_id: folder_id.clone() };
        let answer: ChangedSessions = post("/api/sessions/bulk", &body).await?;
        let refused = answer.items.iter().find_map(|item| item.error.clone());
        let gone = Some(ErrorCode::ChatNotFound.as_str());
        if let Some(code) = refused.filter(|code| Some(code.as_str()) != gone) {
            return Err(ApiError { code, ..ApiError::default() });
        }
        done.extend(answer.items.into_iter().filter_map(|item| item.session));
    }
    Ok(done)
}

/// Archives chats or takes them back.
pub async fn archive(ids: &[SessionId], archived: bool) -> ApiResult<()> {
    let action = if archived { BulkAction::Archive } else { BulkAction::Unarchive };
    all(ids, action, None).await.map(drop)
}

/// Lays chats into a folder, or takes them out of theirs.
pub async fn move_to(ids: &[SessionId], folder: Option<FolderId>) -> ApiResult<()> {
    all(ids, BulkAction::Folder, folder).await.map(drop)
}

/// Deletes chats; [`restore`] undoes that.
pub async fn delete(ids: &[SessionId]) -> ApiResult<()> {
    match ids {
        [id] => remove(&one(id)).await,
        ids => all(ids, BulkAction::Delete, None).await.map(drop),
    }
}

/// Puts deleted chats back.
pub async fn restore(ids: &[SessionId]) -> ApiResult<Vec<Session>> {
    match ids {
        [id] => post(&format!("{}/restore", one(id)), &()).await.map(|session| vec![session]),
        ids => all(ids, BulkAction::Restore, None).await,
    }
}

/// A page of messages, in reading order.
pub async fn messages(id: &SessionId, ask: &Ask) -> ApiResult<MessagePage> {
    let limit = if matches!(ask, Ask::Beside(_)) { 1 } else { MESSAGES };
    let which = match ask {
        Ask::Newest => String::new(),
        Ask::Older(after) => format!("&after={}", escape(after)),
        Ask::Newer(before) => format!("&before={}", escape(before)),
        Ask::Around(message) | Ask::Beside(message) => format!("&around={}", escape(message.as_str())),
        Ask::Oldest => "&oldest=true".to_owned(),
    };
    get(&format!("{}/messages?limit={limit}{which}", one(id))).await
}

/// How much of a model's context a chat takes.
pub async fn context(id: &SessionId, model: &ModelId) -> ApiResult<ContextGauge> {
    get(&format!("{}/context?model={}", one(id), escape(model.as_str()))).await
}
