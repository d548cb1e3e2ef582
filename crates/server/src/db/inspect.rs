//! A database of ours, looked at by somebody who writes nothing into it: its schema, its pages, its newest entry.

use super::engine::{Db, Engine, sqlx_db_error, statement};
use migration::Content;
use sea_orm::{ConnectionTrait, DbErr};
use sqlx::sqlite::SqliteConnectOptions;
use sqlx::{ConnectOptions as _, Connection as _, Row as _, SqliteConnection};
use std::path::Path;
use std::time::{Duration, Instant};

/// What a look at the pages came to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Pages {
    /// All in order.
    Good,
    /// Time was up; what was seen was in order.
    Unfinished,
    /// Damaged, in the words of SQLite.
    Damaged(String),
}

/// What the database holds.
///
/// # Errors
/// The database's.
pub async fn content(db: &Db) -> Result<Content, DbErr> {
    migration::look(db.read()).await
}

/// Checks the pages of a SQLite file for no longer than `limit`. PostgreSQL keeps its own house.
///
/// # Errors
/// The database's, where it cannot even be opened.
pub async fn check_pages(engine: &Engine, limit: Duration) -> Result<Pages, DbErr> {
    let Engine::Sqlite(path) = engine else { return Ok(Pages::Good) };
    let mut connection = read_only(path).await?;
    let deadline = Instant::now() + limit;
    {
        let mut handle = connection.lock_handle().await.map_err(sqlx_db_error)?;
        handle.set_progress_handler(10_000, move || Instant::now() < deadline);
    }
    let checked = sqlx::query("PRAGMA quick_check(1)").fetch_one(&mut connection).await;
    let pages = match checked.and_then(|row| row.try_get::<String, _>(0)) {
        Ok(word) if word == "ok" => Pages::Good,
        Ok(fault) => Pages::Damaged(fault),
        Err(_) if Instant::now() >= deadline => Pages::Unfinished,
        Err(error) => Pages::Damaged(error.to_string()),
    };
    // It only read, so nothing is lost if closing fails.
    let _ = connection.close().await;
    Ok(pages)
}

async fn read_only(path: &Path) -> Result<SqliteConnection, DbErr> {
    let options = SqliteConnectOptions::new().filename(path).read_only(true).busy_timeout(Duration::from_secs(5));
    options.connect().await.map_err(sqlx_db_error)
}

/// When the newest login or message was written, in unix milliseconds; none in an empty database.
///
/// # Errors
/// The database's.
pub async fn newest(db: &impl ConnectionTrait) -> Result<Option<i64>, DbErr> {
    let query = "SELECT (SELECT MAX(last_used_at) FROM auth_sessions) AS login, \
                 (SELECT created_at FROM messages ORDER BY seq DESC LIMIT 1) AS message";
    let Some(row) = db.query_one_raw(statement(db, query, [])).await? else { return Ok(None) };
    let (login, message): (Option<i64>, Option<i64>) = (row.try_get("", "login")?, row.try_get("", "message")?);
    Ok(login.max(message))
}

/// Bytes of the write-ahead log beside a SQLite file.
#[must_use]
pub fn log_bytes(engine: &Engine) -> u64 {
    let Engine::Sqlite(path) = engine else { return 0 };
    std::fs::metadata(super::recognise::log_of(path)).map_or(0, |log| log.len())
}
