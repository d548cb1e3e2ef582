//! The database schema, one file per migration, never edited once released.
//!
//! Each migration runs in its own transaction together with its entry in `schema_migrations`, on SQLite too, so a crash
//! leaves either the schema before it or the one after. Migrations only add; the database remembers the least schema
//! that may open it (`meta.least_schema`), so the previous release still starts on a newer database where that is safe.
//!
//! It never imports entities of the server: those move on, migrations do not.

mod m0001_start;
mod m0002_providers;
mod m0003_organize;
mod m0004_search;
mod m0005_people;
mod m0006_keys;
mod m0007_budgets;
mod m0008_audit;
mod m0009_sign_in;
mod m0010_leaving;
mod m0011_interfaces;
mod m0012_traces;
mod m0013_usage;

use async_trait::async_trait;
use sea_orm::{
    ConnectionTrait, DatabaseConnection, DatabaseTransaction, DbBackend, DbErr, Statement, TransactionTrait,
};

/// One step of the schema.
#[async_trait]
pub(crate) trait Migration: Sync {
    /// Name in `schema_migrations`.
    fn name(&self) -> &'static str;
    /// Least schema number that may open a database which has this step.
    fn least_schema(&self) -> i64;
    /// Applies the step inside the given transaction.
    async fn up(&self, tx: &DatabaseTransaction) -> Result<(), DbErr>;
}

const MIGRATIONS: &[&dyn Migration] = &[
    &m0001_start::Start,
    &m0002_providers::Providers,
    &m0003_organize::Organize,
    &m0004_search::Search,
    &m0005_people::People,
    &m0006_keys::Keys,
    &m0007_budgets::Budgets,
    &m0008_audit::Audit,
    &m0009_sign_in::SignIn,
    &m0010_leaving::Leaving,
    &m0011_interfaces::Interfaces,
    &m0012_traces::Traces,
    &m0013_usage::Usage,
];

/// Runs statements that end with `;` at the end of a line, in their order.
async fn apply_all(tx: &DatabaseTransaction, statements: &str) -> Result<(), DbErr> {
    for statement in statements.split(";\n").map(str::trim).filter(|statement| !statement.is_empty()) {
        tx.execute_unprepared(statement).await?;
    }
    Ok(())
}

/// Number of the schema this build writes.
pub const SCHEMA: i64 = MIGRATIONS.len() as i64;

/// What SQLite files of ours carry in their header ("AICH" in ASCII), so that they are known even while their tables
/// stand in the write-ahead log only.
pub const APPLICATION_ID: u32 = 0x4149_4348;

/// What a database holds.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Content {
    /// No table at all.
    Nothing,
    /// Our tables.
    Ours {
        /// How many of this build's steps were applied.
        applied: usize,
        /// Least schema number that may open it.
        least: i64,
    },
    /// Tables of another program, by name.
    Foreign(Vec<String>),
}

/// Why a database cannot be opened.
#[derive(Debug)]
pub enum OpenError {
    /// It belongs to another program; its tables are named.
    Foreign(Vec<String>),
    /// It was written by a newer release and needs at least this schema.
    Newer(i64),
    /// The database failed.
    Db(DbErr),
}

impl From<DbErr> for OpenError {
    fn from(error: DbErr) -> Self {
        Self::Db(error)
    }
}

/// Says what a database holds, without changing it.
///
/// Other programs have a table `schema_migrations`, too; ours has our columns and names our first step.
///
/// # Errors
/// The database's.
pub async fn look(db: &impl ConnectionTrait) -> Result<Content, DbErr> {
    let tables = tables(db).await?;
    if tables.is_empty() {
        return Ok(Content::Nothing);
    }
    let columns = columns(db).await?;
    if !OUR_COLUMNS.iter().all(|ours| columns.iter().any(|column| column == ours)) {
        return Ok(Content::Foreign(tables));
    }
    let known = applied_names(db).await?;
    if !known.iter().any(|name| name == MIGRATIONS[0].name()) {
        return Ok(Content::Foreign(tables));
    }
    let applied = MIGRATIONS.iter().filter(|step| known.iter().any(|name| name == step.name())).count();
    Ok(Content::Ours { applied, least: least_schema(db).await? })
}

/// Columns that make the two tables of this module ours.
const OUR_COLUMNS: &[&str] = &["schema_migrations.name", "meta.key", "meta.value"];

/// Brings the schema up to date. Answers the names of the steps applied.
///
/// # Errors
/// [`OpenError::Foreign`] and [`OpenError::Newer`] before anything is written.
pub async fn run(db: &DatabaseConnection) -> Result<Vec<&'static str>, OpenError> {
    let known = match look(db).await? {
        Content::Foreign(tables) => return Err(OpenError::Foreign(tables)),
        Content::Ours { least, .. } if least > SCHEMA => return Err(OpenError::Newer(least)),
        Content::Ours { .. } => applied_names(db).await?,
        Content::Nothing => Vec::new(),
    };
    let mut applied = Vec::new();
    for step in MIGRATIONS.iter().filter(|step| !known.iter().any(|name| name == step.name())) {
        let tx = db.begin().await?;
        if apply(&tx, *step).await? {
            applied.push(step.name());
        }
        tx.commit().await?;
    }
    Ok(applied)
}

/// Applies one step unless another replica was faster. Answers whether it was applied here.
async fn apply(tx: &DatabaseTransaction, step: &dyn Migration) -> Result<bool, DbErr> {
    let backend = tx.get_database_backend();
    if backend == DbBackend::Postgres {
        // Replicas that start together take turns; the number is ours alone ("aichat" in ASCII).
        tx.execute_unprepared("SELECT pg_advisory_xact_lock(107105995432308)").await?;
    } else {
        tx.execute_unprepared(&format!("PRAGMA application_id = {APPLICATION_ID}")).await?;
    }
    tx.execute_unprepared("CREATE TABLE IF NOT EXISTS schema_migrations (name TEXT PRIMARY KEY NOT NULL)").await?;
    tx.execute_unprepared("CREATE TABLE IF NOT EXISTS meta (key TEXT PRIMARY KEY NOT NULL, value TEXT NOT NULL)")
        .await?;
    if applied_names(tx).await?.iter().any(|name| name == step.name()) {
        return Ok(false);
    }
    step.up(tx).await?;
    let insert = sql(backend, "INSERT INTO schema_migrations (name) VALUES ($1)");
    tx.execute_raw(Statement::from_sql_and_values(backend, insert, [step.name().into()])).await?;
    let upsert = "INSERT INTO meta (key, value) VALUES ('least_schema', $1) ON CONFLICT (key) DO UPDATE SET value = excluded.value";
    tx.execute_raw(Statement::from_sql_and_values(
        backend,
        sql(backend, upsert),
        [step.least_schema().to_string().into()],
    ))
    .await?;
    Ok(true)
}

async fn tables(db: &impl ConnectionTrait) -> Result<Vec<String>, DbErr> {
    let backend = db.get_database_backend();
    let query = match backend {
        DbBackend::Postgres => "SELECT tablename AS name FROM pg_tables WHERE schemaname = current_schema() ORDER BY 1",
        _ => "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%' ORDER BY 1",
    };
    names(db, query).await
}

/// The columns of the tables that have the names of ours, as `table.column`.
async fn columns(db: &impl ConnectionTrait) -> Result<Vec<String>, DbErr> {
    let query = match db.get_database_backend() {
        DbBackend::Postgres => {
            "SELECT table_name::text || '.' || column_name::text AS name FROM information_schema.columns \
             WHERE table_schema = current_schema() AND table_name IN ('schema_migrations', 'meta')"
        }
        _ => {
            "SELECT found.name || '.' || info.name AS name FROM sqlite_master AS found \
             JOIN pragma_table_info(found.name) AS info \
             WHERE found.type = 'table' AND found.name IN ('schema_migrations', 'meta')"
        }
    };
    names(db, query).await
}

async fn applied_names(db: &impl ConnectionTrait) -> Result<Vec<String>, DbErr> {
    names(db, "SELECT name FROM schema_migrations ORDER BY name").await
}

async fn names(db: &impl ConnectionTrait, query: &str) -> Result<Vec<String>, DbErr> {
    let rows = db.query_all_raw(Statement::from_string(db.get_database_backend(), query.to_owned())).await?;
    rows.iter().map(|row| row.try_get("", "name")).collect()
}

async fn least_schema(db: &impl ConnectionTrait) -> Result<i64, DbErr> {
    let query = "SELECT value FROM meta WHERE key = 'least_schema'";
    let row = db.query_one_raw(Statement::from_string(db.get_database_backend(), query.to_owned())).await?;
    let value: Option<String> = row.map(|row| row.try_get("", "value")).transpose()?;
    Ok(value.and_then(|value| value.parse().ok()).unwrap_or(0))
}

/// Writes `$1`-style placeholders the way the engine wants them.
fn sql(backend: DbBackend, text: &str) -> String {
    if backend == DbBackend::Postgres { text.to_owned() } else { text.replace('$', "?") }
}
