//! Models of connections: what the provider says of them, what administrators decide, whether they are shown.

use super::connections::of_everybody;
use super::engine::statement;
use super::entity::model::{self, Entity as Models};
use super::{like, to_json};
use crate::clock::new_id;
use sea_orm::prelude::*;
use sea_orm::{ActiveValue::Set, Condition, QueryOrder};
use serde::de::DeserializeOwned;
use shared::accounts::UserRole;
use shared::interfaces::Interfaces;
use shared::models::{CatalogQuery, Facts, ModelOverride};
use shared::{ConnectionId, ModelId};
use std::collections::{HashMap, HashSet};

/// Few enough that a statement stays below the engines' limits of bound values.
const ROWS_A_STATEMENT: usize = 80;
/// Most models of a connection that are kept for nothing but the day they come back.
pub const MAX_UNLISTED: usize = 2_000;

/// A stored model.
#[derive(Clone, Debug, PartialEq)]
pub struct StoredModel {
    /// The model.
    pub id: ModelId,
    /// Its connection.
    pub connection_id: ConnectionId,
    /// Its name at the provider.
    pub name: String,
    /// Real tokens of a request over estimated ones.
    pub token_ratio: f64,
    /// Whether the provider still has it.
    pub listed: bool,
    /// Whether people may choose it.
    pub shown: bool,
    /// What the provider says of it.
    pub facts: Facts,
    /// What administrators say of it.
    pub overrides: ModelOverride,
    /// Who may use it; empty means everybody.
    pub access: Vec<UserRole>,
    /// How it is asked beside chats.
    pub interfaces: Interfaces,
    /// First seen at, unix milliseconds.
    pub created_at: i64,
}

impl From<model::Model> for StoredModel {
    fn from(row: model::Model) -> Self {
        let mut facts: Facts = parse("facts", &row.facts);
        let window = row.context_window.and_then(|window| u32::try_from(window).ok());
        facts.context_window = facts.context_window.or(window);
        Self {
            id: ModelId(row.id),
            connection_id: ConnectionId(row.connection_id),
            name: row.name,
            token_ratio: row.token_ratio,
            listed: row.enabled,
            shown: row.shown,
            facts,
            overrides: parse("overrides", &row.overrides),
            access: access(&row.access),
            interfaces: parse("interfaces", &row.interfaces),
            created_at: row.created_at,
        }
    }
}

/// A column that a newer release may have written in a form of its own: it counts as empty, and the rest works.
fn parse<T: DeserializeOwned + Default>(column: &str, text: &str) -> T {
    if text == "{}" || text == "[]" {
        return T::default();
    }
    serde_json::from_str(text).unwrap_or_else(|error| {
        tracing::warn!("models.{column} of a model is not understood and left out: {error}");
        T::default()
    })
}

/// Who may use a model. What is not understood was meant to keep somebody out, so it keeps out all but administrators.
fn access(text: &str) -> Vec<UserRole> {
    serde_json::from_str(text).unwrap_or_else(|_| vec![UserRole::Admin])
}

/// A model as a list has it.
#[derive(Clone, Debug, PartialEq)]
pub struct Listed {
    /// Its name at the provider.
    pub name: String,
    /// What the provider says of it; none keeps what it said before.
    pub facts: Option<Facts>,
    /// Whether it is shown when it is new.
    pub shown: bool,
    /// Whether somebody named it just now: it is shown even where it was known and hidden.
    pub named: bool,
}

/// All models, by connection, in the order in which they were seen first.
pub async fn by_connection(db: &impl ConnectionTrait) -> Result<HashMap<String, Vec<StoredModel>>, DbErr> {
    let mut models: HashMap<String, Vec<StoredModel>> = HashMap::new();
    for row in Models::find().order_by_asc(model::Column::Id).all(db).await? {
        models.entry(row.connection_id.clone()).or_default().push(row.into());
    }
    Ok(models)
}

/// The models of one connection, in the order in which they were seen first.
pub async fn of(db: &impl ConnectionTrait, connection: &ConnectionId) -> Result<Vec<StoredModel>, DbErr> {
    let of_it = model::Column::ConnectionId.eq(connection.as_str());
    let rows = Models::find().filter(of_it).order_by_asc(model::Column::Id).all(db).await?;
    Ok(rows.into_iter().map(StoredModel::from).collect())
}

/// Gives a connection this list. A model that is not on it any more keeps its id and what was decided about it, for chats
/// that name it and for the day it comes back; of very many, the oldest that nobody cares for go. Answers whether anything
/// changed.
pub async fn set_list(
    db: &impl ConnectionTrait,
    connection: &ConnectionId,
    list: &[Listed],
    now: i64,
) -> Result<bool, DbErr> {
    let of_it = model::Column::ConnectionId.eq(connection.as_str());
    let known = Models::find().filter(of_it).all(db).await?;
    let wanted: HashMap<&str, &Listed> = list.iter().map(|model| (model.name.as_str(), model)).collect();
    let (mut gone, mut back, mut named) = (Vec::new(), Vec::new(), Vec::new());
    let mut changed = false;
    for row in &known {
        let model = wanted.get(row.name.as_str());
        match model {
            None if row.enabled => gone.push(row.id.clone()),
            Some(_) if !row.enabled => back.push(row.id.clone()),
            _ => {}
        }
        if model.is_some_and(|model| model.named) && !row.shown {
            named.push(row.id.clone());
        }
        if let Some(facts) = model.and_then(|model| model.facts.as_ref()) {
            changed |= set_facts(db, row, facts).await?;
        }
    }
    set_listed(db, &gone, false).await?;
    set_listed(db, &back, true).await?;
    set_shown(db, &named, true).await?;
    let unlisted = known.iter().filter(|row| !row.enabled).count() + gone.len() - back.len();
    if unlisted > MAX_UNLISTED {
        forget_unlisted(db, connection).await?;
    }
    let mut known: HashSet<&str> = known.iter().map(|row| row.name.as_str()).collect();
    let new = list.iter().filter(|model| known.insert(&model.name));
    let rows: Vec<model::ActiveModel> =
        new.map(|model| new_row(connection, model, now)).collect::<Result<_, DbErr>>()?;
    for some in rows.chunks(ROWS_A_STATEMENT) {
        Models::insert_many(some.to_vec()).exec_without_returning(db).await?;
    }
    Ok(changed || !(gone.is_empty() && back.is_empty() && named.is_empty() && rows.is_empty()))
}

/// Forgets the oldest models that their provider dropped, but for those about which something was decided and those that
/// a chat, a person or a setting names. A provider that renames its models with every look would fill the disk.
async fn forget_unlisted(db: &impl ConnectionTrait, connection: &ConnectionId) -> Result<(), DbErr> {
    let query = "DELETE FROM models WHERE id IN (SELECT models.id FROM models WHERE models.connection_id = $1 \
         AND NOT models.enabled AND models.overrides = '{}' AND models.access = '[]' AND models.interfaces = '{}' \
         AND NOT EXISTS (SELECT 1 FROM sessions WHERE sessions.model_id = models.id) \
         AND NOT EXISTS (SELECT 1 FROM users WHERE users.default_model_id = models.id) \
         AND NOT EXISTS (SELECT 1 FROM settings WHERE settings.value = '\"' || models.id || '\"') \
         ORDER BY models.id DESC LIMIT 1000000000 OFFSET $2)";
    let values = [connection.as_str().into(), i64::try_from(MAX_UNLISTED).unwrap_or(i64::MAX).into()];
    db.execute_raw(statement(db, query, values)).await?;
    Ok(())
}

/// Shows these listed models of a connection and hides its others.
pub async fn show_only(
    db: &impl ConnectionTrait,
    connection: &ConnectionId,
    names: &HashSet<&str>,
) -> Result<(), DbErr> {
    let (shown, hidden): (Vec<StoredModel>, Vec<StoredModel>) = of(db, connection)
        .await?
        .into_iter()
        .filter(|model| model.listed)
        .partition(|model| names.contains(&*model.name));
    for (models, shown) in [(shown, true), (hidden, false)] {
        let ids = models.into_iter().filter(|model| model.shown != shown).map(|model| model.id.0);
        set_shown(db, &ids.collect::<Vec<_>>(), shown).await?;
    }
    Ok(())
}

async fn set_facts(db: &impl ConnectionTrait, row: &model::Model, facts: &Facts) -> Result<bool, DbErr> {
    let (text, window) = (to_json(facts)?, facts.context_window.map(i64::from));
    if row.facts == text && row.context_window == window {
        return Ok(false);
    }
    let values = model::ActiveModel { facts: Set(text), context_window: Set(window), ..Default::default() };
    Models::update_many().set(values).filter(model::Column::Id.eq(&*row.id)).exec(db).await?;
    Ok(true)
}

async fn set_shown(db: &impl ConnectionTrait, ids: &[String], shown: bool) -> Result<(), DbErr> {
    for some in ids.chunks(ROWS_A_STATEMENT) {
        let values = model::ActiveModel { shown: Set(shown), ..Default::default() };
        Models::update_many().set(values).filter(model::Column::Id.is_in(some)).exec(db).await?;
    }
    Ok(())
}

async fn set_listed(db: &impl ConnectionTrait, ids: &[String], listed: bool) -> Result<(), DbErr> {
    for some in ids.chunks(ROWS_A_STATEMENT) {
        let values = model::ActiveModel { enabled: Set(listed), ..Default::default() };
        Models::update_many().set(values).filter(model::Column::Id.is_in(some)).exec(db).await?;
    }
    Ok(())
}

fn new_row(connection: &ConnectionId, model: &Listed, now: i64) -> Result<model::ActiveModel, DbErr> {
    let facts = model.facts.clone().unwrap_or_default();
    let row = model::Model {
        id: new_id(),
        connection_id: connection.0.clone(),
        name: model.name.clone(),
        context_window: facts.context_window.map(i64::from),
        token_ratio: 1.0,
        enabled: true,
        shown: model.shown,
        facts: to_json(&facts)?,
        overrides: "{}".to_owned(),
        access: "[]".to_owned(),
        interfaces: "{}".to_owned(),
        created_at: now,
    };
    Ok(row.into())
}

/// Stores the token ratio of a model.
pub async fn set_ratio(db: &impl ConnectionTrait, id: &ModelId, ratio: f64) -> Result<(), DbErr> {
    let values = model::ActiveModel { token_ratio: Set(ratio), ..Default::default() };
    Models::update_many().set(values).filter(model::Column::Id.eq(id.as_str())).exec(db).await?;
    Ok(())
}

/// What an administrator decides about models. Absent fields stay as they are.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Decision {
    /// Whether people may choose them.
    pub shown: Option<bool>,
    /// Who may use them.
    pub access: Option<Vec<UserRole>>,
    /// What is said of them.
    pub overrides: Option<ModelOverride>,
    /// How they are asked beside chats.
    pub interfaces: Option<Interfaces>,
}

/// Writes a decision about models of everybody's connections. Answers how many of these ids are such models.
pub async fn decide(db: &impl ConnectionTrait, ids: &[ModelId], decision: &Decision) -> Result<u64, DbErr> {
    let mut values = model::ActiveModel { ..Default::default() };
    if let Some(shown) = decision.shown {
        values.shown = Set(shown);
    }
    if let Some(access) = &decision.access {
        values.access = Set(to_json(access)?);
    }
    if let Some(overrides) = &decision.overrides {
        values.overrides = Set(to_json(overrides)?);
    }
    if let Some(interfaces) = &decision.interfaces {
        values.interfaces = Set(to_json(interfaces)?);
    }
    let mut changed = 0;
    for some in ids.chunks(ROWS_A_STATEMENT) {
        let these = of_everybodys(some);
        changed += if *decision == Decision::default() {
            Models::find().filter(these).count(db).await?
        } else {
            Models::update_many().set(values.clone()).filter(these).exec(db).await?.rows_affected
        };
    }
    Ok(changed)
}

/// The models with these ids, as far as they belong to everybody's connections.
fn of_everybodys(ids: &[ModelId]) -> Condition {
    Condition::all()
        .add(model::Column::Id.is_in(ids.iter().map(ModelId::as_str)))
        .add(model::Column::ConnectionId.in_subquery(of_everybody()))
}

/// These models, as far as they belong to everybody's connections, in the order of the catalogue.
pub async fn some(db: &impl ConnectionTrait, ids: &[ModelId]) -> Result<Vec<StoredModel>, DbErr> {
    let mut found: Vec<StoredModel> = Vec::new();
    for some in ids.chunks(ROWS_A_STATEMENT) {
        let these = of_everybodys(some);
        found.extend(Models::find().filter(these).all(db).await?.into_iter().map(StoredModel::from));
    }
    found.sort_by(|one, other| (&one.connection_id, &one.id).cmp(&(&other.connection_id, &other.id)));
    Ok(found)
}

/// One page of the models of everybody's connections: by connection, then in the order in which they were seen first. One
/// that its provider dropped is among them while something was decided about it.
pub async fn page(
    db: &impl ConnectionTrait,
    query: &CatalogQuery,
    after: Option<&StoredModel>,
    limit: u32,
) -> Result<Vec<StoredModel>, DbErr> {
    let mut sql = "SELECT models.* FROM models JOIN connections ON connections.id = models.connection_id \
         WHERE connections.owner_id IS NULL AND connections.protocol <> 'demo' \
         AND (connections.variable IS NULL OR connections.enabled) \
         AND (models.enabled OR models.overrides <> '{}' OR models.access <> '[]' OR models.interfaces <> '{}')"
        .to_owned();
    let mut values: Vec<sea_orm::Value> = Vec::new();
    let mut place = |value: sea_orm::Value| {
        values.push(value);
        format!("${}", values.len())
    };
    if let Some(text) = query.q.as_deref().map(str::trim).filter(|text| !text.is_empty()) {
        let pattern = place(like(text).into());
        sql += &format!(" AND LOWER(connections.prefix || models.name) LIKE {pattern} ESCAPE '!'");
    }
    if let Some(connection) = &query.connection {
        sql += &format!(" AND models.connection_id = {}", place(connection.as_str().into()));
    }
    if let Some(shown) = query.shown {
        sql += &format!(" AND models.shown = {}", place(shown.into()));
    }
    if let Some(after) = after {
        let (connection, id) = (place(after.connection_id.as_str().into()), place(after.id.as_str().into()));
        sql += &format!(" AND (models.connection_id, models.id) > ({connection}, {id})");
    }
    sql += &format!(" ORDER BY models.connection_id, models.id LIMIT {}", place(i64::from(limit).into()));
    let rows = Models::find().from_raw_sql(statement(db, &sql, values)).all(db).await?;
    Ok(rows.into_iter().map(StoredModel::from).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn access_that_is_not_understood_keeps_people_out() {
        assert_eq!(access("[]"), []);
        assert_eq!(access(r#"["user"]"#), [UserRole::User]);
        assert_eq!(access(r#"["guest"]"#), [UserRole::Admin]);
    }
}
