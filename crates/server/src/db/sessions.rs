//! Chats. Every function that takes an id from outside takes its owner too. `list` is for pages, `change` for what a person
//! changes, `purge` for what goes for good.

mod change;
mod list;
mod purge;

pub use change::{Change, hold, present, set_deleted, update, update_several};
pub use list::{Cursor, Filter, batch, list};
pub use purge::{any_deleted, any_forgotten, forget, purge};

use super::engine::statement;
use super::entity::session::{self, Entity as Sessions};
use super::{rfc3339, tags};
use sea_orm::prelude::*;
use sea_orm::sea_query::Func;
use sea_orm::{Condition, ExprTrait as _, FromQueryResult as _};
use shared::chat::{NewChat, Session};
use shared::{FolderId, MessageId, ModelId, SessionId, UserId};

/// A chat with what only the server needs.
#[derive(Clone, Debug)]
pub struct SessionRow {
    /// What its owner sees.
    pub session: Session,
    /// End of the active path; none while the chat is empty.
    pub active_leaf: Option<MessageId>,
    /// Whether a person or a model named it; else its title is the beginning of its first message.
    pub named: bool,
    /// What the model is told in every chat of its folder.
    pub folder_instructions: Option<String>,
}

impl From<session::Model> for SessionRow {
    fn from(row: session::Model) -> Self {
        let (active_leaf, named) = (row.active_leaf_id.clone().map(MessageId), row.title_by != BY_FIRST);
        Self { active_leaf, named, folder_instructions: None, session: row.into() }
    }
}

impl From<session::Model> for Session {
    fn from(row: session::Model) -> Self {
        Self {
            id: SessionId(row.id),
            title: row.title,
            model: row.model_id.map(ModelId),
            has_instructions: row.instructions.is_some(),
            instructions: row.instructions,
            // Those that a newer release wrote and this one cannot read count as none: the chat opens all the same.
            parameters: row.parameters.and_then(|text| serde_json::from_str(&text).ok()),
            pinned_at: row.pinned_at.map(rfc3339),
            archived_at: row.archived_at.map(rfc3339),
            folder_id: row.folder_id.map(FolderId),
            tags: Vec::new(),
            temporary: row.temporary,
            unread: row.answered_at > row.seen_at,
            created_at: rfc3339(row.created_at),
            last_activity_at: rfc3339(row.last_activity_at),
        }
    }
}

/// The chat, if it is this person's and not deleted.
pub async fn get(db: &impl ConnectionTrait, user: &UserId, id: &SessionId) -> Result<Option<SessionRow>, DbErr> {
    Ok(several(db, user, std::slice::from_ref(id)).await?.pop())
}

/// Those of these chats that are this person's. No index can serve the owner in this form: without statistics SQLite takes
/// a person's chats for a handful, and would go through all of them rather than look a few ids up.
pub(super) fn named(user: &UserId, ids: &[SessionId]) -> Condition {
    let owner = Func::coalesce([Expr::col(session::Column::UserId), Expr::val("")]);
    let one_of = session::Column::Id.is_in(ids.iter().map(SessionId::as_str));
    Condition::all().add(one_of).add(Expr::expr(owner).eq(user.as_str()))
}

/// Those of these chats that are this person's and not deleted, in no order. One query: a row for each tag.
pub async fn several(db: &impl ConnectionTrait, user: &UserId, ids: &[SessionId]) -> Result<Vec<SessionRow>, DbErr> {
    if ids.is_empty() {
        return Ok(Vec::new());
    }
    let places: Vec<String> = (2..ids.len() + 2).map(|number| format!("${number}")).collect();
    let text = format!(
        "SELECT s.*, t.tag AS tag, f.instructions AS folder_instructions FROM sessions s \
         LEFT JOIN session_tags t ON t.session_id = s.id LEFT JOIN folders f ON f.id = s.folder_id \
         WHERE COALESCE(s.user_id, '') = $1 AND s.id IN ({}) AND s.deleted_at IS NULL ORDER BY s.id",
        places.join(", ")
    );
    let values = std::iter::once(user.as_str()).chain(ids.iter().map(SessionId::as_str)).map(Value::from);
    let mut chats: Vec<SessionRow> = Vec::new();
    for row in db.query_all_raw(statement(db, &text, values)).await? {
        let model = session::Model::from_query_result(&row, "")?;
        if chats.last().is_none_or(|chat| chat.session.id.0 != model.id) {
            let told: Option<String> = row.try_get("", "folder_instructions")?;
            let folder_instructions = told.filter(|text| !text.is_empty());
            chats.push(SessionRow { folder_instructions, ..SessionRow::from(model) });
        }
        if let (Some(chat), Some(tag)) = (chats.last_mut(), row.try_get::<Option<String>>("", "tag")?) {
            chat.session.tags.push(tag);
        }
    }
    chats.iter_mut().for_each(|chat| tags::sort(&mut chat.session.tags));
    Ok(chats)
}

/// Who named a chat, as it is stored: the beginning of its first message, a model, or the person.
const BY_FIRST: &str = "first";
const BY_PERSON: &str = "person";

/// A chat to be.
#[derive(Clone, Copy, Debug)]
pub struct NewSession<'a> {
    /// Its id.
    pub id: &'a SessionId,
    /// Its title.
    pub title: &'a str,
    /// Whether a person gave the title; else the next message may, or a model.
    pub named: bool,
    /// The model that it remembers.
    pub model: Option<&'a ModelId>,
    /// The end of its first path, if it begins with messages in the same transaction.
    pub leaf: Option<&'a MessageId>,
    /// What it is besides. The caller has checked that the folder is the person's.
    pub about: &'a NewChat,
}

/// Creates a chat.
pub async fn insert(db: &impl ConnectionTrait, user: &UserId, new: NewSession<'_>, now: i64) -> Result<Session, DbErr> {
    let about = new.about;
    let row = session::Model {
        id: new.id.0.clone(),
        user_id: user.0.clone(),
        title: new.title.to_owned(),
        model_id: new.model.map(|model| model.0.clone()),
        instructions: about.instructions.clone().filter(|text| !text.is_empty()),
        title_by: if new.named { BY_PERSON } else { BY_FIRST }.to_owned(),
        active_leaf_id: new.leaf.map(|leaf| leaf.0.clone()),
        created_at: now,
        last_activity_at: now,
        deleted_at: None,
        folder_id: about.folder_id.as_ref().map(|folder| folder.0.clone()),
        pinned_at: None,
        archived_at: None,
        temporary: about.temporary,
        answered_at: 0,
        seen_at: 0,
        parameters: change::stored(about.parameters.as_ref())?,
    };
    let values: session::ActiveModel = row.clone().into();
    Sessions::insert(values).exec_without_returning(db).await?;
    Ok(row.into())
}

/// Whether a chat may be named by a model: its title still is the beginning of its first message, and it has one completed
/// answer, or two or three where naming it did not work before. No model is asked about a temporary one.
pub async fn wants_name(db: &impl ConnectionTrait, id: &SessionId) -> Result<bool, DbErr> {
    let text = "SELECT 1 AS one FROM sessions WHERE id = $1 AND title_by = $2 AND deleted_at IS NULL \
        AND temporary = FALSE AND (SELECT COUNT(*) FROM (SELECT id FROM messages \
            WHERE session_id = $1 AND role = 'assistant' AND status = 'completed' AND deleted_at IS NULL \
            LIMIT 4) AS answers) BETWEEN 1 AND 3";
    Ok(db.query_one_raw(statement(db, text, [id.as_str().into(), BY_FIRST.into()])).await?.is_some())
}

/// Gives a chat the title that a model found, unless a person or another model was faster. Answers whether it did.
pub async fn name(db: &impl ConnectionTrait, id: &SessionId, title: &str) -> Result<bool, DbErr> {
    let text = "UPDATE sessions SET title = $1, title_by = 'model' \
        WHERE id = $2 AND title_by = $3 AND deleted_at IS NULL";
    let values: [Value; 3] = [title.into(), id.as_str().into(), BY_FIRST.into()];
    Ok(db.execute_raw(statement(db, text, values)).await?.rows_affected() > 0)
}

/// Moves the end of the active path and the chat's place in the list. With `expected`, only if the path still ends
/// there: of two messages sent at the same moment one must lose, visibly. A title is given only to a chat without one. Who
/// asks has seen what was answered.
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
        "UPDATE sessions SET active_leaf_id = $1, last_activity_at = $2, seen_at = answered_at, \
         title = CASE WHEN title = '' THEN $3 ELSE title END WHERE id = $4 AND deleted_at IS NULL{same_leaf}"
    );
    let mut values: Vec<Value> = vec![leaf.as_str().into(), now.into(), title.into(), id.as_str().into()];
    if let Some(Some(expected)) = expected {
        values.push(expected.as_str().into());
    }
    Ok(db.execute_raw(statement(db, &text, values)).await?.rows_affected() > 0)
}

/// Shows another branch, or nothing where there is none. Looking around is no activity: the chat keeps its place in the
/// list.
pub async fn show(db: &impl ConnectionTrait, id: &SessionId, leaf: Option<&MessageId>) -> Result<(), DbErr> {
    let text = "UPDATE sessions SET active_leaf_id = $1 WHERE id = $2";
    let leaf = leaf.map(|leaf| leaf.0.clone());
    db.execute_raw(statement(db, text, [leaf.into(), id.as_str().into()])).await.map(|_| ())
}

/// Notes that something happened in a chat now. Answers false for a deleted one.
pub async fn touch(db: &impl ConnectionTrait, id: &SessionId, now: i64) -> Result<bool, DbErr> {
    let text = "UPDATE sessions SET last_activity_at = $1 WHERE id = $2 AND deleted_at IS NULL";
    Ok(db.execute_raw(statement(db, text, [now.into(), id.as_str().into()])).await?.rows_affected() > 0)
}

/// Notes that an answer ended in a chat now. Nobody has looked at it yet, unless it was deleted meanwhile.
pub async fn answered(db: &impl ConnectionTrait, id: &SessionId, answer: &MessageId, now: i64) -> Result<(), DbErr> {
    let text = "UPDATE sessions SET last_activity_at = $1, answered_at = CASE WHEN EXISTS \
        (SELECT 1 FROM messages WHERE id = $2 AND deleted_at IS NULL) THEN $1 ELSE answered_at END \
        WHERE id = $3 AND deleted_at IS NULL";
    let values: [Value; 3] = [now.into(), answer.as_str().into(), id.as_str().into()];
    db.execute_raw(statement(db, text, values)).await.map(|_| ())
}
