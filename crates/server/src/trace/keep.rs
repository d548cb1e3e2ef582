//! How long traces stay: as many days as the settings say, and no more than so many.

use crate::audit::{self, Actor, Deed};
use crate::clock::Clock;
use crate::db::{Db, DbErr, traces};
use crate::settings::Settings;
use serde_json::{Value, json};
use shared::audit::Act;
use shared::trace::MAX_TRACES;

const DAY_MS: i64 = 24 * 3600 * 1000;

/// Forgets what is older than the setting says, and the oldest beyond the most that are kept, in batches.
///
/// # Errors
/// The database's.
pub async fn sweep(db: &Db, now: i64, settings: &Settings) -> Result<u64, DbErr> {
    let removed = forget(db, now - i64::from(settings.trace_days()) * DAY_MS, now).await?;
    loop {
        let tx = db.begin().await?;
        let more = traces::forget_surplus(&tx, MAX_TRACES).await?;
        tx.commit().await?;
        if !more {
            return Ok(removed);
        }
    }
}

/// Forgets what is older than so many days, as an administrator asked, and writes that down. Answers how many.
///
/// # Errors
/// The database's.
pub async fn clean_up(db: &Db, clock: &Clock, days: u32, by: &Actor) -> Result<u64, DbErr> {
    let now = clock.now();
    // With no day at all everything goes that began before this moment, this one included.
    let removed = forget(db, now + 1 - i64::from(days) * DAY_MS, now).await?;
    let tx = db.begin().await?;
    let deed = Deed::new(Act::TracesCleaned).changes(Value::Null, json!({"days": days, "removed": removed}));
    audit::write(&tx, by, &deed, now).await?;
    tx.commit().await?;
    Ok(removed)
}

async fn forget(db: &Db, before: i64, now: i64) -> Result<u64, DbErr> {
    let mut removed = 0;
    loop {
        let tx = db.begin().await?;
        let (some, more) = traces::forget(&tx, before, now).await?;
        tx.commit().await?;
        removed += some;
        if !more {
            return Ok(removed);
        }
    }
}
