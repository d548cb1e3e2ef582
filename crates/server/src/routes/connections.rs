//! Connections to providers: list, create, change, delete, verify, refresh, discover, demo. Administrators only; keys
//! go in and never come out.

use crate::App;
use crate::auth::CurrentUser;
use crate::catalog::Caller;
use crate::edge::ThisRequest;
use crate::error::AppResult;
use actix_web::{HttpResponse, web};
use shared::connections::{Connection, FoundServer, NewConnection, UpdateConnection, VerifyReport};
use shared::page::PageQuery;
use shared::{ConnectionId, Page};

/// `GET /api/connections`: the oldest first.
pub async fn list_connections(app: web::Data<App>, query: web::Query<PageQuery>) -> web::Json<Page<Connection>> {
    web::Json(app.catalog.connections(&query))
}

/// `POST /api/connections`: saves one, with its models as far as they can be fetched.
pub async fn create_connection(app: web::Data<App>, body: web::Json<NewConnection>) -> AppResult<HttpResponse> {
    let connection = app.catalog.create(body.into_inner()).await?;
    Ok(HttpResponse::Created().json(connection))
}

/// `PATCH /api/connections/{id}`.
pub async fn update_connection(
    app: web::Data<App>,
    id: web::Path<ConnectionId>,
    body: web::Json<UpdateConnection>,
) -> AppResult<web::Json<Connection>> {
    Ok(web::Json(app.catalog.update(&id, body.into_inner()).await?))
}

/// `DELETE /api/connections/{id}`.
pub async fn delete_connection(app: web::Data<App>, id: web::Path<ConnectionId>) -> AppResult<HttpResponse> {
    app.catalog.delete(&id).await?;
    Ok(HttpResponse::NoContent().finish())
}

/// `POST /api/connections/verify`: tries one that is not saved.
pub async fn verify_new_connection(
    app: web::Data<App>,
    user: CurrentUser,
    request: ThisRequest,
    body: web::Json<NewConnection>,
) -> AppResult<web::Json<VerifyReport>> {
    Ok(web::Json(app.catalog.verify_new(&body, &caller(&user, request)).await?))
}

/// `POST /api/connections/{id}/verify`: tries a saved one with its key.
pub async fn verify_connection(
    app: web::Data<App>,
    user: CurrentUser,
    request: ThisRequest,
    id: web::Path<ConnectionId>,
) -> AppResult<web::Json<VerifyReport>> {
    Ok(web::Json(app.catalog.verify(&id, &caller(&user, request)).await?))
}

/// `POST /api/connections/{id}/refresh`: fetches the list of models again.
pub async fn refresh_connection(app: web::Data<App>, id: web::Path<ConnectionId>) -> AppResult<web::Json<Connection>> {
    Ok(web::Json(app.catalog.refresh(&id).await?))
}

/// `GET /api/connections/discover`: model servers beside this one.
pub async fn discover_servers(app: web::Data<App>) -> web::Json<Page<FoundServer>> {
    web::Json(Page { items: app.catalog.discover().await, next: None })
}

/// `POST /api/connections/demo`: turns the demo on; 201 when it is new, 200 when it was there.
pub async fn create_demo(app: web::Data<App>) -> AppResult<HttpResponse> {
    let (connection, new) = app.catalog.create_demo().await?;
    let mut answer = if new { HttpResponse::Created() } else { HttpResponse::Ok() };
    Ok(answer.json(connection))
}

fn caller(user: &CurrentUser, request: ThisRequest) -> Caller {
    Caller { user: user.user.id.clone(), request: request.0 }
}
