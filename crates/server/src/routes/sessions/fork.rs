//! A copy of a path as a chat of its own.

use crate::App;
use crate::auth::CurrentUser;
use crate::chat::{no_folder, title};
use crate::clock::new_id;
use crate::db::sessions::NewSession;
use crate::db::{forks, sessions};
use crate::error::{AppError, AppResult};
use actix_web::{HttpResponse, web};
use shared::chat::{ForkSession, NewChat, Session};
use shared::limits::MAX_FORK;
use shared::{ErrorCode, SessionId};

/// `POST /api/sessions/{id}/fork`: a new chat with copies of the path up to a message. It lies where the old one does, is
/// told the same, and is as temporary.
pub async fn fork_session(
    app: web::Data<App>,
    user: CurrentUser,
    id: web::Path<SessionId>,
    body: web::Json<ForkSession>,
) -> AppResult<HttpResponse> {
    let (owner, tx) = (&user.user.id, app.db.begin().await?);
    // Held, the chat is not deleted meanwhile, and its files are not removed.
    if !sessions::hold(&tx, owner, &id).await? {
        return Err(ErrorCode::ChatNotFound.into());
    }
    let row = sessions::get(&tx, owner, &id).await?.ok_or(ErrorCode::ChatNotFound)?;
    let path = forks::path(&tx, &id, &body.message_id, MAX_FORK + 1).await?;
    check(&path)?;
    let (to, from) = (SessionId(new_id()), row.session);
    let (title, leaf, about) = (title::of_copy(&from.title), forks::end(&path), about(&from));
    let new = NewSession {
        id: &to,
        title: &title,
        named: !title.is_empty(),
        model: from.model.as_ref(),
        leaf: leaf.as_ref(),
        about: &about,
    };
    sessions::insert(&tx, owner, new, app.clock.now()).await.map_err(no_folder)?;
    forks::copy(&tx, &id, &to, &path).await?;
    tx.commit().await?;
    let session = super::load(&app, &user, &to).await?;
    super::changed(&app, &user, &session);
    Ok(HttpResponse::Created().json(session))
}

fn check(path: &[forks::Step]) -> AppResult<()> {
    if path.is_empty() {
        return Err(ErrorCode::MessageNotFound.into());
    }
    if path.len() > MAX_FORK as usize {
        return Err(AppError::new(ErrorCode::ChatForkTooLong).with("limit", MAX_FORK));
    }
    // Half an answer would stay half in the copy.
    if path.iter().any(|step| step.streaming) {
        return Err(ErrorCode::ChatBusy.into());
    }
    Ok(())
}

fn about(from: &Session) -> NewChat {
    NewChat {
        folder_id: from.folder_id.clone(),
        temporary: from.temporary,
        instructions: from.instructions.clone(),
        parameters: from.parameters.clone(),
    }
}
