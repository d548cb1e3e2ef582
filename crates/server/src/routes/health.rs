//! Health, for load balancers and `aichat healthcheck`, and its detail for administrators.

use crate::App;
use crate::auth::OptionalUser;
use crate::db::{self, ConnectionTrait as _};
use crate::{standing, version};
use actix_web::{HttpResponse, web};
use shared::settings::{Health, HealthQuery};

/// `GET /api/health`: the server answers.
pub async fn get_health(app: web::Data<App>, caller: OptionalUser, query: web::Query<HealthQuery>) -> HttpResponse {
    HttpResponse::Ok().json(well(&app, &caller, &query))
}

/// `GET /api/settings/health`: the database answers too, else 503.
pub async fn get_database_health(
    app: web::Data<App>,
    caller: OptionalUser,
    query: web::Query<HealthQuery>,
) -> HttpResponse {
    let ping: Result<_, db::DbErr> = app.db.read().execute_unprepared("SELECT 1").await;
    match ping {
        Ok(_) => HttpResponse::Ok().json(well(&app, &caller, &query)),
        Err(error) => {
            tracing::error!(%error, "the database does not answer");
            let unwell = Health { status: "unavailable".to_owned(), ..well(&app, &caller, &query) };
            HttpResponse::ServiceUnavailable().json(unwell)
        }
    }
}

/// Everybody hears whether something works worse than it should, administrators what.
fn well(app: &App, caller: &OptionalUser, query: &HealthQuery) -> Health {
    let report = standing::report(app);
    let governor = caller.0.as_ref().filter(|caller| caller.governs());
    let told = governor.filter(|_| query.detail.as_deref() == Some("1")).map(|caller| {
        let language = query.language.or(caller.user.language).unwrap_or_default();
        report.told(language).findings
    });
    Health { status: "ok".to_owned(), degraded: !report.findings.is_empty(), checks: told, build: version::build() }
}
