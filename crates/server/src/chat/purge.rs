//! Removes for good what was deleted long ago. It has a task of its own: a large chat takes its time, and the checkpoints
//! of running answers do not wait behind a pile of them.

use super::{Runs, checkpoint};
use crate::db::sessions;
use crate::error::AppError;
use std::sync::Arc;
use std::time::Duration;

/// Time between looks.
const LOOK: Duration = Duration::from_secs(60);
/// How long a deleted chat can be restored.
const RESTORABLE_MS: i64 = 30 * 24 * 3600 * 1000;

/// Looks until shutdown.
pub(super) async fn look_forever(runs: Arc<Runs>) {
    loop {
        tokio::select! {
            () = tokio::time::sleep(LOOK) => {}
            () = runs.shutdown.cancelled() => return,
        }
        checkpoint::report(purge(&runs, runs.clock.now() - RESTORABLE_MS).await);
    }
}

/// Removes every chat that was deleted before `moment`, each in a transaction of its own: whoever waits for the writer
/// has a turn after every one.
///
/// # Errors
/// The database's.
pub async fn purge(runs: &Runs, moment: i64) -> Result<(), AppError> {
    let mut more = sessions::any_deleted(runs.db.read(), moment).await?;
    while more && !runs.shutdown.is_cancelled() {
        let tx = runs.db.begin().await?;
        more = sessions::purge(&tx, moment).await?;
        tx.commit().await?;
    }
    Ok(())
}
