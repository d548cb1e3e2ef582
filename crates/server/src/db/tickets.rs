//! Tickets between two steps of a sign-in. Only digests are stored; a ticket is short-lived and its person has few.

use super::engine::statement;
use super::entity::sign_in_ticket::{self, Column, Entity as Tickets};
use sea_orm::prelude::*;
use sea_orm::{ActiveValue::Set, ExprTrait as _};
use shared::UserId;

/// A ticket.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Ticket {
    /// Who passed the first step.
    pub user: UserId,
    /// What that was proven against: when it is another, the ticket is worth nothing.
    pub proof: String,
    /// From where.
    pub network: String,
    /// Until when it is good, unix milliseconds.
    pub expires_at: i64,
}

/// Tickets that a person may have at a time; the oldest make room.
const MAX_TICKETS: i64 = 5;

/// Keeps a ticket, and forgets those of the person that are over or too many.
pub async fn insert(db: &impl ConnectionTrait, hash: &str, ticket: &Ticket, now: i64) -> Result<(), DbErr> {
    let row = sign_in_ticket::ActiveModel {
        hash: Set(hash.to_owned()),
        user_id: Set(ticket.user.0.clone()),
        proof: Set(ticket.proof.clone()),
        network: Set(ticket.network.clone()),
        tries: Set(0),
        expires_at: Set(ticket.expires_at),
    };
    Tickets::insert(row).exec_without_returning(db).await?;
    let forget = "DELETE FROM sign_in_tickets WHERE user_id = $1 AND (expires_at <= $2 OR hash NOT IN \
                  (SELECT hash FROM sign_in_tickets WHERE user_id = $3 ORDER BY expires_at DESC, hash LIMIT $4))";
    let user = ticket.user.as_str();
    let values: [sea_orm::Value; 4] = [user.into(), now.into(), user.into(), MAX_TICKETS.into()];
    db.execute_raw(statement(db, forget, values)).await?;
    Ok(())
}

/// Counts a try with a ticket that is good; none when it is over or has no tries left.
pub async fn try_with(db: &impl ConnectionTrait, hash: &str, most: i64, now: i64) -> Result<Option<Ticket>, DbErr> {
    let counted = Tickets::update_many()
        .col_expr(Column::Tries, Expr::col(Column::Tries).add(1))
        .filter(Column::Hash.eq(hash))
        .filter(Column::Tries.lt(most))
        .filter(Column::ExpiresAt.gt(now))
        .exec(db)
        .await?;
    if counted.rows_affected == 0 {
        return Ok(None);
    }
    let row = Tickets::find_by_id(hash).one(db).await?;
    Ok(row.map(|row| Ticket {
        user: UserId(row.user_id),
        proof: row.proof,
        network: row.network,
        expires_at: row.expires_at,
    }))
}

/// Uses up a ticket; whether nobody did before.
pub async fn take(db: &impl ConnectionTrait, hash: &str) -> Result<bool, DbErr> {
    Ok(Tickets::delete_by_id(hash).exec(db).await?.rows_affected > 0)
}

/// Forgets the tickets of a person.
pub async fn forget(db: &impl ConnectionTrait, user: &UserId) -> Result<(), DbErr> {
    Tickets::delete_many().filter(Column::UserId.eq(user.as_str())).exec(db).await?;
    Ok(())
}
