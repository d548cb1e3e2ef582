//! Chats: list, create, open, change, delete, restore.

use crate::App;
use crate::auth::CurrentUser;
use crate::clock::new_id;
use crate::db::sessions::Cursor;
use crate::db::{messages, sessions};
use crate::error::{AppError, AppResult};
use actix_web::{HttpResponse, web};
use shared::chat::{CreateSession, Session, UpdateSession};
use shared::events::UserEvent;
use shared::limits::MAX_TITLE_CHARS;
use shared::page::PageQuery;
use shared::{ErrorCode, MessageId, ModelId, Page, SessionId};

/// `GET /api/sessions`: newest activity first.
pub async fn list_sessions(
    app: web::Data<App>,
    user: CurrentUser,
    query: web::Query<PageQuery>,
) -> AppResult<web::Json<Page<Session>>> {
    let bad = || AppError::invalid("after must be the `next` of a page");
    let after = query.after.as_deref().map(|after| Cursor::parse(after).ok_or_else(bad)).transpose()?;
    let page = sessions::list(app.db.read(), &user.user.id, after.as_ref(), query.limit()).await?;
    Ok(web::Json(page))
}

/// `POST /api/sessions`: an empty chat.
pub async fn create_session(
    app: web::Data<App>,
    user: CurrentUser,
    body: web::Json<CreateSession>,
) -> AppResult<HttpResponse> {
    let title = clean_title(&body.title)?;
    let model = body.model.as_ref().map(|model| known_model(&app, model)).transpose()?;
    let id = SessionId(new_id());
    let tx = app.db.begin().await?;
    let session = sessions::insert(&tx, &user.user.id, &id, &title, model.as_ref(), None, app.clock.now()).await?;
    tx.commit().await?;
    changed(&app, &user, &session);
    Ok(HttpResponse::Created().json(session))
}

/// `GET /api/sessions/{id}`.
pub async fn get_session(
    app: web::Data<App>,
    user: CurrentUser,
    id: web::Path<SessionId>,
) -> AppResult<web::Json<Session>> {
    Ok(web::Json(load(&app, &user, &id).await?))
}

/// `PATCH /api/sessions/{id}`: title, model, or the branch that is shown.
pub async fn update_session(
    app: web::Data<App>,
    user: CurrentUser,
    id: web::Path<SessionId>,
    body: web::Json<UpdateSession>,
) -> AppResult<web::Json<Session>> {
    let title = body.title.as_deref().map(clean_title).transpose()?;
    let model = body.model.as_ref().map(|model| known_model(&app, model)).transpose()?;
    let tx = app.db.begin().await?;
    if !sessions::update(&tx, &user.user.id, &id, title.as_deref(), model.as_ref()).await? {
        return Err(ErrorCode::ChatNotFound.into());
    }
    if let Some(message) = &body.active_message_id {
        show_branch(&tx, &id, message).await?;
    }
    tx.commit().await?;
    let session = load(&app, &user, &id).await?;
    changed(&app, &user, &session);
    Ok(web::Json(session))
}

/// `DELETE /api/sessions/{id}`: hides it and stops its answers; it can be restored.
pub async fn delete_session(
    app: web::Data<App>,
    user: CurrentUser,
    id: web::Path<SessionId>,
) -> AppResult<HttpResponse> {
    app.runs.delete_chat(&user.user.id, &id).await?;
    Ok(HttpResponse::NoContent().finish())
}

/// `POST /api/sessions/{id}/restore`: takes a deletion back.
pub async fn restore_session(
    app: web::Data<App>,
    user: CurrentUser,
    id: web::Path<SessionId>,
) -> AppResult<web::Json<Session>> {
    let tx = app.db.begin().await?;
    let restored = sessions::set_deleted(&tx, &user.user.id, &id, None).await?;
    tx.commit().await?;
    let session = load(&app, &user, &id).await?;
    if restored {
        changed(&app, &user, &session);
    }
    Ok(web::Json(session))
}

async fn load(app: &App, user: &CurrentUser, id: &SessionId) -> AppResult<Session> {
    let row = sessions::get(app.db.read(), &user.user.id, id).await?.ok_or(ErrorCode::ChatNotFound)?;
    Ok(row.session)
}

async fn show_branch(tx: &crate::db::DatabaseTransaction, id: &SessionId, message: &MessageId) -> AppResult<()> {
    let leaf = messages::leaf_below(tx, id, message).await?.ok_or(ErrorCode::MessageNotFound)?;
    messages::activate_path(tx, id, &leaf).await?;
    Ok(sessions::show(tx, id, &leaf).await?)
}

fn changed(app: &App, user: &CurrentUser, session: &Session) {
    app.runs.hub().publish(&user.user.id, &UserEvent::SessionChanged { session: session.clone() });
}

fn known_model(app: &App, model: &ModelId) -> AppResult<ModelId> {
    app.catalog.resolve(Some(model.as_str())).map(|resolved| resolved.model_id)
}

fn clean_title(title: &str) -> AppResult<String> {
    let title: String = title.chars().map(|c| if c.is_control() { ' ' } else { c }).collect();
    let title = title.trim();
    if title.chars().count() > MAX_TITLE_CHARS {
        return Err(AppError::invalid(format!("title must have at most {MAX_TITLE_CHARS} characters")));
    }
    Ok(title.to_owned())
}
