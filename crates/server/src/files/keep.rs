//! From a body that came whole to a stored file with its row: read, put in its place, written down.
//!
//! Bytes are stored once for everybody. Whoever places or removes some has the only turn until the rows agree with the
//! folders, so nobody removes what somebody else just stored, on this server or on another one that shares the folders.
//! A turn runs to its end when its caller is gone. On SQLite no disk but the database's is waited for with its writer.

use super::folder::Removed;
use super::incoming::{Deadline, Incoming, over_quota};
use super::line::Slot;
use super::ready::{self, Placing, Ready};
use super::{Files, blocking, names};
use crate::db::DatabaseTransaction;
use crate::db::engine::lock_key;
use crate::db::files;
use crate::error::{AppError, AppResult};
use crate::whole::to_the_end;
use bytes::Bytes;
use futures_util::Stream;
use futures_util::future::BoxFuture;
use shared::files::FileInfo;
use shared::{ErrorCode, UserId};
use std::fmt::Display;
use std::sync::Arc;
use tokio::sync::OwnedMutexGuard;

/// What serialises the servers that place and remove bytes.
const LOCK: &str = "files";

/// What else is written in the transaction of a new file.
pub(super) type Also<T> =
    Box<dyn for<'a> FnOnce(&'a DatabaseTransaction, &'a FileInfo) -> BoxFuture<'a, AppResult<T>> + Send>;

/// The right to place and remove bytes.
struct Turn {
    _mine: OwnedMutexGuard<()>,
    /// Holds the lock between servers, where there may be others. One connection of this server's at most waits for it.
    tx: Option<DatabaseTransaction>,
}

/// What was stored.
struct Stored<T> {
    info: FileInfo,
    is_new: bool,
    more: T,
    /// Bytes that were placed or known before, and that the row does not name any more.
    left: Vec<String>,
}

impl Files {
    /// Takes a file of a person. Answers it, and whether it is new to them: the same bytes under the same name are kept
    /// once. `length` is what the head of the request says of the body.
    ///
    /// # Errors
    /// `file.*`, `document.*`, `image.*`, `storage.*`.
    pub async fn upload<S, E>(
        self: &Arc<Self>,
        owner: &UserId,
        name: &str,
        length: Option<u64>,
        body: S,
    ) -> AppResult<(FileInfo, bool)>
    where
        S: Stream<Item = Result<Bytes, E>>,
        E: Display,
    {
        let deadline = Deadline::start();
        let slot = deadline.before(self.uploads.enter(owner)).await?;
        let allowance = self.allowance(owner).await?;
        let Incoming { draft, claim } = self.receive(owner, length, body, (allowance, deadline)).await?;
        let (folders, name) = (self.folders.clone(), names::clean(name));
        let ready = self.work(&slot, move || ready::file(&folders, &name, draft)).await?;
        let also: Also<()> = Box::new(|_, _| Box::pin(async { Ok(()) }));
        let kept = self.keep(owner, ready, allowance.quota, slot, also).await;
        drop(claim);
        kept.map(|(info, is_new, ())| (info, is_new))
    }

    /// Reads a file at one of the desks. A job that panics harms nobody but its file.
    pub(super) async fn work<T: Send + 'static>(
        &self,
        slot: &Arc<Slot>,
        job: impl FnOnce() -> AppResult<T> + Send + 'static,
    ) -> AppResult<T> {
        let slot = Arc::clone(slot);
        let job = move || {
            let _slot = slot;
            job()
        };
        at_desk(Arc::clone(&self.desks), job).await
    }

    /// Stores what is ready, with its row and with what `also` writes in the same transaction.
    pub(super) async fn keep<T: Send + 'static>(
        self: &Arc<Self>,
        owner: &UserId,
        ready: Ready,
        quota: Option<u64>,
        slot: Arc<Slot>,
        also: Also<T>,
    ) -> AppResult<(FileInfo, bool, T)> {
        let (files, owner) = (Arc::clone(self), owner.clone());
        to_the_end(async move {
            let _slot = slot;
            let placed: Vec<String> = ready.bytes.iter().map(|placing| placing.hash.clone()).collect();
            match files.store(&owner, ready, quota, also).await {
                Ok(stored) => {
                    files.release_later(stored.left).await;
                    Ok((stored.info, stored.is_new, stored.more))
                }
                Err(error) => {
                    // They may be in their place already, and no row says so.
                    files.release_later(placed).await;
                    Err(error)
                }
            }
        })
        .await
    }

    /// Waits for the turn to place or remove bytes.
    async fn turn(&self) -> AppResult<Turn> {
        let mine = Arc::clone(&self.turns).lock_owned().await;
        if !self.db.is_postgres() {
            return Ok(Turn { _mine: mine, tx: None });
        }
        let tx = self.db.begin().await?;
        lock_key(&tx, LOCK).await?;
        Ok(Turn { _mine: mine, tx: Some(tx) })
    }

    async fn store<T>(&self, owner: &UserId, ready: Ready, quota: Option<u64>, also: Also<T>) -> AppResult<Stored<T>> {
        let Turn { _mine, tx } = self.turn().await?;
        let Ready { new, bytes } = ready;
        let mut left: Vec<String> = bytes.iter().map(|placing| placing.hash.clone()).collect();
        self.place(bytes).await?;
        let tx = match tx {
            Some(tx) => tx,
            None => self.db.begin().await?,
        };
        let known = files::same(&tx, owner, &new.hash, &new.name).await?;
        if let (None, Some(quota)) = (&known, quota)
            && files::used(&tx, owner, quota).await?.saturating_add(new.room()) > quota
        {
            return Err(over_quota(quota));
        }
        let now = self.clock.now();
        let renewed = match known {
            Some(row) => {
                left.extend(row.hashes());
                files::renew(&tx, &row, &new, now).await?
            }
            None => None,
        };
        let is_new = renewed.is_none();
        let row = match renewed {
            Some(row) => row,
            None => files::insert(&tx, owner, new, now).await?,
        };
        let more = also(&tx, &row.info).await?;
        tx.commit().await?;
        left.retain(|hash| !row.hashes().contains(hash));
        Ok(Stored { info: row.info, is_new, more, left })
    }

    /// Puts bytes in their places; what is lost of a file that is known comes back this way.
    async fn place(&self, bytes: Vec<Placing>) -> AppResult<()> {
        let installation = self.installation.clone();
        let placed = blocking(move || {
            for Placing { folder, draft, hash } in bytes {
                // The sweep of another installation would take them away again.
                if !folder.claim(&installation)? {
                    return Ok(false);
                }
                folder.place(draft, &hash)?;
            }
            Ok(true)
        });
        if placed.await? { Ok(()) } else { Err(ErrorCode::StorageForeign.into()) }
    }

    /// Removes bytes that no file has any more. A failure is told to the log: the sweep comes by again.
    pub(super) async fn release_later(self: &Arc<Self>, hashes: Vec<String>) {
        if hashes.is_empty() {
            return;
        }
        let fault = match self.release(hashes, None).await {
            Ok(removed) => removed.fault.map(AppError::internal),
            Err(error) => Some(error),
        };
        if let Some(error) = fault {
            tracing::warn!(code = error.code.as_str(), cause = ?error.cause, "bytes without a file stay for now");
        }
    }

    /// Removes those of these bytes that no file has; those of somebody who is `leaving` count for nothing.
    pub(super) async fn release(self: &Arc<Self>, hashes: Vec<String>, leaving: Option<UserId>) -> AppResult<Removed> {
        let files = Arc::clone(self);
        to_the_end(async move {
            let Turn { _mine, tx } = files.turn().await?;
            let known = match &tx {
                Some(tx) => files::known(tx, &hashes, leaving.as_ref()).await?,
                // A row that names them comes with a turn only.
                None => files::known(files.db.read(), &hashes, leaving.as_ref()).await?,
            };
            let gone: Vec<String> = hashes.into_iter().filter(|hash| !known.contains(hash)).collect();
            let (folders, installation) = (files.folders.clone(), files.installation.clone());
            let removed = blocking(move || {
                let mut removed = Removed::default();
                for folder in folders.both() {
                    match folder.owner() {
                        Ok(owner) if owner.as_ref() == Some(&installation) => {
                            gone.iter().for_each(|hash| removed.add(folder.remove(hash)));
                        }
                        // Another installation's is not ours to tidy: its database may know what ours does not.
                        owner => removed.add(owner.map(|_| false)),
                    }
                }
                Ok(removed)
            });
            let removed = removed.await?;
            if let Some(tx) = tx {
                tx.rollback().await?;
            }
            Ok(removed)
        })
        .await
    }
}

/// Waits for a desk and does the work there. It goes on when nobody waits for it any more, and keeps its desk meanwhile.
async fn at_desk<T: Send + 'static>(
    desks: Arc<tokio::sync::Semaphore>,
    job: impl FnOnce() -> AppResult<T> + Send + 'static,
) -> AppResult<T> {
    let desk = desks.acquire_owned().await.map_err(AppError::internal)?;
    let done = tokio::task::spawn_blocking(move || {
        let _desk = desk;
        job()
    });
    done.await.unwrap_or_else(|error| {
        tracing::warn!(%error, "reading a file ended in a panic");
        Err(ErrorCode::DocumentBroken.into())
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use tokio::sync::Semaphore;

    #[tokio::test]
    async fn a_panic_while_reading_gets_a_sentence_and_gives_its_desk_back() {
        let desks = Arc::new(Semaphore::new(1));
        for _ in 0..3 {
            let error = at_desk::<()>(Arc::clone(&desks), || panic!("a parser's own")).await.expect_err("it panicked");
            assert_eq!(error.code, ErrorCode::DocumentBroken);
        }
        assert_eq!(at_desk(Arc::clone(&desks), || Ok(7)).await.expect("works on"), 7);
    }

    #[tokio::test]
    async fn no_more_files_are_read_at_once_than_there_are_desks() {
        let desks = Arc::new(Semaphore::new(2));
        let (begun, mut begins) = tokio::sync::mpsc::unbounded_channel();
        let (end, ends) = std::sync::mpsc::channel::<()>();
        let ends = Arc::new(std::sync::Mutex::new(ends));
        let jobs: Vec<_> = (0..3)
            .map(|at| {
                let (begun, ends) = (begun.clone(), Arc::clone(&ends));
                tokio::spawn(at_desk(Arc::clone(&desks), move || {
                    begun.send(at).expect("somebody listens");
                    ends.lock().expect("whole").recv().expect("told to end");
                    Ok(())
                }))
            })
            .collect();
        begins.recv().await.expect("the first");
        begins.recv().await.expect("the second");
        assert!(begins.try_recv().is_err() && desks.available_permits() == 0);
        for _ in 0..3 {
            end.send(()).expect("somebody works");
        }
        for job in jobs {
            job.await.expect("ended").expect("worked");
        }
        assert!(begins.recv().await.is_some(), "the third had its turn");
    }
}
