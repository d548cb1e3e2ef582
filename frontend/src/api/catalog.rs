//! Calls about the catalogue of models; administrators only.

use super::{ApiResult, escape, get, patch, with_query};
use serde::de::IgnoredAny;
use shared::models::{CatalogModel, CatalogQuery, UpdateModel, UpdateModels};
use shared::{ModelId, Page};

const PATH: &str = "/api/catalog";

/// One page of the models that a query finds.
pub async fn list(query: &CatalogQuery) -> ApiResult<Page<CatalogModel>> {
    let values = [
        ("q", query.q.clone()),
        ("connection", query.connection.as_ref().map(ToString::to_string)),
        ("shown", query.shown.map(|shown| shown.to_string())),
        ("after", query.after.clone()),
        ("limit", query.limit.map(|limit| limit.to_string())),
    ];
    get(&with_query(PATH, values)).await
}

/// Changes one.
pub async fn update(id: &ModelId, change: &UpdateModel) -> ApiResult<CatalogModel> {
    patch(&format!("{PATH}/{}", escape(id.as_str())), change).await
}

/// The same change to many.
pub async fn update_many(change: &UpdateModels) -> ApiResult<IgnoredAny> {
    patch(PATH, change).await
}
