//! Files that people attach, and their faces: taken in within limits, kept once by content, given to their owners and to
//! models, and removed when nothing holds them any more.
//!
//! Follow one upload: `line` lets a few of a person in, `incoming` writes the body to a draft and counts, `ready` and
//! `read` say what it is and make text or a clean picture of it (two at a time, off the async threads), `keep` stores it
//! under the hash of its bytes (`folder`) together with its row. `sweep` removes what nothing holds. Nobody is ever given a path, and no name from outside becomes one.

pub mod faces;
mod folder;
mod incoming;
mod keep;
mod leave;
mod line;
mod names;
mod read;
mod ready;
mod sweep;
#[cfg(test)]
mod tests;

pub use names::disposition;

use crate::clock::{Clock, new_id};
use crate::config::Config;
use crate::config::data_dir;
use crate::db::files;
use crate::db::{Db, DbErr, marks};
use crate::error::{AppError, AppResult};
use crate::settings::Settings;
use crate::whole::to_the_end;
use bytes::Bytes;
use dashmap::DashMap;
use folder::{BADGE, Folder};
use line::Line;
use shared::files::{FileInfo, FileKind, FileUsage};
use shared::limits::MAX_FILES_PER_MESSAGE;
use shared::{ErrorCode, FileId, Part, UserId};
use std::io::{self, ErrorKind, Read as _};
use std::path::{Path, PathBuf};
use std::string::FromUtf8Error;
use std::sync::Arc;
use tokio::sync::{Mutex, Notify, Semaphore};

/// How many files are read at once: each may take a processor and some hundred megabytes for seconds.
const DESKS: usize = 2;
/// How many uploads of one person are worked on at once, and how many wait behind them: a message in each of two tabs.
const UPLOADS: (usize, usize) = (4, 2 * MAX_FILES_PER_MESSAGE);
/// The same for faces.
const FACES: (usize, usize) = (1, 3);
/// The mark of the installation that owns the folders.
const MARK: &str = "files";

/// All files.
pub struct Files {
    db: Db,
    clock: Clock,
    settings: Arc<Settings>,
    folders: Folders,
    /// Which installation the folders must belong to before anything is put there or removed.
    installation: String,
    /// Whoever places or removes bytes has this.
    turns: Arc<Mutex<()>>,
    desks: Arc<Semaphore>,
    uploads: Arc<Line>,
    faces: Arc<Line>,
    /// Bytes of each person's uploads that are on their way.
    arriving: DashMap<UserId, u64>,
    wake: Notify,
}

/// Where the bytes are.
#[derive(Clone)]
struct Folders {
    documents: Folder,
    pictures: Folder,
}

impl Folders {
    fn both(&self) -> [&Folder; 2] {
        [&self.documents, &self.pictures]
    }

    fn of(&self, kind: FileKind) -> &Folder {
        match kind {
            FileKind::Image => &self.pictures,
            FileKind::Document => &self.documents,
        }
    }
}

/// Where a configuration puts documents, and pictures.
#[must_use]
pub fn folders(config: &Config) -> [PathBuf; 2] {
    let pictures = config.chat_image_dir.clone().unwrap_or_else(|| config.data_dir.join("images"));
    [config.data_dir.join("files"), pictures]
}

/// The name of the installation in this database that its folders carry; none before its first start.
///
/// # Errors
/// The database's.
pub async fn installation(db: &Db) -> Result<Option<String>, DbErr> {
    marks::get(db.read(), MARK).await
}

/// The badge of a folder that belongs to another installation than `ours`.
#[must_use]
pub fn foreign_badge(folder: &Path, ours: Option<&str>) -> Option<PathBuf> {
    let owner = Folder::new(folder.to_owned(), false).owner().ok().flatten()?;
    ours.is_some_and(|ours| ours != owner).then(|| folder.join(BADGE))
}

/// A stored file, opened.
pub struct Opened {
    /// What it is.
    pub info: FileInfo,
    /// The hash of what was opened.
    pub hash: String,
    /// Its length in bytes.
    pub size: u64,
    /// The bytes.
    pub file: std::fs::File,
}

impl Files {
    /// The files of this configuration, and lines that the operator should read.
    ///
    /// # Errors
    /// The database's.
    pub async fn open(
        db: Db,
        clock: Clock,
        settings: Arc<Settings>,
        config: &Config,
    ) -> Result<(Arc<Self>, Vec<String>), DbErr> {
        let installation = marks::settle(&db, MARK, &new_id()).await?;
        let [documents, pictures] = folders(config).map(|path| Folder::new(path, config.durable));
        if db.is_postgres() {
            let (files, images) = (documents.root().display(), pictures.root().display());
            tracing::info!(%files, %images, "other servers on this database must share these two folders");
        }
        let mut notes: Vec<String> = config.chat_image_dir.iter().filter_map(|_| unwritable(&pictures)).collect();
        notes.extend([&documents, &pictures].into_iter().filter_map(|folder| foreign(folder, &installation)));
        let files = Self {
            db,
            clock,
            settings,
            folders: Folders { documents, pictures },
            installation,
            turns: Arc::default(),
            desks: Arc::new(Semaphore::new(DESKS)),
            uploads: Line::new(UPLOADS.0, UPLOADS.1),
            faces: Line::new(FACES.0, FACES.1),
            arriving: DashMap::new(),
            wake: Notify::new(),
        };
        Ok((Arc::new(files), notes))
    }

    /// Takes the files of a message: pictures and documents of this person, and nothing else. What a part says beside the
    /// id is replaced by what is known.
    ///
    /// # Errors
    /// `file.too_many`, `file.not_found`, `request.invalid` for parts of another kind.
    pub async fn check(&self, owner: &UserId, parts: Vec<Part>) -> AppResult<Vec<Part>> {
        if parts.len() > MAX_FILES_PER_MESSAGE {
            return Err(AppError::new(ErrorCode::FileTooMany).with("limit", MAX_FILES_PER_MESSAGE));
        }
        let mut ids: Vec<FileId> = Vec::with_capacity(parts.len());
        for part in &parts {
            let file = part.file().ok_or_else(|| AppError::invalid("`parts` may hold pictures and files only"))?;
            if !ids.contains(&file.file_id) {
                ids.push(file.file_id.clone());
            }
        }
        if ids.is_empty() {
            return Ok(Vec::new());
        }
        let rows = files::several(self.db.read(), owner, &ids).await?;
        let part = |id: &FileId| rows.iter().find(|row| row.info.id == *id).map(|row| Part::from(&row.info));
        ids.iter().map(|id| part(id).ok_or_else(|| ErrorCode::FileNotFound.into())).collect()
    }

    /// A picture for a model; none when it is gone or cannot be read.
    ///
    /// # Errors
    /// The database's.
    pub async fn picture(&self, owner: &UserId, id: &FileId) -> AppResult<Option<llm::Media>> {
        let row = files::get(self.db.read(), owner, id).await?;
        let Some(row) = row.filter(|row| row.info.kind == FileKind::Image) else { return Ok(None) };
        let read = whole(&self.folders.pictures, &row.hash, Some(row.info.size), Bytes::from).await;
        Ok(read.map(|data| llm::Media { media_type: row.info.media_type, data }))
    }

    /// The text of a document for a model; none when it is gone or cannot be read.
    ///
    /// # Errors
    /// The database's.
    pub async fn text(&self, owner: &UserId, id: &FileId) -> AppResult<Option<String>> {
        let Some(hash) = files::get(self.db.read(), owner, id).await?.and_then(|row| row.text_hash) else {
            return Ok(None);
        };
        // Only what is no text is copied.
        let lossy = |error: FromUtf8Error| String::from_utf8_lossy(error.as_bytes()).into_owned();
        let text = move |bytes: Vec<u8>| String::from_utf8(bytes).unwrap_or_else(lossy);
        Ok(whole(&self.folders.documents, &hash, None, text).await)
    }

    /// Opens a file for its owner.
    ///
    /// # Errors
    /// `file.not_found`, also when only its row is there.
    pub async fn original(&self, owner: &UserId, id: &FileId) -> AppResult<Opened> {
        let row = files::get(self.db.read(), owner, id).await?.ok_or(ErrorCode::FileNotFound)?;
        let (hash, size) = (row.hash, Some(row.info.size));
        self.opened(row.info, hash, size).await
    }

    /// Opens what models read of a document, for its owner.
    ///
    /// # Errors
    /// `file.not_found`, also for pictures.
    pub async fn reading(&self, owner: &UserId, id: &FileId) -> AppResult<Opened> {
        let row = files::get(self.db.read(), owner, id).await?.ok_or(ErrorCode::FileNotFound)?;
        let hash = row.text_hash.ok_or(ErrorCode::FileNotFound)?;
        self.opened(row.info, hash, None).await
    }

    async fn opened(&self, info: FileInfo, hash: String, size: Option<u64>) -> AppResult<Opened> {
        let (folder, wanted) = (self.folders.of(info.kind).clone(), hash.clone());
        let opened = blocking(move || {
            let Some(file) = folder.open(&wanted, size)? else { return Ok(None) };
            let size = file.metadata()?.len();
            Ok(Some((file, size)))
        });
        let Some((file, size)) = opened.await? else {
            tracing::warn!(file = %info.id, hash, "a file is missing from its folder");
            return Err(ErrorCode::FileNotFound.into());
        };
        Ok(Opened { info, hash, size, file })
    }

    /// Removes a file that only deleted chats hold, or nothing.
    ///
    /// # Errors
    /// `file.not_found`, `file.in_use`.
    pub async fn delete(self: &Arc<Self>, owner: &UserId, id: &FileId) -> AppResult<()> {
        let (all, owner, id) = (Arc::clone(self), owner.clone(), id.clone());
        to_the_end(async move {
            let tx = all.db.begin().await?;
            let row = files::get(&tx, &owner, &id).await?.ok_or(ErrorCode::FileNotFound)?;
            if !files::remove(&tx, &owner, &id).await? {
                return Err(AppError::from(ErrorCode::FileInUse));
            }
            tx.commit().await?;
            all.release_later(row.hashes()).await;
            Ok(())
        })
        .await
    }

    /// What a person's files take, and may take.
    ///
    /// # Errors
    /// The database's.
    pub async fn usage(&self, owner: &UserId) -> AppResult<FileUsage> {
        let quota = self.settings.file_quota();
        Ok(FileUsage { used: files::used(self.db.read(), owner, quota).await?, quota })
    }
}

/// A whole stored file, made into what is wanted. None when it is not there, or when the disk does not give it: a chat
/// goes on without it.
async fn whole<T: Send + 'static>(
    folder: &Folder,
    hash: &str,
    size: Option<u64>,
    make: impl FnOnce(Vec<u8>) -> T + Send + 'static,
) -> Option<T> {
    let (folder, wanted) = (folder.clone(), hash.to_owned());
    let read = blocking(move || {
        let Some(mut file) = folder.open(&wanted, size)? else { return Ok(None) };
        let mut bytes = Vec::new();
        file.read_to_end(&mut bytes)?;
        Ok(Some(make(bytes)))
    });
    match read.await {
        Ok(None) => {
            tracing::warn!(hash, "a file is missing from its folder; the chat goes on without it");
            None
        }
        Ok(read) => read,
        Err(error) => {
            tracing::warn!(hash, cause = ?error.cause, "a file cannot be read; the chat goes on without it");
            None
        }
    }
}

/// What is wrong with the folder of pictures, in a line. It keeps nobody from chatting.
fn unwritable(folder: &Folder) -> Option<String> {
    let path = folder.root();
    let fault = data_dir::create_dir(path).and_then(|()| data_dir::check_writable(path)).err()?;
    Some(format!("CHAT_IMAGE_DIR: pictures cannot be attached: {fault}"))
}

/// That a folder belongs to another installation, in a line.
fn foreign(folder: &Folder, ours: &str) -> Option<String> {
    let path = folder.root();
    let badge = foreign_badge(path, Some(ours))?;
    Some(format!(
        "storage.foreign: {} belongs to another installation: nothing is put there or removed. Give this one a folder of \
         its own (DATA_DIR, CHAT_IMAGE_DIR); if the other one is gone for good, remove {}",
        path.display(),
        badge.display()
    ))
}

/// Work of the disk, off the async threads.
async fn blocking<T: Send + 'static>(work: impl FnOnce() -> io::Result<T> + Send + 'static) -> AppResult<T> {
    let done = tokio::task::spawn_blocking(work).await.map_err(AppError::internal)?;
    done.map_err(disk_error)
}

/// What a failure of the disk is to the caller.
fn disk_error(error: io::Error) -> AppError {
    let code = match error.kind() {
        ErrorKind::StorageFull | ErrorKind::QuotaExceeded => ErrorCode::StorageFull,
        _ => ErrorCode::Internal,
    };
    AppError { cause: Some(error.into()), ..code.into() }
}
