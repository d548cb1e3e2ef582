//! Calls about the catalogue of models; administrators only.

use super::{ApiResult, escape, get, patch, put, with_query};
use serde::de::IgnoredAny;
use shared::interfaces::Interfaces;
use shared::limits::MAX_MODELS_PAGE;
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

/// All models that are shown.
pub async fn shown() -> ApiResult<Vec<CatalogModel>> {
    let mut query = CatalogQuery { shown: Some(true), limit: Some(MAX_MODELS_PAGE), ..CatalogQuery::default() };
    let mut all = Vec::new();
    loop {
        let page = list(&query).await?;
        all.extend(page.items);
        query.after = page.next;
        if query.after.is_none() {
            return Ok(all);
        }
    }
}

/// How one is asked beside chats.
pub async fn interfaces(id: &ModelId) -> ApiResult<Interfaces> {
    get(&format!("{PATH}/{}/interfaces", escape(id.as_str()))).await
}

/// Sets that, in place of what was set before.
pub async fn set_interfaces(id: &ModelId, interfaces: &Interfaces) -> ApiResult<Interfaces> {
    put(&format!("{PATH}/{}/interfaces", escape(id.as_str())), interfaces).await
}

/// Changes one.
pub async fn update(id: &ModelId, change: &UpdateModel) -> ApiResult<CatalogModel> {
    patch(&format!("{PATH}/{}", escape(id.as_str())), change).await
}

/// The same change to many.
pub async fn update_many(change: &UpdateModels) -> ApiResult<IgnoredAny> {
    patch(PATH, change).await
}
