//! Runs and their checkpoints. Whoever ends a run does it by one compare-and-set on its status.

use super::engine::statement;
use super::entity::run::{self, Entity as Runs, Model};
use super::entity::run_chunk::{self, Entity as Chunks};
use super::{parse_json, parse_word};
use sea_orm::prelude::*;
use sea_orm::sea_query::OnConflict;
use sea_orm::{Condition, QueryOrder, QuerySelect};
use shared::events::{RunEventBody, Status};
use shared::{ApiKeyId, ConnectionId, MessageId, RunId, SessionId, UserId};

/// A run as it is stored.
#[derive(Clone, Debug)]
pub struct RunRow {
    /// Its id.
    pub id: RunId,
    /// The answer.
    pub message_id: MessageId,
    /// The chat.
    pub session_id: SessionId,
    /// The person.
    pub user_id: UserId,
    /// The message it answers; none when an answer is continued.
    pub user_message_id: Option<MessageId>,
    /// The client's own id for the request.
    pub client_message_id: Option<String>,
    /// Whether its chat began with it.
    pub creates_chat: bool,
    /// SHA-256 of the request, to tell a repetition from another request with the same client id.
    pub request_hash: String,
    /// Where it stands.
    pub status: Status,
    /// Parts that the answer had before.
    pub parts_before: usize,
    /// Number of its last stored event.
    pub last_seq: u64,
    /// The connection that was called.
    pub connection_id: ConnectionId,
    /// The API key that asked; none for a login.
    pub api_key: Option<ApiKeyId>,
    /// The request, as in the log.
    pub request_id: String,
    /// Started at, unix milliseconds.
    pub created_at: i64,
}

fn to_run(row: Model) -> Result<RunRow, DbErr> {
    Ok(RunRow {
        id: RunId(row.id),
        message_id: MessageId(row.message_id),
        session_id: SessionId(row.session_id),
        user_id: UserId(row.user_id),
        user_message_id: row.user_message_id.map(MessageId),
        client_message_id: row.client_message_id,
        creates_chat: row.creates_chat,
        request_hash: row.request_hash,
        status: parse_word("runs.status", &row.status)?,
        parts_before: usize::try_from(row.parts_before).unwrap_or(0),
        last_seq: u64::try_from(row.last_seq).unwrap_or(0),
        connection_id: ConnectionId(row.connection_id),
        api_key: row.api_key_id.map(ApiKeyId),
        request_id: row.request_id,
        created_at: row.created_at,
    })
}

/// Writes a new run, streaming, owned by `instance` until `lease_until`.
pub async fn insert(db: &impl ConnectionTrait, run: &RunRow, instance: &str, lease_until: i64) -> Result<(), DbErr> {
    let row: run::ActiveModel = Model {
        id: run.id.0.clone(),
        message_id: run.message_id.0.clone(),
        session_id: run.session_id.0.clone(),
        user_id: run.user_id.0.clone(),
        user_message_id: run.user_message_id.as_ref().map(|id| id.0.clone()),
        client_message_id: run.client_message_id.clone(),
        creates_chat: run.creates_chat,
        request_hash: run.request_hash.clone(),
        instance_id: instance.to_owned(),
        lease_until,
        stop_requested: false,
        status: run.status.as_str().to_owned(),
        parts_before: i64::try_from(run.parts_before).unwrap_or(0),
        last_seq: 0,
        connection_id: run.connection_id.0.clone(),
        request_id: run.request_id.clone(),
        created_at: run.created_at,
        finished_at: None,
        api_key_id: run.api_key.as_ref().map(|id| id.0.clone()),
    }
    .into();
    Runs::insert(row).exec_without_returning(db).await.map(|_| ())
}

/// The run, if it is this person's and its chat is not deleted.
pub async fn get(db: &impl ConnectionTrait, user: &UserId, id: &RunId) -> Result<Option<RunRow>, DbErr> {
    let text = "SELECT r.* FROM runs r JOIN sessions s ON s.id = r.session_id \
        WHERE r.id = $1 AND r.user_id = $2 AND s.deleted_at IS NULL";
    let query = statement(db, text, [id.as_str().into(), user.as_str().into()]);
    Runs::find().from_raw_sql(query).one(db).await?.map(to_run).transpose()
}

/// Whether this run was written.
pub async fn exists(db: &impl ConnectionTrait, id: &RunId) -> Result<bool, DbErr> {
    Ok(Runs::find_by_id(id.as_str()).count(db).await? > 0)
}

/// The run that a person started with this client id: in that chat, or, without one, the one that created a chat.
pub async fn by_client_id(
    db: &impl ConnectionTrait,
    user: &UserId,
    session: Option<&SessionId>,
    client_id: &str,
) -> Result<Option<RunRow>, DbErr> {
    let query = Runs::find()
        .filter(run::Column::UserId.eq(user.as_str()))
        .filter(run::Column::ClientMessageId.eq(client_id))
        .filter(match session {
            Some(session) => run::Column::SessionId.eq(session.as_str()),
            None => Expr::cust("creates_chat = TRUE"),
        });
    query.one(db).await?.map(to_run).transpose()
}

/// The run that wrote this message last: an answer that was continued has several.
pub async fn latest_of_message(db: &impl ConnectionTrait, message: &MessageId) -> Result<Option<RunRow>, DbErr> {
    let query =
        Runs::find().filter(run::Column::MessageId.eq(message.as_str())).order_by_desc(run::Column::Id).limit(1);
    query.one(db).await?.map(to_run).transpose()
}

/// How many runs have written this message.
pub async fn count_of_message(db: &impl ConnectionTrait, message: &MessageId) -> Result<u64, DbErr> {
    Runs::find().filter(run::Column::MessageId.eq(message.as_str())).count(db).await
}

/// The run that is writing this message now.
pub async fn streaming_of_message(db: &impl ConnectionTrait, message: &MessageId) -> Result<Option<RunRow>, DbErr> {
    let query = Runs::find()
        .filter(run::Column::MessageId.eq(message.as_str()))
        .filter(run::Column::Status.eq(Status::Streaming.as_str()));
    query.one(db).await?.map(to_run).transpose()
}

/// The runs of a chat that are going on, on any server.
pub async fn streaming_of_session(db: &impl ConnectionTrait, session: &SessionId) -> Result<Vec<RunRow>, DbErr> {
    let query = Runs::find()
        .filter(run::Column::SessionId.eq(session.as_str()))
        .filter(run::Column::Status.eq(Status::Streaming.as_str()));
    query.all(db).await?.into_iter().map(to_run).collect()
}

/// Everybody's runs that are going on, on any server.
pub async fn streaming(db: &impl ConnectionTrait) -> Result<Vec<RunRow>, DbErr> {
    let query = Runs::find().filter(run::Column::Status.eq(Status::Streaming.as_str()));
    query.all(db).await?.into_iter().map(to_run).collect()
}

/// The person's runs that are going on, on any server.
pub async fn streaming_of_user(db: &impl ConnectionTrait, user: &UserId) -> Result<Vec<RunRow>, DbErr> {
    let query = Runs::find()
        .filter(run::Column::UserId.eq(user.as_str()))
        .filter(run::Column::Status.eq(Status::Streaming.as_str()));
    query.all(db).await?.into_iter().map(to_run).collect()
}

/// Ends a run that `connection` answered. Answers false if somebody else ended it before.
pub async fn finish(
    db: &impl ConnectionTrait,
    id: &RunId,
    status: Status,
    last_seq: u64,
    connection: &ConnectionId,
    now: i64,
) -> Result<bool, DbErr> {
    let text = "UPDATE runs SET status = $1, last_seq = $2, finished_at = $3, connection_id = $4 \
        WHERE id = $5 AND status = 'streaming'";
    let last_seq = i64::try_from(last_seq).unwrap_or(i64::MAX);
    let values: [Value; 5] =
        [status.as_str().into(), last_seq.into(), now.into(), connection.as_str().into(), id.as_str().into()];
    Ok(db.execute_raw(statement(db, text, values)).await?.rows_affected() > 0)
}

/// Notes that another connection answers a run.
pub async fn set_connection(db: &impl ConnectionTrait, id: &RunId, connection: &ConnectionId) -> Result<(), DbErr> {
    let text = "UPDATE runs SET connection_id = $1 WHERE id = $2 AND status = 'streaming'";
    db.execute_raw(statement(db, text, [connection.as_str().into(), id.as_str().into()])).await.map(|_| ())
}

/// Removes the pieces of a run.
pub async fn drop_chunks(db: &impl ConnectionTrait, id: &RunId) -> Result<(), DbErr> {
    let text = "DELETE FROM run_chunks WHERE run_id = $1";
    db.execute_raw(statement(db, text, [id.as_str().into()])).await.map(|_| ())
}

/// Asks whoever owns the run to stop it.
pub async fn request_stop(db: &impl ConnectionTrait, id: &RunId) -> Result<(), DbErr> {
    let text = "UPDATE runs SET stop_requested = TRUE WHERE id = $1 AND status = 'streaming'";
    db.execute_raw(statement(db, text, [id.as_str().into()])).await.map(|_| ())
}

/// Runs of `instance` that another server was asked to stop.
pub async fn stop_requests(db: &impl ConnectionTrait, instance: &str) -> Result<Vec<RunId>, DbErr> {
    let text = "SELECT id FROM runs WHERE instance_id = $1 AND status = 'streaming' AND stop_requested = TRUE";
    let rows = db.query_all_raw(statement(db, text, [instance.into()])).await?;
    rows.iter().map(|row| row.try_get("", "id").map(RunId)).collect()
}

/// Extends the leases of runs that are being written.
pub async fn renew_leases(db: &impl ConnectionTrait, written: &[RunId], until: i64) -> Result<(), DbErr> {
    for batch in written.chunks(ROWS_A_STATEMENT) {
        Runs::update_many()
            .col_expr(run::Column::LeaseUntil, Expr::value(until))
            .filter(run::Column::Id.is_in(batch.iter().map(RunId::as_str)))
            .filter(run::Column::Status.eq(Status::Streaming.as_str()))
            .exec(db)
            .await?;
    }
    Ok(())
}

/// Streaming runs whose writer may be gone: those whose lease ran out before `moment`, and those of `instance`, if one is
/// named.
pub async fn abandoned(db: &impl ConnectionTrait, instance: Option<&str>, moment: i64) -> Result<Vec<RunRow>, DbErr> {
    let gone = Condition::any()
        .add(run::Column::LeaseUntil.lt(moment))
        .add_option(instance.map(|instance| run::Column::InstanceId.eq(instance)));
    let query = Runs::find().filter(run::Column::Status.eq(Status::Streaming.as_str())).filter(gone);
    let rows: Result<Vec<_>, _> = query.all(db).await?.into_iter().map(to_run).collect();
    // Sorted here: asked for in order, SQLite reads every run there ever was instead of the few that go on.
    rows.map(|mut rows| {
        rows.sort_by(|one, other| one.id.as_str().cmp(other.id.as_str()));
        rows
    })
}

/// Whether a run is still one of those that [`abandoned`] finds: nobody ended it, and its writer did not renew the lease.
/// Until the end of the transaction that stays so.
pub async fn claim(db: &impl ConnectionTrait, id: &RunId, instance: Option<&str>, moment: i64) -> Result<bool, DbErr> {
    let text = "UPDATE runs SET lease_until = lease_until WHERE id = $1 AND status = 'streaming' \
        AND (lease_until < $2 OR instance_id = $3)";
    let values: [Value; 3] = [id.as_str().into(), moment.into(), instance.unwrap_or_default().into()];
    Ok(db.execute_raw(statement(db, text, values)).await?.rows_affected() > 0)
}

/// A piece of a running answer: consecutive events, growing parts merged.
#[derive(Clone, Debug, PartialEq)]
pub struct Chunk {
    /// The run.
    pub run_id: RunId,
    /// Number of the first event in it.
    pub from_seq: u64,
    /// Number of the last event in it.
    pub to_seq: u64,
    /// The events.
    pub bodies: Vec<RunEventBody>,
}

/// Most rows of one statement: SQLite takes 32,766 values.
const ROWS_A_STATEMENT: usize = 500;

/// Appends pieces of any number of runs.
pub async fn append_chunks(db: &impl ConnectionTrait, chunks: &[Chunk]) -> Result<(), DbErr> {
    for batch in chunks.chunks(ROWS_A_STATEMENT) {
        let mut rows = Vec::with_capacity(batch.len());
        for chunk in batch {
            let row: run_chunk::ActiveModel = run_chunk::Model {
                run_id: chunk.run_id.0.clone(),
                from_seq: i64::try_from(chunk.from_seq).unwrap_or(i64::MAX),
                to_seq: i64::try_from(chunk.to_seq).unwrap_or(i64::MAX),
                data: super::to_json(&chunk.bodies)?,
            }
            .into();
            rows.push(row);
        }
        // A commit whose answer was lost is written again: the same numbers, and perhaps more in them.
        let again = OnConflict::columns([run_chunk::Column::RunId, run_chunk::Column::FromSeq])
            .update_columns([run_chunk::Column::ToSeq, run_chunk::Column::Data])
            .to_owned();
        Chunks::insert_many(rows).on_conflict(again).exec_without_returning(db).await?;
    }
    Ok(())
}

/// The pieces of a run in order, up to the first that this build cannot read: a newer release may have written it.
pub async fn chunks(db: &impl ConnectionTrait, id: &RunId) -> Result<Vec<Chunk>, DbErr> {
    let query =
        Chunks::find().filter(run_chunk::Column::RunId.eq(id.as_str())).order_by_asc(run_chunk::Column::FromSeq);
    let mut chunks = Vec::new();
    for row in query.all(db).await? {
        let Ok(bodies) = parse_json("run_chunks.data", &row.data) else {
            tracing::error!(run = %id, from_seq = row.from_seq, "a checkpoint cannot be read; the answer ends before it");
            break;
        };
        let number = |value: i64| u64::try_from(value).unwrap_or(0);
        let (from_seq, to_seq) = (number(row.from_seq), number(row.to_seq));
        chunks.push(Chunk { run_id: RunId(row.run_id), from_seq, to_seq, bodies });
    }
    Ok(chunks)
}

/// Removes pieces of runs that ended: a checkpoint that was under way when the run ended leaves one behind.
pub async fn drop_stale_chunks(db: &impl ConnectionTrait) -> Result<(), DbErr> {
    let text = "DELETE FROM run_chunks WHERE run_id NOT IN (SELECT id FROM runs WHERE status = 'streaming')";
    db.execute_raw(statement(db, text, [])).await.map(|_| ())
}
