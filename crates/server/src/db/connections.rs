//! Connections to providers and their sealed keys. Keys, headers and proxies pass through here sealed only.

use super::engine::statement;
use super::entity::connection::{self, Entity as Connections};
use super::entity::connection_key::{self, Entity as Keys};
use super::models::{self, StoredModel};
use super::{parse_word, settings, to_json};
use sea_orm::prelude::*;
use sea_orm::sea_query::{Query, SelectStatement};
use sea_orm::{ActiveValue::Set, Condition, QueryOrder};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use shared::connections::{ConnectionTimeouts, Protocol};
use shared::{ApiError, ConnectionId, KeyId, UserId};
use std::collections::HashMap;

/// The row of `settings` whose version counts the changes of this module's tables and of `models`.
const CHANGES: &str = "catalog";

/// Whose connections are meant. It is part of every query that names one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Scope {
    /// Everybody's, which administrators look after.
    Everybody,
    /// One person's own.
    Own(UserId),
}

impl Scope {
    /// Whose they are, if they are somebody's.
    #[must_use]
    pub fn owner(&self) -> Option<&UserId> {
        match self {
            Self::Everybody => None,
            Self::Own(user) => Some(user),
        }
    }

    fn condition(&self) -> Condition {
        let owner = connection::Column::OwnerId;
        let fits = self.owner().map_or_else(|| owner.is_null(), |user| owner.eq(user.as_str()));
        Condition::all().add(fits)
    }
}

/// A stored connection with all that belongs to it.
#[derive(Clone, Debug, PartialEq)]
pub struct StoredConnection {
    /// The connection.
    pub id: ConnectionId,
    /// Whose it is, if it is one person's own.
    pub owner: Option<UserId>,
    /// What describes it.
    pub about: About,
    /// The environment variable that it comes from.
    pub variable: Option<String>,
    /// How its list of models stands.
    pub list: ListRow,
    /// Created at, unix milliseconds.
    pub created_at: i64,
    /// Its keys, in the order in which they are tried.
    pub keys: Vec<SealedKey>,
    /// Its models in the provider's order, those included that the provider dropped.
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
    /// What stands before the names of its models.
    pub prefix: String,
    /// Its headers and its proxy, sealed for the place `connections/{id}/sealed`.
    pub sealed: Option<String>,
    /// What else is known of it.
    pub options: Options,
}

impl About {
    /// A connection that is switched on, without anything out of the ordinary.
    #[must_use]
    pub fn plain(name: String, protocol: Protocol, base_url: String) -> Self {
        let (prefix, sealed, options) = (String::new(), None, Options::default());
        Self { name, protocol, base_url, enabled: true, prefix, sealed, options }
    }
}

/// What is known of a connection beside its columns.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct Options {
    /// How long to wait for it.
    pub timeouts: ConnectionTimeouts,
    /// Whether somebody typed the names of its models, so that nothing is fetched.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub typed: bool,
    /// Whether models that appear later are shown; the first list decides where nobody did.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub show_new: Option<bool>,
    /// Whether the next list is taken as a first one: somebody asked for it, or went to another provider, while there was
    /// none to be had.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub afresh: bool,
}

/// How the list of models of a connection stands, in unix milliseconds.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ListRow {
    /// Last fetched at.
    pub fetched_at: Option<i64>,
    /// Last asked for by the server itself; whoever sets it is the one that asks.
    pub asked_at: Option<i64>,
    /// Why it could not be fetched since then, and when that was.
    pub failed: Option<(ApiError, i64)>,
}

/// What a list that is being fetched belongs to: where one of these is another meanwhile, it is too late.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Mark {
    /// The address.
    pub base_url: String,
    /// Whether somebody typed the names.
    pub typed: bool,
    /// The last list.
    pub fetched_at: Option<i64>,
    /// The last failure.
    pub failed_at: Option<i64>,
}

impl StoredConnection {
    /// How it stands now.
    #[must_use]
    pub fn mark(&self) -> Mark {
        let list = &self.list;
        Mark {
            base_url: self.about.base_url.clone(),
            typed: self.about.options.typed,
            fetched_at: list.fetched_at,
            failed_at: list.failed.as_ref().map(|(_, at)| *at),
        }
    }
}

/// A key, sealed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SealedKey {
    /// The row, which is part of the place that it was sealed for.
    pub id: KeyId,
    /// Its name among the connection's keys.
    pub label: String,
    /// The sealed text.
    pub sealed: String,
    /// Whether it is used.
    pub enabled: bool,
    /// The models that it is for; empty means all.
    pub models: Vec<String>,
}

impl From<connection_key::Model> for SealedKey {
    fn from(row: connection_key::Model) -> Self {
        let models = serde_json::from_str(&row.models).unwrap_or_default();
        Self { id: KeyId(row.id), label: row.label, sealed: row.sealed, enabled: row.enabled, models }
    }
}

/// Every connection, the oldest first.
pub async fn all(db: &impl ConnectionTrait) -> Result<Vec<StoredConnection>, DbErr> {
    let rows = Connections::find().order_by_asc(connection::Column::Id).all(db).await?;
    let mut keys: HashMap<String, Vec<SealedKey>> = HashMap::new();
    for row in ordered_keys().all(db).await? {
        keys.entry(row.connection_id.clone()).or_default().push(row.into());
    }
    let mut models = models::by_connection(db).await?;
    rows.into_iter()
        .map(|row| {
            let keys = keys.remove(&row.id).unwrap_or_default();
            let models = models.remove(&row.id).unwrap_or_default();
            stored(row, keys, models)
        })
        .collect()
}

fn ordered_keys() -> Select<Keys> {
    Keys::find().order_by_asc(connection_key::Column::Position).order_by_asc(connection_key::Column::Id)
}

fn stored(row: connection::Model, keys: Vec<SealedKey>, models: Vec<StoredModel>) -> Result<StoredConnection, DbErr> {
    let failed = row.list_error.as_deref().and_then(|text| serde_json::from_str(text).ok()).zip(row.list_error_at);
    Ok(StoredConnection {
        id: ConnectionId(row.id),
        owner: row.owner_id.map(UserId),
        about: About {
            name: row.name,
            protocol: parse_word("connections.protocol", &row.protocol)?,
            base_url: row.base_url,
            enabled: row.enabled,
            prefix: row.prefix,
            sealed: row.sealed,
            options: serde_json::from_str(&row.options).unwrap_or_default(),
        },
        variable: row.variable,
        list: ListRow { fetched_at: row.listed_at, asked_at: row.asked_at, failed },
        created_at: row.created_at,
        keys,
        models,
    })
}

/// The connection with this id, if it is in the scope.
pub async fn get(
    db: &impl ConnectionTrait,
    scope: &Scope,
    id: &ConnectionId,
) -> Result<Option<StoredConnection>, DbErr> {
    let row = Connections::find_by_id(id.as_str()).filter(scope.condition()).one(db).await?;
    let Some(row) = row else { return Ok(None) };
    let of_it = connection_key::Column::ConnectionId.eq(id.as_str());
    let keys = ordered_keys().filter(of_it).all(db).await?.into_iter().map(SealedKey::from).collect();
    stored(row, keys, models::of(db, id).await?).map(Some)
}

/// How many connections there are in a scope.
pub async fn count(db: &impl ConnectionTrait, scope: &Scope) -> Result<u64, DbErr> {
    Connections::find().filter(scope.condition()).count(db).await
}

/// The ids of everybody's connections, for queries inside queries.
pub(super) fn of_everybody() -> SelectStatement {
    let owner = connection::Column::OwnerId;
    Query::select().column(connection::Column::Id).from(Connections).and_where(owner.is_null()).to_owned()
}

/// Creates a connection, without keys and models.
pub async fn insert(
    db: &impl ConnectionTrait,
    scope: &Scope,
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
        owner_id: scope.owner().map(|user| user.0.clone()),
        prefix: about.prefix.clone(),
        sealed: about.sealed.clone(),
        options: to_json(&about.options)?,
        listed_at: None,
        asked_at: None,
        list_error: None,
        list_error_at: None,
        enabled: about.enabled,
        created_at: now,
        updated_at: now,
    };
    let row: connection::ActiveModel = row.into();
    Connections::insert(row).exec_without_returning(db).await?;
    Ok(())
}

/// Changes a connection that was found in its scope. Answers whether it was there.
pub async fn update(db: &impl ConnectionTrait, id: &ConnectionId, about: &About, now: i64) -> Result<bool, DbErr> {
    let values = connection::ActiveModel {
        name: Set(about.name.clone()),
        protocol: Set(about.protocol.as_str().to_owned()),
        base_url: Set(about.base_url.clone()),
        enabled: Set(about.enabled),
        prefix: Set(about.prefix.clone()),
        sealed: Set(about.sealed.clone()),
        options: Set(to_json(&about.options)?),
        updated_at: Set(now),
        ..Default::default()
    };
    write(db, id, values).await
}

async fn write(db: &impl ConnectionTrait, id: &ConnectionId, values: connection::ActiveModel) -> Result<bool, DbErr> {
    let done = Connections::update_many().set(values).filter(connection::Column::Id.eq(id.as_str())).exec(db).await?;
    Ok(done.rows_affected > 0)
}

/// Notes that the list of models was fetched.
pub async fn set_fetched(db: &impl ConnectionTrait, id: &ConnectionId, now: i64) -> Result<bool, DbErr> {
    let values = connection::ActiveModel {
        listed_at: Set(Some(now)),
        list_error: Set(None),
        list_error_at: Set(None),
        ..Default::default()
    };
    write(db, id, values).await
}

/// Notes why the list of models could not be fetched; none forgets an earlier reason.
pub async fn set_failed(
    db: &impl ConnectionTrait,
    id: &ConnectionId,
    error: Option<&ApiError>,
    now: i64,
) -> Result<bool, DbErr> {
    let values = connection::ActiveModel {
        list_error: Set(error.map(to_json).transpose()?),
        list_error_at: Set(error.map(|_| now)),
        ..Default::default()
    };
    write(db, id, values).await
}

/// Claims the right to ask for a list: of all servers that saw the same last time, one gets it.
pub async fn claim(db: &impl ConnectionTrait, id: &ConnectionId, seen: Option<i64>, now: i64) -> Result<bool, DbErr> {
    let asked = connection::Column::AskedAt;
    let values = connection::ActiveModel { asked_at: Set(Some(now)), ..Default::default() };
    let done = Connections::update_many()
        .set(values)
        .filter(connection::Column::Id.eq(id.as_str()))
        .filter(seen.map_or_else(|| asked.is_null(), |seen| asked.eq(seen)))
        .exec(db)
        .await?;
    Ok(done.rows_affected > 0)
}

/// How a connection stands now, without its keys and models, and when a server asked for its list by itself.
pub async fn mark(db: &impl ConnectionTrait, id: &ConnectionId) -> Result<Option<(Mark, Option<i64>)>, DbErr> {
    let Some(row) = Connections::find_by_id(id.as_str()).one(db).await? else { return Ok(None) };
    let asked_at = row.asked_at;
    Ok(Some((stored(row, Vec::new(), Vec::new())?.mark(), asked_at)))
}

/// Deletes a connection with its keys and models. Answers whether it was there.
pub async fn delete(db: &impl ConnectionTrait, scope: &Scope, id: &ConnectionId) -> Result<bool, DbErr> {
    let done = Connections::delete_by_id(id.as_str()).filter(scope.condition()).exec(db).await?;
    Ok(done.rows_affected > 0)
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

/// Whether everybody's connections have a model other than the demo.
pub async fn has_real_model(db: &impl ConnectionTrait) -> Result<bool, DbErr> {
    let query = "SELECT COUNT(*) AS count FROM models JOIN connections ON connections.id = models.connection_id \
         WHERE models.enabled AND connections.enabled AND connections.owner_id IS NULL AND connections.protocol <> $1";
    let row = db.query_one_raw(statement(db, query, [Protocol::Demo.as_str().into()])).await?;
    let count: i64 = row.map_or(Ok(0), |row| row.try_get("", "count"))?;
    Ok(count > 0)
}

/// Gives a connection these keys instead of those that it had.
pub async fn set_keys(
    db: &impl ConnectionTrait,
    connection: &ConnectionId,
    keys: &[SealedKey],
    now: i64,
) -> Result<(), DbErr> {
    let of_it = connection_key::Column::ConnectionId.eq(connection.as_str());
    Keys::delete_many().filter(of_it).exec(db).await?;
    if keys.is_empty() {
        return Ok(());
    }
    let row = |(position, key): (i64, &SealedKey)| -> Result<connection_key::ActiveModel, DbErr> {
        let row = connection_key::Model {
            id: key.id.0.clone(),
            connection_id: connection.0.clone(),
            label: key.label.clone(),
            sealed: key.sealed.clone(),
            models: to_json(&key.models)?,
            position,
            enabled: key.enabled,
            created_at: now,
        };
        Ok(row.into())
    };
    let rows = (0..).zip(keys).map(row).collect::<Result<Vec<_>, DbErr>>()?;
    Keys::insert_many(rows).exec_without_returning(db).await?;
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
