//! Health, for load balancers and `aichat healthcheck`.

use crate::App;
use crate::db::{self, ConnectionTrait as _};
use crate::version;
use actix_web::{HttpResponse, web};
use shared::settings::Health;

fn health(status: &str) -> Health {
    Health { status: status.to_owned(), build: version::build() }
}

/// `GET /api/health`: the server answers.
pub async fn get_health() -> HttpResponse {
    HttpResponse::Ok().json(health("ok"))
}

/// `GET /api/settings/health`: the database answers too, else 503.
pub async fn get_database_health(app: web::Data<App>) -> HttpResponse {
    let ping: Result<_, db::DbErr> = app.db.read().execute_unprepared("SELECT 1").await;
    match ping {
        Ok(_) => HttpResponse::Ok().json(health("ok")),
        Err(error) => {
            tracing::error!(%error, "the database does not answer");
            HttpResponse::ServiceUnavailable().json(health("unavailable"))
        }
    }
}
