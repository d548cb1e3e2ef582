//! Ends what nobody writes any more, be its server dead or alive: folds its checkpoints into the message and marks it
//! interrupted.

use super::tools::CUT_OFF;
use super::{Runs, store, stored};
use crate::budgets;
use crate::clock::Clock;
use crate::db::runs::{self, RunRow};
use crate::db::{DatabaseTransaction, Db, DbErr, Notice, engine, messages, traces};
use crate::error::AppError;
use shared::chat::Usage;
use shared::events::{RunEventBody, Status, Terminal};
use shared::message::LiveAnswer;
use shared::part::ToolState;
use shared::{AssistantMessage, ErrorCode, Part};

/// The moment before which a lease has run out, if its writer is gone. On SQLite nobody else writes, so whatever this
/// server does not write itself is written by nobody.
///
/// # Errors
/// The database's.
pub async fn expiry(db: &Db, clock: &Clock) -> Result<i64, DbErr> {
    if db.is_postgres() { engine::lease_clock(db.read(), clock.now()).await } else { Ok(i64::MAX) }
}

/// At start: everything this server was writing before it died. On SQLite that is everything, since nobody else can
/// have the data directory open; on PostgreSQL other servers' runs are left to their leases.
///
/// # Errors
/// The database's.
pub async fn at_start(db: &Db, clock: &Clock, instance: &str) -> Result<usize, AppError> {
    let expired_before = expiry(db, clock).await?;
    let abandoned = runs::abandoned(db.read(), Some(instance), expired_before).await?;
    let mut ends = Vec::new();
    for run in &abandoned {
        ends.push((run, end_of(db, run).await?));
    }
    // One commit for all: a start after a crash amid a hundred answers waits for the disk once.
    let tx = db.begin().await?;
    for (run, live) in &ends {
        end(&tx, clock.now(), run, live, (Some(instance), expired_before)).await?;
    }
    budgets::free_at_start(&tx, instance, expired_before).await?;
    traces::abandon_at_start(&tx, instance).await?;
    tx.commit().await?;
    for run in &abandoned {
        db.tell(|| Notice::Moved { user: run.user_id.clone(), run: run.id.clone() });
    }
    Ok(abandoned.len())
}

/// While running: runs that nobody writes, be they of a dead server or of this one (their begin was stored, but its answer
/// was lost). Their leases ran out before `expired_before`: only runs that are written renew theirs. The instance says
/// nothing here, since two servers have the same one where a data directory was copied.
///
/// # Errors
/// The database's.
pub async fn lost(registry: &Runs, expired_before: i64) -> Result<(), AppError> {
    for run in runs::abandoned(registry.db.read(), None, expired_before).await? {
        // A run is in the registry before it is stored: one that is stored and not in it is not written here any more.
        if registry.any_live(&run.id).is_none() {
            close(registry, &run, expired_before).await?;
        }
    }
    Ok(())
}

/// Ends one run, if nobody writes it. Answers false if somebody does or ended it.
///
/// # Errors
/// The database's.
pub async fn close(registry: &Runs, run: &RunRow, expired_before: i64) -> Result<bool, AppError> {
    let live = end_of(&registry.db, run).await?;
    let tx = registry.db.begin().await?;
    let ended = end(&tx, registry.clock.now(), run, &live, (None, expired_before)).await?;
    tx.commit().await?;
    if ended {
        registry.wake_mirror(&run.id);
        registry.tell_moved(&run.user_id, &run.id);
    }
    Ok(ended)
}

/// Ends a run unless its writer showed itself since the answer was read.
async fn end(
    tx: &DatabaseTransaction,
    now: i64,
    run: &RunRow,
    live: &LiveAnswer,
    (instance, expired_before): (Option<&str>, i64),
) -> Result<bool, DbErr> {
    let ended = runs::claim(tx, &run.id, instance, expired_before).await?
        && store::finish_in(tx, now, run, &whole(live)).await?;
    if ended {
        report(run);
    }
    Ok(ended)
}

fn whole(live: &LiveAnswer) -> store::Outcome<'_> {
    store::Outcome { live, checkpointed: true, made: None }
}

/// The answer as far as its checkpoints go, interrupted.
async fn end_of(db: &Db, run: &RunRow) -> Result<LiveAnswer, AppError> {
    let message = messages::get_any(db.read(), &run.message_id).await?;
    let mut live = match &message {
        Some(message) => stored::fold_chunks(db, run, message).await?,
        // Gone for good meanwhile: the run ends all the same.
        None => LiveAnswer::at(run.id.clone(), 0, AssistantMessage::default()),
    };
    live.message.parts.iter_mut().for_each(cut_off);
    if live.message.usage.is_none() {
        live.message.usage = Some(estimate(&live));
    }
    let (length, sha256) = live.message.digest();
    let error = AppError::new(ErrorCode::ServerCrashed).to_api(&run.request_id);
    let end = Terminal { length, sha256, error: Some(error), truncated: false };
    if let Some(body) = RunEventBody::ending(Status::Interrupted, end) {
        live.seq += 1;
        live.message.apply(&body);
    }
    Ok(live)
}

/// A tool that was at work when its server died is not at work any more.
fn cut_off(part: &mut Part) {
    if let Part::Tool(tool) = part
        && tool.state == ToolState::Running
    {
        tool.state = ToolState::Failed;
        tool.result.get_or_insert_with(|| CUT_OFF.to_owned());
    }
}

fn report(run: &RunRow) {
    let code = ErrorCode::ServerCrashed.as_str();
    tracing::warn!(run = %run.id, request_id = run.request_id, code, "an answer that a stopped server left open was closed");
}

fn estimate(live: &LiveAnswer) -> Usage {
    let completion_tokens = shared::tokens::message_tokens(&live.message.text());
    Usage { completion_tokens, estimated: true, ..Usage::default() }
}

#[cfg(test)]
mod tests {
    use super::*;
    use shared::part::ToolPart;

    #[test]
    fn a_tool_of_a_dead_server_is_not_at_work_any_more() {
        let part = |tool: ToolPart| Part::Tool(Box::new(tool));
        let mut running = part(ToolPart { name: "look".into(), ..ToolPart::default() });
        cut_off(&mut running);
        let (state, result) = (ToolState::Failed, Some(CUT_OFF.to_owned()));
        assert_eq!(running, part(ToolPart { name: "look".into(), state, result, ..ToolPart::default() }));
        let over = part(ToolPart { state: ToolState::Done, result: Some("42".into()), ..ToolPart::default() });
        let mut same = over.clone();
        cut_off(&mut same);
        assert_eq!(same, over);
    }
}
