//! What differs between the engines: opening, pragmas, transactions, locks, and in `notices` how servers hear of each
//! other. Everything else is the same SQL.

use super::notices::{Notice, Notices};
use super::timings::Timings;
use migration::OpenError;
use sea_orm::{
    ConnectionTrait, DatabaseConnection, DatabaseTransaction, DbBackend, DbErr, SqliteTransactionMode,
    SqlxPostgresConnector, SqlxSqliteConnector, Statement, TransactionOptions, TransactionTrait,
};
use sqlx::postgres::{PgConnectOptions, PgPoolOptions};
use sqlx::sqlite::{SqliteConnectOptions, SqliteJournalMode, SqlitePoolOptions, SqliteSynchronous};
use std::path::{Path, PathBuf};
use std::str::FromStr as _;
use std::sync::Arc;
use std::time::Duration;

/// Which database, from `DATABASE_URL`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Engine {
    /// A file of ours.
    Sqlite(PathBuf),
    /// A server, by its URL (which holds a password: never print it).
    Postgres(String),
}

impl Engine {
    /// Understands `file:./data/app.db` (Prisma's form), `sqlite:…`, `sqlite://…`, a bare path, and `postgres://…`.
    ///
    /// # Errors
    /// A sentence, for a URL of another database.
    pub fn parse(url: &str) -> Result<Self, String> {
        let url = url.trim();
        if url.starts_with("postgres://") || url.starts_with("postgresql://") {
            return Ok(Self::Postgres(url.to_owned()));
        }
        let path = ["sqlite://", "sqlite:", "file:"].iter().find_map(|prefix| url.strip_prefix(prefix)).unwrap_or(url);
        let path = path.split('?').next().unwrap_or_default();
        if path.is_empty() || path.contains("://") || path == ":memory:" {
            return Err("DATABASE_URL must be file:<path>, sqlite:<path> or postgres://…".to_owned());
        }
        Ok(Self::Sqlite(PathBuf::from(path)))
    }
}

/// The open database.
#[derive(Clone, Debug)]
pub struct Db {
    writer: DatabaseConnection,
    reader: DatabaseConnection,
    notices: Notices,
    timings: Arc<Timings>,
}

/// How many readers SQLite gets, and how many connections PostgreSQL.
const SQLITE_READERS: u32 = 4;
const POSTGRES_CONNECTIONS: u32 = 16;
/// How long a connection to PostgreSQL is waited for.
pub(super) const POSTGRES_PATIENCE: Duration = Duration::from_secs(10);

impl Db {
    /// Opens the database and brings its schema up to date. `durable: false` skips syncing (tests only).
    ///
    /// # Errors
    /// A database that is not ours, that is too new, or that fails.
    pub async fn open(engine: &Engine, durable: bool) -> Result<Self, OpenError> {
        match engine {
            Engine::Sqlite(path) => {
                let writer = sqlite_writer(path, durable).await?;
                migration::run(&writer).await?;
                Ok(Self::of(writer, sqlite_reader(path).await?, Notices::default()))
            }
            Engine::Postgres(url) => {
                let pool = postgres_pool(url, durable).await?;
                migration::run(&pool).await?;
                Ok(Self::of(pool.clone(), pool.clone(), Notices::through(pool)))
            }
        }
    }

    /// Opens a database of ours as it stands, for looking at it: its schema is not touched, and none is made. A SQLite file
    /// is opened for reading alone, so that closing it folds no log in; SQLite may put its shared memory beside it.
    ///
    /// # Errors
    /// The database's; on SQLite also when there is none.
    pub async fn attach(engine: &Engine) -> Result<Self, DbErr> {
        match engine {
            Engine::Sqlite(path) => {
                let reader = sqlite_reader(path).await?;
                Ok(Self::of(reader.clone(), reader, Notices::default()))
            }
            Engine::Postgres(url) => {
                let pool = postgres_pool(url, true).await?;
                Ok(Self::of(pool.clone(), pool, Notices::default()))
            }
        }
    }

    fn of(writer: DatabaseConnection, reader: DatabaseConnection, notices: Notices) -> Self {
        let timings = Arc::<Timings>::default();
        Self { writer: timings.watch(writer), reader: timings.watch(reader), notices, timings }
    }

    /// How long it takes.
    #[must_use]
    pub fn timings(&self) -> &Timings {
        &self.timings
    }

    /// A connection for reading. On SQLite it sees every commit that was answered before the read began.
    #[must_use]
    pub fn read(&self) -> &DatabaseConnection {
        &self.reader
    }

    /// Begins a write transaction. On SQLite it takes the write lock at once: a transaction that read first could not
    /// be upgraded after another process wrote.
    ///
    /// # Errors
    /// The database's.
    pub async fn begin(&self) -> Result<DatabaseTransaction, DbErr> {
        let sqlite_transaction_mode = (!self.is_postgres()).then_some(SqliteTransactionMode::Immediate);
        let options = TransactionOptions { sqlite_transaction_mode, ..TransactionOptions::default() };
        let _turn = self.timings.wait();
        self.writer.begin_with_options(options).await
    }

    /// Whether several servers may share this database.
    #[must_use]
    pub fn is_postgres(&self) -> bool {
        self.writer.get_database_backend() == DbBackend::Postgres
    }

    /// What this server tells the others on this database.
    #[must_use]
    pub fn notices(&self) -> &Notices {
        &self.notices
    }

    /// Tells the other servers on this database, if there can be any. To be called after the commit.
    pub fn tell(&self, notice: impl FnOnce() -> Notice) {
        self.notices.tell(notice);
    }

    /// Closes all connections; SQLite folds its write-ahead log into the file.
    pub async fn close(&self) {
        self.notices.send_last().await;
        // Closing is best effort: everything acknowledged is synced already.
        let _ = self.reader.clone().close().await;
        let _ = self.writer.clone().close().await;
    }
}

fn sqlite_options(path: &Path) -> SqliteConnectOptions {
    SqliteConnectOptions::new()
        .filename(path)
        .busy_timeout(Duration::from_secs(5))
        .foreign_keys(true)
        .pragma("cache_size", "-4000")
        .pragma("temp_store", "memory")
}

async fn sqlite_writer(path: &Path, durable: bool) -> Result<DatabaseConnection, DbErr> {
    // FULL makes every commit wait for the disk: an acknowledged message survives a power cut.
    let synchronous = if durable { SqliteSynchronous::Full } else { SqliteSynchronous::Off };
    let options = sqlite_options(path)
        .create_if_missing(true)
        .journal_mode(SqliteJournalMode::Wal)
        .synchronous(synchronous)
        .pragma("wal_autocheckpoint", "2000")
        .optimize_on_close(true, None);
    sqlite_pool(options, 1).await
}

async fn sqlite_reader(path: &Path) -> Result<DatabaseConnection, DbErr> {
    sqlite_pool(sqlite_options(path).read_only(true), SQLITE_READERS).await
}

async fn sqlite_pool(options: SqliteConnectOptions, connections: u32) -> Result<DatabaseConnection, DbErr> {
    let pool = SqlitePoolOptions::new()
        .max_connections(connections)
        .idle_timeout(None)
        .max_lifetime(None)
        .test_before_acquire(false)
        .connect_with(options)
        .await
        .map_err(sqlx_db_error)?;
    Ok(SqlxSqliteConnector::from_sqlx_sqlite_pool(pool))
}

async fn postgres_pool(url: &str, durable: bool) -> Result<DatabaseConnection, DbErr> {
    let mut options = PgConnectOptions::from_str(url).map_err(sqlx_db_error)?.application_name("aichat");
    if !durable {
        options = options.options([("synchronous_commit", "off")]);
    }
    let pool = PgPoolOptions::new()
        .max_connections(POSTGRES_CONNECTIONS)
        .acquire_timeout(POSTGRES_PATIENCE)
        // One more round trip, and no answer is lost to a connection that died in the pool.
        .test_before_acquire(true)
        .connect_with(options)
        .await
        .map_err(sqlx_db_error)?;
    Ok(SqlxPostgresConnector::from_sqlx_postgres_pool(pool))
}

/// Serialises transactions that name the same key until this one ends. SQLite has one writer, so there it is free.
///
/// # Errors
/// The database's.
pub async fn lock_key(tx: &impl ConnectionTrait, key: &str) -> Result<(), DbErr> {
    if tx.get_database_backend() == DbBackend::Postgres {
        let lock = "SELECT pg_advisory_xact_lock(hashtextextended($1, 0))";
        tx.execute_raw(Statement::from_sql_and_values(DbBackend::Postgres, lock, [key.into()])).await?;
    }
    Ok(())
}

/// The clock that leases are measured by, in unix milliseconds: the database's own where several servers share it, so
/// that a server with a wrong clock takes nobody's run away.
///
/// # Errors
/// The database's.
pub async fn lease_clock(db: &impl ConnectionTrait, local: i64) -> Result<i64, DbErr> {
    if db.get_database_backend() != DbBackend::Postgres {
        return Ok(local);
    }
    let query = "SELECT (EXTRACT(EPOCH FROM clock_timestamp()) * 1000)::BIGINT AS now";
    let row = db.query_one_raw(Statement::from_string(DbBackend::Postgres, query)).await?;
    row.map_or(Ok(local), |row| row.try_get("", "now"))
}

/// A statement with `$1`-style placeholders, written the way the connection's engine wants them.
pub(super) fn statement<I>(db: &impl ConnectionTrait, text: &str, values: I) -> Statement
where
    I: IntoIterator<Item = sea_orm::Value>,
{
    let backend = db.get_database_backend();
    let text = if backend == DbBackend::Postgres { text.to_owned() } else { text.replace('$', "?") };
    Statement::from_sql_and_values(backend, text, values)
}

/// Whether the disk is full: SQLITE_FULL (13), or PostgreSQL's class 53100.
#[must_use]
pub fn is_disk_full(error: &DbErr) -> bool {
    let text = error.to_string();
    text.contains("database or disk is full") || text.contains("53100") || text.contains("No space left on device")
}

/// Whether the engine refused a text because of a NUL in it (PostgreSQL, SQLSTATE 22021).
#[must_use]
pub fn is_bad_text(error: &DbErr) -> bool {
    error.to_string().contains("invalid byte sequence for encoding")
}

/// Whether the database went away: connection lost, server shutting down (PostgreSQL, class 57P0x).
#[must_use]
pub fn is_unavailable(error: &DbErr) -> bool {
    let text = error.to_string();
    matches!(error, DbErr::ConnectionAcquire(_) | DbErr::Conn(_))
        || ["error communicating with database", "57P0", "terminating connection"]
            .iter()
            .any(|sign| text.contains(sign))
}

/// Whether a unique constraint refused the write.
#[must_use]
pub fn is_unique_violation(error: &DbErr) -> bool {
    matches!(error.sql_err(), Some(sea_orm::SqlErr::UniqueConstraintViolation(_)))
}

/// Whether a row that another one names is not there (any more).
#[must_use]
pub fn is_foreign_key_violation(error: &DbErr) -> bool {
    matches!(error.sql_err(), Some(sea_orm::SqlErr::ForeignKeyConstraintViolation(_)))
}

pub(super) fn sqlx_db_error(error: sqlx::Error) -> DbErr {
    DbErr::Conn(sea_orm::RuntimeErr::SqlxError(error.into()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_form_of_database_url_is_understood() {
        for url in ["file:./data/app.db", "sqlite:./data/app.db", "sqlite://./data/app.db?mode=rwc", "./data/app.db"] {
            assert_eq!(Engine::parse(url), Ok(Engine::Sqlite("./data/app.db".into())), "{url}");
        }
        assert_eq!(Engine::parse("postgres://a@b/c"), Ok(Engine::Postgres("postgres://a@b/c".into())));
        assert!(Engine::parse("mysql://a@b/c").is_err());
        assert!(Engine::parse(":memory:").is_err());
    }
}
