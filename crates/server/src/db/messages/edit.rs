//! Text that a person changes in place.

use super::super::engine::statement;
use super::super::entity::message::Entity as Messages;
use super::super::to_json;
use super::to_message;
use sea_orm::prelude::*;
use shared::chat::Message;
use shared::{MessageId, Part, SessionId};

/// Takes a message for this transaction, unless it is being written or deleted: nobody continues it before the end.
/// Answers it as it is.
pub async fn hold(
    db: &impl ConnectionTrait,
    session: &SessionId,
    id: &MessageId,
    now: i64,
) -> Result<Option<Message>, DbErr> {
    let text = "UPDATE messages SET edited_at = $1 WHERE session_id = $2 AND id = $3 \
        AND status <> 'streaming' AND deleted_at IS NULL";
    let values: [Value; 3] = [now.into(), session.as_str().into(), id.as_str().into()];
    if db.execute_raw(statement(db, text, values)).await?.rows_affected() == 0 {
        return Ok(None);
    }
    let query = statement(db, "SELECT * FROM messages WHERE id = $1", [id.as_str().into()]);
    Messages::find().from_raw_sql(query).one(db).await?.map(to_message).transpose()
}

/// Writes the parts of a message, and for an answer the length and hash of its text.
pub async fn rewrite(
    db: &impl ConnectionTrait,
    id: &MessageId,
    parts: &[Part],
    digest: Option<(u64, &str)>,
) -> Result<(), DbErr> {
    let length = digest.map(|(length, _)| i64::try_from(length).unwrap_or(i64::MAX));
    let sha256 = digest.map(|(_, sha256)| sha256.to_owned());
    let text = "UPDATE messages SET parts = $1, length = $2, sha256 = $3 WHERE id = $4";
    let values: [Value; 4] = [to_json(&parts)?.into(), length.into(), sha256.into(), id.as_str().into()];
    db.execute_raw(statement(db, text, values)).await.map(|_| ())
}
