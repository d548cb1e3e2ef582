//! Rows of `settings`: what administrators changed, by key. A row's version grows with every change, which is how other
//! servers on the same database notice.

use super::engine::statement;
use super::entity::setting::{self, Entity as Rows};
use super::{parse_json, to_json};
use sea_orm::prelude::*;
use serde_json::Value;

/// A stored setting.
#[derive(Clone, Debug, PartialEq)]
pub struct StoredSetting {
    /// Its key.
    pub key: String,
    /// Its value.
    pub value: Value,
    /// How often it was written.
    pub version: i64,
}

/// Every row.
pub async fn all(db: &impl ConnectionTrait) -> Result<Vec<StoredSetting>, DbErr> {
    let rows = Rows::find().all(db).await?;
    rows.into_iter()
        .map(|row| {
            Ok(StoredSetting { value: parse_json("settings.value", &row.value)?, key: row.key, version: row.version })
        })
        .collect()
}

/// Writes a value and counts its version up.
pub async fn put(db: &impl ConnectionTrait, key: &str, value: &Value, now: i64) -> Result<(), DbErr> {
    let query = "INSERT INTO settings (key, value, version, updated_at) VALUES ($1, $2, 1, $3) \
         ON CONFLICT (key) DO UPDATE SET value = excluded.value, version = settings.version + 1, \
         updated_at = excluded.updated_at";
    write(db, query, key, value, now).await
}

/// Writes a value only where there is none yet.
pub async fn seed(db: &impl ConnectionTrait, key: &str, value: &Value, now: i64) -> Result<(), DbErr> {
    let query = "INSERT INTO settings (key, value, version, updated_at) VALUES ($1, $2, 1, $3) \
         ON CONFLICT (key) DO NOTHING";
    write(db, query, key, value, now).await
}

async fn write(db: &impl ConnectionTrait, query: &str, key: &str, value: &Value, now: i64) -> Result<(), DbErr> {
    let values = [key.into(), to_json(value)?.into(), now.into()];
    db.execute_raw(statement(db, query, values)).await?;
    Ok(())
}

/// The version of one row; 0 while it does not exist.
pub async fn version(db: &impl ConnectionTrait, key: &str) -> Result<i64, DbErr> {
    let row = Rows::find_by_id(key).one(db).await?;
    Ok(row.map_or(0, |row: setting::Model| row.version))
}
