//! Copies of a path into a chat of its own. The content goes from row to row and never through this program.

use super::engine::statement;
use super::tags;
use crate::clock::new_id;
use sea_orm::prelude::*;
use shared::{MessageId, SessionId};

/// A message of the path that is copied.
#[derive(Clone, Debug)]
pub struct Step {
    /// The message.
    source: String,
    /// Its copy.
    copy: String,
    /// Whether it is being written.
    pub streaming: bool,
}

/// The path up to a message, its beginning first, at most `limit` messages from its end; empty where the message is not
/// in the chat.
pub async fn path(
    db: &impl ConnectionTrait,
    session: &SessionId,
    end: &MessageId,
    limit: u32,
) -> Result<Vec<Step>, DbErr> {
    let text = "WITH RECURSIVE path (id, parent_id, status, depth) AS (\
            SELECT id, parent_id, status, 1 FROM messages WHERE session_id = $1 AND id = $2 AND deleted_at IS NULL \
            UNION ALL SELECT m.id, m.parent_id, m.status, path.depth + 1 FROM messages m \
            JOIN path ON m.id = path.parent_id WHERE path.depth < $3\
        ) SELECT id, status FROM path ORDER BY depth DESC";
    let values: [Value; 3] = [session.as_str().into(), end.as_str().into(), i64::from(limit).into()];
    let rows = db.query_all_raw(statement(db, text, values)).await?;
    let step = |row: &sea_orm::QueryResult| {
        let status: String = row.try_get("", "status")?;
        Ok(Step { source: row.try_get("", "id")?, copy: new_id(), streaming: status == "streaming" })
    };
    rows.iter().map(step).collect()
}

/// The end of the copied path.
#[must_use]
pub fn end(path: &[Step]) -> Option<MessageId> {
    path.last().map(|step| MessageId(step.copy.clone()))
}

/// Rows of one statement.
const ROWS_A_STATEMENT: usize = 500;

/// Copies a path into a chat that is there and empty, with the files of its messages and the tags of the chat. What the
/// answers cost is told with the copies, too, and booked once: sums are made of other rows.
pub async fn copy(db: &impl ConnectionTrait, from: &SessionId, to: &SessionId, path: &[Step]) -> Result<(), DbErr> {
    for (batch, steps) in path.chunks(ROWS_A_STATEMENT).enumerate() {
        let first = batch * ROWS_A_STATEMENT;
        let (map, values) = map(to, path, first, steps.len());
        let text = format!(
            "{map} INSERT INTO messages (id, session_id, parent_id, role, status, model, active_child_id, parts, usage, \
             error, length, sha256, truncated, created_at, finished_at, edited_at) \
             SELECT map.copy_id, $1, map.parent_id, m.role, m.status, m.model, map.child_id, m.parts, m.usage, \
             m.error, m.length, m.sha256, m.truncated, m.created_at, m.finished_at, m.edited_at \
             FROM map JOIN messages m ON m.id = map.source_id ORDER BY map.place"
        );
        db.execute_raw(statement(db, &text, values.clone())).await?;
        let text = format!(
            "{map} INSERT INTO file_refs (file_id, message_id) SELECT r.file_id, map.copy_id \
             FROM map JOIN file_refs r ON r.message_id = map.source_id JOIN sessions s ON s.id = $1"
        );
        db.execute_raw(statement(db, &text, values)).await?;
    }
    tags::copy(db, from, to).await
}

/// Which message becomes which, for `count` messages from the place `first`: a table in a statement whose first value is
/// the chat.
fn map(to: &SessionId, path: &[Step], first: usize, count: usize) -> (String, Vec<Value>) {
    let copy_at = |place: Option<usize>| place.and_then(|place| path.get(place)).map(|step| step.copy.clone());
    let (mut rows, mut values): (Vec<String>, Vec<Value>) = (Vec::new(), vec![to.as_str().into()]);
    for (place, step) in path.iter().enumerate().skip(first).take(count) {
        let at = values.len();
        rows.push(format!("(${}, ${}, ${}, ${}, ${})", at + 1, at + 2, at + 3, at + 4, at + 5));
        values.push(i64::try_from(place).unwrap_or(i64::MAX).into());
        values.extend([step.source.clone().into(), step.copy.clone().into()]);
        values.extend([copy_at(place.checked_sub(1)).into(), copy_at(Some(place + 1)).into()]);
    }
    let rows = rows.join(", ");
    (format!("WITH map (place, source_id, copy_id, parent_id, child_id) AS (VALUES {rows})"), values)
}
