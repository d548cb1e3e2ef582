//! Ends what a dead server left behind: folds its checkpoints into the message and marks it interrupted.

use super::{Runs, store, stored};
use crate::clock::Clock;
use crate::db::runs::{self, RunRow};
use crate::db::{Db, engine, messages};
use crate::error::AppError;
use shared::chat::Usage;
use shared::error::Params;
use shared::events::{RunEventBody, Status, Terminal};
use shared::message::LiveAnswer;
use shared::{ApiError, ErrorCode};

/// At start: everything this server was writing before it died. On SQLite that is everything, since nobody else can
/// have the data directory open; on PostgreSQL other servers' runs are left to their leases.
///
/// # Errors
/// The database's.
pub async fn at_start(db: &Db, clock: &Clock, instance: &str) -> Result<usize, AppError> {
    let abandoned = if db.is_postgres() {
        let now = engine::lease_clock(db.read(), clock.now()).await?;
        runs::abandoned(db.read(), Some(instance), Some(now)).await?
    } else {
        runs::abandoned(db.read(), None, None).await?
    };
    for run in &abandoned {
        end(db, clock, run).await?;
    }
    Ok(abandoned.len())
}

/// While running: runs of other servers whose lease ran out.
pub(super) async fn expired(registry: &Runs, now: i64) -> Result<(), AppError> {
    if !registry.db.is_postgres() {
        return Ok(());
    }
    for run in runs::abandoned(registry.db.read(), None, Some(now)).await? {
        if registry.any_live(&run.id).is_none() {
            end(&registry.db, &registry.clock, &run).await?;
        }
    }
    Ok(())
}

async fn end(db: &Db, clock: &Clock, run: &RunRow) -> Result<(), AppError> {
    let Some(message) = messages::get(db.read(), &run.session_id, &run.message_id).await? else { return Ok(()) };
    let mut live = stored::fold_chunks(db, run, &message).await?;
    if live.message.usage.is_none() {
        live.message.usage = Some(estimate(&live));
    }
    let (length, sha256) = live.message.digest();
    let error =
        ApiError { request_id: run.request_id.clone(), ..ApiError::new(ErrorCode::ServerCrashed, Params::new()) };
    let body = Terminal { length, sha256, error: Some(error), truncated: false };
    if let Some(body) = RunEventBody::ending(Status::Interrupted, body) {
        live.seq += 1;
        live.message.apply(&body);
    }
    if store::finish(db, clock, run, &live, true).await? {
        tracing::warn!(run = %run.id, request_id = run.request_id, code = ErrorCode::ServerCrashed.as_str(), "an answer that a stopped server left open was closed");
    }
    Ok(())
}

fn estimate(live: &LiveAnswer) -> Usage {
    let completion_tokens = super::tokens::message_tokens(&live.message.text());
    Usage { completion_tokens, estimated: true, ..Usage::default() }
}
