//! Chats. Every function that takes an id from outside takes its owner too.

use super::engine::statement;
use super::entity::session::{self, Entity as Sessions};
use super::rfc3339;
use sea_orm::prelude::*;
use sea_orm::{ActiveValue::Set, ExprTrait as _, QueryOrder, QuerySelect};
use shared::chat::Session;
use shared::{MessageId, ModelId, Page, SessionId, UserId};

/// A chat with what only the server needs.
#[derive(Clone, Debug)]
pub struct SessionRow {
    /// What lists show.
    pub session: Session,
    /// End of the active path; none while the chat is empty.
    pub active_leaf: Option<MessageId>,
}

impl From<session::Model> for SessionRow {
    fn from(row: session::Model) -> Self {
        Self { active_leaf: row.active_leaf_id.clone().map(MessageId), session: row.into() }
    }
}

impl From<session::Model> for Session {
    fn from(row: session::Model) -> Self {
        Self {
            id: SessionId(row.id),
            title: row.title,
            model: row.model_id.map(ModelId),
            created_at: rfc3339(row.created_at),
            last_activity_at: rfc3339(row.last_activity_at),
        }
    }
}

fn owned(user: &UserId, id: &SessionId) -> Select<Sessions> {
    Sessions::find_by_id(id.as_str()).filter(session::Column::UserId.eq(user.as_str()))
}

/// The chat, if it is this person's and not deleted.
pub async fn get(db: &impl ConnectionTrait, user: &UserId, id: &SessionId) -> Result<Option<SessionRow>, DbErr> {
    let row = owned(user, id).filter(session::Column::DeletedAt.is_null()).one(db).await?;
    Ok(row.map(SessionRow::from))
}

/// Where a page ends: the last chat's activity and id.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Cursor {
    moment: i64,
    id: String,
}

impl Cursor {
    /// A cursor as a page gave it.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let (moment, id) = text.split_once('_')?;
        Some(Self { moment: moment.parse().ok()?, id: id.to_owned() })
    }
}

/// One page of a person's chats, last activity first.
pub async fn list(
    db: &impl ConnectionTrait,
    user: &UserId,
    after: Option<&Cursor>,
    limit: u32,
) -> Result<Page<Session>, DbErr> {
    let mut query = Sessions::find()
        .filter(session::Column::UserId.eq(user.as_str()))
        .filter(session::Column::DeletedAt.is_null())
        .order_by_desc(session::Column::LastActivityAt)
        .order_by_desc(session::Column::Id)
        .limit(u64::from(limit) + 1);
    if let Some(Cursor { moment, id }) = after {
        // The first half is what the index can seek to.
        let earlier = session::Column::LastActivityAt.lt(*moment);
        query = query.filter(session::Column::LastActivityAt.lte(*moment));
        query = query.filter(earlier.or(session::Column::Id.lt(id.as_str())));
    }
    let mut rows = query.all(db).await?;
    let more = rows.len() > limit as usize;
    rows.truncate(limit as usize);
    let next = rows.last().filter(|_| more).map(|row| format!("{}_{}", row.last_activity_at, row.id));
    Ok(Page { items: rows.into_iter().map(Session::from).collect(), next })
}

/// Creates a chat. `leaf` is the end of its first path, if it begins with a message in the same transaction.
pub async fn insert(
    db: &impl ConnectionTrait,
    user: &UserId,
    id: &SessionId,
    title: &str,
    model: Option<&ModelId>,
    leaf: Option<&MessageId>,
    now: i64,
) -> Result<Session, DbErr> {
    let row = session::Model {
        id: id.0.clone(),
        user_id: user.0.clone(),
        title: title.to_owned(),
        model_id: model.map(|model| model.0.clone()),
        active_leaf_id: leaf.map(|leaf| leaf.0.clone()),
        created_at: now,
        last_activity_at: now,
        deleted_at: None,
    };
    let values: session::ActiveModel = row.clone().into();
    Sessions::insert(values).exec_without_returning(db).await?;
    Ok(row.into())
}

/// Changes title or model. `None` leaves a field as it is.
pub async fn update(
    db: &impl ConnectionTrait,
    user: &UserId,
    id: &SessionId,
    title: Option<&str>,
    model: Option<&ModelId>,
) -> Result<bool, DbErr> {
    let mut values = <session::ActiveModel as ActiveModelTrait>::default();
    if let Some(title) = title {
        values.title = Set(title.to_owned());
    }
    if let Some(model) = model {
        values.model_id = Set(Some(model.0.clone()));
    }
    if title.is_none() && model.is_none() {
        return Ok(get(db, user, id).await?.is_some());
    }
    let done = Sessions::update_many()
        .set(values)
        .filter(session::Column::Id.eq(id.as_str()))
        .filter(session::Column::UserId.eq(user.as_str()))
        .filter(session::Column::DeletedAt.is_null())
        .exec(db)
        .await?;
    Ok(done.rows_affected > 0)
}

/// Moves the end of the active path and the chat's place in the list. With `expected`, only if the path still ends
/// there: of two messages sent at the same moment one must lose, visibly. A title is given only to a chat without one.
pub async fn advance(
    db: &impl ConnectionTrait,
    id: &SessionId,
    expected: Option<Option<&MessageId>>,
    leaf: &MessageId,
    title: &str,
    now: i64,
) -> Result<bool, DbErr> {
    let same_leaf = match expected {
        None => "",
        Some(None) => " AND active_leaf_id IS NULL",
        Some(Some(_)) => " AND active_leaf_id = $5",
    };
    let text = format!(
        "UPDATE sessions SET active_leaf_id = $1, last_activity_at = $2, \
         title = CASE WHEN title = '' THEN $3 ELSE title END WHERE id = $4 AND deleted_at IS NULL{same_leaf}"
    );
    let mut values: Vec<Value> = vec![leaf.as_str().into(), now.into(), title.into(), id.as_str().into()];
    if let Some(Some(expected)) = expected {
        values.push(expected.as_str().into());
    }
    Ok(db.execute_raw(statement(db, &text, values)).await?.rows_affected() > 0)
}

/// Shows another branch. Looking around is no activity: the chat keeps its place in the list.
pub async fn show(db: &impl ConnectionTrait, id: &SessionId, leaf: &MessageId) -> Result<(), DbErr> {
    let text = "UPDATE sessions SET active_leaf_id = $1 WHERE id = $2";
    db.execute_raw(statement(db, text, [leaf.as_str().into(), id.as_str().into()])).await.map(|_| ())
}

/// Notes that something happened in a chat now. Answers false for a deleted one.
pub async fn touch(db: &impl ConnectionTrait, id: &SessionId, now: i64) -> Result<bool, DbErr> {
    let text = "UPDATE sessions SET last_activity_at = $1 WHERE id = $2 AND deleted_at IS NULL";
    Ok(db.execute_raw(statement(db, text, [now.into(), id.as_str().into()])).await?.rows_affected() > 0)
}

/// Deletes a chat so that it can be restored, or restores it (`deleted_at: None`). Answers whether it was there.
pub async fn set_deleted(
    db: &impl ConnectionTrait,
    user: &UserId,
    id: &SessionId,
    deleted_at: Option<i64>,
) -> Result<bool, DbErr> {
    let there = if deleted_at.is_some() {
        session::Column::DeletedAt.is_null()
    } else {
        session::Column::DeletedAt.is_not_null()
    };
    let done = Sessions::update_many()
        .col_expr(session::Column::DeletedAt, Expr::value(deleted_at))
        .filter(session::Column::Id.eq(id.as_str()))
        .filter(session::Column::UserId.eq(user.as_str()))
        .filter(there)
        .exec(db)
        .await?;
    Ok(done.rows_affected > 0)
}

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
