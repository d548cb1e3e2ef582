//! Connections and models: a snapshot in memory with ready providers, so that starting an answer reads no database and
//! opens no sealed key.
//!
//! Changes go through [`Catalog::create`] and its neighbours, which write, then take a new snapshot. Other servers on
//! the same database are told, and follow by [`Catalog::poll`]. It knows nothing of HTTP and of who may call it.

mod background;
mod curation;
mod demo;
pub mod discover;
mod edit;
mod facts;
mod health;
mod input;
mod inspect;
mod kinds;
pub(crate) mod loopback;
mod overrides;
mod presets;
mod probe;
mod ratios;
mod refresh;
mod shelf;
mod snapshot;
mod standing;
mod target;
mod unusable;
mod verify;
mod view;

pub use crate::db::connections::Scope;
pub use inspect::{Checkable, complaints};
pub use overrides::check_of_chat;
pub use presets::host_of;
pub use verify::Caller;

use crate::clock::Clock;
use crate::config::Config;
use crate::db::{self, Db, DbErr};
use crate::error::{AppError, AppResult};
use crate::redact;
use crate::seal::Sealer;
use crate::settings::Settings;
use egress::Egress;
use health::Health;
use llm::Provider;
use presets::Preset;
use ratios::Ratios;
use refresh::Attempts;
use shared::accounts::User;
use shared::connections::FoundServer;
use shared::interfaces::Interfaces;
use shared::models::{Effort, Facts, Parameters};
use shared::{ConnectionId, ErrorCode, KeyId, ModelId, UserId};
use snapshot::{Known, Snapshot, Times, Viewer};
use std::collections::HashSet;
use std::sync::{Arc, Mutex as StdMutex, OnceLock, PoisonError, RwLock};
use std::time::Duration;
use tokio::sync::Mutex;

/// Most ways to ask one model that are thought of.
const MAX_ROUTES: usize = 64;
/// Keys that rest or wake up are told of together after this time.
pub const NEWS_PAUSE: Duration = Duration::from_millis(250);

/// The catalogue of connections and models.
pub struct Catalog {
    db: Db,
    clock: Clock,
    sealer: Sealer,
    egress: Egress,
    in_container: bool,
    presets: Vec<Preset>,
    ratios: Arc<Ratios>,
    health: Health,
    /// What administrators say; a command that only looks has none.
    settings: Option<Arc<Settings>>,
    /// The settings that lists of models depend on, as they were told of last.
    told: StdMutex<Rules>,
    attempts: Attempts,
    /// Who is to be told in a moment.
    news: StdMutex<Option<Audience>>,
    snapshot: RwLock<Arc<Snapshot>>,
    reloading: Mutex<()>,
    on_change: OnceLock<Tell>,
}

/// Tells tabs that a list of models changed: everybody's, or those of the one person whom it concerns.
type Tell = Box<dyn Fn(Option<&UserId>) + Send + Sync>;

/// Who asks for models.
#[derive(Clone, Copy)]
pub struct Asker<'a> {
    /// The person.
    pub user: &'a User,
    /// The only models that are there for them, as with a key that is held to some; empty for all that they may use.
    pub only: &'a [ModelId],
}

impl<'a> From<&'a User> for Asker<'a> {
    fn from(user: &'a User) -> Self {
        Self { user, only: &[] }
    }
}

/// Whom a change concerns.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Audience {
    Everybody,
    One(UserId),
}

impl Audience {
    fn of(owner: Option<&UserId>) -> Self {
        owner.map_or(Self::Everybody, |owner| Self::One(owner.clone()))
    }
}

/// The settings that lists of models depend on.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
struct Rules {
    default: Option<ModelId>,
    personal: bool,
}

/// A model, ready to be asked.
#[derive(Clone)]
pub struct Resolved {
    /// The model.
    pub model_id: ModelId,
    /// The name by which people ask for it.
    pub model: String,
    /// What is known of it.
    pub facts: Facts,
    /// What every request carries.
    pub parameters: Parameters,
    /// Real tokens of a request over estimated ones, as measured so far.
    pub token_ratio: f64,
    /// Whether it is the person's own, who pays for it themselves, and so are all who can answer.
    pub personal: bool,
    /// The same model of other connections, which stands in for this one.
    pub stand_ins: Vec<ModelId>,
    /// Who can answer, in the order in which they are tried; never empty.
    pub routes: Vec<Route>,
}

impl Resolved {
    /// Whether this model may give the answer: the one that was asked for does, or stands in for it.
    #[must_use]
    pub fn may_be(&self, model: &ModelId) -> bool {
        self.model_id == *model || self.stand_ins.contains(model)
    }

    /// Lays what is set in a chat over what is set for the model. What this model cannot be told is passed over: a chat
    /// outlives its model.
    #[must_use]
    pub fn with(mut self, chat: Option<&Parameters>) -> Self {
        let Some(chat) = chat else { return self };
        self.parameters = possible(chat, &self.facts).over(&self.parameters);
        for route in &mut self.routes {
            route.parameters = Arc::new(possible(chat, &route.facts).over(&route.parameters));
        }
        self
    }
}

/// Those parameters that a model takes, as far as that is known.
fn possible(parameters: &Parameters, facts: &Facts) -> Parameters {
    let takes = |effort: &Effort| facts.efforts.as_ref().is_none_or(|efforts| efforts.contains(effort));
    let searches = |search: &bool| !*search || facts.web_search != Some(false);
    Parameters {
        effort: parameters.effort.filter(takes),
        web_search: parameters.web_search.filter(searches),
        ..parameters.clone()
    }
}

/// One way to ask a model: a key of a connection.
#[derive(Clone)]
pub struct Route {
    /// The connection.
    pub connection_id: ConnectionId,
    /// The connection's name.
    pub connection: String,
    /// The key, if the connection has any.
    pub key_id: Option<KeyId>,
    /// The model's name at this provider.
    pub model: String,
    /// The model as this connection has it: another row than the one that was asked for, where it stands in.
    pub model_id: ModelId,
    /// What is known of it there.
    pub facts: Arc<Facts>,
    /// What every request carries there.
    pub parameters: Arc<Parameters>,
    /// Real tokens of a request over estimated ones, as measured there so far.
    pub token_ratio: f64,
    /// How it is asked there beside chats.
    pub interfaces: Arc<Interfaces>,
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
        settings: Arc<Settings>,
        config: &Config,
    ) -> Result<Arc<Self>, DbErr> {
        let catalog = Self::new(db, clock, sealer, egress, Some(settings), config);
        background::sync_presets(&catalog).await?;
        catalog.read().await?;
        background::start(&catalog);
        refresh::start(&catalog);
        Ok(catalog)
    }

    fn new(
        db: Db,
        clock: Clock,
        sealer: Sealer,
        egress: Egress,
        settings: Option<Arc<Settings>>,
        config: &Config,
    ) -> Arc<Self> {
        let (presets, complaints) = presets::read(&config.llm, config.presets.as_deref());
        complaints.iter().for_each(|complaint| tracing::warn!("{complaint}"));
        presets.iter().filter_map(|preset| preset.key.as_deref()).for_each(redact::pin);
        Arc::new(Self {
            db,
            clock,
            sealer,
            egress,
            in_container: config.in_container,
            presets,
            ratios: Arc::default(),
            health: Health::default(),
            told: StdMutex::new(rules(settings.as_deref())),
            settings,
            attempts: Attempts::default(),
            news: StdMutex::default(),
            snapshot: RwLock::default(),
            reloading: Mutex::new(()),
            on_change: OnceLock::new(),
        })
    }

    /// The model with this id or name, as far as this person may use it, or the one that their new chats use.
    ///
    /// # Errors
    /// `model.none` while there is nothing that they may use, `model.not_found` for another one.
    pub fn resolve<'a>(&self, wanted: Option<&str>, who: impl Into<Asker<'a>>) -> AppResult<Resolved> {
        let (snapshot, rules) = (self.snapshot(), self.rules());
        let viewer = Viewer { who: who.into(), personal: rules.personal };
        let default = || snapshot.default_for(&viewer, rules.default.as_ref()).ok_or(ErrorCode::ModelNone);
        let known = match wanted {
            None => default()?,
            Some(wanted) => match snapshot.find(wanted, &viewer) {
                Some(known) => known,
                None => {
                    default()?;
                    return Err(AppError::new(ErrorCode::ModelNotFound).with("model", wanted));
                }
            },
        };
        Ok(self.resolved(&snapshot, known, &viewer))
    }

    fn resolved(&self, snapshot: &Snapshot, known: &Known, viewer: &Viewer<'_>) -> Resolved {
        let model_id = known.model.id.clone();
        Resolved {
            token_ratio: self.token_ratio(known),
            model_id,
            model: known.model.name.clone(),
            facts: known.model.facts.clone(),
            parameters: Parameters::clone(&known.parameters),
            personal: known.entry.owner.is_some(),
            stand_ins: snapshot.others(known, viewer).map(|other| other.model.id.clone()).collect(),
            routes: self.routes(snapshot, known, viewer),
        }
    }

    fn token_ratio(&self, known: &Known) -> f64 {
        self.ratios.get(&known.model.id).unwrap_or(known.token_ratio)
    }

    /// Who can answer: the keys of the model's connection in their order, then other connections of the same owner with
    /// the same model. Keys that rest come last, so that there is always somebody to ask.
    fn routes(&self, snapshot: &Snapshot, known: &Known, viewer: &Viewer<'_>) -> Vec<Route> {
        let resting = self.health.resting(self.clock.now());
        let (mut ready, mut tired) = (Vec::new(), Vec::new());
        for known in std::iter::once(known).chain(snapshot.others(known, viewer).map(Arc::as_ref)) {
            let (facts, token_ratio) = (Arc::new(known.model.facts.clone()), self.token_ratio(known));
            for way in known.entry.ways_for(&known.upstream) {
                let rests = way.key.as_ref().is_some_and(|key| resting.of(key, &known.upstream).is_some());
                let routes = if rests { &mut tired } else { &mut ready };
                if routes.len() == MAX_ROUTES {
                    continue;
                }
                routes.push(Route {
                    connection_id: known.entry.connection.id.clone(),
                    connection: known.entry.connection.name.clone(),
                    key_id: way.key.clone(),
                    model: known.upstream.clone(),
                    model_id: known.model.id.clone(),
                    facts: Arc::clone(&facts),
                    parameters: Arc::clone(&known.parameters),
                    token_ratio,
                    interfaces: Arc::clone(&known.interfaces),
                    provider: Arc::clone(&way.provider),
                });
            }
        }
        ready.append(&mut tired);
        ready.truncate(MAX_ROUTES);
        ready
    }

    /// How many models everybody's connections have to offer.
    #[must_use]
    pub fn count(&self) -> usize {
        self.snapshot().usable.iter().filter(|known| !known.model.personal).count()
    }

    /// Takes note of what became of a call that began at `began`, in unix milliseconds: keys that are refused rest for a
    /// while. Tabs hear of it a moment later.
    pub fn note(self: &Arc<Self>, route: &Route, outcome: Result<(), &llm::Error>, began: i64) {
        if let Some(key) = &route.key_id {
            self.note_key(&route.connection_id, key, &route.model, outcome, began);
        }
    }

    fn note_key(
        self: &Arc<Self>,
        connection: &ConnectionId,
        key: &KeyId,
        model: &str,
        outcome: Result<(), &llm::Error>,
        began: i64,
    ) {
        if self.health.note(key, model, outcome, began, self.clock.now()) {
            let code = outcome.err().map(|error| error.code.as_str());
            tracing::info!(key = %key, model, code, "a key rests or works again");
            let snapshot = self.snapshot();
            self.tell_soon(Audience::of(snapshot.entry(connection).and_then(|entry| entry.owner.as_ref())));
        }
    }

    /// Tells those whom it concerns, once for all that happens within a moment.
    fn tell_soon(self: &Arc<Self>, audience: Audience) {
        let mut news = self.news.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(waiting) = news.as_mut() {
            if *waiting != audience {
                *waiting = Audience::Everybody;
            }
            return;
        }
        *news = Some(audience);
        let catalog = Arc::downgrade(self);
        tokio::spawn(async move {
            tokio::time::sleep(NEWS_PAUSE).await;
            if let Some(catalog) = catalog.upgrade() {
                let news = catalog.news.lock().unwrap_or_else(PoisonError::into_inner).take();
                catalog.tell(&news.unwrap_or(Audience::Everybody));
            }
        });
    }

    fn tell(&self, audience: &Audience) {
        if let Some(tell) = self.on_change.get() {
            match audience {
                Audience::Everybody => tell(None),
                Audience::One(owner) => tell(Some(owner)),
            }
        }
    }

    /// Learns from one answer how many tokens a request of this model really had, over the estimate. It is stored now and
    /// then, by the way.
    pub fn calibrate(&self, model: &ModelId, ratio: f64) {
        let snapshot = self.snapshot();
        let Some(known) = snapshot.model(model) else { return };
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

    /// Model servers beside this one.
    pub async fn discover(&self) -> Vec<FoundServer> {
        discover::look(&self.egress, &discover::candidates()).await
    }

    /// Takes a new snapshot and tells those who listen when something changed.
    ///
    /// # Errors
    /// The database's.
    pub async fn reload(self: &Arc<Self>) -> Result<(), DbErr> {
        if self.read().await? != 0 {
            self.tell(&Audience::Everybody);
        }
        Ok(())
    }

    /// Notices what other servers changed. The background task calls it when it is told to, and every few seconds; where
    /// no other server can be, it does nothing.
    ///
    /// # Errors
    /// The database's.
    pub async fn poll(self: &Arc<Self>) -> Result<(), DbErr> {
        if !self.db.is_postgres() || db::connections::version(self.db.read()).await? == self.snapshot().version {
            return Ok(());
        }
        self.reload().await
    }

    /// Calls `tell` after every change, with the person whom alone it concerns, if there is one. Only the first call
    /// counts.
    pub fn on_change(&self, tell: impl Fn(Option<&UserId>) + Send + Sync + 'static) {
        _ = self.on_change.set(Box::new(tell));
    }

    fn snapshot(&self) -> Arc<Snapshot> {
        Arc::clone(&self.snapshot.read().unwrap_or_else(PoisonError::into_inner))
    }

    /// Looks at the settings again, and tells those who listen when lists of models look different now.
    pub fn look_at_settings(&self) {
        let now = self.rules();
        let before = std::mem::replace(&mut *self.told.lock().unwrap_or_else(PoisonError::into_inner), now.clone());
        if before != now {
            self.tell(&Audience::Everybody);
        }
    }

    fn rules(&self) -> Rules {
        rules(self.settings.as_deref())
    }

    /// Takes a snapshot and answers how many changes newer it is.
    async fn read(self: &Arc<Self>) -> Result<i64, DbErr> {
        let _one_at_a_time = self.reloading.lock().await;
        // The version first: a change in between is then read twice, never missed.
        let version = db::connections::version(self.db.read()).await?;
        let rows = db::connections::all(self.db.read()).await?;
        // A large catalogue takes a moment, in which nobody else shall wait.
        let catalog = Arc::clone(self);
        let built = tokio::task::spawn_blocking(move || Snapshot::build(rows, version, &catalog)).await;
        let snapshot = built.map_err(|error| DbErr::Custom(format!("the catalogue could not be read: {error}")))?;
        self.forget_others(&snapshot);
        let newer = version - self.snapshot().version;
        *self.snapshot.write().unwrap_or_else(PoisonError::into_inner) = Arc::new(snapshot);
        Ok(newer)
    }

    /// Remembers when a list was fetched, asked for or not to be had, where nothing else changed: no new snapshot for that.
    async fn note_times(&self, id: &ConnectionId, times: Times) {
        // A snapshot that is being taken may have read the times of before.
        let _one_at_a_time = self.reloading.lock().await;
        if let Some(entry) = self.snapshot().entry(id) {
            entry.set_times(times);
        }
    }

    /// What was learnt of keys and connections that are gone is forgotten.
    fn forget_others(&self, snapshot: &Snapshot) {
        let keys: HashSet<&KeyId> = snapshot.entries.iter().flat_map(|entry| &entry.keys).map(|key| &key.id).collect();
        self.health.keep(&keys);
        let connections: HashSet<&ConnectionId> = snapshot.entries.iter().map(|entry| &entry.connection.id).collect();
        self.attempts.keep(&connections);
        self.ratios.keep(|model| snapshot.model(model).is_some());
    }
}

fn rules(settings: Option<&Settings>) -> Rules {
    let default = settings.and_then(Settings::default_model);
    Rules { default, personal: settings.is_some_and(Settings::personal_connections) }
}
