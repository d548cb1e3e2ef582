//! Removes what was theirs of people who left: answers are stopped, then chats, files, connections and the person in
//! usage go, each in steps of their own, so that others have the writer between them. Every step may be done again, here
//! or on another server: what a crash interrupts is gone on with at the next start.

use crate::audit::Actor;
use crate::catalog::{Catalog, Scope};
use crate::chat::Runs;
use crate::clock::Clock;
use crate::db::departures::{self, Departure};
use crate::db::{Db, runs};
use crate::error::AppResult;
use crate::files::Files;
use shared::{ErrorCode, UserId};
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::Notify;

/// Time between looks, for those whom the command line or another server let go.
const LOOK: Duration = Duration::from_secs(60);
/// The same while answers of somebody who left are still being ended.
const SOON: Duration = Duration::from_millis(500);
/// How long the bare row of a person stays. What was on its way when they left, such as the title of a chat, may still
/// write down what it cost, and loses the person with the rest.
pub const LINGER_MS: i64 = 10 * 60_000;

/// The removal of people who left.
pub struct Leaving {
    db: Db,
    clock: Clock,
    runs: Arc<Runs>,
    files: Arc<Files>,
    catalog: Arc<Catalog>,
    wake: Notify,
}

impl Leaving {
    /// The removal over these services.
    #[must_use]
    pub fn new(db: Db, clock: Clock, runs: Arc<Runs>, files: Arc<Files>, catalog: Arc<Catalog>) -> Self {
        Self { db, clock, runs, files, catalog, wake: Notify::new() }
    }

    /// To be called after somebody left: ends their streams, tells administrators, and begins to remove.
    pub fn begin(&self, user: &UserId) {
        self.runs.hub().close_user(user);
        self.runs.hub().publish_people();
        self.wake.notify_one();
    }

    /// Removes until the runtime ends: at start, every minute, and when somebody leaves.
    pub async fn follow_forever(self: Arc<Self>) {
        loop {
            let wait = match self.sweep().await {
                Ok(true) => LOOK,
                Ok(false) => SOON,
                Err(error) => {
                    let (code, cause) = (error.code.as_str(), error.cause);
                    tracing::warn!(code, ?cause, "what people left behind could not be removed; it is tried again");
                    LOOK
                }
            };
            tokio::select! {
                () = tokio::time::sleep(wait) => {}
                () = self.wake.notified() => {}
            }
        }
    }

    /// Removes what can be removed now. Answers false while answers are still being ended.
    ///
    /// # Errors
    /// The database's and the disk's.
    pub async fn sweep(&self) -> AppResult<bool> {
        let mut quiet = true;
        for departure in departures::all(self.db.read()).await? {
            quiet &= self.remove(&departure).await?;
        }
        Ok(quiet)
    }

    async fn remove(&self, Departure { user, at }: &Departure) -> AppResult<bool> {
        let running = runs::streaming_of_user(self.db.read(), user).await?;
        for run in &running {
            self.runs.stop(run).await?;
        }
        self.remove_chats(user).await?;
        self.files.remove_all(user).await?;
        for id in departures::connections(self.db.read(), user).await? {
            self.remove_connection(user, &id).await?;
        }
        self.forget_usage(user).await?;
        if running.is_empty() && self.clock.now() - at >= LINGER_MS {
            let tx = self.db.begin().await?;
            let gone = departures::finish(&tx, user).await?;
            tx.commit().await?;
            if gone {
                tracing::info!(%user, "nothing is left of a person who left");
            }
        }
        Ok(running.is_empty())
    }

    async fn remove_chats(&self, user: &UserId) -> AppResult<()> {
        let mut more = departures::has_chat(self.db.read(), user).await?;
        while more {
            let tx = self.db.begin().await?;
            more = departures::remove_chat(&tx, user).await?;
            tx.commit().await?;
        }
        if departures::has_folder(self.db.read(), user).await? {
            let tx = self.db.begin().await?;
            departures::remove_folders(&tx, user).await?;
            tx.commit().await?;
        }
        Ok(())
    }

    /// The catalogue forgets it, too. Another server may have been faster.
    async fn remove_connection(&self, user: &UserId, id: &shared::ConnectionId) -> AppResult<()> {
        match self.catalog.delete(&Scope::Own(user.clone()), &Actor::command_line(), id).await {
            Err(error) if error.code == ErrorCode::ConnectionNotFound => Ok(self.catalog.poll().await?),
            removed => removed,
        }
    }

    async fn forget_usage(&self, user: &UserId) -> AppResult<()> {
        let mut more = departures::has_usage(self.db.read(), user).await?;
        while more {
            let tx = self.db.begin().await?;
            more = departures::forget_usage(&tx, user).await?;
            tx.commit().await?;
        }
        Ok(())
    }
}
