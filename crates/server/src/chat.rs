//! Answers being written, from the request to the stored message.
//!
//! Follow one message: `admission` refuses what can be refused and plans the rest; `driver` writes message and
//! placeholder in one transaction while the provider is already called, then feeds what the provider says to the pure
//! `turn` and does what it asks; `run` numbers the events, folds them and hands them to whoever watches;
//! `checkpoint` saves them twice a second; `store` ends the run in one transaction; `sweep` ends what a dead
//! server left behind; `elsewhere` shows what the living ones on the same database write; `purge` removes deleted chats
//! for good. A run belongs to the server: readers come and go and never reach the turn.

pub mod admission;
mod checkpoint;
pub mod context;
mod driver;
pub mod elsewhere;
pub mod hub;
pub mod purge;
pub mod run;
mod store;
pub mod stored;
pub mod sweep;
pub mod title;
pub mod tokens;
pub mod turn;

use crate::catalog::Catalog;
use crate::clock::Clock;
use crate::db::runs::{self, RunRow};
use crate::db::{Db, Notice, sessions};
use crate::error::AppResult;
use crate::settings::Settings;
use crate::whole::to_the_end;
use dashmap::DashMap;
use hub::Hub;
use run::RunHandle;
use shared::events::{Status, UserEvent};
use shared::{ErrorCode, RunId, SessionId, UserId};
use std::sync::Arc;
use std::time::Duration;
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

/// How long a server may be silent before another one takes its runs for dead.
const LEASE: Duration = Duration::from_secs(30);
/// How long a shutdown waits for answers to be saved.
const SHUTDOWN_PATIENCE: Duration = Duration::from_secs(10);

/// All running answers of this server.
pub struct Runs {
    db: Db,
    clock: Clock,
    settings: Arc<Settings>,
    catalog: Arc<Catalog>,
    /// This server's name among those that share the database; it survives restarts.
    instance: String,
    hub: Hub,
    live: DashMap<RunId, Arc<RunHandle>>,
    /// Answers that other servers write, for those who watch them here.
    mirrors: DashMap<RunId, Arc<elsewhere::Mirror>>,
    /// Requests with a client id that are being admitted: twins wait for each other instead of both calling the provider.
    admitting: DashMap<String, Arc<tokio::sync::Mutex<()>>>,
    tasks: TaskTracker,
    shutdown: CancellationToken,
}

impl Runs {
    /// A registry without runs.
    #[must_use]
    pub fn new(db: Db, clock: Clock, settings: Arc<Settings>, catalog: Arc<Catalog>, instance: String) -> Self {
        Self {
            hub: Hub::new(db.notices().clone()),
            db,
            clock,
            settings,
            catalog,
            instance,
            live: DashMap::new(),
            mirrors: DashMap::new(),
            admitting: DashMap::new(),
            tasks: TaskTracker::new(),
            shutdown: CancellationToken::new(),
        }
    }

    /// Who watches.
    #[must_use]
    pub fn hub(&self) -> &Hub {
        &self.hub
    }

    /// The run, if this server is writing it and it is this person's.
    #[must_use]
    pub fn live(&self, user: &UserId, id: &RunId) -> Option<Arc<RunHandle>> {
        self.live.get(id).filter(|run| run.user_id == *user).map(|run| Arc::clone(&run))
    }

    /// The run with this id on this server, whoever's it is.
    fn any_live(&self, id: &RunId) -> Option<Arc<RunHandle>> {
        self.live.get(id).map(|run| Arc::clone(&run))
    }

    /// Number of answers being written here.
    #[must_use]
    pub fn count(&self) -> usize {
        self.live.len()
    }

    /// Asks a run to stop, wherever it is being written; one that nobody writes is ended. What was written stays.
    ///
    /// # Errors
    /// The database's.
    pub async fn stop(&self, run: &RunRow) -> AppResult<()> {
        if let Some(live) = self.any_live(&run.id) {
            live.stop.cancel();
        } else if run.status == Status::Streaming
            && !sweep::close(self, run, sweep::expiry(&self.db, &self.clock).await?).await?
        {
            let tx = self.db.begin().await?;
            runs::request_stop(&tx, &run.id).await?;
            tx.commit().await?;
            self.db.tell(|| Notice::Stop { run: run.id.clone() });
        }
        Ok(())
    }

    /// Hides a chat, stops its answers and tells the person's tabs, whether or not the caller waits for it.
    ///
    /// # Errors
    /// `chat.not_found`, and the database's.
    pub async fn delete_chat(self: &Arc<Self>, owner: &UserId, id: &SessionId) -> AppResult<()> {
        let tx = self.db.begin().await?;
        if !sessions::set_deleted(&tx, owner, id, Some(self.clock.now())).await? {
            return Err(ErrorCode::ChatNotFound.into());
        }
        let (runs, owner, session_id) = (Arc::clone(self), owner.clone(), id.clone());
        to_the_end(async move {
            tx.commit().await?;
            // Only now: an answer that was admitted before is in the list, and none is admitted any more.
            for run in runs::streaming_of_session(runs.db.read(), &session_id).await? {
                runs.stop(&run).await?;
            }
            runs.hub.publish(&owner, &UserEvent::SessionDeleted { session_id });
            Ok(())
        })
        .await
    }

    /// Starts the ticker (checkpoints, leases, stop requests from other servers, the sweep) and the removal of what was
    /// deleted long ago.
    pub fn start_background(self: &Arc<Self>) {
        tokio::spawn(checkpoint::tick_forever(Arc::clone(self)));
        tokio::spawn(purge::look_forever(Arc::clone(self)));
    }

    /// Interrupts every answer, saves it, and takes no new ones.
    pub async fn shut_down(&self) {
        self.shutdown.cancel();
        self.tasks.close();
        if tokio::time::timeout(SHUTDOWN_PATIENCE, self.tasks.wait()).await.is_err() {
            tracing::warn!(runs = self.count(), "some answers could not be saved in time; the next start ends them");
        }
    }
}
