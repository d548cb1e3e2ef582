//! Removes what nothing holds: files that no message and no person holds 30 days after they were given, bytes that no
//! file has, and uploads that were never finished. In batches, so that others have their turn between them; what cannot be
//! removed stops nothing else.

use super::folder::{Folder, Removed};
use super::{Files, blocking};
use crate::db::files;
use crate::error::AppResult;
use std::sync::Arc;
use std::time::Duration;

/// Time between sweeps.
const LOOK: Duration = Duration::from_secs(3600);
const DAY_MS: i64 = 24 * 3600 * 1000;
/// How long a file may wait for the message that it is meant for: as long as people leave a message half written.
const UNSENT_MS: i64 = 30 * DAY_MS;
/// How long an upload may wait for its end.
const UNFINISHED_MS: i64 = DAY_MS;
/// How long bytes lie that no file has: a restored backup does not know what came after it.
const UNKNOWN_MS: i64 = 30 * DAY_MS;
/// Files of one transaction.
const FILES: u32 = 100;
/// Hashes of one query.
const HASHES: usize = 200;

impl Files {
    /// Sweeps until the runtime ends: every hour, and when somebody asks.
    pub async fn sweep_forever(self: Arc<Self>) {
        loop {
            tokio::select! {
                () = tokio::time::sleep(LOOK) => {}
                () = self.wake.notified() => {}
            }
            if let Err(error) = self.sweep().await {
                tracing::warn!(code = error.code.as_str(), cause = ?error.cause, "the sweep of files failed; it is tried again");
            }
        }
    }

    /// Asks for a sweep soon: something was removed that may have held files.
    pub fn sweep_soon(&self) {
        self.wake.notify_one();
    }

    /// Sweeps once.
    ///
    /// # Errors
    /// The database's.
    pub async fn sweep(self: &Arc<Self>) -> AppResult<()> {
        let now = self.clock.now();
        let mut removed = Removed::default();
        let files = self.sweep_files(now - UNSENT_MS, &mut removed).await?;
        for folder in self.folders.both() {
            if let Err(error) = self.sweep_folder(folder, now, &mut removed).await {
                let folder = folder.root().display();
                tracing::warn!(%folder, code = error.code.as_str(), cause = ?error.cause, "a folder of files is swept another time");
            }
        }
        if files + removed.count > 0 {
            tracing::info!(files, bytes = removed.count, "files that nothing holds were removed");
        }
        if let Some(fault) = removed.fault {
            tracing::warn!(count = removed.failed, %fault, "files that nothing holds could not be removed");
        }
        Ok(())
    }

    async fn sweep_files(self: &Arc<Self>, moment: i64, removed: &mut Removed) -> AppResult<usize> {
        let mut after = None;
        let mut files = 0;
        loop {
            let batch = files::unheld(self.db.read(), moment, after.as_ref(), FILES).await?;
            let Some(last) = batch.last() else { return Ok(files) };
            after = Some(last.info.id.clone());
            let mut hashes = Vec::new();
            let tx = self.db.begin().await?;
            for row in &batch {
                // A message may have taken it since, or its owner given it again.
                if files::expire(&tx, &row.info.id, moment).await? {
                    files += 1;
                    hashes.extend(row.hashes());
                }
            }
            tx.commit().await?;
            self.release_into(hashes, removed).await;
        }
    }

    /// Removes bytes that no file has; what fails is counted, and another sweep tries again.
    async fn release_into(self: &Arc<Self>, hashes: Vec<String>, removed: &mut Removed) {
        match self.release(hashes, None).await {
            Ok(more) => removed.extend(more),
            Err(error) => {
                removed.add(Err(std::io::Error::other(format!("{}: {:?}", error.code.as_str(), error.cause))));
            }
        }
    }

    async fn sweep_folder(self: &Arc<Self>, folder: &Folder, now: i64, removed: &mut Removed) -> AppResult<()> {
        let drafts = folder.clone();
        removed.extend(blocking(move || drafts.drop_old_drafts(now - UNFINISHED_MS)).await?);
        let ours = folder.clone();
        let owner = blocking(move || ours.owner()).await?;
        if owner.as_ref() != Some(&self.installation) {
            if owner.is_some() {
                let folder = folder.root().display();
                tracing::warn!(%folder, "the folder of files belongs to another database; nothing in it is removed");
            }
            return Ok(());
        }
        for shelf in 0..=u8::MAX {
            let shelves = folder.clone();
            let hashes = blocking(move || match shelves.shelf(shelf, now - UNKNOWN_MS) {
                Ok(hashes) => Ok((hashes, None)),
                Err(error) => Ok((Vec::new(), Some(error))),
            });
            let (hashes, fault) = hashes.await?;
            fault.into_iter().for_each(|fault| removed.add(Err(fault)));
            for batch in hashes.chunks(HASHES) {
                let known = files::known(self.db.read(), batch, None).await?;
                let unknown: Vec<String> = batch.iter().filter(|hash| !known.contains(*hash)).cloned().collect();
                if !unknown.is_empty() {
                    self.release_into(unknown, removed).await;
                }
            }
        }
        Ok(())
    }
}
