//! What is in the archive, in its order. Read from the database piece by piece, on the thread that writes the archive.

use super::archive::{Archive, Outlet, Packing};
use super::words::Words;
use super::{chat, names};
use crate::App;
use crate::auth::CurrentUser;
use crate::catalog::Scope;
use crate::db::{files, folders, rfc3339, sessions};
use crate::error::AppResult;
use crate::version;
use anyhow::Result;
use serde::Serialize;
use shared::accounts::{LoginInfo, User};
use shared::error::Language;
use shared::files::FileInfo;
use shared::limits::MAX_PAGE;
use shared::page::PageQuery;
use shared::{ErrorCode, FileId, SessionId};
use std::io;
use std::sync::Arc;
use tokio::runtime::Handle;

/// Chats and files that are listed at a time.
const BATCH: u32 = 100;
/// Number of the form that these files have.
pub(super) const VERSION: u32 = 1;

/// Where everything comes from, and whose it is.
pub(super) struct Source {
    pub(super) app: Arc<App>,
    pub(super) handle: Handle,
    pub(super) person: CurrentUser,
    pub(super) language: Language,
}

impl Source {
    /// Waits for the database.
    pub(super) fn wait<T>(&self, work: impl Future<Output = T>) -> T {
        self.handle.block_on(work)
    }

    pub(super) fn words(&self) -> &'static Words {
        Words::of(self.language)
    }
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Profile<'a> {
    format: &'static str,
    version: u32,
    server: &'static str,
    exported_at: &'a str,
    user: &'a User,
    logins: Vec<LoginInfo>,
}

/// A file, and where it is in the archive; nowhere if its bytes are gone.
#[derive(Serialize)]
struct Listed {
    #[serde(flatten)]
    info: FileInfo,
    path: Option<String>,
}

/// Writes all of it.
pub(super) fn write(source: &Source, outlet: Outlet) -> Result<()> {
    let moment = rfc3339(source.app.clock.now());
    let mut archive = Archive::new(outlet, &moment);
    match fill(source, &mut archive, &moment) {
        Ok(()) => archive.finish(),
        Err(fault) => {
            archive.give_up();
            Err(fault)
        }
    }
}

fn fill(source: &Source, archive: &mut Archive, moment: &str) -> Result<()> {
    let (app, user) = (&source.app, &source.person.user);
    archive.text("README.txt", &source.words().readme(&user.username, moment))?;
    let logins = source.wait(app.auth.logins(&source.person))?;
    let profile =
        Profile { format: "aichat-data", version: VERSION, server: version::LINE, exported_at: moment, user, logins };
    archive.json("profile.json", &profile)?;
    archive.json("folders.json", &source.wait(folders::all(app.db.read(), &user.id))?)?;
    archive.json("keys.json", &source.wait(app.auth.keys_of(&user.id))?)?;
    let all = PageQuery { after: None, limit: Some(MAX_PAGE) };
    // People have few, and what is secret about them is in no answer.
    archive.json("connections.json", &app.catalog.connections(&Scope::Own(user.id.clone()), &all).items)?;
    chats(source, archive)?;
    attachments(source, archive)
}

fn chats(source: &Source, archive: &mut Archive) -> Result<()> {
    let (db, user) = (source.app.db.read(), &source.person.user.id);
    let mut after: Option<SessionId> = None;
    loop {
        let ids = source.wait(sessions::batch(db, user, after.as_ref(), BATCH))?;
        let Some(last) = ids.last() else { return Ok(()) };
        after = Some(last.clone());
        for id in &ids {
            // It may have been deleted meanwhile.
            if let Some(row) = source.wait(sessions::get(db, user, id))? {
                chat::write(source, archive, &row)?;
            }
        }
    }
}

fn attachments(source: &Source, archive: &mut Archive) -> Result<()> {
    let (db, user) = (source.app.db.read(), &source.person.user.id);
    let mut listed = Vec::new();
    let mut after: Option<FileId> = None;
    loop {
        let rows = source.wait(files::batch(db, user, after.as_ref(), u64::from(BATCH)))?;
        let Some(last) = rows.last() else { break };
        after = Some(last.info.id.clone());
        for row in rows {
            let path = attachment(source, archive, &row.info)?;
            listed.push(Listed { info: row.info, path });
        }
    }
    archive.json("files.json", &listed)
}

fn attachment(source: &Source, archive: &mut Archive, info: &FileInfo) -> Result<Option<String>> {
    let opened: AppResult<_> = source.wait(source.app.files.original(&source.person.user.id, &info.id));
    let mut opened = match opened {
        Ok(opened) => opened,
        Err(error) if error.code == ErrorCode::FileNotFound => return Ok(None),
        Err(error) => return Err(error.into()),
    };
    let path = names::file(&info.id, &info.name);
    archive.begin(&path, Packing::Quick)?;
    io::copy(&mut opened.file, archive)?;
    Ok(Some(path))
}
