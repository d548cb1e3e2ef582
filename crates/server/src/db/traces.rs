//! Task traces: written by the task behind the recorder, read by their owner and by administrators, forgotten after a while.

use super::engine::statement;
use super::entity::trace::{self, Column, Entity as Traces};
use super::entity::trace_detail::{self, Entity as Details};
use super::entity::user::{Column as User, Entity as Users};
use super::{like, parse_json, parse_word, rfc3339, to_json};
use sea_orm::prelude::*;
use sea_orm::sea_query::{Expr as SeaExpr, ExprTrait as _, Func, LikeExpr};
use sea_orm::{Condition, QueryOrder as _, QuerySelect as _};
use shared::events::Status;
use shared::trace::{Sample, Totals, TraceBrief, TraceEvent, TracePerson, Via};
use shared::{ErrorCode, MessageId, Page, RunId, SessionId, TraceId, UserId};

/// Traces that are forgotten in one transaction.
const BATCH: u64 = 500;
/// After so long nobody writes a trace any more that has no end, in milliseconds.
const WRITTEN_MS: i64 = 24 * 3600 * 1000;

/// A trace as it is written.
#[derive(Clone, Debug)]
pub struct Written {
    /// Its id.
    pub id: TraceId,
    /// Who asked.
    pub user: UserId,
    /// Where the request came from.
    pub via: Via,
    /// The run.
    pub run: Option<RunId>,
    /// The chat.
    pub session: Option<SessionId>,
    /// The answer.
    pub message: Option<MessageId>,
    /// The model's name.
    pub model: String,
    /// Where the answer stands.
    pub status: Status,
    /// Why it failed.
    pub code: Option<String>,
    /// The request, as in the log.
    pub request_id: String,
    /// The server that writes it.
    pub instance: String,
    /// Unix milliseconds.
    pub started_at: i64,
    /// Unix milliseconds; none while it goes on.
    pub ended_at: Option<i64>,
    /// Times and counts.
    pub totals: Totals,
}

/// What stands apart from the list.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Inside {
    /// The events.
    pub events: Vec<TraceEvent>,
    /// What the provider was sent.
    pub request: Option<Sample>,
    /// What came back.
    pub response: Option<Sample>,
}

/// Which traces are wanted.
#[derive(Clone, Debug, Default)]
pub struct Filter {
    /// The only person whose traces may be seen; none for administrators.
    pub owner: Option<UserId>,
    /// The id of a person, or a part of their name.
    pub person: Option<String>,
    /// Where the answer stands.
    pub status: Option<Status>,
    /// A part of the model's name.
    pub model: Option<String>,
    /// A code, or the beginning of one that ends in a dot.
    pub code: Option<String>,
    /// The answer.
    pub message: Option<MessageId>,
    /// The first moment, unix milliseconds.
    pub from: Option<i64>,
    /// The moment before which, unix milliseconds.
    pub to: Option<i64>,
    /// The trace after which the page begins.
    pub after: Option<String>,
}

impl From<&Written> for trace::Model {
    fn from(of: &Written) -> Self {
        let count = |number: u64| i64::try_from(number).unwrap_or(i64::MAX);
        let totals = &of.totals;
        Self {
            id: of.id.0.clone(),
            user_id: of.user.0.clone(),
            via: of.via.as_str().to_owned(),
            run_id: of.run.as_ref().map(|id| id.0.clone()),
            session_id: of.session.as_ref().map(|id| id.0.clone()),
            message_id: of.message.as_ref().map(|id| id.0.clone()),
            model: of.model.clone(),
            status: of.status.as_str().to_owned(),
            code: of.code.clone(),
            request_id: of.request_id.clone(),
            instance_id: of.instance.clone(),
            started_at: of.started_at,
            ended_at: of.ended_at,
            total_us: count(totals.total_us),
            own_us: count(totals.own_us),
            provider_us: count(totals.provider_us),
            tools_us: count(totals.tools_us),
            first_token_us: totals.first_token_us.map(count),
            calls: i64::from(totals.calls),
            prompt_tokens: count(totals.prompt_tokens),
            completion_tokens: count(totals.completion_tokens),
        }
    }
}

/// Writes a trace that goes on.
///
/// # Errors
/// The database's; a foreign key's where its message or person is gone.
pub async fn open(db: &impl ConnectionTrait, trace: &Written) -> Result<(), DbErr> {
    let row = trace::ActiveModel::from(trace::Model::from(trace));
    Traces::insert(row).exec_without_returning(db).await.map(|_| ())
}

/// A trace that ended.
pub struct Ended {
    /// The line of the list.
    pub written: Written,
    /// What stands apart from it.
    pub inside: Inside,
    /// Whether its opening line is stored.
    pub opened: bool,
}

/// Writes traces that ended; one that was opened and is gone meanwhile stays gone.
///
/// # Errors
/// The database's; a foreign key's where a message or person is gone.
pub async fn close(db: &impl ConnectionTrait, ended: &[Ended]) -> Result<(), DbErr> {
    let (mut fresh, mut details) = (Vec::new(), Vec::with_capacity(ended.len()));
    for Ended { written, inside, opened } in ended {
        let row = trace::ActiveModel::from(trace::Model::from(written));
        if *opened {
            let same = Column::Id.eq(written.id.as_str());
            if Traces::update_many().set(row.reset_all()).filter(same).exec(db).await?.rows_affected == 0 {
                continue;
            }
        } else {
            fresh.push(row);
        }
        details.push(trace_detail::ActiveModel::from(detail(&written.id, inside)?));
    }
    for rows in in_few_sizes(fresh) {
        Traces::insert_many(rows).exec_without_returning(db).await?;
    }
    for rows in in_few_sizes(details) {
        Details::insert_many(rows).exec_without_returning(db).await?;
    }
    Ok(())
}

fn detail(id: &TraceId, inside: &Inside) -> Result<trace_detail::Model, DbErr> {
    let json = |sample: &Option<Sample>| sample.as_ref().map(to_json).transpose();
    Ok(trace_detail::Model {
        trace_id: id.0.clone(),
        events: to_json(&inside.events)?,
        request: json(&inside.request)?,
        response: json(&inside.response)?,
    })
}

/// Rows for statements of one, four or sixteen of them: a connection keeps those prepared, and not one for each number.
fn in_few_sizes<T>(rows: Vec<T>) -> impl Iterator<Item = Vec<T>> {
    let mut rows = rows.into_iter();
    std::iter::from_fn(move || {
        let size = [16, 4, 1].into_iter().find(|size| *size <= rows.len())?;
        Some(rows.by_ref().take(size).collect())
    })
}

/// What nobody is shown: traces of people who left, and of chats that were deleted and can still be restored.
fn visible() -> Condition {
    let deleted = "EXISTS (SELECT 1 FROM sessions s WHERE s.id = traces.session_id AND s.deleted_at IS NOT NULL)";
    Condition::all().add(User::DeletedAt.is_null()).add(SeaExpr::cust(deleted).not())
}

/// One page, the latest first. Ids grow with time, so they are the order and the cursor.
///
/// # Errors
/// The database's.
pub async fn list(db: &impl ConnectionTrait, filter: &Filter, limit: u32) -> Result<Page<TraceBrief>, DbErr> {
    let mut wanted = visible();
    if let Some(owner) = &filter.owner {
        wanted = wanted.add(Column::UserId.eq(owner.as_str()));
    }
    if let Some(text) = &filter.person {
        let name = SeaExpr::expr(Func::lower(SeaExpr::col((Users, User::Username)))).like(containing(text));
        wanted = wanted.add(Condition::any().add(Column::UserId.eq(text.as_str())).add(name));
    }
    if let Some(status) = filter.status {
        wanted = wanted.add(Column::Status.eq(status.as_str()));
    }
    if let Some(text) = &filter.model {
        wanted = wanted.add(SeaExpr::expr(Func::lower(SeaExpr::col((Traces, Column::Model)))).like(containing(text)));
    }
    if let Some(code) = &filter.code {
        wanted = wanted.add(with_code(code));
    }
    if let Some(message) = &filter.message {
        wanted = wanted.add(Column::MessageId.eq(message.as_str()));
    }
    if let Some(from) = filter.from {
        wanted = wanted.add(Column::StartedAt.gte(from));
    }
    if let Some(to) = filter.to {
        wanted = wanted.add(Column::StartedAt.lt(to));
    }
    if let Some(after) = &filter.after {
        wanted = wanted.add(Column::Id.lt(after.as_str()));
    }
    let found = Traces::find().find_also_related(Users).filter(wanted).order_by_desc(Column::Id);
    let rows = found.limit(u64::from(limit) + 1).all(db).await?;
    let more = rows.len() > limit as usize;
    let named = rows.into_iter().take(limit as usize).filter_map(|(row, person)| Some((row, person?.username)));
    let items = named.map(|(row, name)| brief(row, name)).collect::<Result<Vec<_>, _>>()?;
    let next = items.last().filter(|_| more).map(|last| last.id.0.clone());
    Ok(Page { items, next })
}

fn containing(text: &str) -> LikeExpr {
    LikeExpr::new(like(text)).escape('!')
}

/// A code to the letter; one that ends in a dot is the beginning of many.
fn with_code(code: &str) -> SeaExpr {
    if !code.ends_with('.') {
        return Column::Code.eq(code);
    }
    // The pattern for a text anywhere, from the beginning on.
    let pattern = like(code);
    Column::Code.like(LikeExpr::new(pattern.trim_start_matches('%')).escape('!'))
}

/// A trace with its events, if it is this person's; anybody's where none is named. Without events where it goes on, or
/// never ended.
///
/// # Errors
/// The database's.
pub async fn get(
    db: &impl ConnectionTrait,
    owner: Option<&UserId>,
    id: &TraceId,
) -> Result<Option<(TraceBrief, Option<Inside>)>, DbErr> {
    let mut wanted = visible().add(Column::Id.eq(id.as_str()));
    if let Some(owner) = owner {
        wanted = wanted.add(Column::UserId.eq(owner.as_str()));
    }
    let found = Traces::find().find_also_related(Users).filter(wanted).one(db).await?;
    let Some((row, Some(person))) = found else { return Ok(None) };
    let inside = Details::find_by_id(id.as_str()).one(db).await?.map(inside).transpose()?;
    Ok(Some((brief(row, person.username)?, inside)))
}

fn inside(row: trace_detail::Model) -> Result<Inside, DbErr> {
    let sample = |text: Option<String>| text.map(|text| parse_json::<Sample>("trace_details", &text)).transpose();
    Ok(Inside {
        events: parse_json("trace_details.events", &row.events)?,
        request: sample(row.request)?,
        response: sample(row.response)?,
    })
}

fn brief(row: trace::Model, name: String) -> Result<TraceBrief, DbErr> {
    let count = |number: i64| u64::try_from(number).unwrap_or(0);
    Ok(TraceBrief {
        id: TraceId(row.id),
        person: TracePerson { id: UserId(row.user_id), name },
        via: parse_word("traces.via", &row.via)?,
        run_id: row.run_id.map(RunId),
        session_id: row.session_id.map(SessionId),
        message_id: row.message_id.map(MessageId),
        model: row.model,
        status: parse_word("traces.status", &row.status)?,
        code: row.code,
        request_id: row.request_id,
        started_at: rfc3339(row.started_at),
        ended_at: row.ended_at.map(rfc3339),
        totals: Totals {
            total_us: count(row.total_us),
            own_us: count(row.own_us),
            provider_us: count(row.provider_us),
            tools_us: count(row.tools_us),
            first_token_us: row.first_token_us.map(count),
            calls: u32::try_from(row.calls).unwrap_or(0),
            prompt_tokens: count(row.prompt_tokens),
            completion_tokens: count(row.completion_tokens),
        },
    })
}

/// The run of a trace was ended by somebody else than its writer: the trace says the same, and never ends.
///
/// # Errors
/// The database's.
pub async fn abandon(db: &impl ConnectionTrait, run: &RunId, status: Status, code: Option<&str>) -> Result<(), DbErr> {
    let text = "UPDATE traces SET status = $2, code = $3 WHERE run_id = $1 AND status = $4 AND ended_at IS NULL";
    let values = [run.as_str().into(), status.as_str().into(), code.into(), Status::Streaming.as_str().into()];
    db.execute_raw(statement(db, text, values)).await.map(|_| ())
}

/// What this server was tracing before it died and is no run never ends.
///
/// # Errors
/// The database's.
pub async fn abandon_at_start(db: &impl ConnectionTrait, instance: &str) -> Result<(), DbErr> {
    let text = "UPDATE traces SET status = $2, code = $3 \
        WHERE instance_id = $1 AND run_id IS NULL AND status = $4 AND ended_at IS NULL";
    let (interrupted, streaming) = (Status::Interrupted.as_str(), Status::Streaming.as_str());
    let values = [instance.into(), interrupted.into(), ErrorCode::ServerCrashed.as_str().into(), streaming.into()];
    db.execute_raw(statement(db, text, values)).await.map(|_| ())
}

/// Forgets some of the traces that began before a moment, but for those that are being written. Answers how many, and
/// whether there may be more.
///
/// # Errors
/// The database's.
pub async fn forget(db: &impl ConnectionTrait, before: i64, now: i64) -> Result<(u64, bool), DbErr> {
    let text = "DELETE FROM traces WHERE id IN (SELECT id FROM traces WHERE started_at < $1 \
        AND (status <> $2 OR started_at < $3) ORDER BY started_at LIMIT $4)";
    let (streaming, batch) = (Status::Streaming.as_str(), i64::try_from(BATCH).unwrap_or(1));
    let values = [before.into(), streaming.into(), (now - WRITTEN_MS).into(), batch.into()];
    let done = db.execute_raw(statement(db, text, values)).await?.rows_affected();
    Ok((done, done >= BATCH))
}

/// Forgets some of the oldest traces beyond the `most` latest. Answers whether there may be more.
///
/// # Errors
/// The database's.
pub async fn forget_surplus(db: &impl ConnectionTrait, most: u64) -> Result<bool, DbErr> {
    let text = "DELETE FROM traces WHERE id IN (SELECT id FROM traces ORDER BY id DESC LIMIT $1 OFFSET $2)";
    let values = [BATCH, most].map(|number| i64::try_from(number).unwrap_or(i64::MAX).into());
    Ok(db.execute_raw(statement(db, text, values)).await?.rows_affected() >= BATCH)
}
