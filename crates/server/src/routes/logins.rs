//! A person's own logins: which devices are signed in, and the end of one or of all others.

use crate::App;
use crate::audit::Actor;
use crate::auth::gate::Credential;
use crate::auth::{CurrentUser, cookies};
use crate::error::AppResult;
use actix_web::{HttpRequest, HttpResponse, web};
use shared::accounts::LoginInfo;
use shared::{ErrorCode, LoginId, Page};

/// `GET /api/auth/logins`: those that stand, last used first. They are few, so there is one page.
pub async fn list_logins(app: web::Data<App>, caller: CurrentUser) -> AppResult<web::Json<Page<LoginInfo>>> {
    Ok(web::Json(Page { items: app.auth.logins(&caller).await?, next: None }))
}

/// `DELETE /api/auth/logins/{id}`: ends one with its streams. The present one is signed out.
pub async fn end_login(
    app: web::Data<App>,
    request: HttpRequest,
    caller: CurrentUser,
    by: Actor,
    id: web::Path<LoginId>,
) -> AppResult<HttpResponse> {
    if uuid::Uuid::parse_str(id.as_str()).is_err() {
        return Err(ErrorCode::LoginNotFound.into());
    }
    app.auth.end_login(&caller, &by, &id).await?;
    app.runs.hub().close_login(&caller.user.id, &id);
    let mut response = HttpResponse::NoContent();
    if *id == caller.login && matches!(Credential::of(&request), Some(Credential::Cookie(_))) {
        for cookie in cookies::clear(&app.auth.trust().client(&request)) {
            response.cookie(cookie);
        }
    }
    Ok(response.finish())
}

/// `DELETE /api/auth/logins`: ends all but the present one, with their streams.
pub async fn end_other_logins(app: web::Data<App>, caller: CurrentUser, by: Actor) -> AppResult<HttpResponse> {
    app.auth.end_logins(&caller.user, &by, Some(&caller.login)).await?;
    app.runs.hub().close_logins(&caller.user.id, Some(&caller.login));
    Ok(HttpResponse::NoContent().finish())
}
