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
use shared::{ApiError, AssistantMessage, ErrorCode};

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
    let mut ends = Vec::new();
    for run in &abandoned {
        ends.push((run, end_of(db, run).await?));
    }
    // One commit for all: a start after a crash amid a hundred answers waits for the disk once.
    let tx = db.begin().await?;
    for (run, live) in &ends {
        store::finish_in(&tx, clock.now(), run, live, true).await?;
        report(run);
    }
    tx.commit().await?;
    Ok(abandoned.len())
}

/// While running: runs of other servers whose lease ran out.
pub(super) async fn expired(registry: &Runs, now: i64) -> Result<(), AppError> {
    if !registry.db.is_postgres() {
        return Ok(());
    }
    for run in runs::abandoned(registry.db.read(), None, Some(now)).await? {
        if registry.any_live(&run.id).is_some() {
            continue;
        }
        let live = end_of(&registry.db, &run).await?;
        if store::finish(&registry.db, &registry.clock, &run, &live, true).await? {
            report(&run);
        }
    }
    Ok(())
}

/// The answer as far as its checkpoints go, interrupted.
async fn end_of(db: &Db, run: &RunRow) -> Result<LiveAnswer, AppError> {
    let message = messages::get(db.read(), &run.session_id, &run.message_id).await?;
    let mut live = match &message {
        Some(message) => stored::fold_chunks(db, run, message).await?,
        // Deleted meanwhile: the run ends all the same.
        None => LiveAnswer::at(run.id.clone(), 0, AssistantMessage::default()),
    };
    if live.message.usage.is_none() {
        live.message.usage = Some(estimate(&live));
    }
    let (length, sha256) = live.message.digest();
    let error =
        ApiError { request_id: run.request_id.clone(), ..ApiError::new(ErrorCode::ServerCrashed, Params::new()) };
    let end = Terminal { length, sha256, error: Some(error), truncated: false };
    if let Some(body) = RunEventBody::ending(Status::Interrupted, end) {
        live.seq += 1;
        live.message.apply(&body);
    }
    Ok(live)
}

fn report(run: &RunRow) {
    let code = ErrorCode::ServerCrashed.as_str();
    tracing::warn!(run = %run.id, request_id = run.request_id, code, "an answer that a stopped server left open was closed");
}

fn estimate(live: &LiveAnswer) -> Usage {
    let completion_tokens = super::tokens::message_tokens(&live.message.text());
    Usage { completion_tokens, estimated: true, ..Usage::default() }
}
