//! The catalogue as administrators see it: every model of everybody's connections, with what is known of it, from where,
//! and what was decided about it.

use super::facts::layered;
use super::snapshot::public_name;
use super::{Catalog, Scope, overrides};
use crate::audit::{self, Actor, Deed};
use crate::db::models::{self, Decision, StoredModel};
use crate::db::rfc3339;
use crate::error::{AppError, AppResult};
use serde_json::{Value, json};
use shared::accounts::UserRole;
use shared::audit::{Act, ThingKind};
use shared::interfaces::Interfaces;
use shared::limits::{DEFAULT_MODELS_PAGE, MAX_MODELS_PAGE, MAX_NAME_CHARS};
use shared::models::{CatalogModel, CatalogQuery, UpdateModel, UpdateModels};
use shared::{ErrorCode, ModelId, Page};
use std::collections::HashSet;
use std::sync::Arc;

/// Names of models that one entry of the audit log lists.
const NAMES_NOTED: usize = 20;

impl Catalog {
    /// One page of all models: by connection, then in the provider's order.
    ///
    /// # Errors
    /// `request.invalid` for a cursor that names no model, or the database's.
    pub async fn shelf(&self, query: &CatalogQuery) -> AppResult<Page<CatalogModel>> {
        if query.q.as_deref().is_some_and(|text| text.chars().count() > MAX_NAME_CHARS) {
            return Err(AppError::invalid(format!("`q` must have at most {MAX_NAME_CHARS} characters")));
        }
        let limit = query.limit.unwrap_or(DEFAULT_MODELS_PAGE).clamp(1, MAX_MODELS_PAGE);
        let after = match &query.after {
            None => None,
            Some(after) => Some(self.stored(&ModelId(after.clone())).await?.ok_or_else(no_cursor)?),
        };
        let mut rows = models::page(self.db.read(), query, after.as_ref(), limit + 1).await?;
        let more = rows.len() > limit as usize;
        rows.truncate(limit as usize);
        let next = rows.last().filter(|_| more).map(|last| last.id.0.clone());
        Ok(Page { items: self.on_shelf(rows), next })
    }

    async fn stored(&self, id: &ModelId) -> AppResult<Option<StoredModel>> {
        Ok(models::some(self.db.read(), std::slice::from_ref(id)).await?.pop())
    }

    /// Changes what is decided about one model.
    ///
    /// # Errors
    /// `model.not_found`, `request.invalid` with the rule, or the database's.
    pub async fn decide(self: &Arc<Self>, by: &Actor, id: &ModelId, change: UpdateModel) -> AppResult<CatalogModel> {
        let decision = Decision {
            shown: change.shown,
            access: change.access.map(distinct),
            overrides: change.overrides.map(overrides::check).transpose()?,
            interfaces: None,
        };
        let mut changed = self.write(by, std::slice::from_ref(id), &decision).await?;
        changed.pop().ok_or_else(|| not_found(id))
    }

    /// Changes the same about many models, about all or none of them.
    ///
    /// # Errors
    /// `model.not_found`, `request.invalid` with the rule, or the database's.
    pub async fn decide_all(self: &Arc<Self>, by: &Actor, change: UpdateModels) -> AppResult<Vec<CatalogModel>> {
        let mut ids = change.ids;
        ids.sort_unstable();
        ids.dedup();
        if ids.is_empty() || ids.len() > MAX_MODELS_PAGE as usize {
            return Err(AppError::invalid(format!("`ids` must be 1 to {MAX_MODELS_PAGE} models")));
        }
        let decision = Decision { shown: change.shown, access: change.access.map(distinct), ..Decision::default() };
        self.write(by, &ids, &decision).await
    }

    /// How a model is asked beside chats, as far as somebody decided that.
    ///
    /// # Errors
    /// `model.not_found`, or the database's.
    pub async fn interfaces(&self, id: &ModelId) -> AppResult<Interfaces> {
        Ok(self.stored(id).await?.ok_or_else(|| not_found(id))?.interfaces)
    }

    /// Decides how a model is asked beside chats.
    ///
    /// # Errors
    /// `model.not_found`, `request.invalid` with the rule, or the database's.
    pub async fn set_interfaces(
        self: &Arc<Self>,
        by: &Actor,
        id: &ModelId,
        interfaces: Interfaces,
    ) -> AppResult<Interfaces> {
        let interfaces = overrides::check_interfaces(interfaces)?;
        let decision = Decision { interfaces: Some(interfaces.clone()), ..Decision::default() };
        let changed = self.write(by, std::slice::from_ref(id), &decision).await?;
        if changed.is_empty() { Err(not_found(id)) } else { Ok(interfaces) }
    }

    async fn write(self: &Arc<Self>, by: &Actor, ids: &[ModelId], decision: &Decision) -> AppResult<Vec<CatalogModel>> {
        let tx = self.begin().await?;
        let found = models::some(&tx, ids).await?;
        if found.len() < ids.len() {
            let found: HashSet<&ModelId> = found.iter().map(|model| &model.id).collect();
            return Err(ids.iter().find(|id| !found.contains(id)).map_or_else(no_cursor, not_found));
        }
        models::decide(&tx, ids, decision).await?;
        let rows = models::some(&tx, ids).await?;
        audit::write(&tx, by, &noted(&found, &rows), self.clock.now()).await?;
        self.finish(tx, None).await?;
        tracing::info!(models = ids.len(), "models changed");
        Ok(self.on_shelf(rows))
    }

    fn on_shelf(&self, rows: Vec<StoredModel>) -> Vec<CatalogModel> {
        let snapshot = self.snapshot();
        let shelved = rows.into_iter().filter_map(|row| {
            let entry =
                snapshot.entry(&row.connection_id).filter(|entry| entry.owner.as_ref() == Scope::Everybody.owner())?;
            let (facts, sources) = layered(&row, entry.connection.protocol, &entry.connection.base_url);
            Some(CatalogModel {
                connection: entry.connection.name.clone(),
                public_name: public_name(&entry.connection.prefix, &row.name),
                id: row.id,
                connection_id: row.connection_id,
                name: row.name,
                shown: row.shown,
                listed: row.listed,
                access: row.access,
                facts,
                sources,
                overrides: row.overrides,
                created_at: rfc3339(row.created_at),
            })
        });
        shelved.collect()
    }
}

/// What the audit log says: of one model what changed, of many which ones and what they are since.
fn noted(before: &[StoredModel], after: &[StoredModel]) -> Deed {
    let decided = |row: &StoredModel| {
        json!({
            "shown": row.shown, "access": row.access, "overrides": row.overrides, "interfaces": row.interfaces,
        })
    };
    match (before, after) {
        ([before], [after]) => Deed::on(Act::ModelChanged, ThingKind::Model, &after.id, &after.name)
            .changes(decided(before), decided(after)),
        _ => {
            let names: Vec<&str> = after.iter().take(NAMES_NOTED).map(|row| row.name.as_str()).collect();
            let since = after.first().map(|row| json!({"shown": row.shown, "access": row.access}));
            let after = json!({"models": names, "count": after.len(), "since": since});
            Deed::new(Act::ModelChanged).changes(Value::Null, after)
        }
    }
}

/// Roles, each once. All of them are everybody.
fn distinct(mut access: Vec<UserRole>) -> Vec<UserRole> {
    let everybody = [UserRole::Admin, UserRole::User].iter().all(|role| access.contains(role));
    access.dedup();
    if everybody { Vec::new() } else { access }
}

fn no_cursor() -> AppError {
    AppError::invalid("`after` is not a cursor of this list")
}

fn not_found(id: &ModelId) -> AppError {
    AppError::new(ErrorCode::ModelNotFound).with("model", id)
}
