//! The end of an answer: saved, then shown. What is shown as the end is what is stored.

use crate::chat::Runs;
use crate::chat::run::RunHandle;
use crate::chat::store::{self, Made, Outcome};
use crate::db::runs::RunRow;
use crate::db::{Notice, messages, sessions};
use crate::error::AppError;
use crate::trace::sample;
use shared::events::{RunEventBody, Status, Terminal, UserEvent};
use shared::message::LiveAnswer;
use shared::trace::Stage;
use shared::{SessionId, UserId};
use std::time::Duration;

/// Wait before the one silent second attempt to save an answer: a lost connection is replaced meanwhile.
const SAVE_ONCE_MORE: Duration = Duration::from_millis(50);
/// Waits between attempts to save an answer that could not be saved.
const SAVE_AGAIN: Duration = Duration::from_secs(2);

/// Saves the final state, then shows it: what is shown as the end is what is stored. If it cannot be saved, the reader
/// is told at once, and saving is tried again until it works or the server stops.
pub(super) async fn conclude(
    runs: &Runs,
    run: &RunHandle,
    row: &RunRow,
    (status, end): (Status, Terminal),
    made: Option<Made<'_>>,
) {
    let Some(body) = ending(run, status, end) else { return };
    let live = &after(run, &body);
    let outcome = Outcome { live, checkpointed: run.was_checkpointed(), made };
    let since = run.trace.now();
    let mut saved = store::finish(&runs.db, &runs.clock, row, &outcome).await;
    if saved.is_err() {
        tokio::time::sleep(SAVE_ONCE_MORE).await;
        let outcome = Outcome { checkpointed: true, ..outcome };
        saved = store::finish(&runs.db, &runs.clock, row, &outcome).await;
    }
    run.trace.span(Stage::Saving, since);
    match saved {
        Ok(true) => run.emit(body),
        Ok(false) => run.emit(ended_elsewhere(runs, row).await.unwrap_or(body)),
        Err(cause) => save_later(runs, run, row, cause.into(), made).await,
    }
    end_trace(run, row);
    publish_session(runs, &run.user_id, &run.session_id).await;
}

/// The trace ends as the message did that was shown.
fn end_trace(run: &RunHandle, row: &RunRow) {
    if !run.trace.is_on() {
        return;
    }
    let message = run.live().message;
    let (code, params) = message.error.map(|error| (error.code, error.params)).unzip();
    let sample = sample::of_answer(message.parts.get(row.parts_before..).unwrap_or_default());
    run.trace.finish(message.status, code.as_deref(), &params.unwrap_or_default(), Some(sample));
}

/// The terminal event for the answer as it stands.
fn ending(run: &RunHandle, status: Status, end: Terminal) -> Option<RunEventBody> {
    let (length, sha256) = run.live().message.digest();
    RunEventBody::ending(status, Terminal { length, sha256, ..end })
}

/// The answer as it will be after its terminal event.
fn after(run: &RunHandle, body: &RunEventBody) -> LiveAnswer {
    let mut live = run.live();
    live.seq += 1;
    live.message.apply(body);
    live
}

/// Another server took this one for dead and ended the answer. What it stored is what counts.
async fn ended_elsewhere(runs: &Runs, row: &RunRow) -> Option<RunEventBody> {
    tracing::warn!(run = %row.id, request_id = row.request_id, "another server had ended this answer already");
    let message = messages::get(runs.db.read(), &row.session_id, &row.message_id).await.ok()??;
    let (length, sha256) = (message.length?, message.sha256?);
    RunEventBody::ending(
        message.status,
        Terminal { length, sha256, error: message.error, truncated: message.truncated },
    )
}

/// Tells the reader that the answer is not stored, then tries until it is.
async fn save_later(runs: &Runs, run: &RunHandle, row: &RunRow, failure: AppError, made: Option<Made<'_>>) {
    let code = failure.code.as_str();
    tracing::error!(run = %run.id, request_id = row.request_id, code, cause = ?failure.cause, "an answer could not be saved yet");
    let end = Terminal { error: Some(failure.to_api(&row.request_id)), ..Terminal::default() };
    let Some(body) = ending(run, Status::Failed, end) else { return };
    run.emit(body);
    // The trace waits for the database by itself.
    end_trace(run, row);
    while !runs.shutdown.is_cancelled() {
        tokio::time::sleep(SAVE_AGAIN).await;
        let outcome = Outcome { live: &run.live(), checkpointed: true, made };
        if store::finish(&runs.db, &runs.clock, row, &outcome).await.is_ok() {
            tracing::info!(run = %run.id, request_id = row.request_id, "the answer is saved now");
            return;
        }
    }
}

/// The chat moved up in the list, or has another name.
pub(in crate::chat) async fn publish_session(runs: &Runs, user: &UserId, session: &SessionId) {
    if !runs.hub.audience(user).has_tabs() {
        // Where the person has tabs, that server looks.
        return runs.db.tell(|| Notice::Chat { user: user.clone(), session: session.clone() });
    }
    if let Ok(Some(row)) = sessions::get(runs.db.read(), user, session).await {
        runs.hub.publish(user, &UserEvent::SessionChanged { session: row.session.brief() });
    }
}
