//! What a person changes about chats. None of it is activity: a chat keeps its place in the list.

use super::super::engine::statement;
use super::super::entity::session::{self, Entity as Sessions};
use super::super::to_json;
use super::{BY_FIRST, BY_PERSON, get, named};
use sea_orm::prelude::*;
use sea_orm::{ActiveValue::Set, ExprTrait as _, QuerySelect, UpdateMany};
use shared::models::Parameters;
use shared::{FolderId, ModelId, SessionId, UserId};

/// What a person changes about a chat. `None` leaves a field as it is.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Change<'a> {
    /// New title. An empty one is given by the next message, or a model.
    pub title: Option<&'a str>,
    /// New model.
    pub model: Option<&'a ModelId>,
    /// New instructions; empty removes them.
    pub instructions: Option<&'a str>,
    /// New parameters; those without a value remove them.
    pub parameters: Option<&'a Parameters>,
    /// Whether it is pinned.
    pub pinned: Option<bool>,
    /// Whether it is archived.
    pub archived: Option<bool>,
    /// The folder, which the caller has checked to be the person's; none takes it out.
    pub folder: Option<Option<&'a FolderId>>,
    /// Whether a temporary chat stays.
    pub keep: bool,
    /// Whether it counts as unread.
    pub unread: Option<bool>,
}

impl Change<'_> {
    /// Writes itself into an update. A chat that is pinned or archived already keeps the moment.
    fn statement(&self, now: i64) -> Result<UpdateMany<Sessions>, DbErr> {
        use session::Column::{AnsweredAt, ArchivedAt, PinnedAt, SeenAt};
        let mut update = Sessions::update_many().set(self.values()?);
        for (column, wanted) in [(PinnedAt, self.pinned), (ArchivedAt, self.archived)] {
            update = match wanted {
                Some(true) => update.col_expr(column, Expr::col(column).if_null(now)),
                Some(false) => update.col_expr(column, Expr::value(Option::<i64>::None)),
                None => update,
            };
        }
        // By the moment of the answer itself: no clock comes in between.
        Ok(match self.unread {
            Some(true) => update.col_expr(SeenAt, Expr::col(AnsweredAt).sub(1_i64)),
            Some(false) => update.col_expr(SeenAt, Expr::col(AnsweredAt)),
            None => update,
        })
    }

    fn values(&self) -> Result<session::ActiveModel, DbErr> {
        let mut values = <session::ActiveModel as ActiveModelTrait>::default();
        if let Some(title) = self.title {
            values.title = Set(title.to_owned());
            values.title_by = Set(if title.is_empty() { BY_FIRST } else { BY_PERSON }.to_owned());
        }
        if let Some(model) = self.model {
            values.model_id = Set(Some(model.0.clone()));
        }
        if let Some(instructions) = self.instructions {
            values.instructions = Set(Some(instructions.to_owned()).filter(|text| !text.is_empty()));
        }
        if let Some(parameters) = self.parameters {
            values.parameters = Set(stored(Some(parameters))?);
        }
        if let Some(folder) = self.folder {
            values.folder_id = Set(folder.map(|folder| folder.0.clone()));
        }
        if self.keep {
            values.temporary = Set(false);
        }
        Ok(values)
    }
}

/// Parameters as they are stored; those without a value are none.
pub(super) fn stored(parameters: Option<&Parameters>) -> Result<Option<String>, DbErr> {
    parameters.filter(|parameters| **parameters != Parameters::default()).map(to_json).transpose()
}

/// Changes a chat. Answers whether it was there.
pub async fn update(
    db: &impl ConnectionTrait,
    user: &UserId,
    id: &SessionId,
    change: Change<'_>,
    now: i64,
) -> Result<bool, DbErr> {
    if change == Change::default() {
        return Ok(get(db, user, id).await?.is_some());
    }
    let done = change
        .statement(now)?
        .filter(session::Column::Id.eq(id.as_str()))
        .filter(session::Column::UserId.eq(user.as_str()))
        .filter(session::Column::DeletedAt.is_null())
        .exec(db)
        .await?;
    Ok(done.rows_affected > 0)
}

/// Changes several chats in one statement; those that are not there are passed over.
pub async fn update_several(
    db: &impl ConnectionTrait,
    user: &UserId,
    ids: &[SessionId],
    change: Change<'_>,
    now: i64,
) -> Result<(), DbErr> {
    change
        .statement(now)?
        .filter(named(user, ids))
        .filter(session::Column::DeletedAt.is_null())
        .exec(db)
        .await
        .map(|_| ())
}

/// Which of these chats are the person's and not deleted, in no order.
pub async fn present(db: &impl ConnectionTrait, user: &UserId, ids: &[SessionId]) -> Result<Vec<SessionId>, DbErr> {
    let rows: Vec<String> = Sessions::find()
        .select_only()
        .column(session::Column::Id)
        .filter(named(user, ids))
        .filter(session::Column::DeletedAt.is_null())
        .into_tuple()
        .all(db)
        .await?;
    Ok(rows.into_iter().map(SessionId).collect())
}

/// Deletes chats so that they can be restored, or restores them (`deleted_at: None`). Answers how many it were.
pub async fn set_deleted(
    db: &impl ConnectionTrait,
    user: &UserId,
    ids: &[SessionId],
    deleted_at: Option<i64>,
) -> Result<u64, DbErr> {
    let there = if deleted_at.is_some() {
        session::Column::DeletedAt.is_null()
    } else {
        session::Column::DeletedAt.is_not_null()
    };
    let done = Sessions::update_many()
        .col_expr(session::Column::DeletedAt, Expr::value(deleted_at))
        .filter(named(user, ids))
        .filter(there)
        .exec(db)
        .await?;
    Ok(done.rows_affected)
}

/// Takes a chat that is not deleted for this transaction: until its end nobody deletes it, and no other transaction that
/// takes it or moves its path comes in between. Answers whether it is there.
pub async fn hold(db: &impl ConnectionTrait, user: &UserId, id: &SessionId) -> Result<bool, DbErr> {
    let text = "UPDATE sessions SET active_leaf_id = active_leaf_id \
        WHERE id = $1 AND user_id = $2 AND deleted_at IS NULL";
    let values: [Value; 2] = [id.as_str().into(), user.as_str().into()];
    Ok(db.execute_raw(statement(db, text, values)).await?.rows_affected() > 0)
}
