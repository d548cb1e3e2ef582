//! Asking the index. Every answer is joined with the chats: whose they are, and that neither is deleted, is part of the
//! query, whatever the index says.

use super::super::engine::statement;
use super::super::entity::session::{self, Entity as Sessions};
use super::super::{parse_json, parse_word, rfc3339, sessions};
use super::queue::visible;
use super::terms::{self, Scope};
use sea_orm::prelude::*;
use sea_orm::{DbBackend, QueryResult, Value};
use search::{Filters, Query};
use shared::chat::{Role, Session};
use shared::{MessageId, SessionId, UserId};
use std::collections::HashMap;

/// A question: the words of somebody, and what has to hold of their chats.
#[derive(Clone, Debug)]
pub struct Question<'a> {
    /// Who asks.
    pub user: &'a UserId,
    /// What was typed.
    pub query: &'a Query,
    /// Its filters.
    pub filters: &'a Filters,
    /// Chats that it is narrowed to; empty for all.
    pub sessions: &'a [SessionId],
    /// Months that it is narrowed to; empty for all.
    pub months: &'a [i64],
}

impl Question<'_> {
    fn terms(&self, postgres: bool, scope: &Scope<'_>) -> String {
        let say = if postgres { terms::postgres } else { terms::sqlite };
        say(self.query, self.user, scope)
    }
}

/// A statement that grows, with its values.
struct Builder {
    text: String,
    values: Vec<Value>,
}

impl Builder {
    fn new(text: &str) -> Self {
        Self { text: text.to_owned(), values: Vec::new() }
    }

    /// Adds a piece; every `?` in it is one of the values.
    fn push(&mut self, piece: &str, values: impl IntoIterator<Item = Value>) {
        let mut values = values.into_iter();
        for c in piece.chars() {
            match (c, values.next_if_mark(c)) {
                ('?', Some(value)) => {
                    self.values.push(value);
                    self.text.push_str(&format!("${}", self.values.len()));
                }
                _ => self.text.push(c),
            }
        }
    }

    async fn all(self, db: &impl ConnectionTrait) -> Result<Vec<QueryResult>, DbErr> {
        db.query_all_raw(statement(db, &self.text, self.values)).await
    }
}

/// The next value, where the character is the mark of one.
trait NextIfMark: Iterator {
    fn next_if_mark(&mut self, c: char) -> Option<Self::Item> {
        if c == '?' { self.next() } else { None }
    }
}

impl<I: Iterator> NextIfMark for I {}

/// What has to hold of the chat `s`.
fn of_chat(builder: &mut Builder, user: &UserId, filters: &Filters) {
    builder.push(" AND s.user_id = ? AND s.deleted_at IS NULL AND s.temporary = FALSE", [user.as_str().into()]);
    for tag in &filters.tags {
        let piece =
            " AND EXISTS (SELECT 1 FROM session_tags t WHERE t.session_id = s.id AND (t.tag = ? OR LOWER(t.tag) = ?))";
        builder.push(piece, both(tag));
    }
    for folder in &filters.folders {
        let piece = " AND EXISTS (SELECT 1 FROM folders d WHERE d.id = s.folder_id AND d.user_id = s.user_id \
            AND (d.name = ? OR LOWER(d.name) = ?))";
        builder.push(piece, both(folder));
    }
    for model in &filters.models {
        let piece = " AND EXISTS (SELECT 1 FROM models o WHERE o.id = s.model_id AND LOWER(o.name) LIKE ? ESCAPE '!')";
        builder.push(piece, [like(model).into()]);
    }
    for (wanted, column) in [(filters.pinned, "pinned_at"), (filters.archived, "archived_at")] {
        if let Some(wanted) = wanted {
            builder.push(&format!(" AND s.{column} IS {}NULL", if wanted { "NOT " } else { "" }), []);
        }
    }
}

/// A name as it was typed and in small letters.
fn both(name: &str) -> [Value; 2] {
    [name.into(), name.to_lowercase().into()]
}

/// A pattern that fits whatever has the text in it.
fn like(text: &str) -> String {
    let mut pattern = "%".to_owned();
    for c in text.to_lowercase().chars() {
        if matches!(c, '%' | '_' | '!') {
            pattern.push('!');
        }
        pattern.push(c);
    }
    pattern + "%"
}

/// The chat was there in the time that is asked for.
fn in_time(builder: &mut Builder, filters: &Filters) {
    if let Some(before) = filters.before {
        builder.push(" AND s.created_at < ?", [before.into()]);
    }
    if let Some(after) = filters.after {
        builder.push(" AND s.last_activity_at >= ?", [after.into()]);
    }
}

/// Messages that the index proposes, newest first, below `below` and, if given, from `from` on.
pub async fn messages(
    db: &impl ConnectionTrait,
    question: &Question<'_>,
    scope: &Scope<'_>,
    range: (Option<i64>, i64),
    limit: usize,
) -> Result<Vec<(i64, SessionId)>, DbErr> {
    let postgres = db.get_database_backend() == DbBackend::Postgres;
    let terms = question.terms(postgres, scope);
    let (mut builder, key) = if postgres {
        let mut builder = Builder::new(
            "SELECT f.seq AS seq, m.session_id AS session_id FROM search_messages f \
             JOIN messages m ON m.seq = f.seq JOIN sessions s ON s.id = m.session_id WHERE ",
        );
        builder.push("f.user_id = ? AND f.tokens @@ CAST(? AS tsquery)", [question.user.as_str().into(), terms.into()]);
        (builder, "f.seq")
    } else {
        // The index leads: it has the order that is asked for, and ends where the page is full.
        let mut builder = Builder::new(
            "SELECT m.seq AS seq, m.session_id AS session_id FROM search_messages \
             CROSS JOIN messages m ON m.seq = search_messages.rowid CROSS JOIN sessions s ON s.id = m.session_id WHERE ",
        );
        builder.push("search_messages MATCH ?", [terms.into()]);
        (builder, "search_messages.rowid")
    };
    builder.push(&format!(" AND {key} < ?"), [range.1.into()]);
    if let Some(from) = range.0 {
        builder.push(&format!(" AND {key} >= ?"), [from.into()]);
    }
    builder.push(" AND m.deleted_at IS NULL", []);
    of_chat(&mut builder, question.user, question.filters);
    if let Some(before) = question.filters.before {
        builder.push(" AND m.created_at < ?", [before.into()]);
    }
    if let Some(after) = question.filters.after {
        builder.push(" AND m.created_at >= ?", [after.into()]);
    }
    builder.push(&format!(" ORDER BY {key} DESC LIMIT {limit}"), []);
    let rows = builder.all(db).await?;
    rows.iter().map(|row| Ok((row.try_get("", "seq")?, SessionId(row.try_get("", "session_id")?)))).collect()
}

/// A message that may be shown.
#[derive(Clone, Debug)]
pub struct Text {
    /// Its place among all messages.
    pub seq: i64,
    /// Its id.
    pub id: MessageId,
    /// Its chat.
    pub session: SessionId,
    /// The title of that.
    pub title: String,
    /// Who wrote it.
    pub role: Role,
    /// When.
    pub created_at: i64,
    /// What it says.
    pub text: String,
}

/// What messages say, in any order.
pub async fn texts(db: &impl ConnectionTrait, user: &UserId, rows: &[i64]) -> Result<Vec<Text>, DbErr> {
    if rows.is_empty() {
        return Ok(Vec::new());
    }
    let list = rows.iter().map(i64::to_string).collect::<Vec<_>>().join(", ");
    // The messages lead: SQLite takes a person's chats for a handful, and would go through all of them.
    let join = if db.get_database_backend() == DbBackend::Postgres { "JOIN" } else { "CROSS JOIN" };
    let mut builder = Builder::new(&format!(
        "SELECT m.seq, m.id, m.session_id, s.title, m.role, m.created_at, m.parts \
         FROM messages m {join} sessions s ON s.id = m.session_id WHERE m.seq IN ({list}) AND m.deleted_at IS NULL"
    ));
    of_chat(&mut builder, user, &Filters::default());
    let rows = builder.all(db).await?;
    rows.iter()
        .map(|row| {
            Ok(Text {
                seq: row.try_get("", "seq")?,
                id: MessageId(row.try_get("", "id")?),
                session: SessionId(row.try_get("", "session_id")?),
                title: row.try_get("", "title")?,
                role: parse_word("messages.role", &row.try_get::<String>("", "role")?)?,
                created_at: row.try_get("", "created_at")?,
                text: visible(&parse_json::<Vec<shared::Part>>(
                    "messages.parts",
                    &row.try_get::<String>("", "parts")?,
                )?),
            })
        })
        .collect()
}

/// A chat with what its place among others is made of.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Titled {
    /// The chat.
    pub id: SessionId,
    /// Its title.
    pub title: String,
    /// Its last activity, unix milliseconds.
    pub moment: i64,
}

fn titled(rows: &[QueryResult]) -> Result<Vec<Titled>, DbErr> {
    let one = |row: &QueryResult| {
        Ok(Titled {
            id: SessionId(row.try_get("", "id")?),
            title: row.try_get("", "title")?,
            moment: row.try_get("", "last_activity_at")?,
        })
    };
    rows.iter().map(one).collect()
}

const TITLED: &str = "SELECT s.id AS id, s.title AS title, s.last_activity_at AS last_activity_at ";

/// Chats whose titles the index proposes, at most `limit`, the newest ones.
pub async fn titles(db: &impl ConnectionTrait, question: &Question<'_>, limit: usize) -> Result<Vec<Titled>, DbErr> {
    let postgres = db.get_database_backend() == DbBackend::Postgres;
    let terms = question.terms(postgres, &Scope { sessions: question.sessions, ..Scope::default() });
    let mut builder = Builder::new(TITLED);
    if postgres {
        let piece = "FROM search_titles f JOIN search_chats c ON c.number = f.number JOIN sessions s ON s.id = c.session_id \
            WHERE f.user_id = ? AND f.tokens @@ CAST(? AS tsquery)";
        builder.push(piece, [question.user.as_str().into(), terms.into()]);
    } else {
        let piece = "FROM search_titles CROSS JOIN search_chats c ON c.number = search_titles.rowid \
            CROSS JOIN sessions s ON s.id = c.session_id WHERE search_titles MATCH ?";
        builder.push(piece, [terms.into()]);
    }
    of_chat(&mut builder, question.user, question.filters);
    in_time(&mut builder, question.filters);
    let key = if postgres { "f.number" } else { "search_titles.rowid" };
    builder.push(&format!(" ORDER BY {key} DESC LIMIT {limit}"), []);
    titled(&builder.all(db).await?)
}

/// A person's chats that fit the filters, last activity first, behind `after`.
pub async fn chats(
    db: &impl ConnectionTrait,
    user: &UserId,
    filters: &Filters,
    after: Option<(i64, &str)>,
    limit: usize,
) -> Result<Vec<Titled>, DbErr> {
    let mut builder = Builder::new(&format!("{TITLED}FROM sessions s WHERE 1 = 1"));
    of_chat(&mut builder, user, filters);
    in_time(&mut builder, filters);
    if let Some((moment, id)) = after {
        builder.push(" AND s.last_activity_at <= ?", [moment.into()]);
        builder.push(" AND (s.last_activity_at < ? OR s.id < ?)", [moment.into(), id.into()]);
    }
    builder.push(&format!(" ORDER BY s.last_activity_at DESC, s.id DESC LIMIT {limit}"), []);
    titled(&builder.all(db).await?)
}

/// Chats as lists show them, by their ids.
pub async fn sessions(
    db: &impl ConnectionTrait,
    user: &UserId,
    ids: &[SessionId],
) -> Result<HashMap<SessionId, Session>, DbErr> {
    let rows = Sessions::find()
        .filter(sessions::named(user, ids))
        .filter(session::Column::DeletedAt.is_null())
        .all(db)
        .await?;
    let mut found: HashMap<SessionId, Session> =
        rows.into_iter().map(Session::from).map(|session| (session.id.clone(), session.brief())).collect();
    let mut builder = Builder::new("SELECT session_id, tag FROM session_tags WHERE session_id IN (''");
    ids.iter().for_each(|id| builder.push(", ?", [id.as_str().into()]));
    builder.push(") ORDER BY tag", []);
    for row in builder.all(db).await? {
        if let Some(session) = found.get_mut(&SessionId(row.try_get("", "session_id")?)) {
            let tag: String = row.try_get("", "tag")?;
            if !session.tags.contains(&tag) {
                session.tags.push(tag);
            }
        }
    }
    Ok(found)
}

/// A moment as it goes over the wire.
#[must_use]
pub fn moment(millis: i64) -> String {
    rfc3339(millis)
}
