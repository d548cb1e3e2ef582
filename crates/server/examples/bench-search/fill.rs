//! Writes the chats.

use crate::corpus::{Dice, Vocabulary};
use sea_orm::{ConnectionTrait, DbBackend, DbErr, Statement, Value};
use server::clock::new_id;
use server::db::Db;
use shared::{Part, UserId};

/// How many people there are. The first has four tenths of all messages, the last very few.
pub(crate) const PEOPLE: usize = 50;

/// What was written.
pub(crate) struct Filled {
    /// Bytes of all texts.
    pub(crate) bytes: u64,
    /// Somebody with much.
    pub(crate) much: UserId,
    /// Somebody with little.
    pub(crate) little: UserId,
    /// Chats of the first person, every so many: id, subject, one of the texts.
    pub(crate) samples: Vec<(String, Vec<String>, String)>,
}

/// The first moment, and how far chats are apart.
const START: i64 = 1_600_000_000_000;
const APART: i64 = 60_000;
/// Chats in one transaction.
const TOGETHER: usize = 500;

/// Writes `count` messages in chats of about twelve.
pub(crate) async fn fill(db: &Db, count: usize) -> Result<Filled, DbErr> {
    let people: Vec<UserId> = (0..PEOPLE).map(|_| UserId(new_id())).collect();
    let (mut dice, words) = (Dice(11), Vocabulary::new());
    let tx = db.begin().await?;
    for (number, id) in people.iter().enumerate() {
        let text = "INSERT INTO users (id, username, username_key, password_hash, role, status, theme, created_at) \
            VALUES ($1, $2, $2, '', 'user', 'active', 'system', 0)";
        run(&tx, text, [id.as_str().into(), format!("person-{number}").into()]).await?;
    }
    tx.commit().await?;
    let mut filled =
        Filled { bytes: 0, much: people[0].clone(), little: people[PEOPLE - 1].clone(), samples: Vec::new() };
    let (mut written, mut chat) = (0, 0_usize);
    while written < count {
        let tx = db.begin().await?;
        for _ in 0..TOGETHER.min(count - written) {
            let owner = if dice.below(10) < 4 { 0 } else { dice.below(PEOPLE).min(dice.below(PEOPLE)) };
            let moment = START + i64::try_from(chat).unwrap_or(0) * APART;
            let of = Chat { id: new_id(), subject: words.subject(&mut dice), moment };
            let messages = (1 + dice.below(23)).min(count - written);
            let texts: Vec<String> =
                (0..messages).map(|place| words.message(&mut dice, &of.subject, place % 2 == 1)).collect();
            filled.bytes += write(&tx, &people[owner], &of, &texts).await?;
            if owner == 0 && chat % 37 == 0 {
                let text = texts[dice.below(texts.len())].clone();
                filled.samples.push((of.id, of.subject, text));
            }
            (written, chat) = (written + messages, chat + 1);
            if written >= count {
                break;
            }
        }
        tx.commit().await?;
    }
    Ok(filled)
}

struct Chat {
    id: String,
    subject: Vec<String>,
    moment: i64,
}

async fn write(tx: &impl ConnectionTrait, owner: &UserId, chat: &Chat, texts: &[String]) -> Result<u64, DbErr> {
    let title: String = texts[0].chars().take(40).collect();
    let insert = "INSERT INTO sessions (id, user_id, title, created_at, last_activity_at) VALUES ($1, $2, $3, $4, $4)";
    let values: [Value; 4] =
        [chat.id.as_str().into(), owner.as_str().into(), title.as_str().into(), chat.moment.into()];
    run(tx, insert, values).await?;
    let mut bytes = title.len();
    for (place, text) in texts.iter().enumerate() {
        let insert = "INSERT INTO messages (id, session_id, role, status, parts, truncated, created_at) \
            VALUES ($1, $2, $3, 'completed', $4, FALSE, $5)";
        let parts =
            serde_json::to_string(&[Part::text(text.as_str())]).map_err(|error| DbErr::Json(error.to_string()))?;
        let role = if place % 2 == 0 { "user" } else { "assistant" };
        run(tx, insert, [new_id().into(), chat.id.as_str().into(), role.into(), parts.into(), chat.moment.into()])
            .await?;
        bytes += text.len();
    }
    Ok(bytes as u64)
}

/// Bytes that the index takes.
pub(crate) async fn index_bytes(db: &Db) -> Result<u64, DbErr> {
    let text = match db.is_postgres() {
        true => {
            "SELECT CAST(SUM(pg_total_relation_size(name::regclass)) AS BIGINT) AS bytes FROM unnest(ARRAY['search_messages', 'search_titles', 'search_chats']) AS name"
        }
        false => {
            "SELECT SUM(pgsize) AS bytes FROM dbstat WHERE name LIKE 'search\\_%' ESCAPE '\\' OR name LIKE 'sqlite_autoindex_search%'"
        }
    };
    let row = db.read().query_one_raw(Statement::from_string(db.read().get_database_backend(), text)).await?;
    let bytes: i64 = row.map_or(Ok(0), |row| row.try_get("", "bytes"))?;
    Ok(u64::try_from(bytes).unwrap_or(0))
}

async fn run<const N: usize>(tx: &impl ConnectionTrait, text: &str, values: [Value; N]) -> Result<(), DbErr> {
    let backend = tx.get_database_backend();
    let text = if backend == DbBackend::Postgres { text.to_owned() } else { text.replace('$', "?") };
    tx.execute_raw(Statement::from_sql_and_values(backend, text, values)).await.map(|_| ())
}
