//! The name of the instance for everybody, and the system's settings for administrators.

use crate::App;
use crate::error::AppResult;
use actix_web::web;
use shared::Page;
use shared::settings::{Branding, SetSetting, SettingView};

/// `GET /api/settings/branding`.
pub async fn get_branding(app: web::Data<App>) -> web::Json<Branding> {
    web::Json(Branding { name: app.settings.brand_name() })
}

/// `GET /api/settings/system`: every setting with its default.
pub async fn list_settings(app: web::Data<App>) -> web::Json<Page<SettingView>> {
    web::Json(Page { items: app.settings.view(), next: None })
}

/// `PUT /api/settings/system/{key}`: changes one, at once.
pub async fn set_setting(
    app: web::Data<App>,
    key: web::Path<String>,
    body: web::Json<SetSetting>,
) -> AppResult<web::Json<SettingView>> {
    Ok(web::Json(app.settings.set(&key, body.into_inner().value).await?))
}
