//! The two transactions of a run: its begin and its end.

use super::LEASE;
use crate::budgets;
use crate::clock::Clock;
use crate::db::messages::{self, Finished, NewMessage};
use crate::db::runs::{self, RunRow};
use crate::db::sessions::{self, NewSession};
use crate::db::usage::{self, Purpose, Record};
use crate::db::{ConnectionTrait, DatabaseTransaction, Db, DbErr, Together, engine, files, traces};
use crate::error::{AppError, AppResult};
use shared::chat::{NewChat, Role, Session, Usage};
use shared::events::Status;
use shared::limits::MAX_ANSWERS_AT_ONCE;
use shared::message::LiveAnswer;
use shared::{ConnectionId, ErrorCode, FileId, KeyId, MessageId, ModelId, Part};

/// What a run writes at its begin.
pub(super) struct Plan {
    /// The run.
    pub run: RunRow,
    /// Where message and placeholder go.
    pub target: Target,
    /// What the person says; empty where nothing new is said.
    pub parts: Vec<Part>,
    /// The title, should the chat have none.
    pub title: String,
    /// The model's name.
    pub model: String,
}

/// A call of a provider that is over, for its row of usage.
#[derive(Clone, Debug)]
pub(super) struct Call {
    /// Whom.
    pub connection_id: ConnectionId,
    /// With which key.
    pub key_id: Option<KeyId>,
    /// What it cost.
    pub usage: Usage,
    /// How it ended.
    pub status: Status,
    /// Error code, if it failed.
    pub code: Option<String>,
    /// Started at, unix milliseconds.
    pub started_at: i64,
}

/// Where message and placeholder go.
pub(super) enum Target {
    /// Into a chat that is created with them; it remembers the model if one was chosen.
    NewChat { model: Option<ModelId>, about: Box<NewChat> },
    /// Below `parent`. With `expected_leaf` only if the active path still ends there.
    Message { parent: Option<MessageId>, expected_leaf: Option<Option<MessageId>> },
    /// A further answer to the same message; it is shown unless another one is being written, or unless it was asked for
    /// together with the first, which stays on the path.
    AnswerAgain { beside: bool },
    /// More of the same answer, unless more than these many runs have written it by now.
    Continue { runs: u64 },
}

/// Writes message, placeholder and run. Answers the chat, if it is new. A twin that was faster, here or on another
/// server, is met by the unique indexes over client ids.
pub(super) async fn begin(db: &Db, clock: &Clock, instance: &str, plan: &Plan) -> AppResult<Option<Session>> {
    let tx = db.begin().await?;
    let run = &plan.run;
    // The moment that the model is told, too: it must be the same whenever the question is told again.
    let together = Together::new(&tx);
    let created = write_messages(&tx, &together, plan, run.created_at).await?;
    let lease_until = engine::lease_clock(&tx, clock.now()).await? + lease_ms();
    runs::insert(&together, run, instance, lease_until).await.map_err(refused)?;
    together.write().await.map_err(refused)?;
    tx.commit().await?;
    Ok(created)
}

/// Milliseconds that a lease lasts.
pub fn lease_ms() -> i64 {
    i64::try_from(LEASE.as_millis()).unwrap_or(i64::MAX)
}

/// A twin was faster, or a folder was removed since the request was admitted.
fn refused(error: DbErr) -> AppError {
    if engine::is_unique_violation(&error) { ErrorCode::MessageClientId.into() } else { no_folder(error) }
}

async fn write_messages(
    tx: &DatabaseTransaction,
    together: &Together<'_>,
    plan: &Plan,
    now: i64,
) -> AppResult<Option<Session>> {
    let run = &plan.run;
    let mut created = None;
    match &plan.target {
        Target::Continue { runs } => {
            // It could be continued a moment ago: somebody else is doing it, or has done it.
            if !messages::reopen(tx, &run.message_id, &plan.model, *runs).await? {
                return Err(ErrorCode::ChatBusy.into());
            }
            if !sessions::touch(tx, &run.session_id, now).await? {
                return Err(ErrorCode::ChatNotFound.into());
            }
        }
        Target::AnswerAgain { beside } => {
            let Some(question) = &run.user_message_id else { return Err(ErrorCode::MessageEmpty.into()) };
            answer_again(tx, plan, question, *beside, now).await?;
        }
        Target::Message { parent, expected_leaf } => {
            insert_pair(tx, plan, parent.as_ref(), now).await?;
            advance(tx, plan, expected_leaf.as_ref().map(Option::as_ref), now).await?;
            // Looked for once the chat is taken: nobody deletes it from here on.
            if let Some(parent) = parent {
                still_there(tx, plan, parent).await?;
            }
            match (parent, expected_leaf) {
                (Some(parent), Some(_)) => {
                    let child = run.user_message_id.as_ref().unwrap_or(&run.message_id);
                    messages::set_active_child(together, parent, child).await?;
                }
                // A branch somewhere else: the whole way up must lead to it.
                _ => messages::activate_path(tx, &run.session_id, &run.message_id).await?,
            }
        }
        Target::NewChat { model, about } => {
            let new = NewSession {
                id: &run.session_id,
                title: &plan.title,
                named: false,
                model: model.as_ref(),
                leaf: Some(&run.message_id),
                about,
            };
            created = Some(sessions::insert(together, &run.user_id, new, now).await.map_err(refused)?);
            insert_pair(together, plan, None, now).await?;
        }
    }
    Ok(created)
}

/// Answers that are written at the same time stand side by side: the path stays on the first of them.
async fn answer_again(
    tx: &DatabaseTransaction,
    plan: &Plan,
    question: &MessageId,
    beside: bool,
    now: i64,
) -> AppResult<()> {
    let run = &plan.run;
    // The chat first: whoever answers the same question at this moment waits here, and is counted.
    if !sessions::touch(tx, &run.session_id, now).await? {
        return Err(ErrorCode::ChatNotFound.into());
    }
    still_there(tx, plan, question).await?;
    let others = messages::streaming_answers(tx, &run.session_id, question).await?;
    if others >= MAX_ANSWERS_AT_ONCE {
        return Err(AppError::new(ErrorCode::RunSiblings).with("limit", MAX_ANSWERS_AT_ONCE));
    }
    messages::insert(tx, &[placeholder(plan, Some(question))], now).await.map_err(refused)?;
    if others == 0 && !beside {
        advance(tx, plan, None, now).await?;
        messages::show_answer(tx, &run.session_id, question, &run.message_id).await?;
    }
    Ok(())
}

/// A message may have been deleted since the request was admitted.
async fn still_there(tx: &DatabaseTransaction, plan: &Plan, message: &MessageId) -> AppResult<()> {
    let there = messages::is_there(tx, &plan.run.session_id, message).await?;
    if there { Ok(()) } else { Err(ErrorCode::MessageNotFound.into()) }
}

/// A folder may have been removed since the request was admitted.
pub fn no_folder(error: DbErr) -> AppError {
    if engine::is_foreign_key_violation(&error) { ErrorCode::FolderNotFound.into() } else { error.into() }
}

async fn insert_pair(db: &impl ConnectionTrait, plan: &Plan, parent: Option<&MessageId>, now: i64) -> AppResult<()> {
    let run = &plan.run;
    let Some(id) = &run.user_message_id else { return Err(ErrorCode::MessageEmpty.into()) };
    let question = NewMessage {
        id,
        session: &run.session_id,
        parent,
        role: Role::User,
        status: Status::Completed,
        model: None,
        client_id: run.client_message_id.as_deref(),
        active_child: Some(&run.message_id),
        parts: &plan.parts,
    };
    messages::insert(db, &[question, placeholder(plan, Some(id))], now).await.map_err(refused)?;
    let held: Vec<FileId> = plan.parts.iter().filter_map(Part::file).map(|file| file.file_id.clone()).collect();
    if held.is_empty() { Ok(()) } else { Ok(files::refer(db, &held, id).await?) }
}

fn placeholder<'a>(plan: &'a Plan, parent: Option<&'a MessageId>) -> NewMessage<'a> {
    NewMessage {
        id: &plan.run.message_id,
        session: &plan.run.session_id,
        parent,
        role: Role::Assistant,
        status: Status::Streaming,
        model: Some(&plan.model),
        client_id: None,
        active_child: None,
        parts: &[],
    }
}

async fn advance(
    tx: &DatabaseTransaction,
    plan: &Plan,
    expected: Option<Option<&MessageId>>,
    now: i64,
) -> AppResult<()> {
    let run = &plan.run;
    if sessions::advance(tx, &run.session_id, expected, &run.message_id, &plan.title, now).await? {
        return Ok(());
    }
    let deleted = sessions::get(tx, &run.user_id, &run.session_id).await?.is_none();
    Err(if deleted { ErrorCode::ChatNotFound } else { ErrorCode::ChatBusy }.into())
}

/// Writes the usage row of a call whose run could not be begun, if one was made, and frees what was set aside for it.
pub(super) async fn book_refused(db: &Db, plan: &Plan, call: Option<&Call>, held: bool) -> Result<(), DbErr> {
    let tx = db.begin().await?;
    // A begin whose commit was stored without an answer left its run there; whoever ends that one books the call.
    if !runs::exists(&tx, &plan.run.id).await? {
        if let Some(call) = call {
            usage::insert(&tx, &Record { run_id: None, ..record(&plan.run, &plan.model, call) }).await?;
        }
        if held {
            let took = budgets::took(call.map(|call| &call.usage), false);
            budgets::settle(&tx, plan.run.id.as_str(), took).await?;
        }
    }
    tx.commit().await
}

fn record<'a>(run: &'a RunRow, model: &'a str, call: &'a Call) -> Record<'a> {
    Record {
        run_id: Some(&run.id),
        user_id: &run.user_id,
        api_key: run.api_key.as_ref(),
        connection_id: &call.connection_id,
        key_id: call.key_id.as_ref(),
        model,
        purpose: Purpose::Chat,
        usage: &call.usage,
        status: call.status,
        code: call.code.as_deref(),
        request_id: &run.request_id,
        started_at: call.started_at,
    }
}

/// Writes that another connection answers a run.
pub(super) async fn move_run(db: &Db, run: &RunRow) -> Result<(), DbErr> {
    let tx = db.begin().await?;
    runs::set_connection(&tx, &run.id, &run.connection_id).await?;
    tx.commit().await
}

/// How an answer ended, and what it took.
pub(super) struct Outcome<'a> {
    /// The answer.
    pub live: &'a LiveAnswer,
    /// Whether it may have pieces to remove.
    pub checkpointed: bool,
    /// The calls of providers; none where only the sum is known.
    pub made: Option<Made<'a>>,
}

/// The calls that an answer took.
#[derive(Clone, Copy)]
pub(super) struct Made<'a> {
    /// Each of them.
    pub calls: &'a [Call],
    /// Whether something was set aside of budgets for them.
    pub held: bool,
}

/// Writes the final state of message and run and a usage row for each call. Answers false if the run was ended by
/// somebody else. An answer that was over before its first checkpoint has no chunks to remove.
pub(super) async fn finish(db: &Db, clock: &Clock, run: &RunRow, outcome: &Outcome<'_>) -> Result<bool, DbErr> {
    let tx = db.begin().await?;
    let ended = finish_in(&tx, clock.now(), run, outcome).await?;
    tx.commit().await?;
    Ok(ended)
}

/// The same inside a transaction.
pub(super) async fn finish_in(
    tx: &DatabaseTransaction,
    now: i64,
    run: &RunRow,
    Outcome { live, checkpointed, made }: &Outcome<'_>,
) -> Result<bool, DbErr> {
    let message = &live.message;
    let (length, sha256) = message.digest();
    if !runs::finish(tx, &run.id, message.status, live.seq, &run.connection_id, now).await? {
        return Ok(false);
    }
    let end = Finished {
        status: message.status,
        parts: &message.parts,
        usage: message.usage.as_ref(),
        error: message.error.as_ref(),
        length,
        sha256: &sha256,
        truncated: message.truncated,
    };
    let together = Together::new(tx);
    if *checkpointed {
        runs::drop_chunks(&together, &run.id).await?;
    }
    messages::finish(&together, &run.message_id, &end, now).await?;
    sessions::answered(&together, &run.session_id, &run.message_id, now).await?;
    if made.is_none() {
        let code = message.error.as_ref().map(|error| error.code.as_str());
        traces::abandon(&together, &run.id, message.status, code).await?;
    }
    let summed;
    let (calls, held) = match made {
        Some(made) => (made.calls, made.held),
        // Whoever ends the answer of a dead server looks whether it had set something aside.
        None => {
            summed = [summary(run, live)];
            (summed.as_slice(), true)
        }
    };
    for call in calls {
        usage::insert(&together, &record(run, &message.model, call)).await?;
    }
    together.write().await?;
    if held {
        let took = budgets::took(calls.iter().map(|call| &call.usage), says_something(run, live));
        budgets::settle(tx, run.id.as_str(), took).await?;
    }
    Ok(true)
}

/// Whether this run wrote anything that can be read.
fn says_something(run: &RunRow, live: &LiveAnswer) -> bool {
    let written = live.message.parts.iter().skip(run.parts_before);
    written.filter_map(Part::as_text).any(|text| !text.trim().is_empty())
}

/// What is known of an answer whose calls nobody counted one by one.
fn summary(run: &RunRow, live: &LiveAnswer) -> Call {
    let message = &live.message;
    Call {
        connection_id: run.connection_id.clone(),
        key_id: None,
        usage: message.usage.clone().unwrap_or_default(),
        status: message.status,
        code: message.error.as_ref().map(|error| error.code.clone()),
        started_at: run.created_at,
    }
}
