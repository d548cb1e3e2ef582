//! Removes for good what was deleted long ago. It has a task of its own: a large chat takes its time, and the checkpoints
//! of running answers do not wait behind a pile of them.

use super::{Runs, checkpoint};
use crate::db::{messages, sessions};
use crate::error::AppError;
use shared::events::UserEvent;
use std::sync::Arc;
use std::time::Duration;

/// Time between looks.
const LOOK: Duration = Duration::from_secs(60);
/// How long a deleted chat or message can be restored.
const RESTORABLE_MS: i64 = 30 * 24 * 3600 * 1000;
/// How long a temporary chat stays in which nothing happens.
const TEMPORARY_MS: i64 = 24 * 3600 * 1000;

/// Looks until shutdown.
pub(super) async fn look_forever(runs: Arc<Runs>) {
    loop {
        tokio::select! {
            () = tokio::time::sleep(LOOK) => {}
            () = runs.shutdown.cancelled() => return,
        }
        let now = runs.clock.now();
        checkpoint::report(purge(&runs, now - RESTORABLE_MS).await);
        checkpoint::report(forget(&runs, now - TEMPORARY_MS).await);
    }
}

/// Removes every chat and message that was deleted before `moment`, each in a transaction of its own: whoever waits for
/// the writer has a turn after every one.
///
/// # Errors
/// The database's.
pub async fn purge(runs: &Runs, moment: i64) -> Result<(), AppError> {
    let mut more = sessions::any_deleted(runs.db.read(), moment).await?;
    let any = more;
    while more && !runs.shutdown.is_cancelled() {
        let tx = runs.db.begin().await?;
        more = sessions::purge(&tx, moment).await?;
        tx.commit().await?;
    }
    more = messages::any_removed(runs.db.read(), moment).await?;
    let any = any || more;
    while more && !runs.shutdown.is_cancelled() {
        let tx = runs.db.begin().await?;
        more = messages::purge(&tx, moment).await?;
        tx.commit().await?;
    }
    if any {
        // What only those held is held by nobody now.
        runs.files.sweep_soon();
    }
    Ok(())
}

/// Removes every temporary chat in which nothing happened since `moment`, and tells the tabs that show it.
///
/// # Errors
/// The database's.
pub async fn forget(runs: &Runs, moment: i64) -> Result<(), AppError> {
    let mut more = sessions::any_forgotten(runs.db.read(), moment).await?;
    let any = more;
    while more && !runs.shutdown.is_cancelled() {
        let tx = runs.db.begin().await?;
        let gone = sessions::forget(&tx, moment).await?;
        tx.commit().await?;
        more = gone.is_some();
        if let Some((owner, session_id)) = gone {
            runs.hub.publish(&owner, &UserEvent::SessionDeleted { session_id });
        }
    }
    if any {
        runs.files.sweep_soon();
    }
    Ok(())
}
