//! All files of somebody who left, whatever held them. Bytes that others have, too, stay.

use super::Files;
use crate::db::files;
use crate::error::{AppError, AppResult};
use shared::{FileId, UserId};
use std::sync::Arc;

/// Files of one step.
const FILES: u64 = 100;

impl Files {
    /// Removes them in steps, the bytes first: after a crash in between the rows still say what has to go.
    ///
    /// # Errors
    /// The disk's and the database's; what is left is removed by the next call.
    pub async fn remove_all(self: &Arc<Self>, owner: &UserId) -> AppResult<()> {
        loop {
            let batch = files::batch(self.db.read(), owner, None, FILES).await?;
            if batch.is_empty() {
                return Ok(());
            }
            let hashes = batch.iter().flat_map(files::FileRow::hashes).collect();
            if let Some(fault) = self.release(hashes, Some(owner.clone())).await?.fault {
                return Err(AppError::internal(fault));
            }
            let ids: Vec<FileId> = batch.into_iter().map(|row| row.info.id).collect();
            let tx = self.db.begin().await?;
            files::forget(&tx, owner, &ids).await?;
            tx.commit().await?;
        }
    }
}
