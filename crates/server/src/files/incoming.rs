//! The body of an upload: written to a draft as it comes, and counted. A body over a limit, or one that takes too long,
//! is cut there; whatever ends it early leaves nothing behind.

use super::folder::Draft;
use super::{Files, blocking, disk_error};
use crate::db::files;
use crate::error::{AppError, AppResult};
use bytes::Bytes;
use futures_util::{Stream, StreamExt as _};
use shared::limits::MAX_UPLOAD_BYTES;
use shared::{ErrorCode, UserId};
use std::fmt::Display;
use std::pin::Pin;
use std::time::Duration;
use tokio::io::AsyncWriteExt as _;
use tokio::time::{Instant, timeout_at};

/// How long the next bytes are waited for.
const PATIENCE: Duration = Duration::from_secs(60);
/// How long an upload may take with its time in line. The largest needs half a megabit a second.
const WHOLE: Duration = Duration::from_secs(15 * 60);

/// A body that came whole.
pub(super) struct Incoming<'a> {
    /// Where it is.
    pub(super) draft: Draft,
    /// Counts it until its row does.
    pub(super) claim: Claim<'a>,
}

/// When an upload must have come whole.
#[derive(Clone, Copy, Debug)]
pub(super) struct Deadline(Instant);

impl Deadline {
    /// For an upload that begins now.
    pub(super) fn start() -> Self {
        Self(Instant::now() + WHOLE)
    }

    /// Does something before it.
    pub(super) async fn before<T>(self, work: impl Future<Output = AppResult<T>>) -> AppResult<T> {
        timeout_at(self.0, work).await.unwrap_or_else(|_| Err(too_slow()))
    }
}

/// How much a body may have beside what is there already.
#[derive(Clone, Copy, Debug)]
pub(super) struct Allowance {
    /// What one body may have.
    pub(super) most: usize,
    /// What the person's files take.
    pub(super) used: u64,
    /// What they may take; none where that is not asked.
    pub(super) quota: Option<u64>,
}

/// Bytes on their way, counted for their owner until this value goes.
pub(super) struct Claim<'a> {
    files: &'a Files,
    owner: &'a UserId,
    /// Bytes that came.
    seen: u64,
    /// Those of them that are counted for the owner.
    bytes: u64,
}

impl Drop for Claim<'_> {
    fn drop(&mut self) {
        if let Some(mut arriving) = self.files.arriving.get_mut(self.owner) {
            *arriving = arriving.saturating_sub(self.bytes);
        }
        self.files.arriving.remove_if(self.owner, |_, arriving| *arriving == 0);
    }
}

impl Claim<'_> {
    /// Takes room for more bytes, or says which limit they pass.
    fn grow(&mut self, bytes: u64, allowance: Allowance) -> AppResult<()> {
        self.seen += bytes;
        if self.seen > allowance.most as u64 {
            return Err(too_large(allowance.most));
        }
        let Some(quota) = allowance.quota else { return Ok(()) };
        let mut arriving = self.files.arriving.entry(self.owner.clone()).or_default();
        *arriving += bytes;
        self.bytes += bytes;
        if allowance.used.saturating_add(*arriving) > quota { Err(over_quota(quota)) } else { Ok(()) }
    }
}

impl Files {
    /// What a person may still send.
    pub(super) async fn allowance(&self, owner: &UserId) -> AppResult<Allowance> {
        let quota = self.settings.file_quota();
        let used = files::used(self.db.read(), owner, quota).await?;
        Ok(Allowance { most: MAX_UPLOAD_BYTES, used, quota: Some(quota) })
    }

    /// Takes a body in until `deadline`. `length` is what its head says.
    pub(super) async fn receive<'a, S, E>(
        &'a self,
        owner: &'a UserId,
        length: Option<u64>,
        body: S,
        (allowance, deadline): (Allowance, Deadline),
    ) -> AppResult<Incoming<'a>>
    where
        S: Stream<Item = Result<Bytes, E>>,
        E: Display,
    {
        let mut body = std::pin::pin!(body);
        let taken = self.take_in(owner, length, &mut body, (allowance, deadline)).await;
        if taken.is_err() && length.is_some_and(|length| length <= allowance.most as u64) {
            // A browser that is cut off while it sends never reads why.
            while let Ok(Some(_)) = next(&mut body, deadline).await {}
        }
        taken
    }

    async fn take_in<'a, S, E>(
        &'a self,
        owner: &'a UserId,
        length: Option<u64>,
        body: &mut Pin<&mut S>,
        (allowance, deadline): (Allowance, Deadline),
    ) -> AppResult<Incoming<'a>>
    where
        S: Stream<Item = Result<Bytes, E>>,
        E: Display,
    {
        let mut claim = Claim { files: self, owner, seen: 0, bytes: 0 };
        refuse_announced(length, allowance)?;
        let folder = self.folders.documents.clone();
        let (draft, file) = blocking(move || folder.draft()).await?;
        let mut file = tokio::fs::File::from_std(file);
        while let Some(bytes) = next(body, deadline).await? {
            claim.grow(bytes.len() as u64, allowance)?;
            file.write_all(&bytes).await.map_err(disk_error)?;
        }
        file.flush().await.map_err(disk_error)?;
        let (folder, file) = (self.folders.documents.clone(), file.into_std().await);
        blocking(move || folder.sync(&file)).await?;
        Ok(Incoming { draft, claim })
    }
}

/// The next bytes of a body; none at its end.
async fn next<S, E>(body: &mut Pin<&mut S>, Deadline(deadline): Deadline) -> AppResult<Option<Bytes>>
where
    S: Stream<Item = Result<Bytes, E>>,
    E: Display,
{
    // Asked first: a body that always has more is never waited for.
    if Instant::now() >= deadline {
        return Err(too_slow());
    }
    let patience = Instant::now() + PATIENCE;
    let bytes = timeout_at(patience.min(deadline), body.next()).await;
    let still = || AppError::invalid("the upload stood still for a minute");
    let bytes = bytes.map_err(|_| if deadline < patience { too_slow() } else { still() })?;
    bytes.transpose().map_err(|error| AppError::invalid(format!("the upload broke off: {error}")))
}

/// Refuses a body for what its head says of it, before it is read.
fn refuse_announced(length: Option<u64>, allowance: Allowance) -> AppResult<()> {
    let length = length.unwrap_or(0);
    if length > allowance.most as u64 {
        return Err(too_large(allowance.most));
    }
    let quota = allowance.quota.filter(|quota| allowance.used.saturating_add(length) > *quota);
    quota.map_or(Ok(()), |quota| Err(over_quota(quota)))
}

fn too_large(most: usize) -> AppError {
    AppError::new(ErrorCode::FileTooLarge).with("limit", format!("{} MiB", most >> 20))
}

fn too_slow() -> AppError {
    AppError::invalid(format!("the upload took longer than {} minutes", WHOLE.as_secs() / 60))
}

/// Files that would take more than a person may have.
pub(super) fn over_quota(quota: u64) -> AppError {
    AppError::new(ErrorCode::FileQuota).with("limit", format!("{} MiB", quota >> 20))
}

#[cfg(test)]
mod tests {
    use super::*;
    use futures_util::stream;

    #[tokio::test]
    async fn neither_a_body_without_end_nor_one_that_says_nothing_lasts_longer_than_it_may() {
        let endless = stream::repeat_with(|| Ok::<_, String>(Bytes::from_static(b"x")));
        let silent = stream::pending::<Result<Bytes, String>>();
        for body in [endless.left_stream(), silent.right_stream()] {
            let deadline = Deadline(Instant::now() + Duration::from_millis(20));
            let mut body = std::pin::pin!(body);
            let error = loop {
                if let Err(error) = next(&mut body, deadline).await {
                    break error;
                }
            };
            assert!(error.code == ErrorCode::RequestInvalid && error.params["detail"].contains("15 minutes"));
        }
    }
}
