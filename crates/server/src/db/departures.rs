//! People who left, and what is still there of them. Leaving is one small write; everything else goes in steps, each of
//! which may be done again.

use super::engine::statement;
use sea_orm::prelude::*;
use shared::accounts::UserStatus;
use shared::{ConnectionId, UserId};

/// Somebody who left.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Departure {
    /// Who.
    pub user: UserId,
    /// When, unix milliseconds.
    pub at: i64,
}

/// Rows of usage that lose their person in one transaction.
const USAGE_ROWS: u32 = 500;
/// Whether somebody's answer in a chat is still being written.
const WRITTEN: &str = "EXISTS (SELECT 1 FROM runs WHERE runs.session_id = sessions.id AND runs.status = 'streaming')";

/// Lets a person leave: nobody finds them from here on, their name is free, and neither password, login nor key opens
/// anything. What they wrote about themselves is gone at once.
pub async fn begin(db: &impl ConnectionTrait, user: &UserId, now: i64) -> Result<(), DbErr> {
    // No name of a person has a line break, so nobody can have this one.
    let text = "UPDATE users SET deleted_at = $1, status = $2, username = '', username_key = $3, password_hash = '', \
        must_change_password = FALSE, status_reason = NULL, language = NULL, about = NULL, default_model_id = NULL, \
        avatar_file_id = NULL, last_login_at = NULL WHERE id = $4";
    let key = format!("\n{user}");
    let values: [Value; 4] = [now.into(), UserStatus::Disabled.as_str().into(), key.into(), user.as_str().into()];
    db.execute_raw(statement(db, text, values)).await?;
    for table in ["auth_sessions", "api_keys", "identities", "second_factors", "recovery_codes", "sign_in_tickets"] {
        let text = format!("DELETE FROM {table} WHERE user_id = $1");
        db.execute_raw(statement(db, &text, [user.as_str().into()])).await?;
    }
    let text = "DELETE FROM invitations WHERE maker_id = $1";
    db.execute_raw(statement(db, text, [user.as_str().into()])).await.map(|_| ())
}

/// Everybody of whom something is left, who left first before the others.
pub async fn all(db: &impl ConnectionTrait) -> Result<Vec<Departure>, DbErr> {
    let text = "SELECT id, deleted_at FROM users WHERE deleted_at IS NOT NULL ORDER BY deleted_at, id";
    let rows = db.query_all_raw(statement(db, text, [])).await?;
    let read =
        |row: QueryResult| Ok(Departure { user: UserId(row.try_get("", "id")?), at: row.try_get("", "deleted_at")? });
    rows.into_iter().map(read).collect()
}

/// Whether they have a chat that can be removed: one in which nothing is being written.
pub async fn has_chat(db: &impl ConnectionTrait, user: &UserId) -> Result<bool, DbErr> {
    let text = format!("SELECT 1 AS one FROM sessions WHERE user_id = $1 AND NOT {WRITTEN} LIMIT 1");
    Ok(db.query_one_raw(statement(db, &text, [user.as_str().into()])).await?.is_some())
}

/// Removes one such chat with everything in it. Answers whether there was one.
pub async fn remove_chat(db: &impl ConnectionTrait, user: &UserId) -> Result<bool, DbErr> {
    let text = format!(
        "DELETE FROM sessions WHERE id IN (SELECT id FROM sessions WHERE user_id = $1 AND NOT {WRITTEN} LIMIT 1)"
    );
    Ok(db.execute_raw(statement(db, &text, [user.as_str().into()])).await?.rows_affected() > 0)
}

/// Whether they have folders.
pub async fn has_folder(db: &impl ConnectionTrait, user: &UserId) -> Result<bool, DbErr> {
    let text = "SELECT 1 AS one FROM folders WHERE user_id = $1 LIMIT 1";
    Ok(db.query_one_raw(statement(db, text, [user.as_str().into()])).await?.is_some())
}

/// Removes their folders. People have few, and their chats are gone by then.
pub async fn remove_folders(db: &impl ConnectionTrait, user: &UserId) -> Result<(), DbErr> {
    let text = "DELETE FROM folders WHERE user_id = $1";
    db.execute_raw(statement(db, text, [user.as_str().into()])).await.map(|_| ())
}

/// Their own connections.
pub async fn connections(db: &impl ConnectionTrait, user: &UserId) -> Result<Vec<ConnectionId>, DbErr> {
    let text = "SELECT id FROM connections WHERE owner_id = $1";
    let rows = db.query_all_raw(statement(db, text, [user.as_str().into()])).await?;
    rows.iter().map(|row| row.try_get("", "id").map(ConnectionId)).collect()
}

/// Whether rows of usage still name them.
pub async fn has_usage(db: &impl ConnectionTrait, user: &UserId) -> Result<bool, DbErr> {
    let text = "SELECT 1 AS one FROM usage_records WHERE user_id = $1 LIMIT 1";
    Ok(db.query_one_raw(statement(db, text, [user.as_str().into()])).await?.is_some())
}

/// Takes the person and the answer out of some of their rows of usage: what was spent stays in the sums, and nobody's.
/// Answers whether there were any.
pub async fn forget_usage(db: &impl ConnectionTrait, user: &UserId) -> Result<bool, DbErr> {
    let text = format!(
        "UPDATE usage_records SET user_id = '', run_id = NULL, api_key_id = NULL WHERE id IN \
         (SELECT id FROM usage_records WHERE user_id = $1 LIMIT {USAGE_ROWS})"
    );
    Ok(db.execute_raw(statement(db, &text, [user.as_str().into()])).await?.rows_affected() > 0)
}

/// Removes the last of a person, with the small things that only name them, once everything large is gone. Answers
/// whether they are gone.
pub async fn finish(db: &impl ConnectionTrait, user: &UserId) -> Result<bool, DbErr> {
    let text = "DELETE FROM users WHERE id = $1 AND deleted_at IS NOT NULL \
        AND NOT EXISTS (SELECT 1 FROM sessions WHERE user_id = $1) \
        AND NOT EXISTS (SELECT 1 FROM files WHERE owner_id = $1) \
        AND NOT EXISTS (SELECT 1 FROM connections WHERE owner_id = $1) \
        AND NOT EXISTS (SELECT 1 FROM usage_records WHERE user_id = $1)";
    let gone = db.execute_raw(statement(db, text, [user.as_str().into()])).await?.rows_affected() > 0;
    if gone {
        // What budgets for each person counted for this one; budgets of their own went with the row.
        for table in ["budget_spending", "budget_reservations"] {
            let text = format!("DELETE FROM {table} WHERE holder = $1");
            db.execute_raw(statement(db, &text, [user.as_str().into()])).await?;
        }
    }
    Ok(gone)
}
