//! Usage: one row per upstream call, with what it cost at the price of that moment. `report` adds them up.

pub mod report;

use super::entity::usage_record::{self, Entity as Records};
use sea_orm::prelude::*;
use sea_orm::sea_query::OnConflict;
use shared::chat::Usage;
use shared::events::Status;
pub use shared::usage::Purpose;
use shared::{ApiKeyId, ConnectionId, KeyId, RunId, UserId};

/// One upstream call.
#[derive(Clone, Debug)]
pub struct Record<'a> {
    /// The run, if there was one.
    pub run_id: Option<&'a RunId>,
    /// Who pays.
    pub user_id: &'a UserId,
    /// With which API key it was asked for; none for a login.
    pub api_key: Option<&'a ApiKeyId>,
    /// What was called.
    pub connection_id: &'a ConnectionId,
    /// With which key, if the connection has any.
    pub key_id: Option<&'a KeyId>,
    /// The model's name.
    pub model: &'a str,
    /// Why.
    pub purpose: Purpose,
    /// Counts and times.
    pub usage: &'a Usage,
    /// How it ended.
    pub status: Status,
    /// Error code, if it failed.
    pub code: Option<&'a str>,
    /// The request, as in the log.
    pub request_id: &'a str,
    /// Started at, unix milliseconds.
    pub started_at: i64,
}

/// Writes a record.
///
/// # Errors
/// The database's.
pub async fn insert(db: &impl ConnectionTrait, record: &Record<'_>) -> Result<(), DbErr> {
    insert_once(db, &crate::clock::new_id(), record).await
}

/// Writes a record under an id of the caller's, once: who does not know whether the first try was stored tries again.
///
/// # Errors
/// The database's.
pub async fn insert_once(db: &impl ConnectionTrait, id: &str, record: &Record<'_>) -> Result<(), DbErr> {
    let count = |tokens: u64| i64::try_from(tokens).unwrap_or(i64::MAX);
    let row: usage_record::ActiveModel = usage_record::Model {
        id: id.to_owned(),
        run_id: record.run_id.map(|id| id.0.clone()),
        user_id: record.user_id.0.clone(),
        connection_id: record.connection_id.0.clone(),
        key_id: record.key_id.map(|id| id.0.clone()),
        model: record.model.to_owned(),
        purpose: record.purpose.as_str().to_owned(),
        prompt_tokens: count(record.usage.prompt_tokens),
        completion_tokens: count(record.usage.completion_tokens),
        cached_tokens: count(record.usage.cached_tokens),
        reasoning_tokens: count(record.usage.reasoning_tokens),
        estimated: record.usage.estimated,
        first_token_ms: record.usage.first_token_ms.map(count),
        total_ms: count(record.usage.total_ms.unwrap_or(0)),
        status: record.status.as_str().to_owned(),
        code: record.code.map(str::to_owned),
        request_id: record.request_id.to_owned(),
        started_at: record.started_at,
        cost_nano: record.usage.cost.map(|cost| count(cost.nano)),
        currency: record.usage.cost.map(|cost| cost.currency.as_str().to_owned()),
        api_key_id: record.api_key.map(|id| id.0.clone()),
    }
    .into();
    let once = OnConflict::column(usage_record::Column::Id).do_nothing().to_owned();
    Records::insert(row).on_conflict(once).exec_without_returning(db).await.map(|_| ())
}

/// What all calls of a person took together: tokens read and written, and billionths of any currency.
pub async fn sums(db: &impl ConnectionTrait, user: &UserId) -> Result<(u64, u64, u64), DbErr> {
    let records = Records::find().filter(usage_record::Column::UserId.eq(user.as_str())).all(db).await?;
    let sum = |of: fn(&usage_record::Model) -> i64| records.iter().map(|row| u64::try_from(of(row)).unwrap_or(0)).sum();
    Ok((sum(|row| row.prompt_tokens), sum(|row| row.completion_tokens), sum(|row| row.cost_nano.unwrap_or(0))))
}

/// Number of records of a person, for tests and overviews.
pub async fn count(db: &impl ConnectionTrait, user: &UserId) -> Result<u64, DbErr> {
    Records::find().filter(usage_record::Column::UserId.eq(user.as_str())).count(db).await
}
