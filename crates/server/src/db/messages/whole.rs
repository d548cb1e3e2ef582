//! A whole chat, in the order in which it was written: where each message belongs, then the messages a few at a time.

use super::{Messages, message, statement, to_message};
use sea_orm::prelude::*;
use sea_orm::{QueryOrder as _, QuerySelect as _};
use shared::chat::Message;
use shared::{MessageId, SessionId};

/// Where a message belongs.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Place {
    /// The message.
    pub id: MessageId,
    /// The one before it.
    pub parent: Option<MessageId>,
}

/// The places of everything in a chat that is not deleted; the caller has checked whose it is.
pub async fn tree(db: &impl ConnectionTrait, session: &SessionId) -> Result<Vec<Place>, DbErr> {
    let text = "SELECT id, parent_id FROM messages WHERE session_id = $1 AND deleted_at IS NULL ORDER BY seq";
    let rows = db.query_all_raw(statement(db, text, [session.as_str().into()])).await?;
    let place = |row: QueryResult| {
        let parent: Option<String> = row.try_get("", "parent_id")?;
        Ok(Place { id: MessageId(row.try_get("", "id")?), parent: parent.map(MessageId) })
    };
    rows.into_iter().map(place).collect()
}

/// Those of these messages that are in the chat and not deleted, in the order in which they were written.
pub async fn several(db: &impl ConnectionTrait, session: &SessionId, ids: &[MessageId]) -> Result<Vec<Message>, DbErr> {
    let rows = Messages::find()
        .filter(message::Column::Id.is_in(ids.iter().map(MessageId::as_str)))
        .filter(message::Column::SessionId.eq(session.as_str()))
        .filter(message::Column::DeletedAt.is_null())
        .order_by_asc(message::Column::Seq)
        .limit(ids.len() as u64)
        .all(db)
        .await?;
    rows.into_iter().map(to_message).collect()
}
