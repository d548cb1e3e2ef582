//! Chats: list, create, open, change, delete, restore. `many` is for many of them, `fork` for copies.

mod fork;
mod many;

pub use fork::fork_session;
pub use many::change_sessions;

use crate::App;
use crate::auth::CurrentUser;
use crate::catalog::check_of_chat;
use crate::chat::no_folder;
use crate::chat::wishes::{check_new_chat, clean_instructions, clean_tags, clean_title};
use crate::clock::new_id;
use crate::db::sessions::{Change, Cursor, Filter, NewSession};
use crate::db::{DatabaseTransaction, folders, messages, sessions, tags};
use crate::error::{AppError, AppResult};
use actix_web::{HttpResponse, web};
use shared::chat::{ContextGauge, ContextQuery, CreateSession, Session, UpdateSession};
use shared::organize::SessionQuery;
use shared::page::PageQuery;
use shared::{ErrorCode, FolderId, MessageId, ModelId, Page, SessionId, UserId};

/// What a query says for chats that lie in no folder.
const NO_FOLDER: &str = "none";

/// `GET /api/sessions`: newest activity first, pinned ones newest pin first.
pub async fn list_sessions(
    app: web::Data<App>,
    user: CurrentUser,
    query: web::Query<SessionQuery>,
) -> AppResult<web::Json<Page<Session>>> {
    let query = query.into_inner();
    let bad = || AppError::invalid("after must be the `next` of a page");
    let after = query.after.as_deref().map(|after| Cursor::parse(after).ok_or_else(bad)).transpose()?;
    let filter = filter(&app, &user.user.id, &query).await?;
    let limit = PageQuery { after: None, limit: query.limit }.limit();
    Ok(web::Json(sessions::list(app.db.read(), &user.user.id, &filter, after.as_ref(), limit).await?))
}

async fn filter(app: &App, owner: &UserId, query: &SessionQuery) -> AppResult<Filter> {
    let db = app.db.read();
    let folder = match query.folder.as_deref() {
        None => None,
        Some(NO_FOLDER) => Some(None),
        Some(id) => Some(Some(folders::get(db, owner, &id.into()).await?.ok_or(ErrorCode::FolderNotFound)?.id)),
    };
    let tag = match &query.tag {
        Some(tag) => Some(tags::spellings(db, owner, tag).await?),
        None => None,
    };
    Ok(Filter { pinned: query.pinned, archived: query.archived, folder, tag })
}

/// `POST /api/sessions`: an empty chat.
pub async fn create_session(
    app: web::Data<App>,
    user: CurrentUser,
    body: web::Json<CreateSession>,
) -> AppResult<HttpResponse> {
    let title = clean_title(&body.title)?;
    let model = body.model.as_ref().map(|model| known_model(&app, &user, model)).transpose()?;
    let about = check_new_chat(&body.new_chat)?;
    let (id, named) = (SessionId(new_id()), !title.is_empty());
    let tx = app.db.begin().await?;
    check_folder(&tx, &user.user.id, about.folder_id.as_ref()).await?;
    let new = NewSession { id: &id, title: &title, named, model: model.as_ref(), leaf: None, about: &about };
    let session = sessions::insert(&tx, &user.user.id, new, app.clock.now()).await.map_err(no_folder)?;
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

/// `PATCH /api/sessions/{id}`: what the chat is called and told, where it lies, or the branch that is shown. None of it is
/// activity.
pub async fn update_session(
    app: web::Data<App>,
    user: CurrentUser,
    id: web::Path<SessionId>,
    body: web::Json<UpdateSession>,
) -> AppResult<web::Json<Session>> {
    if body.temporary == Some(true) {
        return Err(AppError::invalid("temporary can only become false: no chat becomes temporary"));
    }
    let title = body.title.as_deref().map(clean_title).transpose()?;
    let model = body.model.as_ref().map(|model| known_model(&app, &user, model)).transpose()?;
    let instructions = body.instructions.as_deref().map(clean_instructions).transpose()?;
    let tags = body.tags.as_deref().map(clean_tags).transpose()?;
    body.parameters.as_ref().map_or(Ok(()), check_of_chat)?;
    let change = Change {
        title: title.as_deref(),
        model: model.as_ref(),
        instructions,
        parameters: body.parameters.as_ref(),
        pinned: body.pinned,
        archived: body.archived,
        folder: body.folder_id.as_ref().map(Option::as_ref),
        keep: body.temporary == Some(false),
        unread: body.unread,
    };
    let (owner, tx) = (&user.user.id, app.db.begin().await?);
    if !sessions::hold(&tx, owner, &id).await? {
        return Err(ErrorCode::ChatNotFound.into());
    }
    check_folder(&tx, owner, change.folder.flatten()).await?;
    sessions::update(&tx, owner, &id, change, app.clock.now()).await.map_err(no_folder)?;
    if let Some(tags) = &tags {
        tags::set(&tx, owner, &id, tags).await?;
    }
    if let Some(message) = &body.active_message_id {
        show_branch(&tx, &id, message).await?;
    }
    tx.commit().await?;
    let session = load(&app, &user, &id).await?;
    changed(&app, &user, &session);
    Ok(web::Json(session))
}

/// `GET /api/sessions/{id}/context?model=`: how much of a model's context the chat takes.
pub async fn get_context(
    app: web::Data<App>,
    user: CurrentUser,
    id: web::Path<SessionId>,
    query: web::Query<ContextQuery>,
) -> AppResult<web::Json<ContextGauge>> {
    Ok(web::Json(app.runs.gauge(&user, &id, query.model.as_deref()).await?))
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
    let restored = sessions::set_deleted(&tx, &user.user.id, std::slice::from_ref(&id), None).await? > 0;
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

/// A folder must be the person's own.
async fn check_folder(tx: &DatabaseTransaction, owner: &UserId, folder: Option<&FolderId>) -> AppResult<()> {
    let Some(folder) = folder else { return Ok(()) };
    let known = folders::get(tx, owner, folder).await?;
    known.map(|_| ()).ok_or_else(|| ErrorCode::FolderNotFound.into())
}

async fn show_branch(tx: &DatabaseTransaction, id: &SessionId, message: &MessageId) -> AppResult<()> {
    let leaf = messages::leaf_below(tx, id, message).await?.ok_or(ErrorCode::MessageNotFound)?;
    messages::activate_path(tx, id, &leaf).await?;
    Ok(sessions::show(tx, id, Some(&leaf)).await?)
}

fn changed(app: &App, user: &CurrentUser, session: &Session) {
    app.runs.tell_chats(&user.user.id, std::slice::from_ref(session));
}

fn known_model(app: &App, user: &CurrentUser, model: &ModelId) -> AppResult<ModelId> {
    app.catalog.resolve(Some(model.as_str()), user).map(|resolved| resolved.model_id)
}
