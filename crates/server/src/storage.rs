//! Finds the database of an installation and opens it, or says in one line why not and what to do.
//!
//! `DATABASE_URL` may name the file of another program: document installations keep their old path. Such a file is
//! never opened for writing. Beside the one of the TypeScript AIChat ours takes its own name; anything else is refused.

use crate::config::{DataLock, data_dir, ownership};
use crate::db::recognise::{self, Found};
use crate::db::{Db, DbErr, Engine, marks};
use crate::failure::Failure;
use migration::OpenError;
use std::io;
use std::path::{Path, PathBuf};

/// Where the database of this installation stands.
#[derive(Clone, Debug)]
pub struct Place {
    /// What to open.
    pub engine: Engine,
    /// What the operator should know about the place.
    pub note: Option<String>,
    /// The file of the older program that ours stands beside.
    pub beside: Option<PathBuf>,
}

/// Why the file at a path is not used. Nothing in it was changed.
#[derive(Debug)]
pub enum Refusal {
    /// It cannot be read.
    Unread(PathBuf, io::Error),
    /// It is none of ours.
    NotOurs(PathBuf, Found),
}

impl From<Refusal> for Failure {
    fn from(refusal: Refusal) -> Self {
        Self::configuration(match refusal {
            Refusal::Unread(path, error) => {
                let reason = ownership::not_readable(&path, &error);
                format!("database.unreadable: the database {} cannot be read: {reason}", path.display())
            }
            Refusal::NotOurs(path, found) => not_ours(&path, &found),
        })
    }
}

/// The name of our file where the configured one belongs to the older program.
const OWN_NAME: &str = "aichat.db";
/// The mark in our database that names the older program's file: should that be moved away one day, ours is found again.
const BESIDE: &str = "beside";
/// Tables named in a refusal.
const SHOWN_TABLES: usize = 5;

/// Takes the place for one server: on a file a second one would end the answers of the first.
///
/// # Errors
/// One line, when another server has it or when its folder cannot be written.
pub fn lock(place: &Place) -> Result<Option<DataLock>, Failure> {
    let Engine::Sqlite(path) = &place.engine else { return Ok(None) };
    prepare(path)?;
    Ok(Some(DataLock::take_database(path).map_err(Failure::configuration)?))
}

/// Opens the database at its place and brings its schema up to date.
///
/// # Errors
/// One line: what failed, why, what to do.
pub async fn open(place: &Place, durable: bool) -> Result<Db, Failure> {
    if let Engine::Sqlite(path) = &place.engine {
        prepare(path)?;
    }
    let db = Db::open(&place.engine, durable).await.map_err(|error| explain(&place.engine, error))?;
    if let Some(name) = place.beside.as_deref().and_then(Path::file_name) {
        let marked = marks::set(&db, BESIDE, &name.to_string_lossy()).await;
        marked.map_err(|error| explain(&place.engine, error.into()))?;
    }
    Ok(db)
}

/// Makes the folder of the file, and checks that a file which is there can be written.
fn prepare(path: &Path) -> Result<(), Failure> {
    let folder = folder_of(path);
    data_dir::create_dir(folder).map_err(Failure::configuration)?;
    // SQLite would say so in fewer words.
    data_dir::probe_file(path)
        .map_err(|error| Failure::configuration(ownership::file_not_writable(path, folder, &error)))
}

/// The folder that a database's file stands in.
#[must_use]
pub fn folder_of(path: &Path) -> &Path {
    path.parent().filter(|parent| !parent.as_os_str().is_empty()).unwrap_or(Path::new("."))
}

/// Finds out where the database stands, without writing into any.
///
/// # Errors
/// When the configured file, or the one beside it, cannot be read or belongs to others.
pub async fn find(engine: &Engine) -> Result<Place, Refusal> {
    let Engine::Sqlite(path) = engine else { return Ok(at(engine.clone())) };
    let own = path.with_file_name(OWN_NAME);
    match look(path).await? {
        Found::Ours => Ok(at(engine.clone())),
        Found::Nothing if own != *path && stands_beside(&own, path).await => Ok(Place {
            note: Some(format!(
                "{} is gone; the data is in {} as before: set DATABASE_URL=file:{}",
                path.display(),
                own.display(),
                own.display()
            )),
            beside: Some(path.clone()),
            engine: Engine::Sqlite(own),
        }),
        Found::Nothing => Ok(at(engine.clone())),
        Found::Prisma(tables) if own != *path => beside(path, own, tables).await,
        found => Err(Refusal::NotOurs(path.clone(), found)),
    }
}

fn at(engine: Engine) -> Place {
    Place { engine, note: None, beside: None }
}

async fn beside(old: &Path, own: PathBuf, tables: usize) -> Result<Place, Refusal> {
    match look(&own).await? {
        Found::Nothing | Found::Ours => {}
        found => return Err(Refusal::NotOurs(own, found)),
    }
    let note = format!(
        "{} is the database of the older AIChat written in TypeScript (Prisma, {tables} tables); nothing in it was \
         changed and nothing was taken over. This AIChat keeps its data beside it in {}: to make that plain, set \
         DATABASE_URL=file:{}; keep the old file for as long as you want its contents",
        old.display(),
        own.display(),
        own.display()
    );
    Ok(Place { engine: Engine::Sqlite(own), note: Some(note), beside: Some(old.to_owned()) })
}

/// Whether the file is ours and was made beside `old`.
async fn stands_beside(own: &Path, old: &Path) -> bool {
    if !matches!(recognise::look(own).await, Ok(Found::Ours)) {
        return false;
    }
    let marked = marks::read(own, BESIDE).await;
    marked.is_ok_and(|name| name.as_deref() == old.file_name().and_then(|name| name.to_str()))
}

async fn look(path: &Path) -> Result<Found, Refusal> {
    recognise::look(path).await.map_err(|error| Refusal::Unread(path.to_owned(), error))
}

/// Why a file that is not ours is not used.
fn not_ours(path: &Path, found: &Found) -> String {
    let what = match found {
        Found::Foreign(tables) if tables.is_empty() => "database.foreign: it belongs to another program".to_owned(),
        Found::Foreign(tables) => {
            format!("database.foreign: it belongs to another program (tables: {})", shown(tables))
        }
        Found::Prisma(_) => "database.foreign: it belongs to the older AIChat (Prisma)".to_owned(),
        Found::NoDatabase(why) => {
            format!("database.not_a_database: it is no SQLite database, or a damaged one ({why})")
        }
        Found::Nothing | Found::Ours => "it cannot be used".to_owned(),
    };
    let name = if path.file_name().is_some_and(|name| name == OWN_NAME) { "aichat-own.db" } else { OWN_NAME };
    format!(
        "{}: {what} and is left untouched: set DATABASE_URL to a file of AIChat's own, such as file:{}",
        path.display(),
        path.with_file_name(name).display()
    )
}

/// The first names of a database's tables.
#[must_use]
pub fn shown(tables: &[String]) -> String {
    let named = tables.iter().take(SHOWN_TABLES).cloned().collect::<Vec<_>>().join(", ");
    let more = if tables.len() > SHOWN_TABLES { ", …" } else { "" };
    format!("{named}{more}")
}

/// Why the database could not be opened, as one line.
fn explain(engine: &Engine, error: OpenError) -> Failure {
    let name = name(engine);
    match error {
        OpenError::Foreign(tables) => Failure::configuration(foreign(engine, &tables)),
        OpenError::Newer(least) => Failure::configuration(format!(
            "database.newer: {name} was written by a newer AIChat (it needs schema {least}, this one knows {}): start \
             that version again, or restore the backup from before it",
            migration::SCHEMA
        )),
        OpenError::Db(error) => unopened(engine, &error),
    }
}

/// One line about a database whose tables are another program's.
fn foreign(engine: &Engine, tables: &[String]) -> String {
    format!(
        "database.foreign: {} belongs to another program (tables: {}) and is left untouched: set DATABASE_URL to a \
         database of AIChat's own",
        name(engine),
        shown(tables)
    )
}

/// A file that cannot be opened stays so until somebody acts; a server elsewhere may only be slower to start than we are.
fn unopened(engine: &Engine, error: &DbErr) -> Failure {
    let line = format!("database.unopened: {} cannot be opened ({error}): check DATABASE_URL", name(engine));
    match engine {
        Engine::Sqlite(_) => Failure::configuration(line),
        Engine::Postgres(_) => Failure::other(line),
    }
}

/// The database's name as it may be shown: a URL may hold a password.
#[must_use]
pub fn name(engine: &Engine) -> String {
    match engine {
        Engine::Sqlite(path) => path.display().to_string(),
        Engine::Postgres(_) => "the PostgreSQL database".to_owned(),
    }
}
