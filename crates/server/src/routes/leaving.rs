//! A person's data to take along, and the end of an account.

use super::people::check_id;
use crate::App;
use crate::audit::{self, Actor, Deed};
use crate::auth::{CurrentUser, cookies};
use crate::error::AppResult;
use crate::export;
use crate::files::disposition;
use crate::whole::to_the_end;
use actix_web::http::header::{ACCEPT_LANGUAGE, CONTENT_DISPOSITION, CONTENT_ENCODING, CONTENT_TYPE};
use actix_web::{HttpRequest, HttpResponse, web};
use shared::UserId;
use shared::accounts::{ExportQuery, Leave};
use shared::audit::Act;
use shared::error::Language;

/// `GET /api/auth/me/export`: everything of the caller in one ZIP, made while it is sent. With `check=true` 204 when one
/// may begin: a browser that saves a download shows no error of ours.
pub async fn export_me(
    app: web::Data<App>,
    caller: CurrentUser,
    by: Actor,
    query: web::Query<ExportQuery>,
    request: HttpRequest,
) -> AppResult<HttpResponse> {
    let now = app.clock.now();
    if query.check {
        app.exports.check(&caller.user.id, now)?;
        return Ok(HttpResponse::NoContent().finish());
    }
    let place = app.exports.begin(&caller.user.id, now)?;
    let tx = app.db.begin().await?;
    audit::write(&tx, &by, &Deed::on_person(Act::DataExported, &caller.user), now).await?;
    tx.commit().await?;
    let language = caller.user.language.unwrap_or_else(|| language_of(&request));
    let day = crate::db::rfc3339(now).chars().take(10).collect::<String>();
    let name = format!("aichat-{}-{day}.zip", caller.user.username);
    let body = export::stream(app.into_inner(), caller, language, place);
    Ok(HttpResponse::Ok()
        .insert_header((CONTENT_TYPE, "application/zip"))
        .insert_header((CONTENT_DISPOSITION, disposition(false, &name)))
        // Packed already, and each piece goes out as it is made.
        .insert_header((CONTENT_ENCODING, "identity"))
        .streaming(body))
}

/// The language that a browser asks for.
fn language_of(request: &HttpRequest) -> Language {
    let wanted = request.headers().get(ACCEPT_LANGUAGE).and_then(|value| value.to_str().ok()).unwrap_or_default();
    Language::from_tag(wanted)
}

/// `DELETE /api/auth/me`: the end of one's own account, with the password. Streams and logins are over when it answers;
/// what was the person's is removed from then on.
pub async fn delete_me(
    app: web::Data<App>,
    request: HttpRequest,
    caller: CurrentUser,
    by: Actor,
    body: web::Json<Leave>,
) -> AppResult<HttpResponse> {
    let client = app.auth.trust().client(&request);
    let (services, leaver) = (app.clone(), caller.user.id.clone());
    let password = body.into_inner().password;
    to_the_end(async move {
        services.auth.leave(&caller, &by, password).await?;
        services.leaving.begin(&leaver);
        AppResult::Ok(())
    })
    .await?;
    let mut response = HttpResponse::NoContent();
    for cookie in cookies::forget(&client) {
        response.cookie(cookie);
    }
    Ok(response.finish())
}

/// `DELETE /api/admin/users/{id}`: the end of somebody else's account.
pub async fn delete_user(
    app: web::Data<App>,
    caller: CurrentUser,
    by: Actor,
    id: web::Path<UserId>,
) -> AppResult<HttpResponse> {
    check_id(&id)?;
    let (services, id) = (app.clone(), id.into_inner());
    to_the_end(async move {
        services.auth.remove_user(&caller, &by, &id).await?;
        services.leaving.begin(&id);
        AppResult::Ok(())
    })
    .await?;
    Ok(HttpResponse::NoContent().finish())
}
