//! The message tree. Parents are immutable and within the session (the schema refuses anything else). `removal` deletes and
//! restores, `edit` changes text in place, `whole` reads all of a chat.

pub mod edit;
mod removal;
mod whole;

pub use removal::{
    Removed, any_removed, is_there, owned, purge, remove, removed, restore, show_answer, streaming_answers,
    streaming_removed,
};
pub use whole::{Place, several, tree};

use super::engine::statement;
use super::entity::message::{self, Entity as Messages, Model};
use super::{parse_json, parse_word, rfc3339, to_json};
use sea_orm::prelude::*;
use sea_orm::{ActiveValue::Set, ExprTrait as _, NotSet, QueryOrder, QuerySelect};
use shared::chat::{Message, Role, Usage};
use shared::events::Status;
use shared::{ApiError, MessageId, Part, SessionId};
use std::collections::HashMap;

/// Parses a row into its wire form; what a live run knows better is filled in by the caller.
pub(super) fn to_message(row: Model) -> Result<Message, DbErr> {
    Ok(Message {
        id: MessageId(row.id),
        session_id: SessionId(row.session_id),
        parent_id: row.parent_id.map(MessageId),
        role: parse_word("messages.role", &row.role)?,
        status: parse_word("messages.status", &row.status)?,
        parts: parse_json("messages.parts", &row.parts)?,
        model: row.model,
        error: row.error.as_deref().map(|text| parse_json("messages.error", text)).transpose()?,
        usage: row.usage.as_deref().map(|text| parse_json("messages.usage", text)).transpose()?,
        client_message_id: row.client_message_id,
        siblings: Vec::new(),
        run_id: None,
        run_seq: None,
        length: row.length.and_then(|length| u64::try_from(length).ok()),
        sha256: row.sha256,
        truncated: row.truncated,
        created_at: rfc3339(row.created_at),
        edited_at: row.edited_at.map(rfc3339),
    })
}

/// A message of a chat; the caller has checked that the chat is the person's.
pub async fn get(db: &impl ConnectionTrait, session: &SessionId, id: &MessageId) -> Result<Option<Message>, DbErr> {
    let row = Messages::find()
        .filter(message::Column::SessionId.eq(session.as_str()))
        .filter(message::Column::Id.eq(id.as_str()))
        .filter(message::Column::DeletedAt.is_null())
        .one(db)
        .await?;
    row.map(to_message).transpose()
}

/// A message of a chat, also a deleted one: what is being written of it ends all the same.
pub async fn get_any(db: &impl ConnectionTrait, id: &MessageId) -> Result<Option<Message>, DbErr> {
    Messages::find().filter(message::Column::Id.eq(id.as_str())).one(db).await?.map(to_message).transpose()
}

/// The path from `from` upwards to the root, newest first, at most `limit` messages.
pub async fn path(
    db: &impl ConnectionTrait,
    session: &SessionId,
    from: &MessageId,
    limit: u32,
) -> Result<Vec<Message>, DbErr> {
    let text = "WITH RECURSIVE path (id, parent_id, depth) AS (\
            SELECT id, parent_id, 1 FROM messages WHERE session_id = $1 AND id = $2 \
            UNION ALL \
            SELECT m.id, m.parent_id, path.depth + 1 FROM messages m JOIN path ON m.id = path.parent_id WHERE path.depth < $3\
        ) SELECT m.* FROM path JOIN messages m ON m.id = path.id ORDER BY path.depth";
    let query = statement(db, text, [session.as_str().into(), from.as_str().into(), i64::from(limit).into()]);
    Messages::find().from_raw_sql(query).all(db).await?.into_iter().map(to_message).collect()
}

/// How many messages the path from `from` upwards has.
pub async fn path_length(db: &impl ConnectionTrait, session: &SessionId, from: &MessageId) -> Result<u64, DbErr> {
    let text = "WITH RECURSIVE path (parent_id) AS (\
            SELECT parent_id FROM messages WHERE session_id = $1 AND id = $2 \
            UNION ALL SELECT m.parent_id FROM messages m JOIN path ON m.id = path.parent_id\
        ) SELECT COUNT(*) AS length FROM path";
    let row = db.query_one_raw(statement(db, text, [session.as_str().into(), from.as_str().into()])).await?;
    let length: i64 = row.map_or(Ok(0), |row| row.try_get("", "length"))?;
    Ok(u64::try_from(length).unwrap_or(0))
}

/// Fills in the other versions of each message.
pub async fn fill_siblings(
    db: &impl ConnectionTrait,
    session: &SessionId,
    messages: &mut [Message],
) -> Result<(), DbErr> {
    let parents: Vec<String> = messages.iter().filter_map(|m| m.parent_id.clone().map(|id| id.0)).collect();
    let mut family = message::Column::ParentId.is_in(parents);
    if messages.iter().any(|m| m.parent_id.is_none()) {
        family = family.or(message::Column::ParentId.is_null());
    }
    let rows: Vec<(String, Option<String>)> = Messages::find()
        .select_only()
        .columns([message::Column::Id, message::Column::ParentId])
        .filter(message::Column::SessionId.eq(session.as_str()))
        .filter(message::Column::DeletedAt.is_null())
        .filter(family)
        .order_by_asc(message::Column::Seq)
        .into_tuple()
        .all(db)
        .await?;
    let mut children: HashMap<Option<String>, Vec<MessageId>> = HashMap::new();
    for (id, parent) in rows {
        children.entry(parent).or_default().push(MessageId(id));
    }
    for message in messages {
        let parent = message.parent_id.as_ref().map(|id| id.0.clone());
        if let Some(siblings) = children.get(&parent).filter(|siblings| siblings.len() > 1) {
            message.siblings.clone_from(siblings);
        }
    }
    Ok(())
}

/// A row to write.
#[derive(Clone, Debug)]
pub struct NewMessage<'a> {
    /// Its id.
    pub id: &'a MessageId,
    /// Its chat.
    pub session: &'a SessionId,
    /// The message before it.
    pub parent: Option<&'a MessageId>,
    /// Who wrote it.
    pub role: Role,
    /// `completed` for the person's own, `streaming` for a placeholder.
    pub status: Status,
    /// The model, for answers.
    pub model: Option<&'a str>,
    /// The client's own id.
    pub client_id: Option<&'a str>,
    /// Its child on the active path, if it is written in the same statement.
    pub active_child: Option<&'a MessageId>,
    /// What it is made of.
    pub parts: &'a [Part],
}

/// Writes messages, parents before children.
pub async fn insert(db: &impl ConnectionTrait, messages: &[NewMessage<'_>], now: i64) -> Result<(), DbErr> {
    let mut rows = Vec::with_capacity(messages.len());
    for new in messages {
        rows.push(message::ActiveModel {
            seq: NotSet,
            id: Set(new.id.0.clone()),
            session_id: Set(new.session.0.clone()),
            parent_id: Set(new.parent.map(|id| id.0.clone())),
            role: Set(new.role.as_str().to_owned()),
            status: Set(new.status.as_str().to_owned()),
            model: Set(new.model.map(str::to_owned)),
            client_message_id: Set(new.client_id.map(str::to_owned)),
            active_child_id: Set(new.active_child.map(|id| id.0.clone())),
            parts: Set(to_json(&new.parts)?),
            usage: Set(None),
            error: Set(None),
            length: Set(None),
            sha256: Set(None),
            truncated: Set(false),
            created_at: Set(now),
            finished_at: Set(None),
            deleted_at: Set(None),
            edited_at: Set(None),
            deleted_with: Set(None),
        });
    }
    Messages::insert_many(rows).exec_without_returning(db).await.map(|_| ())
}

/// Remembers which child of `parent` the active path goes through.
pub async fn set_active_child(db: &impl ConnectionTrait, parent: &MessageId, child: &MessageId) -> Result<(), DbErr> {
    let text = "UPDATE messages SET active_child_id = $1 WHERE id = $2";
    db.execute_raw(statement(db, text, [child.as_str().into(), parent.as_str().into()])).await.map(|_| ())
}

/// Makes an answer that ended early a streaming one again, to continue it with `model`. Answers false if it did not, or
/// if more than `runs` have written it: then it is not what the caller read any more.
pub async fn reopen(db: &impl ConnectionTrait, id: &MessageId, model: &str, runs: u64) -> Result<bool, DbErr> {
    let early = Status::ALL.into_iter().filter(|status| status.ended_early());
    let early: Vec<String> = early.map(|status| format!("'{}'", status.as_str())).collect();
    let text = format!(
        "UPDATE messages SET status = 'streaming', model = $1, error = NULL, truncated = FALSE, length = NULL, \
         sha256 = NULL WHERE id = $2 AND role = 'assistant' AND deleted_at IS NULL \
         AND (status IN ({}) OR (status = 'completed' AND truncated = TRUE)) \
         AND (SELECT COUNT(*) FROM runs WHERE message_id = $2) = $3",
        early.join(", ")
    );
    let runs = i64::try_from(runs).unwrap_or(i64::MAX);
    let values: [Value; 3] = [model.into(), id.as_str().into(), runs.into()];
    Ok(db.execute_raw(statement(db, &text, values)).await?.rows_affected() > 0)
}

/// The final state of an answer.
#[derive(Clone, Debug)]
pub struct Finished<'a> {
    /// One of the four final states.
    pub status: Status,
    /// What it is made of.
    pub parts: &'a [Part],
    /// What it cost.
    pub usage: Option<&'a Usage>,
    /// Why it ended.
    pub error: Option<&'a ApiError>,
    /// Length of the visible text in bytes.
    pub length: u64,
    /// SHA-256 of the visible text.
    pub sha256: &'a str,
    /// Whether the model stopped because of its length limit.
    pub truncated: bool,
}

/// Writes the final state of an answer.
pub async fn finish(db: &impl ConnectionTrait, id: &MessageId, end: &Finished<'_>, now: i64) -> Result<(), DbErr> {
    let text = "UPDATE messages SET status = $1, parts = $2, usage = $3, error = $4, length = $5, sha256 = $6, \
        truncated = $7, finished_at = $8 WHERE id = $9";
    let values: [Value; 9] = [
        end.status.as_str().into(),
        to_json(&end.parts)?.into(),
        end.usage.map(to_json).transpose()?.into(),
        end.error.map(to_json).transpose()?.into(),
        i64::try_from(end.length).unwrap_or(i64::MAX).into(),
        end.sha256.into(),
        end.truncated.into(),
        now.into(),
        id.as_str().into(),
    ];
    db.execute_raw(statement(db, text, values)).await.map(|_| ())
}

/// Follows the remembered children from `from` down to the end of its branch.
pub async fn leaf_below(
    db: &impl ConnectionTrait,
    session: &SessionId,
    from: &MessageId,
) -> Result<Option<MessageId>, DbErr> {
    let text = "WITH RECURSIVE down (id, child, depth) AS (\
            SELECT id, active_child_id, 1 FROM messages WHERE session_id = $1 AND id = $2 AND deleted_at IS NULL \
            UNION ALL \
            SELECT m.id, m.active_child_id, down.depth + 1 FROM messages m JOIN down ON m.id = down.child WHERE m.deleted_at IS NULL\
        ) SELECT id FROM down ORDER BY depth DESC LIMIT 1";
    let row = db.query_one_raw(statement(db, text, [session.as_str().into(), from.as_str().into()])).await?;
    row.map(|row| row.try_get("", "id").map(MessageId)).transpose()
}

/// Makes every message above `leaf` remember the child that leads to it.
pub async fn activate_path(db: &impl ConnectionTrait, session: &SessionId, leaf: &MessageId) -> Result<(), DbErr> {
    let text = "WITH RECURSIVE up (id, parent_id) AS (\
            SELECT id, parent_id FROM messages WHERE session_id = $1 AND id = $2 \
            UNION ALL SELECT m.id, m.parent_id FROM messages m JOIN up ON m.id = up.parent_id\
        ) UPDATE messages SET active_child_id = up.id FROM up WHERE messages.id = up.parent_id \
        AND (messages.active_child_id IS NULL OR messages.active_child_id <> up.id)";
    db.execute_raw(statement(db, text, [session.as_str().into(), leaf.as_str().into()])).await.map(|_| ())
}
