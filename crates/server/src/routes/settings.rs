//! The name, logo and colour of the instance for everybody, and the system's settings for administrators.

use super::files;
use crate::App;
use crate::audit::Actor;
use crate::auth::CurrentUser;
use crate::config::registry;
use crate::error::AppResult;
use actix_web::http::header::{CACHE_CONTROL, CONTENT_SECURITY_POLICY, CONTENT_TYPE, ETAG};
use actix_web::{HttpRequest, HttpResponse, web};
use shared::settings::{Announcement, Branding, PublicUrl, SetSetting, SettingView};
use shared::{ErrorCode, Page};

/// `GET /api/settings/branding`.
pub async fn get_branding(app: web::Data<App>) -> web::Json<Branding> {
    web::Json(app.settings.branding())
}

/// `GET /api/settings/logo`: the picture beside the name. Its own address names its version (`?v=`) and may be kept.
///
/// # Errors
/// `file.not_found` where there is none.
pub async fn get_logo(app: web::Data<App>, request: HttpRequest) -> AppResult<HttpResponse> {
    let logo = app.settings.logo().ok_or(ErrorCode::FileNotFound)?;
    let is_versioned = request.query_string().split('&').any(|pair| pair.strip_prefix("v=") == Some(&logo.version));
    let tag = format!("\"{}\"", logo.version);
    let is_there = files::has(&request, &tag);
    let mut head = if is_there { HttpResponse::NotModified() } else { HttpResponse::Ok() };
    head.insert_header((ETAG, tag)).insert_header((CONTENT_SECURITY_POLICY, files::POLICY));
    head.insert_header((CACHE_CONTROL, if is_versioned { files::KEPT } else { files::ASKED_AGAIN }));
    if is_there {
        return Ok(head.finish());
    }
    Ok(head.insert_header((CONTENT_TYPE, logo.media_type)).body(logo.bytes.clone()))
}

/// `PUT /api/settings/logo`: the body is the picture, which is made anew and smaller.
///
/// # Errors
/// `image.*`, `file.*`, `storage.full`.
pub async fn set_logo(
    app: web::Data<App>,
    caller: CurrentUser,
    by: Actor,
    request: HttpRequest,
    body: web::Payload,
) -> AppResult<web::Json<Branding>> {
    let logo = app.files.receive_logo(&caller.user.id, files::length(&request), body).await?;
    app.settings.set_logo(Some(&logo), &by).await.map(web::Json)
}

/// `DELETE /api/settings/logo`: the name stands alone again.
///
/// # Errors
/// The database's.
pub async fn remove_logo(app: web::Data<App>, by: Actor) -> AppResult<web::Json<Branding>> {
    app.settings.set_logo(None, &by).await.map(web::Json)
}

/// `GET /api/settings/announcement`: what administrators tell everybody who is signed in. Open tabs ask again when they hear
/// that a setting changed.
pub async fn get_announcement(app: web::Data<App>) -> web::Json<Announcement> {
    web::Json(app.settings.announcement())
}

/// `GET /api/settings/system`: every setting with its type, its limits, its default, and what fixes it.
pub async fn list_settings(app: web::Data<App>) -> web::Json<Page<SettingView>> {
    web::Json(Page { items: app.settings.view(), next: None })
}

/// The id in the address that shows what addresses of pictures look like.
const SAMPLE_FILE: &str = "0192f0c1-2a3b-7c4d-8e5f-60718293a4b5";

/// `GET /api/settings/public-url`: the address that people use, who said so, and what a picture's address would be.
pub async fn get_public_url(app: web::Data<App>, request: HttpRequest) -> web::Json<PublicUrl> {
    let said = [&registry::PUBLIC_URL, &registry::RENDER_EXTERNAL_URL];
    let said = said.into_iter().filter_map(|of| app.config.setting(of)).find(|setting| setting.is_given());
    let public_url = app.config.public_url.clone();
    let base = public_url.clone().unwrap_or_else(|| app.auth.trust().origin(&request));
    web::Json(PublicUrl {
        public_url,
        variable: said.map(|setting| setting.variable.to_owned()),
        source: said.map_or_else(|| "default".to_owned(), |setting| setting.source.to_string()),
        example: format!("{base}/api/files/{SAMPLE_FILE}"),
    })
}

/// `PUT /api/settings/system/{key}`: changes one, at once.
pub async fn set_setting(
    app: web::Data<App>,
    by: Actor,
    key: web::Path<String>,
    body: web::Json<SetSetting>,
) -> AppResult<web::Json<SettingView>> {
    Ok(web::Json(app.settings.set(&key, body.into_inner().value, &by).await?))
}
