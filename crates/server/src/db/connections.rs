//! Connections to providers, their sealed keys and their models. Keys pass through here sealed only.

use super::engine::statement;
use super::entity::connection::{self, Entity as Connections};
use super::entity::connection_key::{self, Entity as Keys};
use super::entity::model::{self, Entity as Models};
use super::{parse_word, settings};
use crate::clock::new_id;
use sea_orm::prelude::*;
use sea_orm::{ActiveValue::Set, QueryOrder};
use serde_json::Value;
use shared::connections::Protocol;
use shared::{ConnectionId, ModelId};
use std::collections::{HashMap, HashSet};

/// The row of `settings` whose version counts the changes of this module's tables.
const CHANGES: &str = "catalog";

/// A stored connection with all that belongs to it.
#[derive(Clone, Debug, PartialEq)]
pub struct StoredConnection {
    /// The connection.
    pub id: ConnectionId,
    /// What describes it.
    pub about: About,
    /// The environment variable that it comes from.
    pub variable: Option<String>,
    /// Created at, unix milliseconds.
    pub created_at: i64,
    /// Its key, if it has one.
    pub key: Option<SealedKey>,
    /// Its models in the provider's order, disabled ones included.
    pub models: Vec<StoredModel>,
}

/// The part of a connection that can be changed.
#[derive(Clone, Debug, PartialEq)]
pub struct About {
    /// Its name.
    pub name: String,
    /// Its protocol.
    pub protocol: Protocol,
    /// Its base URL.
    pub base_url: String,
    /// Whether its models can be used.
    pub enabled: bool,
}

/// A sealed key.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SealedKey {
    /// The row, which is part of the place that it was sealed for.
    pub id: String,
    /// The sealed text.
    pub sealed: String,
}

/// A stored model.
#[derive(Clone, Debug, PartialEq)]
pub struct StoredModel {
    /// The model.
    pub id: ModelId,
    /// Its name at the provider.
    pub name: String,
    /// Context window in tokens, where known.
    pub context_window: Option<u32>,
    /// Real tokens of a request over estimated ones.
    pub token_ratio: f64,
    /// Whether the provider still has it.
    pub enabled: bool,
}

/// Every connection, the oldest first.
pub async fn all(db: &impl ConnectionTrait) -> Result<Vec<StoredConnection>, DbErr> {
    let rows = Connections::find().order_by_asc(connection::Column::Id).all(db).await?;
    let keys = Keys::find().filter(connection_key::Column::Enabled.eq(true)).all(db).await?;
    let mut keys: HashMap<String, connection_key::Model> =
        keys.into_iter().map(|key| (key.connection_id.clone(), key)).collect();
    let mut models: HashMap<String, Vec<StoredModel>> = HashMap::new();
    for row in Models::find().order_by_asc(model::Column::Id).all(db).await? {
        models.entry(row.connection_id.clone()).or_default().push(row.into());
    }
    rows.into_iter()
        .map(|row| {
            let key = keys.remove(&row.id).map(|key| SealedKey { id: key.id, sealed: key.sealed });
            let models = models.remove(&row.id).unwrap_or_default();
            stored(row, key, models)
        })
        .collect()
}

fn stored(row: connection::Model, key: Option<SealedKey>, models: Vec<StoredModel>) -> Result<StoredConnection, DbErr> {
    let protocol = parse_word("connections.protocol", &row.protocol)?;
    Ok(StoredConnection {
        id: ConnectionId(row.id),
        about: About { name: row.name, protocol, base_url: row.base_url, enabled: row.enabled },
        variable: row.variable,
        created_at: row.created_at,
        key,
        models,
    })
}

impl From<model::Model> for StoredModel {
    fn from(row: model::Model) -> Self {
        Self {
            id: ModelId(row.id),
            name: row.name,
            context_window: row.context_window.and_then(|window| u32::try_from(window).ok()),
            token_ratio: row.token_ratio,
            enabled: row.enabled,
        }
    }
}

/// The connection with this id.
pub async fn get(db: &impl ConnectionTrait, id: &ConnectionId) -> Result<Option<StoredConnection>, DbErr> {
    let Some(row) = Connections::find_by_id(id.as_str()).one(db).await? else { return Ok(None) };
    let of_it = connection_key::Column::ConnectionId.eq(id.as_str());
    let key = Keys::find().filter(of_it).filter(connection_key::Column::Enabled.eq(true)).one(db).await?;
    let of_it = model::Column::ConnectionId.eq(id.as_str());
    let models = Models::find().filter(of_it).order_by_asc(model::Column::Id).all(db).await?;
    let key = key.map(|key| SealedKey { id: key.id, sealed: key.sealed });
    stored(row, key, models.into_iter().map(StoredModel::from).collect()).map(Some)
}

/// Creates a connection, without key and models.
pub async fn insert(
    db: &impl ConnectionTrait,
    id: &ConnectionId,
    about: &About,
    variable: Option<&str>,
    now: i64,
) -> Result<(), DbErr> {
    let row = connection::Model {
        id: id.0.clone(),
        name: about.name.clone(),
        protocol: about.protocol.as_str().to_owned(),
        base_url: about.base_url.clone(),
        variable: variable.map(str::to_owned),
        enabled: about.enabled,
        created_at: now,
        updated_at: now,
    };
    let row: connection::ActiveModel = row.into();
    Connections::insert(row).exec_without_returning(db).await?;
    Ok(())
}

/// Changes a connection. Answers whether it was there.
pub async fn update(db: &impl ConnectionTrait, id: &ConnectionId, about: &About, now: i64) -> Result<bool, DbErr> {
    let values = connection::ActiveModel {
        name: Set(about.name.clone()),
        base_url: Set(about.base_url.clone()),
        enabled: Set(about.enabled),
        updated_at: Set(now),
        ..Default::default()
    };
    let done = Connections::update_many().set(values).filter(connection::Column::Id.eq(id.as_str())).exec(db).await?;
    Ok(done.rows_affected > 0)
}

/// Deletes a connection with its keys and models. Answers whether it was there.
pub async fn delete(db: &impl ConnectionTrait, id: &ConnectionId) -> Result<bool, DbErr> {
    Ok(Connections::delete_by_id(id.as_str()).exec(db).await?.rows_affected > 0)
}

/// Deletes every connection of a protocol. Answers how many there were.
pub async fn delete_protocol(db: &impl ConnectionTrait, protocol: Protocol) -> Result<u64, DbErr> {
    let of_it = connection::Column::Protocol.eq(protocol.as_str());
    Ok(Connections::delete_many().filter(of_it).exec(db).await?.rows_affected)
}

/// A connection of this protocol, if there is one.
pub async fn find_protocol(db: &impl ConnectionTrait, protocol: Protocol) -> Result<Option<ConnectionId>, DbErr> {
    let of_it = connection::Column::Protocol.eq(protocol.as_str());
    Ok(Connections::find().filter(of_it).one(db).await?.map(|row| ConnectionId(row.id)))
}

/// Whether a model other than the demo can be used.
pub async fn has_real_model(db: &impl ConnectionTrait) -> Result<bool, DbErr> {
    let query = "SELECT COUNT(*) AS count FROM models JOIN connections ON connections.id = models.connection_id \
         WHERE models.enabled AND connections.enabled AND connections.protocol <> $1";
    let row = db.query_one_raw(statement(db, query, [Protocol::Demo.as_str().into()])).await?;
    let count: i64 = row.map_or(Ok(0), |row| row.try_get("", "count"))?;
    Ok(count > 0)
}

/// Gives a connection this key instead of the one it had; none leaves it without.
pub async fn set_key(
    db: &impl ConnectionTrait,
    connection: &ConnectionId,
    key: Option<&SealedKey>,
    now: i64,
) -> Result<(), DbErr> {
    let of_it = connection_key::Column::ConnectionId.eq(connection.as_str());
    Keys::delete_many().filter(of_it).exec(db).await?;
    let Some(key) = key else { return Ok(()) };
    let row = connection_key::Model {
        id: key.id.clone(),
        connection_id: connection.0.clone(),
        label: String::new(),
        sealed: key.sealed.clone(),
        enabled: true,
        created_at: now,
    };
    let row: connection_key::ActiveModel = row.into();
    Keys::insert(row).exec_without_returning(db).await?;
    Ok(())
}

/// Gives a connection these models (name and context window). One that is not among them any more is disabled and
/// keeps its id, for chats that name it and for the day it comes back.
pub async fn set_models(
    db: &impl ConnectionTrait,
    connection: &ConnectionId,
    wanted: &[(String, Option<u32>)],
    now: i64,
) -> Result<(), DbErr> {
    let of_it = model::Column::ConnectionId.eq(connection.as_str());
    let known = Models::find().filter(of_it).all(db).await?;
    for row in &known {
        let now_wanted = wanted.iter().find(|(name, _)| *name == row.name);
        let window = now_wanted.and_then(|(_, window)| window.map(i64::from)).or(row.context_window);
        if row.enabled == now_wanted.is_some() && row.context_window == window {
            continue;
        }
        let enabled = Set(now_wanted.is_some());
        let values = model::ActiveModel { enabled, context_window: Set(window), ..Default::default() };
        Models::update_many().set(values).filter(model::Column::Id.eq(&*row.id)).exec(db).await?;
    }
    let mut known: HashSet<&str> = known.iter().map(|row| row.name.as_str()).collect();
    let missing = wanted.iter().filter(|(name, _)| known.insert(name));
    let rows: Vec<model::ActiveModel> =
        missing.map(|(name, window)| new_model(connection, name, *window, now)).collect();
    for some in rows.chunks(MODELS_PER_INSERT) {
        Models::insert_many(some.to_vec()).exec_without_returning(db).await?;
    }
    Ok(())
}

/// Few enough that a statement stays below the engines' limits of bound values.
const MODELS_PER_INSERT: usize = 100;

fn new_model(connection: &ConnectionId, name: &str, window: Option<u32>, now: i64) -> model::ActiveModel {
    let row = model::Model {
        id: new_id(),
        connection_id: connection.0.clone(),
        name: name.to_owned(),
        context_window: window.map(i64::from),
        token_ratio: 1.0,
        enabled: true,
        created_at: now,
    };
    row.into()
}

/// Stores the token ratio of a model.
pub async fn set_ratio(db: &impl ConnectionTrait, id: &ModelId, ratio: f64) -> Result<(), DbErr> {
    let values = model::ActiveModel { token_ratio: Set(ratio), ..Default::default() };
    Models::update_many().set(values).filter(model::Column::Id.eq(id.as_str())).exec(db).await?;
    Ok(())
}

/// Says that these tables changed. Call it in the transaction that changes them.
pub async fn bump(db: &impl ConnectionTrait, now: i64) -> Result<(), DbErr> {
    settings::put(db, CHANGES, &Value::Null, now).await
}

/// How often these tables changed.
pub async fn version(db: &impl ConnectionTrait) -> Result<i64, DbErr> {
    settings::version(db, CHANGES).await
}
