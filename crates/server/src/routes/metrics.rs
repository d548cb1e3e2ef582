//! `GET /metrics`, for Prometheus. It is off until somebody switches it on, and never open to everybody.

use crate::App;
use crate::metrics::exposition::{MEDIA_TYPE, told};
use actix_web::http::header::{CACHE_CONTROL, CONTENT_TYPE};
use actix_web::{HttpResponse, web};

/// What was counted up to this moment.
pub async fn get_metrics(app: web::Data<App>) -> HttpResponse {
    HttpResponse::Ok()
        .insert_header((CONTENT_TYPE, MEDIA_TYPE))
        .insert_header((CACHE_CONTROL, "private, no-store"))
        .body(told(&app))
}
