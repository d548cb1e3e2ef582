//! The second factor: a person's own, and what administrators take away from somebody who lost their phone.

use super::people::check_id;
use crate::App;
use crate::audit::Actor;
use crate::auth::CurrentUser;
use crate::db::users;
use crate::error::AppResult;
use actix_web::{HttpRequest, HttpResponse, web};
use shared::UserId;
use shared::events::UserEvent;
use shared::second_factor::{NewSecondFactor, RecoveryCodes, RemoveSecondFactor, SecondFactor, ShowCode};

/// `GET /api/auth/second-factor`: since when there is one, and how many recovery codes are left.
pub async fn get_second_factor(app: web::Data<App>, caller: CurrentUser) -> AppResult<web::Json<SecondFactor>> {
    app.auth.second_factor(&caller).await.map(web::Json)
}

/// `POST /api/auth/second-factor`: a new secret, which counts once it was confirmed.
pub async fn begin_second_factor(app: web::Data<App>, caller: CurrentUser) -> AppResult<web::Json<NewSecondFactor>> {
    let brand = app.settings.branding().name;
    app.auth.begin_second_factor(&caller, &brand).await.map(web::Json)
}

/// `POST /api/auth/second-factor/confirm`: a first code. The answer has the recovery codes, which are told here and never again.
pub async fn confirm_second_factor(
    app: web::Data<App>,
    request: HttpRequest,
    caller: CurrentUser,
    body: web::Json<ShowCode>,
) -> AppResult<web::Json<RecoveryCodes>> {
    let client = app.auth.trust().client(&request);
    let codes = app.auth.confirm_second_factor(&client, &caller, &body.code).await?;
    tell(&app, &caller.user.id).await?;
    Ok(web::Json(codes))
}

/// `POST /api/auth/second-factor/recovery-codes`: new ones in the place of the old.
pub async fn renew_recovery_codes(
    app: web::Data<App>,
    request: HttpRequest,
    caller: CurrentUser,
    body: web::Json<ShowCode>,
) -> AppResult<web::Json<RecoveryCodes>> {
    let client = app.auth.trust().client(&request);
    app.auth.renew_recovery_codes(&client, &caller, &body.code).await.map(web::Json)
}

/// `POST /api/auth/second-factor/remove`: with the password and a code.
pub async fn remove_second_factor(
    app: web::Data<App>,
    request: HttpRequest,
    caller: CurrentUser,
    body: web::Json<RemoveSecondFactor>,
) -> AppResult<HttpResponse> {
    let client = app.auth.trust().client(&request);
    app.auth.remove_second_factor(&client, &caller, body.into_inner()).await?;
    tell(&app, &caller.user.id).await?;
    Ok(HttpResponse::NoContent().finish())
}

/// `DELETE /api/admin/users/{id}/second-factor`: for somebody who lost their phone and their recovery codes.
pub async fn take_second_factor(app: web::Data<App>, by: Actor, id: web::Path<UserId>) -> AppResult<HttpResponse> {
    check_id(&id)?;
    app.auth.take_second_factor(&by, &id).await?;
    tell(&app, &id).await?;
    Ok(HttpResponse::NoContent().finish())
}

/// Other tabs of the person hear of it, and so do administrators.
async fn tell(app: &App, id: &UserId) -> AppResult<()> {
    if let Some(user) = users::get(app.db.read(), id).await? {
        app.runs.hub().publish(id, &UserEvent::UserChanged { user });
    }
    app.runs.hub().publish_people();
    Ok(())
}
