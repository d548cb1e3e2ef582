//! Messages that are deleted with everything below them, so that it can be taken back. Whatever is below a deleted message
//! is deleted, too; `deleted_with` names the message whose deletion took it along.

use super::super::engine::statement;
use super::super::entity::message::{self, Entity as Messages};
use super::super::{runs, sessions};
use super::{activate_path, leaf_below, set_active_child, to_message};
use sea_orm::prelude::*;
use sea_orm::{ExprTrait as _, QuerySelect};
use shared::chat::Message;
use shared::{MessageId, SessionId, UserId};

/// A message, if it is this person's, and neither it nor its chat is deleted.
pub async fn owned(db: &impl ConnectionTrait, user: &UserId, id: &MessageId) -> Result<Option<Message>, DbErr> {
    let text = "SELECT m.* FROM messages m JOIN sessions s ON s.id = m.session_id \
        WHERE m.id = $1 AND s.user_id = $2 AND m.deleted_at IS NULL AND s.deleted_at IS NULL";
    let query = statement(db, text, [id.as_str().into(), user.as_str().into()]);
    Messages::find().from_raw_sql(query).one(db).await?.map(to_message).transpose()
}

/// A message that was deleted, or not.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Removed {
    /// Its chat.
    pub session: SessionId,
    /// The message above it.
    pub parent: Option<MessageId>,
    /// The message whose deletion took it along; none while it is there.
    pub with: Option<MessageId>,
}

/// A message, deleted or not, if it is in a chat of this person's that is not deleted.
pub async fn removed(db: &impl ConnectionTrait, user: &UserId, id: &MessageId) -> Result<Option<Removed>, DbErr> {
    let text = "SELECT m.session_id, m.parent_id, m.deleted_with FROM messages m JOIN sessions s ON s.id = m.session_id \
        WHERE m.id = $1 AND s.user_id = $2 AND s.deleted_at IS NULL";
    let Some(row) = db.query_one_raw(statement(db, text, [id.as_str().into(), user.as_str().into()])).await? else {
        return Ok(None);
    };
    let message = |name: &str| row.try_get::<Option<String>>("", name).map(|id| id.map(MessageId));
    let session = SessionId(row.try_get("", "session_id")?);
    Ok(Some(Removed { session, parent: message("parent_id")?, with: message("deleted_with")? }))
}

/// Whether a message is there and not deleted.
pub async fn is_there(db: &impl ConnectionTrait, session: &SessionId, id: &MessageId) -> Result<bool, DbErr> {
    let query = Messages::find()
        .filter(message::Column::SessionId.eq(session.as_str()))
        .filter(message::Column::Id.eq(id.as_str()))
        .filter(message::Column::DeletedAt.is_null());
    Ok(query.count(db).await? > 0)
}

/// Deletes a message of a chat that is held, with everything below it. Where the active path went through it, it goes on
/// through the version before it, else the one after it, else it ends above. Answers whether the message was there.
pub async fn remove(db: &impl ConnectionTrait, session: &SessionId, id: &MessageId, now: i64) -> Result<bool, DbErr> {
    let text = "WITH RECURSIVE down (id) AS (\
            SELECT id FROM messages WHERE session_id = $1 AND id = $2 AND deleted_at IS NULL \
            UNION ALL SELECT m.id FROM messages m JOIN down ON m.parent_id = down.id \
            WHERE m.session_id = $1 AND m.deleted_at IS NULL\
        ) UPDATE messages SET deleted_at = $3, deleted_with = $2 WHERE id IN (SELECT id FROM down)";
    let values: [Value; 3] = [session.as_str().into(), id.as_str().into(), now.into()];
    if db.execute_raw(statement(db, text, values)).await?.rows_affected() == 0 {
        return Ok(false);
    }
    let place: Option<(i64, Option<String>)> = Messages::find()
        .select_only()
        .columns([message::Column::Seq, message::Column::ParentId])
        .filter(message::Column::Id.eq(id.as_str()))
        .into_tuple()
        .one(db)
        .await?;
    let (seq, parent) = place.map_or((0, None), |(seq, parent)| (seq, parent.map(MessageId)));
    let version = nearest_version(db, session, parent.as_ref(), seq).await?;
    if let Some(parent) = &parent {
        let text = "UPDATE messages SET active_child_id = $1 WHERE id = $2 AND active_child_id = $3";
        let version = version.as_ref().map(|version| version.0.clone());
        db.execute_raw(statement(db, text, [version.into(), parent.as_str().into(), id.as_str().into()])).await?;
    }
    if ends_deleted(db, session).await? {
        let leaf = match &version {
            Some(version) => leaf_below(db, session, version).await?,
            None => parent,
        };
        sessions::show(db, session, leaf.as_ref()).await?;
    }
    Ok(true)
}

/// Another version of the message that stood at `seq` below `parent`: the one before it, else the one after it.
async fn nearest_version(
    db: &impl ConnectionTrait,
    session: &SessionId,
    parent: Option<&MessageId>,
    seq: i64,
) -> Result<Option<MessageId>, DbErr> {
    let versions: Vec<(i64, String)> = Messages::find()
        .select_only()
        .columns([message::Column::Seq, message::Column::Id])
        .filter(message::Column::SessionId.eq(session.as_str()))
        .filter(match parent {
            Some(parent) => message::Column::ParentId.eq(parent.as_str()),
            None => message::Column::ParentId.is_null(),
        })
        .filter(message::Column::DeletedAt.is_null())
        .into_tuple()
        .all(db)
        .await?;
    let before = versions.iter().filter(|(other, _)| *other < seq).max();
    let nearest = before.or_else(|| versions.iter().min());
    Ok(nearest.map(|(_, id)| MessageId(id.clone())))
}

/// Whether the active path of a chat ends at a deleted message.
async fn ends_deleted(db: &impl ConnectionTrait, session: &SessionId) -> Result<bool, DbErr> {
    let text = "SELECT 1 AS one FROM sessions s JOIN messages m ON m.session_id = s.id AND m.id = s.active_leaf_id \
        WHERE s.id = $1 AND m.deleted_at IS NOT NULL";
    Ok(db.query_one_raw(statement(db, text, [session.as_str().into()])).await?.is_some())
}

/// Takes back the deletion of a message of a chat that is held, and of nothing else: what was deleted below it before stays
/// so. What came back is shown. Answers false where it was not deleted by itself.
pub async fn restore(db: &impl ConnectionTrait, session: &SessionId, id: &MessageId) -> Result<bool, DbErr> {
    let text = "UPDATE messages SET deleted_at = NULL, deleted_with = NULL WHERE session_id = $1 AND deleted_with = $2";
    let values: [Value; 2] = [session.as_str().into(), id.as_str().into()];
    if db.execute_raw(statement(db, text, values)).await?.rows_affected() == 0 {
        return Ok(false);
    }
    if let Some(leaf) = leaf_below(db, session, id).await? {
        activate_path(db, session, &leaf).await?;
        sessions::show(db, session, Some(&leaf)).await?;
    }
    Ok(true)
}

/// The runs that write what the deletion of a message took along.
pub async fn streaming_removed(
    db: &impl ConnectionTrait,
    session: &SessionId,
    id: &MessageId,
) -> Result<Vec<runs::RunRow>, DbErr> {
    let removed: Vec<String> = Messages::find()
        .select_only()
        .column(message::Column::Id)
        .filter(message::Column::SessionId.eq(session.as_str()))
        .filter(message::Column::DeletedWith.eq(id.as_str()))
        .filter(message::Column::Status.eq("streaming"))
        .into_tuple()
        .all(db)
        .await?;
    let mut running = runs::streaming_of_session(db, session).await?;
    running.retain(|run| removed.contains(&run.message_id.0));
    Ok(running)
}

/// Whether there are messages that were deleted before `moment`.
pub async fn any_removed(db: &impl ConnectionTrait, moment: i64) -> Result<bool, DbErr> {
    Ok(Messages::find().filter(message::Column::DeletedAt.lt(moment)).limit(1).one(db).await?.is_some())
}

/// Removes for good what was deleted first, if that was before `moment`, with everything below it. Answers whether there
/// was anything.
pub async fn purge(db: &impl ConnectionTrait, moment: i64) -> Result<bool, DbErr> {
    let first = Messages::find()
        .select_only()
        .columns([message::Column::Id, message::Column::SessionId])
        .filter(message::Column::DeletedAt.lt(moment))
        .filter(Expr::cust("deleted_with = id"))
        .into_tuple::<(String, String)>()
        .one(db)
        .await?;
    let Some((id, session)) = first else { return Ok(false) };
    // In one statement: parents are checked at its end.
    let text = "WITH RECURSIVE down (id) AS (\
            SELECT id FROM messages WHERE session_id = $1 AND id = $2 \
            UNION ALL SELECT m.id FROM messages m JOIN down ON m.parent_id = down.id WHERE m.session_id = $1\
        ) DELETE FROM messages WHERE id IN (SELECT id FROM down)";
    Ok(db.execute_raw(statement(db, text, [session.into(), id.into()])).await?.rows_affected() > 0)
}

/// How many answers to a question are being written.
pub async fn streaming_answers(
    db: &impl ConnectionTrait,
    session: &SessionId,
    question: &MessageId,
) -> Result<u64, DbErr> {
    Messages::find()
        .filter(message::Column::SessionId.eq(session.as_str()))
        .filter(message::Column::ParentId.eq(question.as_str()))
        .filter(message::Column::Status.eq("streaming").and(message::Column::DeletedAt.is_null()))
        .count(db)
        .await
}

/// Remembers an answer as the one that is shown of its question, and shows it.
pub async fn show_answer(
    db: &impl ConnectionTrait,
    session: &SessionId,
    question: &MessageId,
    answer: &MessageId,
) -> Result<(), DbErr> {
    set_active_child(db, question, answer).await?;
    activate_path(db, session, answer).await
}
