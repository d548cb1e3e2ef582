//! Whose a SQLite file is, found out without changing a byte of it or of the files beside it.
//!
//! A file that may be another program's is read as SQLite reads a write-protected medium: no lock, no journal, no
//! shared memory. Where a write-ahead log was left behind, a copy of both is read, because only a writer could look
//! into the log itself.

use super::engine::sqlx_db_error;
use migration::{APPLICATION_ID, Content};
use sea_orm::{DatabaseConnection, DbErr, SqlxSqliteConnector};
use sqlx::sqlite::{SqliteConnectOptions, SqlitePoolOptions};
use std::fs::{self, File};
use std::io::{self, Read as _};
use std::path::{Path, PathBuf};

/// What stands at the path of a database.
#[derive(Debug)]
pub enum Found {
    /// No file, or a database without tables: free to become ours.
    Nothing,
    /// A database of ours.
    Ours,
    /// The database of the TypeScript AIChat, which Prisma made; how many tables it has.
    Prisma(usize),
    /// The database of some other program, by the names of its tables.
    Foreign(Vec<String>),
    /// Something else than a SQLite database, or one that is damaged beyond reading, and why it is thought so.
    NoDatabase(String),
}

/// How a SQLite file begins.
const MAGIC: &[u8; 16] = b"SQLite format 3\0";
/// Where the application's number stands in the header.
const APPLICATION_ID_AT: usize = 68;
/// Bytes of the header.
const HEADER_BYTES: usize = 100;
/// The largest file that is copied to be looked at. A larger one has been checkpointed, so its own pages name its tables.
const MAX_COPY_BYTES: u64 = 64 * 1024 * 1024;

/// Looks at the file.
///
/// # Errors
/// The system's, when it cannot be read.
pub async fn look(path: &Path) -> io::Result<Found> {
    let header = match header(path) {
        Ok(Some(header)) => header,
        Ok(None) => return Ok(Found::Nothing),
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Found::Nothing),
        Err(error) if error.kind() == io::ErrorKind::UnexpectedEof => {
            return Ok(Found::NoDatabase("it is shorter than the header of one".to_owned()));
        }
        Err(error) => return Err(error),
    };
    if !header.starts_with(MAGIC) {
        return Ok(Found::NoDatabase("it does not begin like one".to_owned()));
    }
    let number = &header[APPLICATION_ID_AT..APPLICATION_ID_AT + 4];
    if number == APPLICATION_ID.to_be_bytes() {
        return Ok(Found::Ours);
    }
    let content = if has_log(path)? { look_at_copy(path).await? } else { look_at(path).await };
    Ok(match content {
        // Another program has put its number here and nothing else yet.
        Ok(Content::Nothing) if number != [0; 4] => Found::Foreign(Vec::new()),
        Ok(Content::Nothing) => Found::Nothing,
        Ok(Content::Ours { .. }) => Found::Ours,
        Ok(Content::Foreign(tables)) if is_prisma(&tables) => Found::Prisma(tables.len()),
        Ok(Content::Foreign(tables)) => Found::Foreign(tables),
        Err(error) => Found::NoDatabase(error.to_string()),
    })
}

/// The header; none for an empty file, which SQLite takes for a new database.
fn header(path: &Path) -> io::Result<Option<[u8; HEADER_BYTES]>> {
    let mut file = File::open(path)?;
    if file.metadata()?.len() == 0 {
        return Ok(None);
    }
    let mut header = [0; HEADER_BYTES];
    file.read_exact(&mut header)?;
    Ok(Some(header))
}

/// Prisma's own table, or, where its schema was pushed without migrations, people beside chats by that program's names.
fn is_prisma(tables: &[String]) -> bool {
    let has = |names: &[&str]| tables.iter().any(|table| names.iter().any(|name| table.eq_ignore_ascii_case(name)));
    has(&["_prisma_migrations"]) || has(&["User", "users"]) && has(&["ChatSession", "chat_sessions"])
}

pub(super) fn log_of(path: &Path) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push("-wal");
    PathBuf::from(name)
}

fn has_log(path: &Path) -> io::Result<bool> {
    let small = fs::metadata(path)?.len() <= MAX_COPY_BYTES;
    Ok(small && fs::metadata(log_of(path)).is_ok_and(|log| log.len() > 0))
}

async fn look_at_copy(path: &Path) -> io::Result<Result<Content, DbErr>> {
    let folder = std::env::temp_dir().join(format!("aichat-look-{}", crate::clock::new_id()));
    crate::config::data_dir::create_dir(&folder).map_err(io::Error::other)?;
    let copy = folder.join("copy.db");
    let copied = fs::copy(path, &copy).and_then(|_| fs::copy(log_of(path), log_of(&copy)));
    let content = match copied {
        Ok(_) => Ok(read(SqliteConnectOptions::new().filename(&copy)).await),
        Err(error) => Err(error),
    };
    // The copy may hold secrets; what cannot be removed is in a folder that only this user can enter.
    let _ = fs::remove_dir_all(&folder);
    content
}

async fn look_at(path: &Path) -> Result<Content, DbErr> {
    read(SqliteConnectOptions::new().filename(path).read_only(true).immutable(true)).await
}

async fn read(options: SqliteConnectOptions) -> Result<Content, DbErr> {
    let db = connect(options).await?;
    let content = migration::look(&db).await;
    // Nothing was written, so nothing is lost if closing fails.
    let _ = db.close().await;
    content
}

pub(super) async fn connect(options: SqliteConnectOptions) -> Result<DatabaseConnection, DbErr> {
    let pool = SqlitePoolOptions::new().max_connections(1).connect_with(options).await.map_err(sqlx_db_error)?;
    Ok(SqlxSqliteConnector::from_sqlx_sqlite_pool(pool))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_old_program_is_known_by_prisma_or_by_its_tables() {
        let named = |names: &[&str]| is_prisma(&names.iter().map(|name| (*name).to_owned()).collect::<Vec<_>>());
        assert!(named(&["_prisma_migrations", "anything"]));
        assert!(named(&["User", "ChatSession", "Message"]));
        assert!(named(&["users", "chat_sessions", "messages", "system_settings"]));
        assert!(!named(&["users", "posts"]));
        assert!(!named(&["users", "sessions", "messages"]));
    }

    #[tokio::test]
    async fn what_is_not_there_or_empty_is_free_and_what_is_no_database_is_named() {
        let folder = std::env::temp_dir().join(format!("aichat-recognise-{}", crate::clock::new_id()));
        fs::create_dir_all(&folder).expect("made");
        let file = folder.join("x.db");
        assert!(matches!(look(&file).await, Ok(Found::Nothing)));
        fs::write(&file, "").expect("written");
        assert!(matches!(look(&file).await, Ok(Found::Nothing)));
        for content in ["short".to_owned(), "a".repeat(4096)] {
            fs::write(&file, &content).expect("written");
            assert!(matches!(look(&file).await, Ok(Found::NoDatabase(_))), "{content}");
        }
        let mut damaged = MAGIC.to_vec();
        damaged.resize(8192, 0xA5);
        fs::write(&file, &damaged).expect("written");
        assert!(matches!(look(&file).await, Ok(Found::NoDatabase(_))), "a header and noise");
        assert_eq!(fs::read(&file).expect("read"), damaged);
        assert_eq!(fs::read_dir(&folder).expect("listed").count(), 1, "nothing is left beside it");
        assert!(look(&folder).await.is_err(), "a folder cannot be read as a file");
        fs::remove_dir_all(folder).expect("removed");
    }
}
