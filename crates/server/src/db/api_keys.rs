//! API keys. Of a secret only its digest is stored; a key's person is part of every question about it.

use super::engine::statement;
use super::entity::api_key::{self, Column, Entity as Keys};
use super::{parse_json, to_json};
use sea_orm::prelude::*;
use sea_orm::{ActiveValue::Set, ExprTrait as _, QueryOrder as _, QuerySelect as _};
use shared::accounts::UserStatus;
use shared::keys::Scope;
use shared::{ApiKeyId, ModelId, UserId};
use std::collections::HashSet;

/// A key.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct KeyRow {
    /// The key.
    pub id: ApiKeyId,
    /// Whose it is.
    pub user: UserId,
    /// How its secret begins.
    pub prefix: String,
    /// What may be changed of it.
    pub terms: Terms,
    /// When it was made, unix milliseconds.
    pub created_at: i64,
    /// When it was last used, unix milliseconds; see [`note_use`].
    pub last_used_at: Option<i64>,
    /// Where it was last used from.
    pub last_address: Option<String>,
    /// When somebody revoked it.
    pub revoked_at: Option<i64>,
}

/// What its person says of a key.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Terms {
    /// What it is called.
    pub name: String,
    /// What it may do.
    pub scopes: Vec<Scope>,
    /// The only models that are there for it; empty for all.
    pub models: Vec<ModelId>,
    /// The only addresses and networks that it is taken from; empty for anywhere.
    pub addresses: Vec<String>,
    /// Until when it is good, unix milliseconds.
    pub expires_at: Option<i64>,
}

/// Most keys that are listed; more than may stand, since what has expired is listed until it is revoked.
const MAX_LISTED: u64 = 200;
/// Keys of one person that are over and remembered, so that whoever shows one is told what became of it.
const MAX_OVER: i64 = 100;
/// Least time between two notes of a key's use, in milliseconds.
pub const USE_NOTED_MS: i64 = 60_000;
/// Few enough that a statement stays below the engines' limits of bound values.
const IDS_PER_QUERY: usize = 500;

impl TryFrom<api_key::Model> for KeyRow {
    type Error = DbErr;

    fn try_from(row: api_key::Model) -> Result<Self, DbErr> {
        Ok(Self {
            terms: Terms {
                scopes: parse_json("api_keys.scopes", &row.scopes)?,
                models: parse_json("api_keys.models", &row.models)?,
                addresses: parse_json("api_keys.addresses", &row.addresses)?,
                name: row.name,
                expires_at: row.expires_at,
            },
            id: ApiKeyId(row.id),
            user: UserId(row.user_id),
            prefix: row.prefix,
            created_at: row.created_at,
            last_used_at: row.last_used_at,
            last_address: row.last_address,
            revoked_at: row.revoked_at,
        })
    }
}

fn stored(terms: &Terms) -> Result<api_key::ActiveModel, DbErr> {
    Ok(api_key::ActiveModel {
        name: Set(terms.name.clone()),
        scopes: Set(to_json(&terms.scopes)?),
        models: Set(to_json(&terms.models)?),
        addresses: Set(to_json(&terms.addresses)?),
        expires_at: Set(terms.expires_at),
        ..Default::default()
    })
}

/// Adds a key, and forgets those of the person that are over and too many.
pub async fn insert(db: &impl ConnectionTrait, key: &KeyRow, hash: &str) -> Result<(), DbErr> {
    let row = api_key::ActiveModel {
        id: Set(key.id.0.clone()),
        user_id: Set(key.user.0.clone()),
        hash: Set(hash.to_owned()),
        prefix: Set(key.prefix.clone()),
        created_at: Set(key.created_at),
        ..stored(&key.terms)?
    };
    Keys::insert(row).exec_without_returning(db).await?;
    let (user, now) = (key.user.as_str(), key.created_at);
    let over = |place: u8| format!("user_id = ${place} AND (revoked_at IS NOT NULL OR expires_at <= ${})", place + 1);
    let forget = format!(
        "DELETE FROM api_keys WHERE {} AND id NOT IN \
         (SELECT id FROM api_keys WHERE {} ORDER BY created_at DESC, id DESC LIMIT $5)",
        over(1),
        over(3)
    );
    let values: [sea_orm::Value; 5] = [user.into(), now.into(), user.into(), now.into(), MAX_OVER.into()];
    db.execute_raw(statement(db, &forget, values)).await?;
    Ok(())
}

/// How many keys of a person stand: neither revoked nor expired.
pub async fn count_standing(db: &impl ConnectionTrait, user: &UserId, now: i64) -> Result<u64, DbErr> {
    Keys::find()
        .filter(Column::UserId.eq(user.as_str()))
        .filter(Column::RevokedAt.is_null())
        .filter(Column::ExpiresAt.is_null().or(Column::ExpiresAt.gt(now)))
        .count(db)
        .await
}

/// The keys of a person that nobody revoked, newest first.
pub async fn list(db: &impl ConnectionTrait, user: &UserId) -> Result<Vec<KeyRow>, DbErr> {
    let rows = Keys::find()
        .filter(Column::UserId.eq(user.as_str()))
        .filter(Column::RevokedAt.is_null())
        .order_by_desc(Column::CreatedAt)
        .order_by_desc(Column::Id)
        .limit(MAX_LISTED)
        .all(db)
        .await?;
    rows.into_iter().map(KeyRow::try_from).collect()
}

/// A key of this person that nobody revoked.
pub async fn get(db: &impl ConnectionTrait, user: &UserId, id: &ApiKeyId) -> Result<Option<KeyRow>, DbErr> {
    let row = Keys::find_by_id(id.as_str())
        .filter(Column::UserId.eq(user.as_str()))
        .filter(Column::RevokedAt.is_null())
        .one(db)
        .await?;
    row.map(KeyRow::try_from).transpose()
}

/// What a key is called that nobody revoked, whoever's it is.
pub async fn name(db: &impl ConnectionTrait, id: &ApiKeyId) -> Result<Option<String>, DbErr> {
    let row = Keys::find_by_id(id.as_str()).filter(Column::RevokedAt.is_null()).one(db).await?;
    Ok(row.map(|row| row.name))
}

/// The key whose secret has this digest, whatever became of it.
pub async fn by_hash(db: &impl ConnectionTrait, hash: &str) -> Result<Option<KeyRow>, DbErr> {
    Keys::find().filter(Column::Hash.eq(hash)).one(db).await?.map(KeyRow::try_from).transpose()
}

/// Changes what its person says of a key.
pub async fn set_terms(db: &impl ConnectionTrait, user: &UserId, id: &ApiKeyId, terms: &Terms) -> Result<(), DbErr> {
    Keys::update_many()
        .set(stored(terms)?)
        .filter(Column::Id.eq(id.as_str()))
        .filter(Column::UserId.eq(user.as_str()))
        .exec(db)
        .await?;
    Ok(())
}

/// Revokes a key of this person; whether there was one.
pub async fn revoke(db: &impl ConnectionTrait, user: &UserId, id: &ApiKeyId, now: i64) -> Result<bool, DbErr> {
    let theirs = Column::Id.eq(id.as_str()).and(Column::UserId.eq(user.as_str()));
    Ok(revoke_where(db, theirs, now).await? > 0)
}

/// Revokes all keys of a person.
pub async fn revoke_all(db: &impl ConnectionTrait, user: &UserId, now: i64) -> Result<(), DbErr> {
    revoke_where(db, Column::UserId.eq(user.as_str()), now).await?;
    Ok(())
}

/// How many were revoked.
async fn revoke_where(db: &impl ConnectionTrait, which: Expr, now: i64) -> Result<u64, DbErr> {
    let revoked = Keys::update_many()
        .col_expr(Column::RevokedAt, Expr::value(now))
        .filter(which)
        .filter(Column::RevokedAt.is_null())
        .exec(db)
        .await?;
    Ok(revoked.rows_affected)
}

/// Notes that a key is in use, unless that was noted within the last minute, here or on another server.
pub async fn note_use(db: &impl ConnectionTrait, id: &ApiKeyId, address: &str, now: i64) -> Result<(), DbErr> {
    let values = api_key::ActiveModel {
        last_used_at: Set(Some(now)),
        last_address: Set(Some(address.to_owned())),
        ..Default::default()
    };
    Keys::update_many()
        .set(values)
        .filter(Column::Id.eq(id.as_str()))
        .filter(Column::LastUsedAt.is_null().or(Column::LastUsedAt.lte(now - USE_NOTED_MS)))
        .exec(db)
        .await?;
    Ok(())
}

/// Those of these keys that still stand: neither revoked nor expired, and their people active and with passwords of their
/// own.
pub async fn standing(db: &impl ConnectionTrait, ids: &[ApiKeyId], now: i64) -> Result<HashSet<ApiKeyId>, DbErr> {
    let mut standing = HashSet::new();
    for ids in ids.chunks(IDS_PER_QUERY) {
        let places: Vec<String> = (3..ids.len() + 3).map(|number| format!("${number}")).collect();
        let query = format!(
            "SELECT api_keys.id FROM api_keys JOIN users ON users.id = api_keys.user_id \
             WHERE revoked_at IS NULL AND (expires_at IS NULL OR expires_at > $1) AND status = $2 \
             AND NOT must_change_password AND api_keys.id IN ({})",
            places.join(", ")
        );
        let values: [sea_orm::Value; 2] = [now.into(), UserStatus::Active.as_str().into()];
        let values = values.into_iter().chain(ids.iter().map(|id| id.as_str().into()));
        for row in db.query_all_raw(statement(db, &query, values)).await? {
            standing.insert(ApiKeyId(row.try_get("", "id")?));
        }
    }
    Ok(standing)
}
