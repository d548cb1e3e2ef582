//! The models that a signed-in person may choose.

use crate::App;
use actix_web::web;
use shared::chat::ModelList;

/// `GET /api/models`: all that can be used, and the one that a new chat uses.
pub async fn list_models(app: web::Data<App>) -> web::Json<ModelList> {
    web::Json(app.catalog.list())
}
