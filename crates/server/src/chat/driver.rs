//! Runs one turn: calls the provider, feeds the turn, does what it asks, in order.
//!
//! The task is owned by the registry. Whoever asked for the answer may leave at any moment; nothing here notices.

use super::Runs;
use super::hub::Slot;
use super::run::RunHandle;
use super::store::{self, Plan};
use super::turn::{Effect, Ending, Input, Start, Turn};
use crate::catalog::Resolved;
use crate::db::runs::RunRow;
use crate::db::{Notice, messages, sessions};
use crate::error::{AppError, AppResult};
use futures_util::{FutureExt as _, StreamExt as _};
use llm::{CompletionEvent, CompletionRequest, CompletionStream};
use shared::chat::{Session, Usage};
use shared::error::params;
use shared::events::{RunEventBody, Status, Terminal, UserEvent};
use shared::message::LiveAnswer;
use shared::{ErrorCode, Part};
use std::future::poll_fn;
use std::panic::AssertUnwindSafe;
use std::sync::Arc;
use std::task::Poll;
use std::time::{Duration, Instant};
use tokio::sync::oneshot;

/// Everything a run needs.
pub(super) struct Job {
    /// Its handle.
    pub run: Arc<RunHandle>,
    /// What to write at its begin.
    pub plan: Plan,
    /// What to ask the provider.
    pub request: CompletionRequest,
    /// The model and its provider.
    pub resolved: Resolved,
    /// Messages that did not fit the window, if the reader must be told.
    pub dropped: Option<u64>,
    /// Estimated tokens of the request, uncalibrated.
    pub estimate: u64,
    /// The person's place among their running answers.
    pub slot: Slot,
}

/// Provider events taken from the socket at once and merged before they are numbered.
const MERGED_EVENTS: usize = 512;
/// Least estimated tokens of a request that says something about how its model counts.
const CALIBRATING_TOKENS: u64 = 500;
/// Wait before the one silent second attempt to save an answer: a lost connection is replaced meanwhile.
const SAVE_ONCE_MORE: Duration = Duration::from_millis(50);
/// Waits between attempts to save an answer that could not be saved.
const SAVE_AGAIN: Duration = Duration::from_secs(2);

/// Starts the run. Answers when message and placeholder are on disk. The task does not depend on the caller: it goes on
/// even if this future is dropped.
pub(super) async fn start(runs: &Arc<Runs>, job: Job) -> AppResult<()> {
    let (accepted, answer) = oneshot::channel();
    let runs_of_task = Arc::clone(runs);
    // Before anything is written: whoever finds the run in the database finds it here, too.
    runs.live.insert(job.run.id.clone(), Arc::clone(&job.run));
    runs.tasks.spawn(async move {
        let run = Arc::clone(&job.run);
        let row = job.plan.run.clone();
        // Every run ends, even one whose code has a fault.
        if AssertUnwindSafe(drive(&runs_of_task, job, accepted)).catch_unwind().await.is_err() {
            tracing::error!(run = %run.id, request_id = row.request_id, "an answer ended by a fault of the server");
            let error = AppError::new(ErrorCode::Internal).to_api(&row.request_id);
            let end = Terminal { error: Some(error), ..Terminal::default() };
            Box::pin(conclude(&runs_of_task, &run, &row, Status::Failed, end)).await;
        }
        runs_of_task.live.remove(&run.id);
        runs_of_task.hub.audience(&run.user_id).remove_run(&run);
        runs_of_task.tell_moved(&run.user_id, &run.id);
    });
    answer.await.unwrap_or_else(|_| Err(ErrorCode::Internal.into()))
}

async fn drive(runs: &Arc<Runs>, job: Job, accepted: oneshot::Sender<AppResult<()>>) {
    let started = Instant::now();
    let Job { run, plan, request, resolved, dropped, estimate, slot } = job;
    let mut upstream = resolved.provider.stream(request);
    // Boxed, like everything that is over long before the answer is: the task of a waiting stream stays small.
    let (committed, called) = Box::pin(commit(runs, &plan, &mut upstream)).await;
    let created = match committed {
        Ok(created) => created,
        Err(error) => {
            // Nothing was begun: the place is free before the caller hears of it, however long the booking takes.
            runs.live.remove(&run.id);
            drop((slot, upstream));
            return Box::pin(refuse(runs, &plan, called, (started, estimate), error, accepted)).await;
        }
    };
    let mut turn = Turn::new(beginning(&run, &plan, estimate));
    announce(runs, &run, &plan, created, accepted);
    if let Some(count) = dropped {
        let notice = turn.notice(ErrorCode::ContextTrimmed, params([("count", count.to_string())]));
        perform(&run, vec![notice]);
    }
    let opened = match called {
        Called::Answered(opened) => Opened::Stream(opened),
        Called::Not | Called::Asked => open(runs, &run, upstream).await,
    };
    let ending = match opened {
        Opened::Stream(Ok(stream)) => pump(runs, &run, &mut turn, stream, started).await,
        Opened::Stream(Err(error)) => perform(&run, turn.handle(millis(started), Input::Model(Err(error)))),
        Opened::Ended(input) => perform(&run, turn.handle(millis(started), input)),
    };
    if let Some(ending) = ending {
        if ending.status == Status::Completed && !ending.usage.estimated {
            calibrate(runs, &resolved, ending.usage.prompt_tokens, estimate);
        }
        log_end(&plan, &ending);
        let end = Terminal { error: ending.error, truncated: ending.truncated, ..Terminal::default() };
        Box::pin(conclude(runs, &run, &plan.run, ending.status, end)).await;
    }
}

/// What the turn has to know of the answer as it is before its first event.
fn beginning(run: &RunHandle, plan: &Plan, estimate: u64) -> Start {
    let before = run.live().message;
    Start {
        parts_before: plan.run.parts_before,
        had_text: !before.text().trim().is_empty(),
        bytes_before: before.parts.iter().map(Part::written).sum(),
        prompt_tokens: estimate,
        request_id: plan.run.request_id.clone(),
    }
}

/// How far the call of the provider came.
enum Called {
    /// It was not made.
    Not,
    /// It is under way.
    Asked,
    /// The provider answers.
    Answered(Result<CompletionStream, llm::Error>),
}

impl Called {
    /// Ends the call. Answers what it cost at least, in tokens of the prompt; nothing if it was not made.
    fn hang_up(self, estimate: u64) -> Option<u64> {
        match self {
            Self::Not => None,
            Self::Answered(Err(_)) => Some(0),
            Self::Asked | Self::Answered(Ok(_)) => Some(estimate),
        }
    }
}

/// Writes message and placeholder while the provider is already called: the disk's time is not added to the model's.
/// Answers the chat, if it is new, and what became of the call meanwhile.
async fn commit(
    runs: &Runs,
    plan: &Plan,
    upstream: &mut (impl Future<Output = Result<CompletionStream, llm::Error>> + Unpin),
) -> (AppResult<Option<Session>>, Called) {
    let commit = store::begin(&runs.db, &runs.clock, &runs.instance, plan);
    tokio::pin!(commit);
    let mut called = Called::Not;
    poll_fn(|context| {
        if let Poll::Ready(committed) = commit.as_mut().poll(context) {
            return Poll::Ready((committed, std::mem::replace(&mut called, Called::Not)));
        }
        if !matches!(called, Called::Answered(_)) {
            called = match upstream.poll_unpin(context) {
                Poll::Ready(opened) => Called::Answered(opened),
                Poll::Pending => Called::Asked,
            };
        }
        Poll::Pending
    })
    .await
}

/// Tells the caller that nothing was begun, and books the call that was made all the same.
async fn refuse(
    runs: &Runs,
    plan: &Plan,
    called: Called,
    (started, estimate): (Instant, u64),
    error: AppError,
    accepted: oneshot::Sender<AppResult<()>>,
) {
    let code = error.code.as_str();
    // The caller may have left; then nobody waits for the refusal.
    let _ = accepted.send(Err(error));
    let Some(prompt_tokens) = called.hang_up(estimate) else { return };
    let usage = Usage { prompt_tokens, estimated: true, total_ms: Some(millis(started)), ..Usage::default() };
    if let Err(cause) = store::book_refused(&runs.db, plan, &usage, code).await {
        let request_id = &plan.run.request_id;
        tracing::error!(request_id, code, ?cause, prompt_tokens, "a call of a provider could not be booked");
    }
}

/// Learns how a model counts. In a short request the template around it weighs more than its words.
fn calibrate(runs: &Runs, resolved: &Resolved, counted: u64, estimate: u64) {
    if estimate >= CALIBRATING_TOKENS && counted > 0 {
        #[expect(clippy::cast_precision_loss, reason = "token counts are small")]
        runs.catalog.calibrate(&resolved.model_id, counted as f64 / estimate as f64);
    }
}

/// The run becomes visible: registry, first event, list of chats, the caller's answer.
fn announce(
    runs: &Arc<Runs>,
    run: &Arc<RunHandle>,
    plan: &Plan,
    created: Option<Session>,
    accepted: oneshot::Sender<AppResult<()>>,
) {
    let audience = runs.hub.audience(&run.user_id);
    audience.add_run(Arc::clone(run));
    runs.db.tell(|| Notice::Began { user: run.user_id.clone(), run: run.id.clone() });
    match created {
        Some(session) => runs.hub.publish(&run.user_id, &UserEvent::SessionChanged { session }),
        // Its title and its place in the list may have changed; the answer does not wait for the look.
        None => {
            let (runs, run) = (Arc::clone(runs), Arc::clone(run));
            tokio::spawn(async move { publish_session(&runs, &run).await });
        }
    }
    run.emit(RunEventBody::Started {
        session_id: run.session_id.clone(),
        message_id: run.message_id.clone(),
        user_message_id: run.user_message_id.clone(),
        model: plan.model.clone(),
        parts_before: plan.run.parts_before,
    });
    // The caller may have left; the run goes on.
    let _ = accepted.send(Ok(()));
}

enum Opened {
    Stream(Result<CompletionStream, llm::Error>),
    Ended(Input),
}

/// Waits for the provider to answer, unless the person or the server ends it first.
async fn open(
    runs: &Runs,
    run: &RunHandle,
    upstream: impl Future<Output = Result<CompletionStream, llm::Error>>,
) -> Opened {
    tokio::select! {
        biased;
        () = run.stop.cancelled() => Opened::Ended(Input::Stop),
        () = runs.shutdown.cancelled() => Opened::Ended(Input::Shutdown),
        opened = upstream => Opened::Stream(opened),
    }
}

/// Reads the provider's stream until the turn ends.
async fn pump(
    runs: &Runs,
    run: &RunHandle,
    turn: &mut Turn,
    mut stream: CompletionStream,
    started: Instant,
) -> Option<Ending> {
    loop {
        let first = tokio::select! {
            biased;
            () = run.stop.cancelled() => Input::Stop,
            () = runs.shutdown.cancelled() => Input::Shutdown,
            item = stream.next() => item.map_or(Input::ModelEnded, Input::Model),
        };
        for input in drain(first, &mut stream) {
            let ending = perform(run, turn.handle(millis(started), input));
            if ending.is_some() {
                return ending;
            }
        }
    }
}

/// Takes what the socket already delivered and merges growth of the same kind: under load one event carries many
/// tokens, at rest every token is its own.
fn drain(first: Input, stream: &mut CompletionStream) -> Vec<Input> {
    let mut inputs = vec![first];
    let mut taken = 1;
    while taken < MERGED_EVENTS && matches!(inputs.last(), Some(Input::Model(Ok(_)))) {
        let Some(next) = stream.next().now_or_never() else { break };
        let next = next.map_or(Input::ModelEnded, Input::Model);
        taken += 1;
        match (inputs.last_mut(), next) {
            (Some(Input::Model(Ok(CompletionEvent::Text(text)))), Input::Model(Ok(CompletionEvent::Text(more)))) => {
                text.push_str(&more);
            }
            (
                Some(Input::Model(Ok(CompletionEvent::Thinking { text, signature: None }))),
                Input::Model(Ok(CompletionEvent::Thinking { text: more, signature: None })),
            ) => text.push_str(&more),
            (_, next) => inputs.push(next),
        }
    }
    inputs
}

fn perform(run: &RunHandle, effects: Vec<Effect>) -> Option<Ending> {
    let mut ending = None;
    for effect in effects {
        match effect {
            Effect::Emit(body) => run.emit(body),
            // Whoever gets the ending drops the stream, and that hangs up.
            Effect::Finish(end) => ending = Some(end),
        }
    }
    ending
}

/// Saves the final state, then shows it: what is shown as the end is what is stored. If it cannot be saved, the reader
/// is told at once, and saving is tried again until it works or the server stops.
async fn conclude(runs: &Runs, run: &RunHandle, row: &RunRow, status: Status, end: Terminal) {
    let Some(body) = ending(run, status, end) else { return };
    let live = after(run, &body);
    let mut saved = store::finish(&runs.db, &runs.clock, row, &live, run.was_checkpointed()).await;
    if saved.is_err() {
        tokio::time::sleep(SAVE_ONCE_MORE).await;
        saved = store::finish(&runs.db, &runs.clock, row, &live, true).await;
    }
    match saved {
        Ok(true) => run.emit(body),
        Ok(false) => run.emit(ended_elsewhere(runs, row).await.unwrap_or(body)),
        Err(cause) => save_later(runs, run, row, cause.into()).await,
    }
    publish_session(runs, run).await;
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
async fn save_later(runs: &Runs, run: &RunHandle, row: &RunRow, failure: AppError) {
    let code = failure.code.as_str();
    tracing::error!(run = %run.id, request_id = row.request_id, code, cause = ?failure.cause, "an answer could not be saved yet");
    let end = Terminal { error: Some(failure.to_api(&row.request_id)), ..Terminal::default() };
    let Some(body) = ending(run, Status::Failed, end) else { return };
    run.emit(body);
    while !runs.shutdown.is_cancelled() {
        tokio::time::sleep(SAVE_AGAIN).await;
        if store::finish(&runs.db, &runs.clock, row, &run.live(), true).await.is_ok() {
            tracing::info!(run = %run.id, request_id = row.request_id, "the answer is saved now");
            return;
        }
    }
}

/// The chat moved up in the list.
async fn publish_session(runs: &Runs, run: &RunHandle) {
    if !runs.hub.audience(&run.user_id).has_tabs() {
        // Where the person has tabs, that server looks.
        return runs.db.tell(|| Notice::Chat { user: run.user_id.clone(), session: run.session_id.clone() });
    }
    if let Ok(Some(row)) = sessions::get(runs.db.read(), &run.user_id, &run.session_id).await {
        runs.hub.publish(&run.user_id, &UserEvent::SessionChanged { session: row.session });
    }
}

fn log_end(plan: &Plan, ending: &Ending) {
    let (request_id, model, status) = (&plan.run.request_id, &plan.model, ending.status.as_str());
    let (first_token_ms, total_ms) = (ending.usage.first_token_ms, ending.usage.total_ms);
    match &ending.error {
        Some(error) => tracing::warn!(request_id, code = error.code, status, model, total_ms, "answer ended"),
        None => tracing::info!(request_id, status, model, first_token_ms, total_ms, "answer ended"),
    }
}

fn millis(since: Instant) -> u64 {
    u64::try_from(since.elapsed().as_millis()).unwrap_or(u64::MAX)
}
