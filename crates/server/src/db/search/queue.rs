//! What the index has not seen yet, and how it comes to see it.

use super::super::engine::statement;
use super::super::parse_json;
use super::terms;
use sea_orm::{ConnectionTrait, DatabaseTransaction, DbBackend, DbErr, Value};
use serde_json::json;
use shared::limits::MAX_CONTENT_BYTES;
use shared::{Part, SessionId, UserId};
use std::collections::{HashMap, HashSet};

/// Things to look at again.
#[derive(Clone, Debug, Default)]
pub struct Work {
    /// Lines of the queue that this is.
    pub lines: Vec<i64>,
    /// Messages by their `seq`.
    pub messages: Vec<i64>,
    /// Chats, because of their titles.
    pub chats: Vec<String>,
    /// The new end of what is indexed of the messages from before, if it moves.
    pub below: Option<i64>,
}

impl Work {
    /// Whether there is nothing to do.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.lines.is_empty() && self.below.is_none()
    }

    /// How many things it is.
    #[must_use]
    pub fn len(&self) -> usize {
        self.messages.len() + self.chats.len()
    }
}

/// The next things to look at: what changed, then messages from before, newest first.
pub async fn next(db: &impl ConnectionTrait, limit: usize) -> Result<Work, DbErr> {
    let limit = i64::try_from(limit).unwrap_or(i64::MAX);
    let text = "SELECT id, message_seq, session_id FROM search_queue ORDER BY id LIMIT $1";
    let mut work = Work::default();
    for row in db.query_all_raw(statement(db, text, [limit.into()])).await? {
        work.lines.push(row.try_get("", "id")?);
        work.messages.extend(row.try_get::<Option<i64>>("", "message_seq")?);
        work.chats.extend(row.try_get::<Option<String>>("", "session_id")?);
    }
    if work.lines.is_empty() {
        backlog(db, limit, &mut work).await?;
    }
    work.messages.sort_unstable();
    work.messages.dedup();
    work.chats.sort_unstable();
    work.chats.dedup();
    Ok(work)
}

async fn backlog(db: &impl ConnectionTrait, limit: i64, work: &mut Work) -> Result<(), DbErr> {
    let below = below(db).await?;
    if below <= 0 {
        return Ok(());
    }
    let text = "SELECT seq FROM messages WHERE seq < $1 ORDER BY seq DESC LIMIT $2";
    for row in db.query_all_raw(statement(db, text, [below.into(), limit.into()])).await? {
        work.messages.push(row.try_get("", "seq")?);
    }
    work.below = Some(work.messages.iter().copied().min().unwrap_or(0));
    Ok(())
}

async fn below(db: &impl ConnectionTrait) -> Result<i64, DbErr> {
    let text = "SELECT value FROM search_state WHERE key = 'messages_below'";
    let row = db.query_one_raw(statement(db, text, [])).await?;
    row.map_or(Ok(0), |row| row.try_get("", "value"))
}

/// How many things have still to be looked at, about: of messages from before the highest number is known.
pub async fn pending(db: &impl ConnectionTrait) -> Result<u64, DbErr> {
    let text = "SELECT COUNT(*) AS count FROM (SELECT id FROM search_queue LIMIT 100000) AS waiting";
    let row = db.query_one_raw(statement(db, text, [])).await?;
    let waiting: i64 = row.map_or(Ok(0), |row| row.try_get("", "count"))?;
    Ok(u64::try_from(waiting + (below(db).await? - 1).max(0)).unwrap_or(0))
}

/// A text as the index will keep it; none where nothing of it is to be found any more.
#[derive(Clone, Debug)]
pub struct Text {
    /// `seq` of the message, or the id of the chat.
    pub key: Key,
    /// Whose it is.
    pub user: UserId,
    /// Its chat.
    pub session: SessionId,
    /// When it was written, for messages.
    pub created_at: Option<i64>,
    /// What it says.
    pub text: String,
}

/// What is indexed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Key {
    /// A message.
    Message(i64),
    /// The title of a chat.
    Chat(String),
}

impl Key {
    fn chat(&self) -> Option<&str> {
        if let Self::Chat(id) = self { Some(id) } else { None }
    }
}

/// Reads the texts of what has to be looked at. Deleted messages and temporary chats have none.
pub async fn texts(db: &impl ConnectionTrait, work: &Work) -> Result<Vec<Text>, DbErr> {
    let mut texts = Vec::with_capacity(work.len());
    if !work.messages.is_empty() {
        let text = format!(
            "SELECT m.seq, m.session_id, s.user_id, m.created_at, m.parts FROM messages m JOIN sessions s ON s.id = m.session_id \
             WHERE m.seq IN (SELECT CAST(value AS BIGINT) FROM {}) AND m.deleted_at IS NULL AND s.temporary = FALSE",
            each(db)
        );
        let chosen = list(work.messages.iter().copied());
        for row in db.query_all_raw(statement(db, &text, [chosen])).await? {
            let parts: Vec<Part> = parse_json("messages.parts", &row.try_get::<String>("", "parts")?)?;
            texts.push(Text {
                key: Key::Message(row.try_get("", "seq")?),
                user: UserId(row.try_get("", "user_id")?),
                session: SessionId(row.try_get("", "session_id")?),
                created_at: Some(row.try_get("", "created_at")?),
                text: visible(&parts),
            });
        }
    }
    if !work.chats.is_empty() {
        let text = format!(
            "SELECT id, user_id, title FROM sessions WHERE id IN (SELECT value FROM {}) AND temporary = FALSE",
            each(db)
        );
        let chosen = list(work.chats.iter().map(String::as_str));
        for row in db.query_all_raw(statement(db, &text, [chosen])).await? {
            let id: String = row.try_get("", "id")?;
            texts.push(Text {
                key: Key::Chat(id.clone()),
                user: UserId(row.try_get("", "user_id")?),
                session: SessionId(id),
                created_at: None,
                text: row.try_get("", "title")?,
            });
        }
    }
    texts.retain(|text| !text.text.trim().is_empty());
    Ok(texts)
}

/// What of a message can be found: what is read in it, not what a model thought or a tool answered; of an endless answer
/// as much as a person may send.
#[must_use]
pub fn visible(parts: &[Part]) -> String {
    let mut text = parts.iter().filter_map(Part::as_text).collect::<Vec<_>>().join("\n\n");
    text.truncate(text.floor_char_boundary(MAX_CONTENT_BYTES));
    text
}

/// A text cut into tokens, ready to be written.
#[derive(Clone, Debug)]
pub struct Prepared {
    key: Key,
    user: UserId,
    form: Form,
}

#[derive(Clone, Debug)]
enum Form {
    Sqlite(terms::Entry),
    Postgres(Vec<String>),
}

/// Cuts texts into tokens: work for the processor alone.
#[must_use]
pub fn prepare(texts: Vec<Text>, postgres: bool) -> Vec<Prepared> {
    let prepare = |text: Text| {
        let marks = terms::marks(&text.user, &text.session, text.created_at);
        let form = match postgres {
            true => Form::Postgres(terms::postgres_entry(&text.text, &marks)),
            false => Form::Sqlite(terms::sqlite_entry(&text.text, &marks)),
        };
        Prepared { key: text.key, user: text.user, form }
    };
    texts.into_iter().map(prepare).collect()
}

/// Takes the turn of writing the index, if no other server has it.
pub async fn take_turn(tx: &DatabaseTransaction) -> Result<bool, DbErr> {
    if tx.get_database_backend() != DbBackend::Postgres {
        return Ok(true);
    }
    let text = "SELECT pg_try_advisory_xact_lock(hashtextextended('aichat search ' || current_schema(), 0)) AS taken";
    let row = tx.query_one_raw(statement(tx, text, [])).await?;
    row.map_or(Ok(false), |row| row.try_get("", "taken"))
}

/// Writes what was prepared, takes out what has no text any more, and shortens the queue. Few statements, however much it
/// is, and the same ones every time: each of them costs more than a row.
pub async fn write(tx: &DatabaseTransaction, work: &Work, prepared: &[Prepared]) -> Result<(), DbErr> {
    let numbers = numbers(tx, work, prepared).await?;
    remove(tx, "search_messages", work.messages.iter().copied()).await?;
    remove(tx, "search_titles", numbers.values().copied()).await?;
    let (mut messages, mut titles) = (Vec::new(), Vec::new());
    for one in prepared {
        match &one.key {
            Key::Message(seq) => messages.push(entry(*seq, one)),
            Key::Chat(id) => titles.extend(numbers.get(id).map(|number| entry(*number, one))),
        }
    }
    insert(tx, "search_messages", messages).await?;
    insert(tx, "search_titles", titles).await?;
    finish(tx, work).await
}

async fn finish(tx: &DatabaseTransaction, work: &Work) -> Result<(), DbErr> {
    if !work.lines.is_empty() {
        let text = format!("DELETE FROM search_queue WHERE id IN (SELECT CAST(value AS BIGINT) FROM {})", each(tx));
        tx.execute_raw(statement(tx, &text, [list(work.lines.iter().copied())])).await?;
    }
    if let Some(below) = work.below {
        let text = "UPDATE search_state SET value = $1 WHERE key = 'messages_below'";
        tx.execute_raw(statement(tx, text, [below.into()])).await?;
    }
    Ok(())
}

/// The table of what is in the JSON list `$1`, each in a column `value`: one statement takes any number of them.
fn each(db: &impl ConnectionTrait) -> &'static str {
    match db.get_database_backend() {
        DbBackend::Postgres => "json_array_elements_text(CAST($1 AS json)) AS each (value)",
        _ => "json_each($1)",
    }
}

/// A list for [`each`].
fn list(items: impl IntoIterator<Item = impl Into<serde_json::Value>>) -> Value {
    serde_json::Value::from_iter(items).to_string().into()
}

fn key_column(db: &impl ConnectionTrait, table: &str) -> &'static str {
    match (db.get_database_backend(), table) {
        (DbBackend::Postgres, "search_messages") => "seq",
        (DbBackend::Postgres, _) => "number",
        _ => "rowid",
    }
}

async fn remove(tx: &DatabaseTransaction, table: &str, rows: impl ExactSizeIterator<Item = i64>) -> Result<(), DbErr> {
    if rows.len() == 0 {
        return Ok(());
    }
    let column = key_column(tx, table);
    let text = format!("DELETE FROM {table} WHERE {column} IN (SELECT CAST(value AS BIGINT) FROM {})", each(tx));
    tx.execute_raw(statement(tx, &text, [list(rows)])).await.map(|_| ())
}

/// A row of the index, as [`insert`] takes it. Tokens hold no blanks: one text carries them all.
fn entry(row: i64, one: &Prepared) -> serde_json::Value {
    match &one.form {
        Form::Sqlite(entry) => json!([row, entry.words, entry.forms]),
        Form::Postgres(tokens) => json!([row, one.user, tokens.join(" ")]),
    }
}

async fn insert(tx: &DatabaseTransaction, table: &str, rows: Vec<serde_json::Value>) -> Result<(), DbErr> {
    let column = key_column(tx, table);
    let text = match tx.get_database_backend() {
        DbBackend::Postgres => format!(
            "INSERT INTO {table} ({column}, user_id, tokens) \
             SELECT CAST(one->>0 AS BIGINT), one->>1, array_to_tsvector(string_to_array(one->>2, ' ')) \
             FROM json_array_elements(CAST($1 AS json)) AS each (one)"
        ),
        _ => format!(
            "INSERT INTO {table} ({column}, words, forms) SELECT value->>0, value->>1, value->>2 FROM json_each($1)"
        ),
    };
    let mut rows = rows.into_iter().peekable();
    while rows.peek().is_some() {
        let mut room = STATEMENT_BYTES;
        let some = std::iter::from_fn(|| {
            let row = rows.next_if(|_| room > 0)?;
            room = room.saturating_sub(row[2].as_str().map_or(0, str::len) + row[1].as_str().map_or(0, str::len));
            Some(row)
        });
        let some = list(some);
        tx.execute_raw(statement(tx, &text, [some])).await?;
    }
    Ok(())
}

/// Bytes of tokens in one statement, about; a longer text goes alone.
const STATEMENT_BYTES: usize = 1 << 20;

/// The numbers of chats in the index of titles. A chat that is gone gives its number back.
async fn numbers(tx: &DatabaseTransaction, work: &Work, prepared: &[Prepared]) -> Result<HashMap<String, i64>, DbErr> {
    if work.chats.is_empty() {
        return Ok(HashMap::new());
    }
    let there: HashSet<&str> = prepared.iter().filter_map(|one| one.key.chat()).collect();
    let (stay, gone): (Vec<&str>, Vec<&str>) =
        work.chats.iter().map(String::as_str).partition(|chat| there.contains(chat));
    // The condition tells SQLite's parser that no `ON` of a join follows.
    let text = format!(
        "INSERT INTO search_chats (session_id) SELECT value FROM {} WHERE TRUE ON CONFLICT (session_id) DO NOTHING",
        each(tx)
    );
    tx.execute_raw(statement(tx, &text, [list(stay)])).await?;
    let chosen = format!("FROM search_chats WHERE session_id IN (SELECT value FROM {})", each(tx));
    let text = format!("SELECT number, session_id {chosen}");
    let rows = tx.query_all_raw(statement(tx, &text, [list(work.chats.iter().map(String::as_str))])).await?;
    if !gone.is_empty() {
        tx.execute_raw(statement(tx, &format!("DELETE {chosen}"), [list(gone)])).await?;
    }
    rows.iter().map(|row| Ok((row.try_get("", "session_id")?, row.try_get("", "number")?))).collect()
}

/// Brings pieces of SQLite's index together that were written apart, a little at a time. Answers whether there was
/// anything to do.
pub async fn tidy(tx: &DatabaseTransaction, pages: i64) -> Result<bool, DbErr> {
    if tx.get_database_backend() == DbBackend::Postgres {
        return Ok(false);
    }
    let changes = "SELECT total_changes() AS changes";
    let count = |row: Option<sea_orm::QueryResult>| row.map_or(Ok(0), |row| row.try_get::<i64>("", "changes"));
    let before = count(tx.query_one_raw(statement(tx, changes, [])).await?)?;
    for table in ["search_messages", "search_titles"] {
        let text = format!("INSERT INTO {table} ({table}, rank) VALUES ('merge', $1)");
        tx.execute_raw(statement(tx, &text, [pages.into()])).await?;
    }
    // Each of the two commands counts as a change itself.
    Ok(count(tx.query_one_raw(statement(tx, changes, [])).await?)? - before > 2)
}
