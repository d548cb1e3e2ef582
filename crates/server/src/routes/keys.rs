//! API keys: a person's own, and what administrators see and revoke of somebody else's. No key manages keys.

use super::people::check_id;
use crate::App;
use crate::audit::Actor;
use crate::auth::CurrentUser;
use crate::auth::keys::stream_of;
use crate::budgets::clean_limits;
use crate::db::users;
use crate::error::{AppError, AppResult};
use actix_web::{HttpResponse, web};
use shared::accounts::User;
use shared::keys::{ApiKey, CreateKey, UpdateKey};
use shared::limits::MAX_KEY_MODELS;
use shared::{ApiKeyId, ErrorCode, ModelId, Page, UserId};

/// `GET /api/keys`: the caller's, newest first. They are few, so there is one page.
pub async fn list_keys(app: web::Data<App>, caller: CurrentUser) -> AppResult<web::Json<Page<ApiKey>>> {
    Ok(web::Json(Page { items: keys_of(&app, &caller.user.id).await?, next: None }))
}

/// A person's keys with their limits.
async fn keys_of(app: &App, user: &UserId) -> AppResult<Vec<ApiKey>> {
    let mut keys = app.auth.keys_of(user).await?;
    for key in &mut keys {
        key.limits = app.budgets.of_key(user, &key.id).await?;
    }
    Ok(keys)
}

/// `POST /api/keys`: 201 with the key and its secret, which is told here and never again.
pub async fn create_key(
    app: web::Data<App>,
    caller: CurrentUser,
    by: Actor,
    body: web::Json<CreateKey>,
) -> AppResult<HttpResponse> {
    let mut wish = body.into_inner();
    wish.models = known_models(&app, &caller, &wish.models, &[])?;
    let limits = std::mem::take(&mut wish.limits);
    clean_limits(&limits)?;
    let mut made = app.auth.create_key(&caller, &by, wish).await?;
    if !limits.is_empty() {
        // Before anybody knows the secret: nothing can be spent without them.
        app.budgets.set_key_limits(&by, (&made.key.id, &made.key.name), &limits).await?;
        made.key.limits = app.budgets.of_key(&caller.user.id, &made.key.id).await?;
    }
    Ok(HttpResponse::Created().json(made))
}

/// `PATCH /api/keys/{id}`: counts from the next request on. Streams that are open end and come back with the new terms.
pub async fn update_key(
    app: web::Data<App>,
    caller: CurrentUser,
    by: Actor,
    id: web::Path<ApiKeyId>,
    body: web::Json<UpdateKey>,
) -> AppResult<web::Json<ApiKey>> {
    check_key(&id)?;
    let mut wish = body.into_inner();
    if let Some(wanted) = &wish.models {
        let before = app.auth.key_terms(&caller, &id).await?.models;
        wish.models = Some(known_models(&app, &caller, wanted, &before)?);
    }
    let limits = wish.limits.take();
    limits.as_deref().map_or(Ok(()), clean_limits)?;
    let mut key = app.auth.update_key(&caller, &by, &id, wish).await?;
    if let Some(limits) = limits {
        app.budgets.set_key_limits(&by, (&id, &key.name), &limits).await?;
    }
    key.limits = app.budgets.of_key(&caller.user.id, &id).await?;
    app.runs.hub().close_login(&caller.user.id, &stream_of(&id));
    Ok(web::Json(key))
}

/// `DELETE /api/keys/{id}`: revokes one at once, with its streams.
pub async fn revoke_key(
    app: web::Data<App>,
    caller: CurrentUser,
    by: Actor,
    id: web::Path<ApiKeyId>,
) -> AppResult<HttpResponse> {
    revoke(&app, &by, &caller.user, &id).await
}

/// `GET /api/admin/users/{id}/keys`: somebody's keys, newest first.
pub async fn list_keys_of(app: web::Data<App>, id: web::Path<UserId>) -> AppResult<web::Json<Page<ApiKey>>> {
    check_id(&id)?;
    users::get(app.db.read(), &id).await?.ok_or(ErrorCode::UserNotFound)?;
    Ok(web::Json(Page { items: keys_of(&app, &id).await?, next: None }))
}

/// `DELETE /api/admin/users/{id}/keys/{key}`: revokes one of somebody's, with its streams.
pub async fn revoke_key_of(
    app: web::Data<App>,
    by: Actor,
    path: web::Path<(UserId, ApiKeyId)>,
) -> AppResult<HttpResponse> {
    let (user, id) = path.into_inner();
    check_id(&user)?;
    let user = users::get(app.db.read(), &user).await?.ok_or(ErrorCode::UserNotFound)?;
    revoke(&app, &by, &user, &id).await
}

async fn revoke(app: &App, by: &Actor, user: &User, id: &ApiKeyId) -> AppResult<HttpResponse> {
    check_key(id)?;
    app.auth.revoke_key(by, user, id).await?;
    app.runs.hub().close_login(&user.id, &stream_of(id));
    Ok(HttpResponse::NoContent().finish())
}

/// What is no id of ours names no key, whatever a database would say of it.
fn check_key(id: &ApiKeyId) -> AppResult<()> {
    uuid::Uuid::parse_str(id.as_str()).map(|_| ()).map_err(|_| ErrorCode::ApiKeyNotFound.into())
}

/// The models that are named by id or name, by id. Those that the key has already may be gone by now.
fn known_models(app: &App, caller: &CurrentUser, wanted: &[ModelId], before: &[ModelId]) -> AppResult<Vec<ModelId>> {
    if wanted.len() > MAX_KEY_MODELS {
        return Err(AppError::invalid(format!("`models` must be at most {MAX_KEY_MODELS}")));
    }
    let mut known = Vec::with_capacity(wanted.len());
    for model in wanted {
        let id = match before.contains(model) {
            true => model.clone(),
            false => app.catalog.resolve(Some(model.as_str()), caller)?.model_id,
        };
        if !known.contains(&id) {
            known.push(id);
        }
    }
    Ok(known)
}
