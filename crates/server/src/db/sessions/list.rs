//! Lists of chats, page by page.

use super::super::entity::session::{self, Entity as Sessions};
use super::super::{rfc3339, tags};
use sea_orm::prelude::*;
use sea_orm::sea_query::Query;
use sea_orm::{ExprTrait as _, FromQueryResult, QueryOrder, QuerySelect};
use shared::chat::Session;
use shared::{FolderId, ModelId, Page, SessionId, UserId};

/// Where a page ends: the last chat's moment and id.
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

/// Which chats a list shows. Temporary ones are in none.
#[derive(Clone, Debug, Default)]
pub struct Filter {
    /// Only pinned ones, newest pin first, or only those that are not.
    pub pinned: Option<bool>,
    /// Archived ones instead.
    pub archived: bool,
    /// Only those of this folder, or of none.
    pub folder: Option<Option<FolderId>>,
    /// Only those with a tag that is spelled in one of these ways.
    pub tag: Option<Vec<String>>,
}

impl Filter {
    /// By what the list is ordered, newest first.
    fn moment(&self) -> session::Column {
        if self.pinned == Some(true) { session::Column::PinnedAt } else { session::Column::LastActivityAt }
    }

    fn apply(&self, query: Select<Sessions>) -> Select<Sessions> {
        use session::Column::{ArchivedAt, DeletedAt, FolderId, Id, PinnedAt};
        let archived = if self.archived { ArchivedAt.is_not_null() } else { ArchivedAt.is_null() };
        let query = query.filter(DeletedAt.is_null()).filter(Expr::cust("temporary = FALSE")).filter(archived);
        let query = match self.pinned {
            Some(true) => query.filter(PinnedAt.is_not_null()),
            Some(false) => query.filter(PinnedAt.is_null()),
            None => query,
        };
        let query = match &self.folder {
            Some(Some(folder)) => query.filter(FolderId.eq(folder.as_str())),
            Some(None) => query.filter(FolderId.is_null()),
            None => query,
        };
        let Some(spellings) = &self.tag else { return query };
        let tagged = Query::select()
            .column("session_id")
            .from("session_tags")
            .and_where(Expr::col("tag").is_in(spellings.iter().map(String::as_str)))
            .take();
        query.filter(Id.in_subquery(tagged))
    }
}

/// A chat in a list. Its instructions may be long, and stay where they are.
#[derive(FromQueryResult)]
struct Listed {
    id: String,
    title: String,
    model_id: Option<String>,
    has_instructions: bool,
    folder_id: Option<String>,
    pinned_at: Option<i64>,
    archived_at: Option<i64>,
    answered_at: i64,
    seen_at: i64,
    created_at: i64,
    last_activity_at: i64,
}

/// What a list reads of a chat.
const LISTED: [session::Column; 10] = [
    session::Column::Id,
    session::Column::Title,
    session::Column::ModelId,
    session::Column::FolderId,
    session::Column::PinnedAt,
    session::Column::ArchivedAt,
    session::Column::AnsweredAt,
    session::Column::SeenAt,
    session::Column::CreatedAt,
    session::Column::LastActivityAt,
];

impl From<Listed> for Session {
    fn from(row: Listed) -> Self {
        Self {
            id: SessionId(row.id),
            title: row.title,
            model: row.model_id.map(ModelId),
            instructions: None,
            has_instructions: row.has_instructions,
            parameters: None,
            pinned_at: row.pinned_at.map(rfc3339),
            archived_at: row.archived_at.map(rfc3339),
            folder_id: row.folder_id.map(FolderId),
            tags: Vec::new(),
            temporary: false,
            unread: row.answered_at > row.seen_at,
            created_at: rfc3339(row.created_at),
            last_activity_at: rfc3339(row.last_activity_at),
        }
    }
}

/// A person's chats that are not deleted, temporary ones too, by id, after the one that ended the batch before.
pub async fn batch(
    db: &impl ConnectionTrait,
    user: &UserId,
    after: Option<&SessionId>,
    limit: u32,
) -> Result<Vec<SessionId>, DbErr> {
    let ids: Vec<String> = Sessions::find()
        .select_only()
        .column(session::Column::Id)
        .filter(session::Column::UserId.eq(user.as_str()))
        .filter(session::Column::DeletedAt.is_null())
        .filter(session::Column::Id.gt(after.map_or("", SessionId::as_str)))
        .order_by_asc(session::Column::Id)
        .limit(u64::from(limit))
        .into_tuple()
        .all(db)
        .await?;
    Ok(ids.into_iter().map(SessionId).collect())
}

/// One page of a person's chats, last activity first, or newest pin first.
pub async fn list(
    db: &impl ConnectionTrait,
    user: &UserId,
    filter: &Filter,
    after: Option<&Cursor>,
    limit: u32,
) -> Result<Page<Session>, DbErr> {
    let by = filter.moment();
    let query = Sessions::find()
        .select_only()
        .columns(LISTED)
        .column_as(session::Column::Instructions.is_not_null(), "has_instructions")
        .filter(session::Column::UserId.eq(user.as_str()));
    let mut query =
        filter.apply(query).order_by_desc(by).order_by_desc(session::Column::Id).limit(u64::from(limit) + 1);
    if let Some(Cursor { moment, id }) = after {
        // The first half is what the index can seek to.
        let earlier = by.lt(*moment);
        query = query.filter(by.lte(*moment));
        query = query.filter(earlier.or(session::Column::Id.lt(id.as_str())));
    }
    let mut rows = query.into_model::<Listed>().all(db).await?;
    let more = rows.len() > limit as usize;
    rows.truncate(limit as usize);
    let pins = filter.pinned == Some(true);
    let moment = |row: &Listed| row.pinned_at.filter(|_| pins).unwrap_or(row.last_activity_at);
    let next = rows.last().filter(|_| more).map(|row| format!("{}_{}", moment(row), row.id));
    let ids: Vec<String> = rows.iter().map(|row| row.id.clone()).collect();
    let mut tags = tags::of(db, &ids).await?;
    let mut items: Vec<Session> = rows.into_iter().map(Session::from).collect();
    for chat in &mut items {
        chat.tags = tags.remove(&chat.id.0).unwrap_or_default();
    }
    Ok(Page { items, next })
}
