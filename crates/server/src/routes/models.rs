//! The models that a signed-in person may choose.

use crate::App;
use crate::error::AppResult;
use actix_web::web;
use shared::chat::ModelList;
use shared::page::PageQuery;

/// `GET /api/models`: those that can be used, by connection and name, and the one that a new chat uses.
pub async fn list_models(app: web::Data<App>, query: web::Query<PageQuery>) -> AppResult<web::Json<ModelList>> {
    Ok(web::Json(app.catalog.models(&query)?))
}
