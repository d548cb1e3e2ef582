//! Second factors and their recovery codes. A secret is sealed before it comes here, and a recovery code is a digest. What
//! is used once is used by one statement, so that two requests at the same moment cannot both use it.

use super::engine::statement;
use super::entity::second_factor::{self, Column, Entity as Factors};
use sea_orm::ActiveValue::Set;
use sea_orm::prelude::*;
use shared::UserId;

/// A second factor as it is stored.
#[derive(Clone)]
pub struct Factor {
    /// The sealed secret.
    pub sealed: String,
    /// When a code of it was shown; none while it is being set up.
    pub confirmed_at: Option<i64>,
}

/// The second factor of a person, set up or not.
pub async fn get(db: &impl ConnectionTrait, user: &UserId) -> Result<Option<Factor>, DbErr> {
    let row = Factors::find_by_id(user.as_str()).one(db).await?;
    Ok(row.map(|row| Factor { sealed: row.sealed, confirmed_at: row.confirmed_at }))
}

/// Puts a new secret in the place of one that was not confirmed.
pub async fn begin(db: &impl ConnectionTrait, user: &UserId, sealed: &str, now: i64) -> Result<(), DbErr> {
    Factors::delete_by_id(user.as_str()).exec(db).await?;
    let row = second_factor::ActiveModel {
        user_id: Set(user.0.clone()),
        sealed: Set(sealed.to_owned()),
        created_at: Set(now),
        confirmed_at: Set(None),
        last_step: Set(0),
    };
    Factors::insert(row).exec_without_returning(db).await?;
    Ok(())
}

/// Makes the secret count from now on.
pub async fn confirm(db: &impl ConnectionTrait, user: &UserId, now: i64) -> Result<(), DbErr> {
    Factors::update_many()
        .col_expr(Column::ConfirmedAt, Expr::value(now))
        .filter(Column::UserId.eq(user.as_str()))
        .exec(db)
        .await?;
    mark(db, user, true).await
}

/// Uses up the codes of this step and of those before it; whether they were not used yet.
pub async fn use_step(db: &impl ConnectionTrait, user: &UserId, step: i64) -> Result<bool, DbErr> {
    let used = Factors::update_many()
        .col_expr(Column::LastStep, Expr::value(step))
        .filter(Column::UserId.eq(user.as_str()))
        .filter(Column::LastStep.lt(step))
        .exec(db)
        .await?;
    Ok(used.rows_affected > 0)
}

/// Takes the second factor away with all that belongs to it.
pub async fn remove(db: &impl ConnectionTrait, user: &UserId) -> Result<(), DbErr> {
    Factors::delete_by_id(user.as_str()).exec(db).await?;
    forget_codes(db, user).await?;
    super::tickets::forget(db, user).await?;
    mark(db, user, false).await
}

/// What a request has to know about a person without asking here.
async fn mark(db: &impl ConnectionTrait, user: &UserId, has: bool) -> Result<(), DbErr> {
    let mark = "UPDATE users SET second_factor = $1 WHERE id = $2";
    db.execute_raw(statement(db, mark, [has.into(), user.as_str().into()])).await?;
    Ok(())
}

/// Puts new recovery codes in the place of the old ones.
pub async fn put_codes(db: &impl ConnectionTrait, user: &UserId, hashes: &[String]) -> Result<(), DbErr> {
    forget_codes(db, user).await?;
    for hash in hashes {
        let insert = "INSERT INTO recovery_codes (user_id, hash) VALUES ($1, $2)";
        db.execute_raw(statement(db, insert, [user.as_str().into(), hash.as_str().into()])).await?;
    }
    Ok(())
}

async fn forget_codes(db: &impl ConnectionTrait, user: &UserId) -> Result<(), DbErr> {
    db.execute_raw(statement(db, "DELETE FROM recovery_codes WHERE user_id = $1", [user.as_str().into()])).await?;
    Ok(())
}

/// Uses up a recovery code; whether there was such a one.
pub async fn use_code(db: &impl ConnectionTrait, user: &UserId, hash: &str) -> Result<bool, DbErr> {
    let delete = "DELETE FROM recovery_codes WHERE user_id = $1 AND hash = $2";
    let used = db.execute_raw(statement(db, delete, [user.as_str().into(), hash.into()])).await?;
    Ok(used.rows_affected() > 0)
}

/// How many recovery codes are left.
pub async fn count_codes(db: &impl ConnectionTrait, user: &UserId) -> Result<u64, DbErr> {
    let count = "SELECT COUNT(*) AS number FROM recovery_codes WHERE user_id = $1";
    let row = db.query_one_raw(statement(db, count, [user.as_str().into()])).await?;
    let number: i64 = row.map(|row| row.try_get("", "number")).transpose()?.unwrap_or_default();
    Ok(u64::try_from(number).unwrap_or_default())
}
