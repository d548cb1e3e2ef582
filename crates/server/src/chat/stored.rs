//! Runs that are not being written here: finished ones, and those of other servers on the same database.

use super::Runs;
use super::run::{RunHandle, RunIds};
use crate::db::runs::RunRow;
use crate::db::{Db, messages, runs};
use crate::error::AppResult;
use bytes::Bytes;
use shared::chat::{Message, RunAccepted};
use shared::events::Status;
use shared::message::LiveAnswer;
use shared::{AssistantMessage, ErrorCode, LoginId};
use std::sync::Arc;
use tokio::sync::mpsc;

/// The ids of a stored run.
#[must_use]
pub fn accepted(row: &RunRow) -> RunAccepted {
    RunAccepted {
        run_id: row.id.clone(),
        session_id: row.session_id.clone(),
        user_message_id: row.user_message_id.clone(),
        message_id: row.message_id.clone(),
        created: false,
        also: Vec::new(),
    }
}

/// The answer as the database has it now, with the number of its last event.
pub(super) async fn look(registry: &Runs, run: &RunRow) -> AppResult<(RunRow, LiveAnswer)> {
    let run = read(registry, run).await?;
    let message = messages::get(registry.db.read(), &run.session_id, &run.message_id).await?;
    let message = message.ok_or(ErrorCode::RunNotFound)?;
    // They are read in turn, and end together: one that ended between the two readings is read once more.
    let between = run.status == Status::Streaming && message.status != Status::Streaming;
    let run = if between { read(registry, &run).await? } else { run };
    let live = match run.status {
        Status::Streaming => fold_chunks(&registry.db, &run, &message).await?,
        _ => LiveAnswer::at(run.id.clone(), run.last_seq, AssistantMessage::from(&message)),
    };
    Ok((run, live))
}

async fn read(registry: &Runs, run: &RunRow) -> AppResult<RunRow> {
    let row = runs::get(registry.db.read(), &run.user_id, &run.id).await?;
    row.ok_or_else(|| ErrorCode::RunNotFound.into())
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
    /// Reads a run that is not written here: the whole and its end, or, while another server writes it, snapshots as it
    /// grows and then its end.
    ///
    /// # Errors
    /// The database's, and `run.not_found` when its chat is deleted meanwhile.
    pub async fn follow_stored(
        self: &Arc<Self>,
        run: &RunRow,
        after: u64,
        login: &LoginId,
    ) -> AppResult<mpsc::Receiver<Bytes>> {
        let (run, live) = look(self, run).await?;
        if run.status == Status::Streaming {
            return Ok(self.mirror(&run, live, |mirrored| mirrored.subscribe(after, login)));
        }
        let ended = RunHandle::new(ids(&run), AssistantMessage::default(), Arc::default());
        ended.show(live);
        Ok(ended.subscribe(0, login))
    }

    /// The final state of a run, waiting for it if need be.
    ///
    /// # Errors
    /// The database's, `run.not_found` when its chat is deleted meanwhile, `auth.revoked` when the login ends,
    /// `server.restarting`.
    pub async fn outcome(self: &Arc<Self>, run: &RunRow, login: &LoginId) -> AppResult<AssistantMessage> {
        let mut events = self.follow_stored(run, u64::MAX, login).await?;
        // Only their end counts.
        while events.recv().await.is_some() {}
        let (run, live) = look(self, run).await?;
        match run.status {
            Status::Streaming if self.shutdown.is_cancelled() => Err(ErrorCode::ServerRestarting.into()),
            Status::Streaming => Err(ErrorCode::AuthRevoked.into()),
            _ => Ok(live.message),
        }
    }
}

/// The ids of a stored run, for a handle.
pub(super) fn ids(row: &RunRow) -> RunIds {
    RunIds {
        run: row.id.clone(),
        user: row.user_id.clone(),
        session: row.session_id.clone(),
        message: row.message_id.clone(),
        user_message: row.user_message_id.clone(),
    }
}
