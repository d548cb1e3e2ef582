//! Folders and tags: list, create, change, order, remove.

use crate::App;
use crate::auth::CurrentUser;
use crate::chat::wishes::{clean_folder_name, clean_instructions};
use crate::db::{folders, sessions, tags};
use crate::error::{AppError, AppResult};
use actix_web::{HttpResponse, web};
use shared::chat::Session;
use shared::events::UserEvent;
use shared::limits::MAX_FOLDERS;
use shared::organize::{CreateFolder, Folder, Tag, UpdateFolder};
use shared::{ErrorCode, FolderId, UserId};

/// `GET /api/folders`: all of the person's, in their order.
pub async fn list_folders(app: web::Data<App>, user: CurrentUser) -> AppResult<web::Json<Vec<Folder>>> {
    Ok(web::Json(all(&app, &user.user.id).await?))
}

/// All folders of a person, with what is going on in them.
pub(super) async fn all(app: &App, user: &UserId) -> AppResult<Vec<Folder>> {
    let mut all = folders::all(app.db.read(), user).await?;
    folders::news(app.db.read(), user, &mut all).await?;
    Ok(all)
}

/// `POST /api/folders`: a new one at the end.
pub async fn create_folder(
    app: web::Data<App>,
    user: CurrentUser,
    body: web::Json<CreateFolder>,
) -> AppResult<HttpResponse> {
    let (name, instructions) = (clean_folder_name(&body.name)?, clean_instructions(&body.instructions)?);
    let (id, now) = (&user.user.id, app.clock.now());
    let tx = app.db.begin().await?;
    folders::take_turn(&tx, id).await?;
    if folders::count(&tx, id).await? >= MAX_FOLDERS as u64 {
        return Err(AppError::new(ErrorCode::FolderLimit).with("limit", MAX_FOLDERS));
    }
    let folder = folders::insert(&tx, id, &name, instructions, now).await?;
    tx.commit().await?;
    changed(&app, &user);
    Ok(HttpResponse::Created().json(folder))
}

/// `PATCH /api/folders/{id}`: name, instructions, place.
pub async fn update_folder(
    app: web::Data<App>,
    user: CurrentUser,
    id: web::Path<FolderId>,
    body: web::Json<UpdateFolder>,
) -> AppResult<web::Json<Folder>> {
    let name = body.name.as_deref().map(clean_folder_name).transpose()?;
    let instructions = body.instructions.as_deref().map(clean_instructions).transpose()?;
    let owner = &user.user.id;
    let tx = app.db.begin().await?;
    folders::take_turn(&tx, owner).await?;
    let mut there = folders::update(&tx, owner, &id, name.as_deref(), instructions).await?;
    if let Some(before) = &body.before {
        there = there && folders::place(&tx, owner, &id, before.as_ref()).await?;
    }
    let mut folder = folders::get(&tx, owner, &id).await?.filter(|_| there).ok_or(ErrorCode::FolderNotFound)?;
    folders::news(&tx, owner, std::slice::from_mut(&mut folder)).await?;
    tx.commit().await?;
    changed(&app, &user);
    Ok(web::Json(folder))
}

/// `DELETE /api/folders/{id}`: its chats stay, in no folder.
pub async fn delete_folder(app: web::Data<App>, user: CurrentUser, id: web::Path<FolderId>) -> AppResult<HttpResponse> {
    let owner = &user.user.id;
    let tx = app.db.begin().await?;
    let most = crate::chat::TOLD_ONE_BY_ONE + 1;
    let chats = folders::chats(&tx, owner, &id, most).await?;
    if !folders::remove(&tx, owner, &id).await? {
        return Err(ErrorCode::FolderNotFound.into());
    }
    tx.commit().await?;
    changed(&app, &user);
    if !chats.is_empty() {
        let rows = sessions::several(app.db.read(), owner, &chats).await?;
        let chats: Vec<Session> = rows.into_iter().map(|row| row.session).collect();
        app.runs.tell_chats(owner, &chats);
    }
    Ok(HttpResponse::NoContent().finish())
}

/// `GET /api/tags`: all of the person's, in alphabetical order.
pub async fn list_tags(app: web::Data<App>, user: CurrentUser) -> AppResult<web::Json<Vec<Tag>>> {
    Ok(web::Json(tags::all(app.db.read(), &user.user.id).await?))
}

fn changed(app: &App, user: &CurrentUser) {
    app.runs.hub().publish(&user.user.id, &UserEvent::FoldersChanged);
}
