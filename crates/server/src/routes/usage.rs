//! Usage: everybody sees their own, administrators everybody's.

use crate::App;
use crate::auth::CurrentUser;
use crate::error::AppResult;
use crate::files::disposition;
use actix_web::http::header::{CONTENT_DISPOSITION, CONTENT_TYPE};
use actix_web::{HttpResponse, web};
use shared::usage::{UsageQuery, UsageReport};
use std::sync::Arc;

/// `GET /api/usage`: sums of a time, its days, and groups.
pub async fn get_usage(
    app: web::Data<App>,
    user: CurrentUser,
    query: web::Query<UsageQuery>,
) -> AppResult<web::Json<UsageReport>> {
    let wish = app.usage.wish(query.into_inner(), &user)?;
    app.usage.report(&wish).await.map(web::Json)
}

/// `GET /api/usage/export`: the same for a spreadsheet, a line for each day, person, model, key and purpose.
pub async fn export_usage(
    app: web::Data<App>,
    user: CurrentUser,
    query: web::Query<UsageQuery>,
) -> AppResult<HttpResponse> {
    let wish = app.usage.wish(query.into_inner(), &user)?;
    let name = format!("usage-{}.csv", wish.period());
    Ok(HttpResponse::Ok()
        .insert_header((CONTENT_TYPE, "text/csv; charset=utf-8"))
        .insert_header((CONTENT_DISPOSITION, disposition(false, &name)))
        .streaming(Arc::clone(&app.usage).sheet(wish)))
}
