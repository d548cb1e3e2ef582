//! Connections and models: a snapshot in memory with ready providers, so that starting an answer reads no database and
//! opens no sealed key.
//!
//! Changes go through [`Catalog::create`] and its neighbours, which write, then take a new snapshot. Other servers on
//! the same database are told, and follow by [`Catalog::poll`]. It knows nothing of HTTP and of who may call it.

mod background;
mod demo;
pub mod discover;
mod edit;
mod input;
mod inspect;
pub(crate) mod loopback;
mod presets;
mod probe;
mod ratios;
mod snapshot;
mod verify;

pub use inspect::{Checkable, complaints};
pub use presets::host_of;
pub use verify::Caller;

use crate::clock::Clock;
use crate::config::Config;
use crate::db::{self, Db, DbErr};
use crate::error::{AppError, AppResult};
use crate::redact;
use crate::seal::Sealer;
use egress::Egress;
use llm::Provider;
use presets::Preset;
use ratios::Ratios;
use shared::chat::ModelList;
use shared::connections::{Connection, FoundServer};
use shared::limits::{DEFAULT_MODELS_PAGE, MAX_MODELS_PAGE};
use shared::page::PageQuery;
use shared::{ConnectionId, ErrorCode, ModelId, Page};
use snapshot::{Entry, Snapshot};
use std::sync::{Arc, OnceLock, PoisonError, RwLock};
use tokio::sync::Mutex;

/// The catalogue of connections and models.
pub struct Catalog {
    db: Db,
    clock: Clock,
    sealer: Sealer,
    egress: Egress,
    in_container: bool,
    presets: Vec<Preset>,
    ratios: Arc<Ratios>,
    snapshot: RwLock<Arc<Snapshot>>,
    reloading: Mutex<()>,
    on_change: OnceLock<Box<dyn Fn() + Send + Sync>>,
}

/// A model, ready to be asked.
#[derive(Clone)]
pub struct Resolved {
    /// The model.
    pub model_id: ModelId,
    /// Its name at the provider.
    pub model: String,
    /// Its connection.
    pub connection_id: ConnectionId,
    /// The connection's name.
    pub connection: String,
    /// Context window in tokens, where known.
    pub context_window: Option<u32>,
    /// Real tokens of a request over estimated ones, as measured so far.
    pub token_ratio: f64,
    /// Who answers.
    pub provider: Arc<dyn Provider>,
}

impl Catalog {
    /// Brings the connections of the environment into the database and takes the first snapshot. Lists of models that
    /// nobody named are fetched in the background.
    ///
    /// # Errors
    /// The database's. Bad environment variables are one line in the log each.
    pub async fn load(
        db: Db,
        clock: Clock,
        sealer: Sealer,
        egress: Egress,
        config: &Config,
    ) -> Result<Arc<Self>, DbErr> {
        let catalog = Self::new(db, clock, sealer, egress, config);
        background::sync_presets(&catalog).await?;
        catalog.read().await?;
        background::start(&catalog);
        Ok(catalog)
    }

    fn new(db: Db, clock: Clock, sealer: Sealer, egress: Egress, config: &Config) -> Arc<Self> {
        let (presets, complaints) = presets::read(&config.llm, config.presets.as_deref());
        complaints.iter().for_each(|complaint| tracing::warn!("{complaint}"));
        presets.iter().filter_map(|preset| preset.key.as_deref()).for_each(redact::register);
        Arc::new(Self {
            db,
            clock,
            sealer,
            egress,
            in_container: config.in_container,
            presets,
            ratios: Arc::default(),
            snapshot: RwLock::default(),
            reloading: Mutex::new(()),
            on_change: OnceLock::new(),
        })
    }

    /// The model with this id or name, or the default one.
    ///
    /// # Errors
    /// `model.none` while nothing is connected, `model.not_found` for an unknown one.
    pub fn resolve(&self, wanted: Option<&str>) -> AppResult<Resolved> {
        let snapshot = self.snapshot();
        let default = snapshot.list.default.as_ref().ok_or(ErrorCode::ModelNone)?;
        let found = match wanted {
            None => snapshot.model(default.as_str()),
            Some(wanted) => snapshot.model(wanted),
        };
        let mut resolved = found
            .cloned()
            .ok_or_else(|| AppError::new(ErrorCode::ModelNotFound).with("model", wanted.unwrap_or_default()))?;
        if let Some(ratio) = self.ratios.get(&resolved.model_id) {
            resolved.token_ratio = ratio;
        }
        Ok(resolved)
    }

    /// How many models may be used.
    #[must_use]
    pub fn count(&self) -> usize {
        self.snapshot().list.items.len()
    }

    /// One page of the models that may be used, and the default one.
    ///
    /// # Errors
    /// `request.invalid` for a cursor that names no model of now.
    pub fn models(&self, query: &PageQuery) -> AppResult<ModelList> {
        let snapshot = self.snapshot();
        let ModelList { items, default, .. } = &snapshot.list;
        let place = |after: &str| items.iter().position(|model| model.id.as_str() == after);
        let from = match query.after.as_deref() {
            None => 0,
            Some(after) => 1 + place(after).ok_or_else(|| AppError::invalid("`after` is not a cursor of this list"))?,
        };
        let (rest, limit) = (&items[from..], query.limit_of(DEFAULT_MODELS_PAGE, MAX_MODELS_PAGE));
        let page = &rest[..rest.len().min(limit as usize)];
        let next = page.last().filter(|_| page.len() < rest.len()).map(|last| last.id.0.clone());
        Ok(ModelList { items: page.to_vec(), default: default.clone(), next })
    }

    /// Learns from one answer how many tokens a request of this model really had, over the estimate. It is stored now and
    /// then, by the way.
    pub fn calibrate(&self, model: &ModelId, ratio: f64) {
        let snapshot = self.snapshot();
        let Some(known) = snapshot.model(model.as_str()) else { return };
        self.ratios.learn(model, known.token_ratio, ratio);
        if !self.ratios.due(self.clock.now()) {
            return;
        }
        let (ratios, db) = (Arc::clone(&self.ratios), self.db.clone());
        tokio::spawn(async move {
            if let Err(error) = ratios.store(&db).await {
                tracing::warn!("token ratios were not stored: {error}");
            }
        });
    }

    /// One page of the connections, the oldest first.
    #[must_use]
    pub fn connections(&self, query: &PageQuery) -> Page<Connection> {
        let snapshot = self.snapshot();
        let after = query.after.as_deref().unwrap_or_default();
        let mut rest = snapshot.entries.iter().filter(|entry| entry.connection.id.as_str() > after);
        let items: Vec<Connection> =
            rest.by_ref().take(query.limit() as usize).map(|entry| entry.connection.clone()).collect();
        let next = rest.next().and_then(|_| items.last()).map(|last| last.id.0.clone());
        Page { items, next }
    }

    /// Model servers beside this one.
    pub async fn discover(&self) -> Vec<FoundServer> {
        discover::look(&self.egress, &discover::candidates()).await
    }

    /// Takes a new snapshot and tells those who listen when something changed.
    ///
    /// # Errors
    /// The database's.
    pub async fn reload(&self) -> Result<(), DbErr> {
        if self.read().await?
            && let Some(tell) = self.on_change.get()
        {
            tell();
        }
        Ok(())
    }

    /// Notices what other servers changed. The background task calls it when it is told to, and every few seconds; where
    /// no other server can be, it does nothing.
    ///
    /// # Errors
    /// The database's.
    pub async fn poll(&self) -> Result<(), DbErr> {
        if !self.db.is_postgres() || db::connections::version(self.db.read()).await? == self.snapshot().version {
            return Ok(());
        }
        self.reload().await
    }

    /// Calls `tell` after every change. Only the first call counts.
    pub fn on_change(&self, tell: impl Fn() + Send + Sync + 'static) {
        _ = self.on_change.set(Box::new(tell));
    }

    fn snapshot(&self) -> Arc<Snapshot> {
        Arc::clone(&self.snapshot.read().unwrap_or_else(PoisonError::into_inner))
    }

    /// The connection, as far as this server shows it.
    fn entry(&self, id: &ConnectionId) -> AppResult<Entry> {
        let snapshot = self.snapshot();
        let found = snapshot.entries.iter().find(|entry| entry.connection.id == *id);
        found.cloned().ok_or_else(|| ErrorCode::ConnectionNotFound.into())
    }

    /// Takes a snapshot and answers whether it is a newer one.
    async fn read(&self) -> Result<bool, DbErr> {
        let _one_at_a_time = self.reloading.lock().await;
        // The version first: a change in between is then read twice, never missed.
        let version = db::connections::version(self.db.read()).await?;
        let rows = db::connections::all(self.db.read()).await?;
        let snapshot = Snapshot::build(rows, version, self);
        let changed = self.snapshot().version != version;
        *self.snapshot.write().unwrap_or_else(PoisonError::into_inner) = Arc::new(snapshot);
        Ok(changed)
    }
}
