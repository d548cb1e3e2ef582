//! Answers being written, from the request to the stored message.
//!
//! Follow one message: `admission` refuses what can be refused and plans the rest; `compose` makes a request of the path
//! (`context` decides what fits); `driver` writes message and placeholder in one transaction while the provider is
//! already called, then feeds what the provider says to the pure `turn` and does what it asks, `tools` included;
//! `failover` says where to go when a provider does not answer; `run` numbers the events, folds them and hands them to
//! whoever watches; `checkpoint` saves them twice a second; `store` ends the run in one transaction; `naming` asks a
//! small model for the chat's title; `sweep` ends what a dead server left behind; `elsewhere` shows what the living ones
//! on the same database write; `removal` deletes chats and messages so that it can be taken back, and `purge` removes them for good; `wishes` says what
//! a person may set for a chat. A run belongs to the server: readers come and go
//! and never reach the turn.

pub mod admission;
mod checkpoint;
mod compose;
pub mod context;
mod driver;
pub mod elsewhere;
pub(crate) mod failover;
pub mod hub;
mod learnt;
mod naming;
pub mod purge;
mod removal;
pub mod run;
mod store;
pub mod stored;
pub mod sweep;
pub mod title;
mod tokenizer;
mod tools;
pub mod turn;
pub mod wishes;

use crate::budgets::Budgets;
use crate::catalog::Catalog;
use crate::clock::Clock;
use crate::db::runs::{self, RunRow};
use crate::db::{Db, Notice};
use crate::error::AppResult;
use crate::files::Files;
use crate::metrics::Metrics;
use crate::settings::Settings;
use crate::trace::Traces;
pub use removal::TOLD_ONE_BY_ONE;
pub use store::{lease_ms, no_folder};

use context::Zone;
use dashmap::DashMap;
use hub::Hub;
use learnt::Learnt;
use naming::Names;
use run::RunHandle;
use shared::events::Status;
use shared::{RunId, UserId};
use std::sync::Arc;
use std::time::Duration;
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

/// How long a server may be silent before another one takes its runs for dead.
const LEASE: Duration = Duration::from_secs(30);
/// How long a shutdown waits for answers to be saved.
const SHUTDOWN_PATIENCE: Duration = Duration::from_secs(10);

/// What answers are made with.
pub struct Services {
    /// The database.
    pub db: Db,
    /// The clock.
    pub clock: Clock,
    /// What administrators say.
    pub settings: Arc<Settings>,
    /// Connections and models.
    pub catalog: Arc<Catalog>,
    /// How much may be used of them.
    pub budgets: Arc<Budgets>,
    /// Files of people.
    pub files: Arc<Files>,
    /// What answers go through.
    pub traces: Arc<Traces>,
    /// What is counted.
    pub metrics: Arc<Metrics>,
    /// The time zone in which models are told the time.
    pub zone: Zone,
    /// This server's name among those that share the database; it survives restarts.
    pub instance: String,
}

/// All running answers of this server.
pub struct Runs {
    db: Db,
    clock: Clock,
    settings: Arc<Settings>,
    catalog: Arc<Catalog>,
    budgets: Arc<Budgets>,
    files: Arc<Files>,
    traces: Arc<Traces>,
    metrics: Arc<Metrics>,
    /// The time zone in which models are told the time.
    zone: Zone,
    /// What was learnt of how much models read.
    learnt: Learnt,
    /// Chats whose names are being asked for.
    names: Names,
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
    pub fn new(services: Services) -> Self {
        let Services { db, clock, settings, catalog, budgets, files, traces, metrics, zone, instance } = services;
        Self {
            hub: Hub::new(db.notices().clone()),
            zone,
            learnt: Learnt::default(),
            names: Names::default(),
            db,
            clock,
            settings,
            catalog,
            budgets,
            files,
            traces,
            metrics,
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

    /// Number of answers being written here that gained something since the last checkpoint.
    #[must_use]
    pub fn unsaved(&self) -> usize {
        self.live.iter().filter(|run| run.has_unsaved()).count()
    }

    /// What is counted.
    #[must_use]
    pub fn metrics(&self) -> &Arc<Metrics> {
        &self.metrics
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

    /// Starts the ticker (checkpoints, leases, stop requests from other servers, the sweep) and the removal of what was
    /// deleted long ago.
    pub fn start_background(self: &Arc<Self>) {
        tokio::spawn(checkpoint::tick_forever(Arc::clone(self)));
        tokio::spawn(Arc::clone(&self.traces).write_forever());
        tokio::spawn(purge::look_forever(Arc::clone(self)));
    }

    /// Interrupts every answer, saves it, and takes no new ones.
    pub async fn shut_down(&self) {
        self.shutdown.cancel();
        self.tasks.close();
        if tokio::time::timeout(SHUTDOWN_PATIENCE, self.tasks.wait()).await.is_err() {
            tracing::warn!(runs = self.count(), "some answers could not be saved in time; the next start ends them");
        }
        self.traces.flush().await;
    }
}
