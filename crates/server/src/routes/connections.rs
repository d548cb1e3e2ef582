//! Connections to providers: list, create, change, delete, verify, refresh, discover, demo. Everybody's are for
//! administrators; below `/api/my` are people's own, while administrators allow them. Keys go in and never come out.

use crate::App;
use crate::audit::Actor;
use crate::auth::CurrentUser;
use crate::catalog::{Caller, Scope};
use crate::edge::ThisRequest;
use crate::error::AppResult;
use actix_web::{HttpResponse, web};
use shared::connections::{Connection, FoundServer, NewConnection, UpdateConnection, VerifyReport};
use shared::page::PageQuery;
use shared::{ConnectionId, ErrorCode, Page};

type Body<T> = AppResult<web::Json<T>>;

/// `GET /api/connections`: the oldest first.
pub async fn list_connections(app: web::Data<App>, query: web::Query<PageQuery>) -> web::Json<Page<Connection>> {
    web::Json(app.catalog.connections(&Scope::Everybody, &query))
}

/// `POST /api/connections`: saves one, with its models as far as they can be fetched.
pub async fn create_connection(
    app: web::Data<App>,
    by: Actor,
    body: web::Json<NewConnection>,
) -> AppResult<HttpResponse> {
    created(&app, &Scope::Everybody, &by, body).await
}

/// `PATCH /api/connections/{id}`.
pub async fn update_connection(
    app: web::Data<App>,
    by: Actor,
    id: web::Path<ConnectionId>,
    body: web::Json<UpdateConnection>,
) -> Body<Connection> {
    Ok(web::Json(app.catalog.update(&Scope::Everybody, &by, &id, body.into_inner()).await?))
}

/// `DELETE /api/connections/{id}`.
pub async fn delete_connection(app: web::Data<App>, by: Actor, id: web::Path<ConnectionId>) -> AppResult<HttpResponse> {
    deleted(&app, &Scope::Everybody, &by, &id).await
}

/// `POST /api/connections/verify`: tries one that is not saved.
pub async fn verify_new_connection(
    app: web::Data<App>,
    user: CurrentUser,
    request: ThisRequest,
    body: web::Json<NewConnection>,
) -> Body<VerifyReport> {
    Ok(web::Json(app.catalog.verify_new(&Scope::Everybody, &body, &caller(&user, request)).await?))
}

/// `POST /api/connections/{id}/verify`: tries a saved one with its keys.
pub async fn verify_connection(
    app: web::Data<App>,
    user: CurrentUser,
    request: ThisRequest,
    id: web::Path<ConnectionId>,
) -> Body<VerifyReport> {
    Ok(web::Json(app.catalog.verify(&Scope::Everybody, &id, &caller(&user, request)).await?))
}

/// `POST /api/connections/{id}/refresh`: fetches the list of models again.
pub async fn refresh_connection(app: web::Data<App>, id: web::Path<ConnectionId>) -> Body<Connection> {
    Ok(web::Json(app.catalog.refresh(&Scope::Everybody, &id).await?))
}

/// `GET /api/connections/discover`: model servers beside this one.
pub async fn discover_servers(app: web::Data<App>) -> web::Json<Page<FoundServer>> {
    web::Json(Page { items: app.catalog.discover().await, next: None })
}

/// `POST /api/connections/demo`: turns the demo on; 201 when it is new, 200 when it was there.
pub async fn create_demo(app: web::Data<App>, by: Actor) -> AppResult<HttpResponse> {
    let (connection, new) = app.catalog.create_demo(&by).await?;
    let mut answer = if new { HttpResponse::Created() } else { HttpResponse::Ok() };
    Ok(answer.json(connection))
}

/// `GET /api/my/connections`: one's own, the oldest first.
pub async fn list_own(app: web::Data<App>, user: CurrentUser, query: web::Query<PageQuery>) -> Body<Page<Connection>> {
    Ok(web::Json(app.catalog.connections(&own(&app, &user)?, &query)))
}

/// `POST /api/my/connections`: saves one of one's own.
pub async fn create_own(
    app: web::Data<App>,
    user: CurrentUser,
    by: Actor,
    body: web::Json<NewConnection>,
) -> AppResult<HttpResponse> {
    created(&app, &own(&app, &user)?, &by, body).await
}

/// `PATCH /api/my/connections/{id}`.
pub async fn update_own(
    app: web::Data<App>,
    user: CurrentUser,
    by: Actor,
    id: web::Path<ConnectionId>,
    body: web::Json<UpdateConnection>,
) -> Body<Connection> {
    Ok(web::Json(app.catalog.update(&own(&app, &user)?, &by, &id, body.into_inner()).await?))
}

/// `DELETE /api/my/connections/{id}`.
pub async fn delete_own(
    app: web::Data<App>,
    user: CurrentUser,
    by: Actor,
    id: web::Path<ConnectionId>,
) -> AppResult<HttpResponse> {
    deleted(&app, &own(&app, &user)?, &by, &id).await
}

/// `POST /api/my/connections/verify`: tries one that is not saved.
pub async fn verify_new_own(
    app: web::Data<App>,
    user: CurrentUser,
    request: ThisRequest,
    body: web::Json<NewConnection>,
) -> Body<VerifyReport> {
    let scope = own(&app, &user)?;
    Ok(web::Json(app.catalog.verify_new(&scope, &body, &caller(&user, request)).await?))
}

/// `POST /api/my/connections/{id}/verify`: tries a saved one with its keys.
pub async fn verify_own(
    app: web::Data<App>,
    user: CurrentUser,
    request: ThisRequest,
    id: web::Path<ConnectionId>,
) -> Body<VerifyReport> {
    let scope = own(&app, &user)?;
    Ok(web::Json(app.catalog.verify(&scope, &id, &caller(&user, request)).await?))
}

/// `POST /api/my/connections/{id}/refresh`: fetches the list of models again.
pub async fn refresh_own(app: web::Data<App>, user: CurrentUser, id: web::Path<ConnectionId>) -> Body<Connection> {
    Ok(web::Json(app.catalog.refresh(&own(&app, &user)?, &id).await?))
}

/// The person's own connections, while administrators allow such.
fn own(app: &App, user: &CurrentUser) -> AppResult<Scope> {
    if app.settings.personal_connections() {
        Ok(Scope::Own(user.user.id.clone()))
    } else {
        Err(ErrorCode::ConnectionPersonalOff.into())
    }
}

async fn created(app: &App, scope: &Scope, by: &Actor, body: web::Json<NewConnection>) -> AppResult<HttpResponse> {
    let connection = app.catalog.create(scope, by, body.into_inner()).await?;
    Ok(HttpResponse::Created().json(connection))
}

async fn deleted(app: &App, scope: &Scope, by: &Actor, id: &ConnectionId) -> AppResult<HttpResponse> {
    app.catalog.delete(scope, by, id).await?;
    Ok(HttpResponse::NoContent().finish())
}

fn caller(user: &CurrentUser, request: ThisRequest) -> Caller {
    let key = user.key.as_ref().map(|key| key.id.clone());
    Caller { user: Some(user.user.id.clone()), key, request: request.0 }
}
