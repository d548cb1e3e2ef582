//! Runs one turn: calls the provider, feeds the turn, does what it asks, in order.
//!
//! The task is owned by the registry. Whoever asked for the answer may leave at any moment; nothing here notices. `calls`
//! is for all but the first call of a provider, `conclude` for the end.

mod calls;
mod conclude;

pub(super) use calls::{Calls, Wanted};
pub(super) use conclude::publish_session;

use super::hub::Slot;
use super::run::RunHandle;
use super::store::{self, Made, Plan};
use super::turn::{Effect, Ending, Input, Start, ToolCall, Turn};
use super::{Runs, naming};
use crate::db::Notice;
use crate::db::runs::RunRow;
use crate::error::{AppError, AppResult};
use crate::trace::{Recorder, Subject};
use conclude::conclude;
use futures_util::{FutureExt as _, StreamExt as _};
use llm::{CompletionEvent, CompletionRequest, CompletionStream, Correlation, StopReason};
use shared::chat::{Session, Usage};
use shared::error::Params;
use shared::events::{RunEventBody, Status, Terminal, UserEvent};
use shared::part::ToolState;
use shared::trace::Stage;
use shared::{ErrorCode, Part};
use std::future::poll_fn;
use std::panic::AssertUnwindSafe;
use std::sync::Arc;
use std::task::Poll;
use tokio::sync::oneshot;

/// Everything a run needs.
pub(super) struct Job {
    /// Its handle.
    pub run: Arc<RunHandle>,
    /// What to write at its begin.
    pub plan: Plan,
    /// What to ask the provider.
    pub request: CompletionRequest,
    /// The calls of providers; the first is made with the request.
    pub calls: Box<Calls>,
    /// What the reader must be told ahead of the answer.
    pub notices: Vec<(ErrorCode, Params)>,
    /// The person's place among their running answers.
    pub slot: Slot,
}

/// Provider events taken from the socket at once and merged before they are numbered.
const MERGED_EVENTS: usize = 512;

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
            close_calls(&run);
            Box::pin(conclude(&runs_of_task, &run, &row, (Status::Failed, end), None)).await;
        }
        runs_of_task.live.remove(&run.id);
        runs_of_task.hub.audience(&run.user_id).remove_run(&run);
        runs_of_task.tell_moved(&run.user_id, &run.id);
    });
    answer.await.unwrap_or_else(|_| Err(ErrorCode::Internal.into()))
}

async fn drive(runs: &Arc<Runs>, job: Job, accepted: oneshot::Sender<AppResult<()>>) {
    let Job { run, mut plan, mut request, mut calls, notices, slot } = job;
    let provider = Arc::clone(&calls.route().provider);
    run.trace.arm(subject(&plan));
    calls.begin_call(&mut request, &plan.run.request_id);
    let mut upstream = provider.stream(request);
    // Boxed, like everything that is over long before the answer is: the task of a waiting stream stays small.
    let (committed, called) = Box::pin(commit(runs, &run.trace, &plan, &mut upstream)).await;
    let created = match committed {
        Ok(created) => created,
        Err(error) => {
            // Nothing was begun: the place is free before the caller hears of it, however long the booking takes.
            runs.live.remove(&run.id);
            drop((slot, upstream));
            end_trace(&run, &error);
            return Box::pin(refuse(runs, &plan, called, calls, error, accepted)).await;
        }
    };
    let mut turn = Turn::new(beginning(&run, &plan, &calls));
    turn.charge(calls.route().facts.price);
    announce(runs, &run, &plan, created, accepted);
    for (code, params) in notices {
        perform(&run, vec![turn.notice(code, params)]);
    }
    *calls.under_way() = !matches!(called, Called::Not);
    let mut opened = match called {
        Called::Answered(opened) => Opened::Stream(opened),
        Called::Not | Called::Asked => open(runs, &run, upstream, calls.under_way()).await,
    };
    let ending = loop {
        let mut step = match opened {
            Opened::Stream(Ok(stream)) => pump(runs, &run, &mut turn, stream, &mut calls).await,
            Opened::Stream(Err(error)) => {
                run.trace.failed(&error);
                Step::Failed(error)
            }
            Opened::Ended(input) => {
                if !*calls.under_way() {
                    turn.settle();
                }
                perform(&run, turn.handle(calls.now_ms(), input))
            }
        };
        if let Step::Tools(list) = step {
            step = Box::pin(calls.run_tools(runs, &run, &mut turn, list)).await;
        }
        opened = match step {
            Step::Ended(ending) => break *ending,
            Step::Failed(error) => Box::pin(calls.recover(runs, &run, &mut plan, &mut turn, error)).await,
            Step::Again(usage) => Box::pin(calls.ask_again(runs, &run, &mut plan, &mut turn, usage)).await,
            // Tools that all came back and ask for nothing more would be a fault of ours; the answer ends all the same.
            Step::Go | Step::Tools(_) => Opened::Ended(Input::Model(Err(llm::Error::new(ErrorCode::Internal)))),
        };
    };
    Box::pin(end(runs, &run, &plan, &mut calls, ending)).await;
    drop(slot);
}

/// Saves and shows the end, then sees to what need not be waited for.
async fn end(runs: &Arc<Runs>, run: &Arc<RunHandle>, plan: &Plan, calls: &mut Calls, ending: Ending) {
    log_end(plan, &ending, calls.correlation());
    let held = calls.is_held();
    runs.metrics.answers.ended(&plan.model, ending.status, &ending.usage);
    let made = Made { calls: calls.end(runs, plan, &ending), held };
    made.calls.iter().for_each(|call| runs.metrics.answers.took(&plan.model, &call.usage));
    let status = ending.status;
    let end = Terminal { error: ending.error, truncated: ending.truncated, ..Terminal::default() };
    conclude(runs, run, &plan.run, (status, end), Some(made)).await;
    if status == Status::Completed && calls.unnamed() {
        naming::consider(runs, run, &plan.run.request_id, calls.who(), calls.resolved());
    }
}

/// Tools that were at work when a fault of the server ended the answer are not at work any more.
fn close_calls(run: &RunHandle) {
    for (index, part) in run.live().message.parts.into_iter().enumerate() {
        if let Part::Tool(mut tool) = part
            && tool.state == ToolState::Running
        {
            tool.state = ToolState::Failed;
            tool.result.get_or_insert_with(|| super::tools::CUT_OFF.to_owned());
            run.emit(RunEventBody::PartUpdated { index, part: Part::Tool(tool) });
        }
    }
}

/// What a trace of this run is about.
fn subject(plan: &Plan) -> Subject {
    let RunRow { id, session_id, message_id, .. } = &plan.run;
    let message = Some((session_id.clone(), message_id.clone()));
    Subject { model: plan.model.clone(), run: Some(id.clone()), message }
}

/// Nothing was begun, so the trace names neither a chat nor a message; of a twin that was slower there is nothing to tell.
fn end_trace(run: &RunHandle, error: &AppError) {
    if error.code == ErrorCode::MessageClientId {
        return run.trace.discard();
    }
    run.trace.unbind();
    run.trace.finish(Status::Failed, Some(error.code.as_str()), &error.params, None);
}

/// What the turn has to know of the answer as it is before its first event.
fn beginning(run: &RunHandle, plan: &Plan, calls: &Calls) -> Start {
    let before = run.live().message;
    Start {
        parts_before: plan.run.parts_before,
        had_text: !before.text().trim().is_empty(),
        bytes_before: before.parts.iter().map(Part::written).sum(),
        prompt_tokens: calls.tokens(),
        instruction_tokens: calls.instructions(),
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
    trace: &Recorder,
    plan: &Plan,
    upstream: &mut (impl Future<Output = Result<CompletionStream, llm::Error>> + Unpin),
) -> (AppResult<Option<Session>>, Called) {
    let since = trace.now();
    let commit = store::begin(&runs.db, &runs.clock, &runs.instance, plan);
    tokio::pin!(commit);
    let mut called = Called::Not;
    poll_fn(|context| {
        if let Poll::Ready(committed) = commit.as_mut().poll(context) {
            trace.span(Stage::Begin, since);
            return Poll::Ready((committed, std::mem::replace(&mut called, Called::Not)));
        }
        if !matches!(called, Called::Answered(_)) {
            called = match upstream.poll_unpin(context) {
                Poll::Ready(opened) => {
                    trace.connected();
                    Called::Answered(opened)
                }
                Poll::Pending => Called::Asked,
            };
        }
        Poll::Pending
    })
    .await
}

/// Tells the caller that nothing was begun, books the call that was made all the same, and frees what was set aside.
async fn refuse(
    runs: &Runs,
    plan: &Plan,
    called: Called,
    calls: Box<Calls>,
    error: AppError,
    accepted: oneshot::Sender<AppResult<()>>,
) {
    let code = error.code.as_str();
    // The caller may have left; then nobody waits for the refusal.
    let _ = accepted.send(Err(error));
    let (held, asked) = (calls.is_held(), called.hang_up(calls.tokens()));
    let call = asked.and_then(|prompt_tokens| calls.refused(plan, prompt_tokens, code));
    if call.is_none() && !held {
        return;
    }
    if let Err(cause) = store::book_refused(&runs.db, plan, call.as_ref(), held).await {
        let request_id = &plan.run.request_id;
        tracing::error!(request_id, code, ?cause, prompt_tokens = asked, "a call of a provider could not be booked");
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
        Some(session) => runs.hub.publish(&run.user_id, &UserEvent::SessionChanged { session: session.brief() }),
        // Its title and its place in the list may have changed; the answer does not wait for the look.
        None => {
            let (runs, run) = (Arc::clone(runs), Arc::clone(run));
            tokio::spawn(async move { publish_session(&runs, &run.user_id, &run.session_id).await });
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

/// Waits for the provider to answer, unless the person or the server ends it first. Sets `under_way` when it is asked.
async fn open(
    runs: &Runs,
    run: &RunHandle,
    upstream: impl Future<Output = Result<CompletionStream, llm::Error>>,
    under_way: &mut bool,
) -> Opened {
    let call = async {
        *under_way = true;
        upstream.await
    };
    tokio::select! {
        biased;
        () = run.stop.cancelled() => Opened::Ended(Input::Stop),
        () = runs.shutdown.cancelled() => Opened::Ended(Input::Shutdown),
        opened = call => {
            run.trace.connected();
            Opened::Stream(opened)
        }
    }
}

/// What is to be done next.
enum Step {
    /// Read on.
    Go,
    /// Save and close.
    Ended(Box<Ending>),
    /// The call failed before anything of it was shown.
    Failed(llm::Error),
    /// Run these tools.
    Tools(Vec<ToolCall>),
    /// Ask the model again. What the call before cost.
    Again(Usage),
}

/// Reads the provider's stream until the turn wants something else.
async fn pump(runs: &Runs, run: &RunHandle, turn: &mut Turn, mut stream: CompletionStream, calls: &mut Calls) -> Step {
    loop {
        run.trace.waits();
        let first = tokio::select! {
            biased;
            () = run.stop.cancelled() => Input::Stop,
            () = runs.shutdown.cancelled() => Input::Shutdown,
            item = stream.next() => item.map_or(Input::ModelEnded, Input::Model),
        };
        run.trace.heard();
        let now_ms = calls.now_ms();
        for input in drain(first, &mut stream) {
            if let Input::Model(Err(error)) = &input {
                run.trace.failed(error);
            }
            let step = match input {
                Input::Model(Err(error)) if turn.is_untouched() => Step::Failed(error),
                input => perform(run, turn.handle(now_ms, input)),
            };
            if !matches!(step, Step::Go) {
                return step;
            }
        }
        if !turn.is_untouched() {
            calls.note_good(runs);
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

/// Does what the turn asks, in order. Whoever gets an end drops the stream, and that hangs up.
fn perform(run: &RunHandle, effects: Vec<Effect>) -> Step {
    let mut step = Step::Go;
    for effect in effects {
        match effect {
            Effect::Emit(body) => run.emit(body),
            Effect::Finish(end) => step = Step::Ended(end),
            Effect::AskAgain(usage) => step = Step::Again(usage),
            Effect::CallTool(call) => match &mut step {
                Step::Tools(list) => list.push(call),
                _ => step = Step::Tools(vec![call]),
            },
        }
    }
    step
}

/// Of an answer that says nothing the line tells what came instead.
fn log_end(plan: &Plan, ending: &Ending, correlation: &Correlation) {
    let provider_request_id = correlation.theirs();
    let reason = ending.reason.as_ref().map(StopReason::as_str);
    let (request_id, model, status) = (&plan.run.request_id, &plan.model, ending.status.as_str());
    let connection = plan.run.connection_id.as_str();
    let (first_token_ms, total_ms) = (ending.usage.first_token_ms, ending.usage.total_ms);
    match &ending.error {
        Some(error) => {
            let code = error.code.as_str();
            let (chunks, bytes) = correlation.received().map(|received| (received.chunks, received.bytes)).unzip();
            tracing::warn!(
                request_id,
                code,
                status,
                model,
                connection,
                provider_request_id,
                chunks,
                bytes,
                reason,
                total_ms,
                "answer ended"
            );
        }
        None => tracing::info!(
            request_id,
            status,
            model,
            connection,
            provider_request_id,
            reason,
            first_token_ms,
            total_ms,
            "answer ended"
        ),
    }
}
