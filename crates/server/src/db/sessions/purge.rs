//! Chats that go for good.

use super::super::engine::statement;
use sea_orm::prelude::*;
use shared::{SessionId, UserId};

/// Whether there are chats that were deleted before `moment`.
pub async fn any_deleted(db: &impl ConnectionTrait, moment: i64) -> Result<bool, DbErr> {
    let text = "SELECT id FROM sessions WHERE deleted_at < $1 LIMIT 1";
    Ok(db.query_one_raw(statement(db, text, [moment.into()])).await?.is_some())
}

/// Removes for good the chat that was deleted first, if that was before `moment`, with everything in it. Answers whether
/// there was one.
pub async fn purge(db: &impl ConnectionTrait, moment: i64) -> Result<bool, DbErr> {
    let text =
        "DELETE FROM sessions WHERE id IN (SELECT id FROM sessions WHERE deleted_at < $1 ORDER BY deleted_at LIMIT 1)";
    Ok(db.execute_raw(statement(db, text, [moment.into()])).await?.rows_affected() > 0)
}

/// Temporary chats in which nothing happened since `moment`, and in which nothing is being written.
const FORGOTTEN: &str = "SELECT id FROM sessions WHERE temporary = TRUE AND last_activity_at < $1 \
    AND NOT EXISTS (SELECT 1 FROM runs WHERE runs.session_id = sessions.id AND runs.status = 'streaming')";

/// Whether there are temporary chats in which nothing happened since `moment`.
pub async fn any_forgotten(db: &impl ConnectionTrait, moment: i64) -> Result<bool, DbErr> {
    Ok(db.query_one_raw(statement(db, &format!("{FORGOTTEN} LIMIT 1"), [moment.into()])).await?.is_some())
}

/// Removes for good the temporary chat in which nothing happened for longest, if that is since `moment`. Answers whose it
/// was, and which.
pub async fn forget(db: &impl ConnectionTrait, moment: i64) -> Result<Option<(UserId, SessionId)>, DbErr> {
    // Asked once more of the row itself: it may have been kept, or gone on with, while it was looked for.
    let text = format!(
        "DELETE FROM sessions WHERE id IN ({FORGOTTEN} ORDER BY last_activity_at LIMIT 1) \
         AND temporary = TRUE AND last_activity_at < $1 RETURNING user_id, id"
    );
    let row = db.query_one_raw(statement(db, &text, [moment.into()])).await?;
    row.map(|row| Ok((UserId(row.try_get("", "user_id")?), SessionId(row.try_get("", "id")?)))).transpose()
}
