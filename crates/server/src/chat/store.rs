//! The two transactions of a run: its begin and its end.

use super::LEASE;
use crate::clock::Clock;
use crate::db::messages::{self, Finished, NewMessage};
use crate::db::runs::{self, RunRow};
use crate::db::usage::{self, Purpose, Record};
use crate::db::{DatabaseTransaction, Db, DbErr, engine, sessions};
use crate::error::{AppError, AppResult};
use shared::chat::{Role, Session, Usage};
use shared::events::Status;
use shared::message::LiveAnswer;
use shared::{ErrorCode, MessageId, ModelId, Part};

/// What a run writes at its begin.
pub(super) struct Plan {
    /// The run.
    pub run: RunRow,
    /// Where message and placeholder go.
    pub target: Target,
    /// The person's text.
    pub content: String,
    /// The title, should the chat have none.
    pub title: String,
    /// The model's name.
    pub model: String,
}

/// Where message and placeholder go.
pub(super) enum Target {
    /// Into a chat that is created with them; it remembers the model if one was chosen.
    NewChat { model: Option<ModelId> },
    /// Below `parent`. With `expected_leaf` only if the active path still ends there.
    Message { parent: Option<MessageId>, expected_leaf: Option<Option<MessageId>> },
    /// A further answer to the same message.
    AnswerAgain,
    /// More of the same answer, unless more than these many runs have written it by now.
    Continue { runs: u64 },
}

/// Writes message, placeholder and run. Answers the chat, if it is new. A twin that was faster, here or on another
/// server, is met by the unique indexes over client ids.
pub(super) async fn begin(db: &Db, clock: &Clock, instance: &str, plan: &Plan) -> AppResult<Option<Session>> {
    let tx = db.begin().await?;
    let run = &plan.run;
    let created = write_messages(&tx, plan, clock.now()).await?;
    let lease_until = engine::lease_clock(&tx, clock.now()).await? + lease_ms();
    runs::insert(&tx, run, instance, lease_until).await.map_err(twin)?;
    tx.commit().await?;
    Ok(created)
}

/// Milliseconds that a lease lasts.
pub(super) fn lease_ms() -> i64 {
    i64::try_from(LEASE.as_millis()).unwrap_or(i64::MAX)
}

fn twin(error: DbErr) -> AppError {
    if engine::is_unique_violation(&error) { ErrorCode::MessageClientId.into() } else { error.into() }
}

async fn write_messages(tx: &DatabaseTransaction, plan: &Plan, now: i64) -> AppResult<Option<Session>> {
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
        Target::AnswerAgain => {
            let Some(parent) = &run.user_message_id else { return Err(ErrorCode::MessageEmpty.into()) };
            messages::insert(tx, &[placeholder(plan, Some(parent))], now).await.map_err(twin)?;
            messages::set_active_child(tx, parent, &run.message_id).await?;
            advance(tx, plan, None, now).await?;
            messages::activate_path(tx, &run.session_id, &run.message_id).await?;
        }
        Target::Message { parent, expected_leaf } => {
            insert_pair(tx, plan, parent.as_ref(), now).await?;
            advance(tx, plan, expected_leaf.as_ref().map(Option::as_ref), now).await?;
            match (parent, expected_leaf) {
                (Some(parent), Some(_)) => {
                    let child = run.user_message_id.as_ref().unwrap_or(&run.message_id);
                    messages::set_active_child(tx, parent, child).await?;
                }
                // A branch somewhere else: the whole way up must lead to it.
                _ => messages::activate_path(tx, &run.session_id, &run.message_id).await?,
            }
        }
        Target::NewChat { model } => {
            let session = sessions::insert(
                tx,
                &run.user_id,
                &run.session_id,
                &plan.title,
                model.as_ref(),
                Some(&run.message_id),
                now,
            );
            created = Some(session.await?);
            insert_pair(tx, plan, None, now).await?;
        }
    }
    Ok(created)
}

async fn insert_pair(tx: &DatabaseTransaction, plan: &Plan, parent: Option<&MessageId>, now: i64) -> AppResult<()> {
    let run = &plan.run;
    let Some(id) = &run.user_message_id else { return Err(ErrorCode::MessageEmpty.into()) };
    let parts = [Part::text(plan.content.clone())];
    let question = NewMessage {
        id,
        session: &run.session_id,
        parent,
        role: Role::User,
        status: Status::Completed,
        model: None,
        client_id: run.client_message_id.as_deref(),
        active_child: Some(&run.message_id),
        parts: &parts,
    };
    messages::insert(tx, &[question, placeholder(plan, Some(id))], now).await.map_err(twin)
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

/// Writes the usage row of a call whose run could not be begun.
pub(super) async fn book_refused(db: &Db, plan: &Plan, usage: &Usage, code: &str) -> Result<(), DbErr> {
    let tx = db.begin().await?;
    // A begin whose commit was stored without an answer left its run there; whoever ends that one books the call.
    if !runs::exists(&tx, &plan.run.id).await? {
        let record = Record { run_id: None, ..record(&plan.run, &plan.model, usage, Status::Failed, Some(code)) };
        usage::insert(&tx, &record).await?;
    }
    tx.commit().await
}

fn record<'a>(run: &'a RunRow, model: &'a str, usage: &'a Usage, status: Status, code: Option<&'a str>) -> Record<'a> {
    Record {
        run_id: Some(&run.id),
        user_id: &run.user_id,
        connection_id: &run.connection_id,
        model,
        purpose: Purpose::Chat,
        usage,
        status,
        code,
        request_id: &run.request_id,
        started_at: run.created_at,
    }
}

/// Writes the final state of message and run and one usage row. Answers false if the run was ended by somebody else.
/// An answer that was over before its first checkpoint has no chunks to remove.
pub(super) async fn finish(
    db: &Db,
    clock: &Clock,
    run: &RunRow,
    live: &LiveAnswer,
    checkpointed: bool,
) -> Result<bool, DbErr> {
    let tx = db.begin().await?;
    let ended = finish_in(&tx, clock.now(), run, live, checkpointed).await?;
    tx.commit().await?;
    Ok(ended)
}

/// The same inside a transaction.
pub(super) async fn finish_in(
    tx: &DatabaseTransaction,
    now: i64,
    run: &RunRow,
    live: &LiveAnswer,
    checkpointed: bool,
) -> Result<bool, DbErr> {
    let message = &live.message;
    let (length, sha256) = message.digest();
    if !runs::finish(tx, &run.id, message.status, live.seq, now).await? {
        return Ok(false);
    }
    if checkpointed {
        runs::drop_chunks(tx, &run.id).await?;
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
    messages::finish(tx, &run.message_id, &end, now).await?;
    sessions::touch(tx, &run.session_id, now).await?;
    let nothing = Usage::default();
    let usage = message.usage.as_ref().unwrap_or(&nothing);
    let code = message.error.as_ref().map(|error| error.code.as_str());
    usage::insert(tx, &record(run, &message.model, usage, message.status, code)).await?;
    Ok(true)
}
