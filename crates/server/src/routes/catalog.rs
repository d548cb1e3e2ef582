//! The catalogue of models: what is known of each, what people may choose and who may. Administrators only.

use crate::App;
use crate::audit::Actor;
use crate::error::AppResult;
use actix_web::web;
use shared::interfaces::Interfaces;
use shared::models::{CatalogModel, CatalogQuery, UpdateModel, UpdateModels};
use shared::{ModelId, Page};

/// `GET /api/catalog`: every model of everybody's connections, by connection.
pub async fn list_catalog(
    app: web::Data<App>,
    query: web::Query<CatalogQuery>,
) -> AppResult<web::Json<Page<CatalogModel>>> {
    Ok(web::Json(app.catalog.shelf(&query).await?))
}

/// `PATCH /api/catalog/{id}`: shows, hides, describes or corrects one.
pub async fn update_model(
    app: web::Data<App>,
    by: Actor,
    id: web::Path<ModelId>,
    body: web::Json<UpdateModel>,
) -> AppResult<web::Json<CatalogModel>> {
    Ok(web::Json(app.catalog.decide(&by, &id, body.into_inner()).await?))
}

/// `PATCH /api/catalog`: the same change to many; answers with these.
pub async fn update_models(
    app: web::Data<App>,
    by: Actor,
    body: web::Json<UpdateModels>,
) -> AppResult<web::Json<Page<CatalogModel>>> {
    Ok(web::Json(Page { items: app.catalog.decide_all(&by, body.into_inner()).await?, next: None }))
}

/// `GET /api/catalog/{id}/interfaces`: how a model is asked beside chats.
pub async fn get_interfaces(app: web::Data<App>, id: web::Path<ModelId>) -> AppResult<web::Json<Interfaces>> {
    app.catalog.interfaces(&id).await.map(web::Json)
}

/// `PUT /api/catalog/{id}/interfaces`: sets that, in place of what was set before.
pub async fn set_interfaces(
    app: web::Data<App>,
    by: Actor,
    id: web::Path<ModelId>,
    body: web::Json<Interfaces>,
) -> AppResult<web::Json<Interfaces>> {
    app.catalog.set_interfaces(&by, &id, body.into_inner()).await.map(web::Json)
}
