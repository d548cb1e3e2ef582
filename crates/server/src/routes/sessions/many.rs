//! Many chats at once, in one transaction.

use super::check_folder;
use crate::App;
use crate::auth::CurrentUser;
use crate::chat::no_folder;
use crate::db::sessions::{self, Change};
use crate::error::{AppError, AppResult};
use actix_web::web;
use shared::chat::Session;
use shared::limits::MAX_BULK;
use shared::organize::{BulkAction, ChangeSessions, ChangedSession, ChangedSessions};
use shared::{ErrorCode, SessionId, UserId};
use std::collections::{HashMap, HashSet};

/// `POST /api/sessions/bulk`: one action for many chats. What became of each is said one by one.
pub async fn change_sessions(
    app: web::Data<App>,
    user: CurrentUser,
    body: web::Json<ChangeSessions>,
) -> AppResult<web::Json<ChangedSessions>> {
    let (owner, ids) = (&user.user.id, check(&body)?);
    if body.action == BulkAction::Delete {
        let gone: HashSet<SessionId> = app.runs.delete_chats(owner, &ids).await?.into_iter().collect();
        let item = |id: SessionId| ChangedSession { error: missing(gone.contains(&id)), session: None, id };
        return Ok(web::Json(ChangedSessions { items: ids.into_iter().map(item).collect() }));
    }
    change(&app, owner, &ids, &body).await?;
    let rows = sessions::several(app.db.read(), owner, &ids).await?;
    let chats: Vec<Session> = rows.into_iter().map(|row| row.session.brief()).collect();
    app.runs.tell_chats(owner, &chats);
    let mut chats: HashMap<SessionId, Session> = chats.into_iter().map(|chat| (chat.id.clone(), chat)).collect();
    let item = |id: SessionId| {
        let session = chats.remove(&id);
        ChangedSession { error: missing(session.is_some()), session, id }
    };
    Ok(web::Json(ChangedSessions { items: ids.into_iter().map(item).collect() }))
}

/// The chats, each once.
fn check(body: &ChangeSessions) -> AppResult<Vec<SessionId>> {
    if body.ids.is_empty() || body.ids.len() > MAX_BULK {
        return Err(AppError::invalid(format!("ids must be 1 to {MAX_BULK}")));
    }
    if body.folder_id.is_some() && body.action != BulkAction::Folder {
        return Err(AppError::invalid("folderId goes with the action `folder`"));
    }
    let mut known = HashSet::new();
    Ok(body.ids.iter().filter(|id| known.insert(id.as_str())).cloned().collect())
}

async fn change(app: &App, owner: &UserId, ids: &[SessionId], body: &ChangeSessions) -> AppResult<()> {
    let none = Change::default();
    let change = match body.action {
        BulkAction::Delete | BulkAction::Restore => none,
        BulkAction::Archive => Change { archived: Some(true), ..none },
        BulkAction::Unarchive => Change { archived: Some(false), ..none },
        BulkAction::Folder => Change { folder: Some(body.folder_id.as_ref()), ..none },
        BulkAction::Read => Change { unread: Some(false), ..none },
    };
    let tx = app.db.begin().await?;
    check_folder(&tx, owner, body.folder_id.as_ref()).await?;
    if body.action == BulkAction::Restore {
        sessions::set_deleted(&tx, owner, ids, None).await?;
    } else {
        sessions::update_several(&tx, owner, ids, change, app.clock.now()).await.map_err(no_folder)?;
    }
    Ok(tx.commit().await?)
}

fn missing(there: bool) -> Option<String> {
    (!there).then(|| ErrorCode::ChatNotFound.as_str().to_owned())
}
