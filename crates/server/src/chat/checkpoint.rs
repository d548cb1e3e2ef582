//! The ticker: one transaction saves what all running answers gained since the last tick.

use super::{LEASE, Runs, store, sweep};
use crate::db::{engine, runs};
use crate::error::AppError;
use shared::RunId;
use std::sync::Arc;
use std::time::{Duration, Instant};

/// Time between checkpoints. With the commit itself, less than a second of an answer is ever unsaved.
const TICK: Duration = Duration::from_millis(500);
/// Ticks between housekeeping (leases, sweep): three times within a lease.
const TICKS_A_ROUND: u128 = LEASE.as_millis() / 3 / TICK.as_millis();

/// Ticks until shutdown; what is open then is saved by its own end.
pub(super) async fn tick_forever(runs: Arc<Runs>) {
    let mut interval = tokio::time::interval(TICK);
    // After a pause (a suspended machine) one tick is enough.
    interval.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
    let mut failing = false;
    let mut last = None;
    for tick in 0_u128.. {
        tokio::select! {
            _ = interval.tick() => {}
            () = runs.shutdown.cancelled() => return,
        }
        let saved = save(&runs).await;
        if let (Err(error), false) = (&saved, failing) {
            tracing::error!(code = error.code.as_str(), cause = ?error.cause, "running answers cannot be saved for the moment; they go on");
        }
        failing = saved.is_err();
        if tick % TICKS_A_ROUND == 0 {
            report(keep_house(&runs, &mut last).await);
        }
        if runs.db.is_postgres() {
            report(take_stop_requests(&runs).await);
        }
    }
}

async fn save(runs: &Runs) -> Result<(), AppError> {
    let chunks: Vec<_> = runs.live.iter().filter_map(|run| run.take_unsaved()).collect();
    if chunks.is_empty() {
        return Ok(());
    }
    let written = async {
        let tx = runs.db.begin().await?;
        runs::append_chunks(&tx, &chunks).await?;
        tx.commit().await
    };
    let Err(error) = written.await else {
        runs.metrics.writes.note_saved(None);
        if runs.db.is_postgres() {
            let saved = chunks.iter().filter_map(|chunk| runs.any_live(&chunk.run_id));
            saved.for_each(|run| runs.tell_moved(&run.user_id, &run.id));
        }
        return Ok(());
    };
    for chunk in chunks {
        if let Some(run) = runs.any_live(&chunk.run_id) {
            run.restore_unsaved(chunk);
        }
    }
    let error = AppError::from(error);
    runs.metrics.writes.note_saved(Some(error.code));
    Err(error)
}

/// Renews the leases and sweeps; `last` is when that was done before.
async fn keep_house(runs: &Runs, last: &mut Option<Instant>) -> Result<(), AppError> {
    let begun = Instant::now();
    let renewed = renew(runs).await;
    runs.metrics.writes.note(begun.elapsed(), renewed.as_ref().err().map(|error| error.code));
    let now = renewed?;
    runs.budgets.keep_house(now).await?;
    // After a pause of the database everybody's lease ran out: others get the time to renew theirs.
    let steady = last.replace(Instant::now()).is_some_and(|last| last.elapsed() < LEASE);
    if steady || !runs.db.is_postgres() {
        sweep::lost(runs, sweep::expiry(&runs.db, &runs.clock).await?).await?;
    }
    Ok(())
}

/// Renews the leases. Answers the moment by which they are measured. It writes whether answers run or not, so that a
/// database that takes no writes is known before somebody asks something.
async fn renew(runs: &Runs) -> Result<i64, AppError> {
    let written: Vec<RunId> = runs.live.iter().map(|run| run.id.clone()).collect();
    let tx = runs.db.begin().await?;
    let now = engine::lease_clock(&tx, runs.clock.now()).await?;
    runs::renew_leases(&tx, &written, now + store::lease_ms()).await?;
    runs::drop_stale_chunks(&tx).await?;
    tx.commit().await?;
    Ok(now)
}

/// Stops what people asked other servers to stop.
async fn take_stop_requests(runs: &Runs) -> Result<(), AppError> {
    if runs.live.is_empty() {
        return Ok(());
    }
    for id in runs::stop_requests(runs.db.read(), &runs.instance).await? {
        if let Some(run) = runs.any_live(&id) {
            run.stop.cancel();
        }
    }
    Ok(())
}

pub(super) fn report(done: Result<(), AppError>) {
    if let Err(error) = done {
        tracing::warn!(code = error.code.as_str(), cause = ?error.cause, "housekeeping failed; it is tried again");
    }
}
