//! Walks down the message tree, along the children that each message remembers. What a walk costs depends on how many
//! messages it passes, never on how long the chat is.

use super::engine::statement;
use super::entity::message::Entity as Messages;
use super::messages::{self, to_message};
use sea_orm::prelude::*;
use shared::chat::Message;
use shared::{MessageId, SessionId};

/// The path from `from` downwards, `from` itself first, at most `limit` messages.
pub async fn below(
    db: &impl ConnectionTrait,
    session: &SessionId,
    from: &MessageId,
    limit: u32,
) -> Result<Vec<Message>, DbErr> {
    let text = "WITH RECURSIVE down (id, child, depth) AS (\
            SELECT id, active_child_id, 1 FROM messages WHERE session_id = $1 AND id = $2 AND deleted_at IS NULL \
            UNION ALL \
            SELECT m.id, m.active_child_id, down.depth + 1 FROM messages m JOIN down ON m.id = down.child \
            WHERE down.depth < $3 AND m.deleted_at IS NULL\
        ) SELECT m.* FROM down JOIN messages m ON m.id = down.id ORDER BY down.depth";
    let query = statement(db, text, [session.as_str().into(), from.as_str().into(), i64::from(limit).into()]);
    Messages::find().from_raw_sql(query).all(db).await?.into_iter().map(to_message).collect()
}

/// The first message of the path that ends with `leaf`. Where the chat began only once, which is nearly everywhere, this
/// walks no path.
pub async fn root(
    db: &impl ConnectionTrait,
    session: &SessionId,
    leaf: &MessageId,
) -> Result<Option<MessageId>, DbErr> {
    let text = "SELECT id FROM messages WHERE session_id = $1 AND parent_id IS NULL AND deleted_at IS NULL LIMIT 2";
    let roots = db.query_all_raw(statement(db, text, [session.as_str().into()])).await?;
    let row = match roots.as_slice() {
        [] => None,
        [only] => Some(only.try_get("", "id").map(MessageId)?),
        _ => {
            let text = "WITH RECURSIVE up (id, parent_id) AS (\
                    SELECT id, parent_id FROM messages WHERE session_id = $1 AND id = $2 \
                    UNION ALL SELECT m.id, m.parent_id FROM messages m JOIN up ON m.id = up.parent_id\
                ) SELECT id FROM up WHERE parent_id IS NULL";
            let row = db.query_one_raw(statement(db, text, [session.as_str().into(), leaf.as_str().into()])).await?;
            row.map(|row| row.try_get("", "id").map(MessageId)).transpose()?
        }
    };
    Ok(row)
}

/// Whether a message lies on another branch than the one that ends with `leaf`. Read are the branches that are not shown,
/// which are few and short even in a chat of thousands of messages; only where the chat began more than once, the path down
/// to its end.
pub async fn is_hidden(
    db: &impl ConnectionTrait,
    session: &SessionId,
    leaf: Option<&MessageId>,
    message: &MessageId,
) -> Result<bool, DbErr> {
    let text = "SELECT COUNT(*) AS roots FROM messages WHERE session_id = $1 AND parent_id IS NULL";
    let row = db.query_one_raw(statement(db, text, [session.as_str().into()])).await?;
    let roots: i64 = row.map_or(Ok(0), |row| row.try_get("", "roots"))?;
    if roots > 1 {
        return Ok(messages::leaf_below(db, session, message).await?.as_ref() != leaf);
    }
    // `CROSS JOIN` keeps SQLite to this order: the few forks first, never every message of the chat.
    let text = "WITH RECURSIVE hidden (id) AS (\
            SELECT m.id FROM (\
                SELECT parent_id FROM messages WHERE session_id = $1 AND parent_id IS NOT NULL \
                GROUP BY parent_id HAVING COUNT(*) > 1\
            ) AS forks CROSS JOIN messages m CROSS JOIN messages p \
            WHERE m.session_id = $1 AND m.parent_id = forks.parent_id AND p.id = forks.parent_id \
            AND (p.active_child_id IS NULL OR p.active_child_id <> m.id) \
            UNION ALL \
            SELECT m.id FROM messages m JOIN hidden ON m.session_id = $1 AND m.parent_id = hidden.id\
        ) SELECT id FROM hidden WHERE id = $2";
    Ok(db.query_one_raw(statement(db, text, [session.as_str().into(), message.as_str().into()])).await?.is_some())
}
