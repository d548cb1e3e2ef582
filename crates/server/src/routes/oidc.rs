//! Signing in through another service, and the links of a person to such services.
//!
//! A browser begins here, goes to the service and comes back to a page of ours, which hands over what it was given: nothing of
//! this redirects, and an error is shown where people sign in.

use super::auth::{caller, set_cookies};
use crate::App;
use crate::audit::Actor;
use crate::auth::{Client, CurrentUser, Entered, OptionalUser, cookies};
use crate::error::{AppError, AppResult};
use crate::oidc::Proven;
use actix_web::{HttpRequest, HttpResponse, web};
use shared::events::UserEvent;
use shared::oidc::{CALLBACK, FinishSignIn, FinishedSignIn, Identities, StartSignIn, StartedSignIn};
use shared::{ErrorCode, IdentityId, LoginId, ProviderId, UserId};

/// `POST /api/auth/oidc/{id}/start`: where to send the browser.
pub async fn start_sign_in(
    app: web::Data<App>,
    request: HttpRequest,
    id: web::Path<ProviderId>,
    body: web::Json<StartSignIn>,
) -> AppResult<HttpResponse> {
    let client = caller(&app, &request, body.tokens)?;
    app.auth.try_identity(&client)?;
    let started = start(&app, &request, &id, body.into_inner(), None).await?;
    app.auth.forgive_identity(&client);
    Ok(started)
}

/// `POST /api/auth/identities/{id}/start`: the same, to link a service to the caller.
pub async fn start_link(
    app: web::Data<App>,
    request: HttpRequest,
    caller: CurrentUser,
    id: web::Path<ProviderId>,
    body: web::Json<StartSignIn>,
) -> AppResult<HttpResponse> {
    let link = (caller.user.id.clone(), caller.login.clone());
    start(&app, &request, &id, body.into_inner(), Some(link)).await
}

async fn start(
    app: &App,
    request: &HttpRequest,
    id: &ProviderId,
    wish: StartSignIn,
    link: Option<(UserId, LoginId)>,
) -> AppResult<HttpResponse> {
    check_provider(id)?;
    let (url, flow) = app.oidc.start(id, redirect(app, request), wish.next, link).await?;
    let mut response = HttpResponse::Ok();
    if wish.tokens {
        return Ok(response.json(StartedSignIn { url, flow: Some(flow) }));
    }
    response.cookie(cookies::flow(flow, &app.auth.trust().client(request)));
    Ok(response.json(StartedSignIn { url, flow: None }))
}

/// `POST /api/auth/oidc/finish`: what the browser brought back. 200 and signed in, 202 with a ticket for the second step, or 200
/// and linked.
pub async fn finish_sign_in(
    app: web::Data<App>,
    request: HttpRequest,
    signed_in: OptionalUser,
    body: web::Json<FinishSignIn>,
) -> AppResult<HttpResponse> {
    let client = caller(&app, &request, body.tokens)?;
    app.auth.try_identity(&client)?;
    let held = request.cookie(cookies::FLOW).map(|cookie| cookie.value().to_owned());
    let held = body.flow.clone().or(held.filter(|_| !body.tokens)).unwrap_or_default();
    let proven = app.oidc.finish(&held, &body).await?;
    app.auth.forgive_identity(&client);
    let mut response = match &proven.flow.link {
        Some(link) => linked(&app, &client, signed_in, link, &proven).await?,
        None => entered(&app, &client, &proven, body.tokens).await?,
    };
    // It was good for one sign-in. What cannot be taken back is over in ten minutes.
    let over = cookies::flow(String::new(), &client);
    response.add_cookie(&over).map_err(AppError::internal)?;
    Ok(response)
}

async fn entered(app: &App, client: &Client, proven: &Proven, tokens: bool) -> AppResult<HttpResponse> {
    let arrival = app.auth.enter_by_identity(client, &proven.provider, &proven.profile).await?;
    if let Some(user) = &arrival.changed {
        // Streams that are open come back with the rights of the new role.
        app.runs.hub().publish(&user.id, &UserEvent::UserChanged { user: user.clone() });
        app.runs.hub().close_user(&user.id);
        app.runs.hub().publish_people();
    }
    let entered = arrival.entered.ok_or(ErrorCode::AuthPending)?;
    let next = proven.flow.next.clone();
    Ok(match entered {
        Entered::Granted(grant) => {
            let mut response = HttpResponse::Ok();
            set_cookies(&mut response, &grant, tokens, client);
            let (user, tokens) = (Some(grant.user.clone()), tokens.then(|| grant.tokens()));
            response.json(FinishedSignIn { user, tokens, next, ..FinishedSignIn::default() })
        }
        Entered::CodeNeeded(step) => HttpResponse::Accepted().json(FinishedSignIn {
            second_factor: Some(step),
            next,
            ..FinishedSignIn::default()
        }),
    })
}

/// Only whoever asked for it, in the login in which they did, is linked.
async fn linked(
    app: &App,
    client: &Client,
    signed_in: OptionalUser,
    (user, login): &(UserId, LoginId),
    proven: &Proven,
) -> AppResult<HttpResponse> {
    let caller = signed_in.0.filter(|caller| caller.user.id == *user && caller.login == *login);
    let caller = caller.ok_or(ErrorCode::OidcState)?;
    app.auth.link_identity(client, &caller, &proven.provider.issuer, &proven.profile).await?;
    Ok(HttpResponse::Ok().json(FinishedSignIn {
        linked: true,
        next: proven.flow.next.clone(),
        ..FinishedSignIn::default()
    }))
}

/// `GET /api/auth/identities`: the services that know the caller, and those that could be linked. They are few.
pub async fn list_identities(app: web::Data<App>, caller: CurrentUser) -> AppResult<web::Json<Identities>> {
    app.auth.identities(&caller).await.map(web::Json)
}

/// `DELETE /api/auth/identities/{id}`: takes a link away, unless it is the only way in.
pub async fn unlink_identity(
    app: web::Data<App>,
    caller: CurrentUser,
    by: Actor,
    id: web::Path<IdentityId>,
) -> AppResult<HttpResponse> {
    if uuid::Uuid::parse_str(id.as_str()).is_err() {
        return Err(ErrorCode::IdentityNotFound.into());
    }
    app.auth.unlink_identity(&caller, &by, &id).await?;
    Ok(HttpResponse::NoContent().finish())
}

/// Where a service sends the browser back to.
pub(super) fn redirect(app: &App, request: &HttpRequest) -> String {
    let origin = app.config.public_url.clone().unwrap_or_else(|| app.auth.trust().origin(request));
    format!("{}{CALLBACK}", origin.trim_end_matches('/'))
}

/// What is no id of ours names no service, whatever a database would say of it.
pub(super) fn check_provider(id: &ProviderId) -> AppResult<()> {
    uuid::Uuid::parse_str(id.as_str()).map(|_| ()).map_err(|_| ErrorCode::OidcProviderNotFound.into())
}
