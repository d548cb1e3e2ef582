//! How many there are: people by what they may do, everybody's connections and the models that can be used.

use super::engine::statement;
use sea_orm::prelude::*;
use shared::accounts::{UserRole, UserStatus};
use shared::connections::Protocol;

/// The numbers.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Counts {
    /// People who may sign in.
    pub people: u64,
    /// People who wait for approval.
    pub waiting: u64,
    /// Administrators among those who may sign in.
    pub admins: u64,
    /// Everybody's connections.
    pub connections: u64,
    /// Models of those that can be used, the demo's left out.
    pub models: u64,
}

/// Counts.
///
/// # Errors
/// The database's.
pub async fn count(db: &impl ConnectionTrait) -> Result<Counts, DbErr> {
    let people = "SELECT COUNT(*) AS count FROM users WHERE status = $1";
    let (active, waiting) = (UserStatus::Active.as_str(), UserStatus::Pending.as_str());
    let connections = "SELECT COUNT(*) AS count FROM connections WHERE owner_id IS NULL";
    let models = "SELECT COUNT(*) AS count FROM models JOIN connections ON connections.id = models.connection_id \
         WHERE models.enabled AND connections.enabled AND connections.owner_id IS NULL AND connections.protocol <> $1";
    Ok(Counts {
        people: number(db, people, &[active]).await?,
        waiting: number(db, people, &[waiting]).await?,
        admins: number(db, &format!("{people} AND role = $2"), &[active, UserRole::Admin.as_str()]).await?,
        connections: number(db, connections, &[]).await?,
        models: number(db, models, &[Protocol::Demo.as_str()]).await?,
    })
}

async fn number(db: &impl ConnectionTrait, query: &str, values: &[&str]) -> Result<u64, DbErr> {
    let values = values.iter().map(|value| (*value).into());
    let row = db.query_one_raw(statement(db, query, values)).await?;
    let count: i64 = row.map_or(Ok(0), |row| row.try_get("", "count"))?;
    Ok(u64::try_from(count).unwrap_or_default())
}
