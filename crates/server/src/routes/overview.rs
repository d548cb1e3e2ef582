//! How the system stands, for administrators.

use crate::App;
use crate::db::overview;
use crate::error::AppResult;
use actix_web::{HttpRequest, web};
use shared::overview::Overview;

/// `GET /api/overview`: who and what is there, and what a checklist of the setup asks.
pub async fn get_overview(app: web::Data<App>, request: HttpRequest) -> AppResult<web::Json<Overview>> {
    let counts = overview::count(app.db.read()).await?;
    Ok(web::Json(Overview {
        people: counts.people,
        waiting: counts.waiting,
        admins: counts.admins,
        connections: counts.connections,
        models: counts.models,
        public_url: app.config.public_url.clone(),
        secure: app.auth.trust().client(&request).secure,
        registration: app.settings.registration_enabled(),
        registration_decided: app.settings.is_decided(shared::settings::fields::REGISTRATION.key),
    }))
}
