//! The services through which people may sign in: administrators set them up, try them, change them and take them away.

use super::oidc::{check_provider, redirect};
use crate::App;
use crate::audit::Actor;
use crate::error::{AppError, AppResult};
use actix_web::{HttpRequest, HttpResponse, web};
use shared::oidc::{CreateProvider, IdentityProvider, ProviderCheck, UpdateProvider};
use shared::{Page, ProviderId};

/// `GET /api/identity-providers`: every service, the oldest first. They are few, so there is one page.
pub async fn list_providers(app: web::Data<App>, request: HttpRequest) -> AppResult<web::Json<Page<IdentityProvider>>> {
    let items = app.oidc.providers(&redirect(&app, &request)).await?;
    Ok(web::Json(Page { items, next: None }))
}

/// `POST /api/identity-providers`: 201 with the service, without its secret.
pub async fn create_provider(
    app: web::Data<App>,
    request: HttpRequest,
    by: Actor,
    body: web::Json<CreateProvider>,
) -> AppResult<HttpResponse> {
    let made = app.oidc.create_provider(&by, body.into_inner(), &redirect(&app, &request)).await?;
    Ok(HttpResponse::Created().json(made))
}

/// `POST /api/identity-providers/check`: whether a service that is not stored would do.
pub async fn check_new_provider(
    app: web::Data<App>,
    request: HttpRequest,
    body: web::Json<CreateProvider>,
) -> AppResult<web::Json<ProviderCheck>> {
    let redirect = redirect(&app, &request);
    let problem = app.oidc.check_draft(body.into_inner(), &redirect).await?;
    Ok(web::Json(told(problem, redirect)))
}

/// `POST /api/identity-providers/{id}/check`: whether a stored one does.
pub async fn check_stored_provider(
    app: web::Data<App>,
    request: HttpRequest,
    id: web::Path<ProviderId>,
) -> AppResult<web::Json<ProviderCheck>> {
    check_provider(&id)?;
    let redirect = redirect(&app, &request);
    let problem = app.oidc.check_provider(&id, &redirect).await?;
    Ok(web::Json(told(problem, redirect)))
}

/// `PATCH /api/identity-providers/{id}`.
pub async fn update_provider(
    app: web::Data<App>,
    request: HttpRequest,
    by: Actor,
    id: web::Path<ProviderId>,
    body: web::Json<UpdateProvider>,
) -> AppResult<web::Json<IdentityProvider>> {
    check_provider(&id)?;
    app.oidc.update_provider(&by, &id, body.into_inner(), &redirect(&app, &request)).await.map(web::Json)
}

/// `DELETE /api/identity-providers/{id}`.
pub async fn delete_provider(app: web::Data<App>, by: Actor, id: web::Path<ProviderId>) -> AppResult<HttpResponse> {
    check_provider(&id)?;
    app.oidc.remove_provider(&by, &id).await?;
    Ok(HttpResponse::NoContent().finish())
}

fn told(problem: Option<AppError>, redirect_url: String) -> ProviderCheck {
    ProviderCheck { problem: problem.map(|problem| problem.to_api("")), redirect_url }
}
