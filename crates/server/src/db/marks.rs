//! Marks of the installation in the table `meta`, beside the schema's own. No person's data, no settings.

use super::engine::{Db, statement};
use super::recognise::connect;
use sea_orm::{ConnectionTrait, DbErr};
use sqlx::sqlite::SqliteConnectOptions;
use std::path::Path;

/// Sets a mark.
///
/// # Errors
/// The database's.
pub async fn set(db: &Db, key: &str, value: &str) -> Result<(), DbErr> {
    if get(db.read(), key).await?.as_deref() == Some(value) {
        return Ok(());
    }
    let upsert = "INSERT INTO meta (key, value) VALUES ($1, $2) ON CONFLICT (key) DO UPDATE SET value = excluded.value";
    let tx = db.begin().await?;
    tx.execute_raw(statement(&tx, upsert, [key.into(), value.into()])).await?;
    tx.commit().await
}

/// Sets a mark that nobody set before, and answers what it is from then on.
///
/// # Errors
/// The database's.
pub async fn settle(db: &Db, key: &str, value: &str) -> Result<String, DbErr> {
    if let Some(known) = get(db.read(), key).await? {
        return Ok(known);
    }
    let tx = db.begin().await?;
    let insert = "INSERT INTO meta (key, value) VALUES ($1, $2) ON CONFLICT (key) DO NOTHING";
    tx.execute_raw(statement(&tx, insert, [key.into(), value.into()])).await?;
    let settled = get(&tx, key).await?;
    tx.commit().await?;
    Ok(settled.unwrap_or_else(|| value.to_owned()))
}

/// The value of a mark.
///
/// # Errors
/// The database's.
pub async fn get(db: &impl ConnectionTrait, key: &str) -> Result<Option<String>, DbErr> {
    let row = db.query_one_raw(statement(db, "SELECT value FROM meta WHERE key = $1", [key.into()])).await?;
    row.map(|row| row.try_get("", "value")).transpose()
}

/// The value of a mark in a SQLite file of ours that is not open. The file and its log stay as they are; SQLite may put
/// its shared memory beside them.
///
/// # Errors
/// The database's.
pub async fn read(path: &Path, key: &str) -> Result<Option<String>, DbErr> {
    let db = connect(SqliteConnectOptions::new().filename(path).read_only(true)).await?;
    let value = get(&db, key).await;
    // Nothing was written, so nothing is lost if closing fails.
    let _ = db.close().await;
    value
}
