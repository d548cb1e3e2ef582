//! Runs that are not being written here: finished ones, and those of other servers on the same database.

use super::Runs;
use super::hub::CHANNEL_FRAMES;
use super::run::Frame;
use crate::db::runs::RunRow;
use crate::db::{Db, messages, runs};
use crate::error::AppResult;
use bytes::Bytes;
use shared::chat::{Message, RunAccepted};
use shared::events::{RunEventBody, Status, Terminal};
use shared::message::LiveAnswer;
use shared::{AssistantMessage, ErrorCode};
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::mpsc;

/// Time between looks at a run that another server writes.
const LOOK_AGAIN: Duration = Duration::from_millis(300);

/// The ids of a stored run.
#[must_use]
pub fn accepted(row: &RunRow) -> RunAccepted {
    RunAccepted {
        run_id: row.id.clone(),
        session_id: row.session_id.clone(),
        user_message_id: row.user_message_id.clone(),
        message_id: row.message_id.clone(),
        created: false,
    }
}

/// The answer as the database has it now, with the number of its last event.
async fn look(registry: &Runs, run: &RunRow) -> AppResult<(RunRow, LiveAnswer)> {
    let run = runs::get(registry.db.read(), &run.user_id, &run.id).await?.ok_or(ErrorCode::RunNotFound)?;
    let message = messages::get(registry.db.read(), &run.session_id, &run.message_id).await?;
    let message = message.ok_or(ErrorCode::RunNotFound)?;
    let live = match run.status {
        Status::Streaming => fold_chunks(&registry.db, &run, &message).await?,
        _ => LiveAnswer::at(run.id.clone(), run.last_seq, AssistantMessage::from(&message)),
    };
    Ok((run, live))
}

/// An answer that is being written, as far as its checkpoints go.
///
/// # Errors
/// The database's.
pub async fn fold_chunks(db: &Db, run: &RunRow, message: &Message) -> AppResult<LiveAnswer> {
    let mut live = LiveAnswer::at(run.id.clone(), 0, AssistantMessage::from(message));
    live.message.parts.truncate(run.parts_before);
    // What an earlier run of the same answer cost is booked.
    live.message.usage = None;
    for chunk in runs::chunks(db.read(), &run.id).await? {
        chunk.bodies.iter().for_each(|body| live.message.apply(body));
        live.seq = chunk.to_seq;
    }
    Ok(live)
}

impl Runs {
    /// Follows a run that is not written here: snapshots as it grows, then its terminal event.
    #[must_use]
    pub fn follow_stored(self: &Arc<Self>, run: RunRow, after: u64) -> mpsc::Receiver<Bytes> {
        let (sender, receiver) = mpsc::channel(CHANNEL_FRAMES);
        let registry = Arc::clone(self);
        tokio::spawn(async move {
            let mut seen = after;
            while let Ok((run, live)) = look(&registry, &run).await {
                let ended = run.status != Status::Streaming;
                if live.seq > seen || ended {
                    seen = live.seq;
                    for frame in frames(live, run.status) {
                        if sender.send(frame.numbered()).await.is_err() {
                            return;
                        }
                    }
                }
                if ended || sender.is_closed() {
                    return;
                }
                tokio::time::sleep(LOOK_AGAIN).await;
            }
        });
        receiver
    }

    /// The final state of a run, waiting for it if need be.
    ///
    /// # Errors
    /// The database's, and `run.not_found` when its chat is deleted meanwhile.
    pub async fn outcome(&self, run: &RunRow) -> AppResult<AssistantMessage> {
        loop {
            let (row, live) = look(self, run).await?;
            if row.status != Status::Streaming {
                return Ok(live.message);
            }
            tokio::time::sleep(LOOK_AGAIN).await;
        }
    }
}

/// A snapshot, and the terminal event if the run is over.
fn frames(live: LiveAnswer, status: Status) -> Vec<Frame> {
    let Some(run_id) = live.run_id else { return Vec::new() };
    let (length, sha256) = live.message.digest();
    let end = Terminal { length, sha256, error: live.message.error.clone(), truncated: live.message.truncated };
    let ending = RunEventBody::ending(status, end);
    // The snapshot comes one number before the terminal event, so that readers take both.
    let seq = if ending.is_some() { live.seq.saturating_sub(1) } else { live.seq };
    let snapshot = RunEventBody::Snapshot { message: Box::new(live.message) };
    let mut frames = vec![Frame::new(&run_id, seq, &snapshot)];
    frames.extend(ending.map(|body| Frame::new(&run_id, live.seq, &body)));
    frames
}
