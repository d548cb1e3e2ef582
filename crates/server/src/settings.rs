//! What administrators say at run time: a typed registry in memory, backed by rows `(key, value, version)`.
//!
//! Reading costs a lock and no query. A change applies at once, here by itself and on other servers because they are told;
//! one [`Settings::poll`] later if that was lost. What the operator fixes at start is another type, [`crate::config::Config`].

mod registry;

use crate::clock::Clock;
use crate::config::Config;
use crate::db::{self, Db, DbErr, Notice};
use crate::error::{AppError, AppResult};
use crate::whole::to_the_end;
use registry::{DEFINITIONS, Values};
use serde_json::Value;
use shared::ErrorCode;
use shared::settings::SettingView;
use std::collections::BTreeMap;
use std::sync::{Arc, OnceLock, PoisonError, RwLock};
use tokio::sync::Mutex;

/// The settings in force.
pub struct Settings {
    db: Db,
    clock: Clock,
    state: RwLock<Arc<State>>,
    reloading: Mutex<()>,
    on_change: OnceLock<Box<dyn Fn() + Send + Sync>>,
}

#[derive(Default)]
struct State {
    values: Values,
    versions: BTreeMap<String, i64>,
}

impl Settings {
    /// Reads the rows. A `DEFAULT_…` variable becomes the first value of its setting, once.
    ///
    /// # Errors
    /// The database's.
    pub async fn load(db: Db, clock: Clock, config: &Config) -> Result<Arc<Self>, DbErr> {
        seed(&db, &clock, config).await?;
        let settings =
            Self { db, clock, state: RwLock::default(), reloading: Mutex::new(()), on_change: OnceLock::new() };
        settings.read().await?;
        Ok(Arc::new(settings))
    }

    /// Whether strangers may register.
    #[must_use]
    pub fn registration_enabled(&self) -> bool {
        self.state().values.registration_enabled
    }

    /// The name that the interface shows.
    #[must_use]
    pub fn brand_name(&self) -> String {
        self.state().values.brand_name.clone()
    }

    /// Context window, in tokens, of models that do not say how much they read.
    #[must_use]
    pub fn context_token_limit(&self) -> u32 {
        self.state().values.context_token_limit
    }

    /// How many answers one person may have running.
    #[must_use]
    pub fn runs_per_user(&self) -> u32 {
        self.state().values.runs_per_user
    }

    /// Every setting, as administrators see it.
    #[must_use]
    pub fn view(&self) -> Vec<SettingView> {
        let state = self.state();
        DEFINITIONS.iter().map(|definition| definition.view(&state.values)).collect()
    }

    /// Changes one setting, at once and for everybody.
    ///
    /// # Errors
    /// `setting.unknown`, `request.invalid` with the rule, or the database's.
    pub async fn set(self: &Arc<Self>, key: &str, value: Value) -> AppResult<SettingView> {
        let definition =
            registry::find(key).ok_or_else(|| AppError::new(ErrorCode::SettingUnknown).with("key", key))?;
        let mut values = self.state().values.clone();
        (definition.write)(&mut values, &value).map_err(|rule| AppError::invalid(format!("`{key}` must be {rule}")))?;
        let tx = self.db.begin().await?;
        db::settings::put(&tx, definition.key, &(definition.read)(&values), self.clock.now()).await?;
        let settings = Arc::clone(self);
        to_the_end(async move {
            tx.commit().await?;
            settings.db.tell(|| Notice::Settings);
            settings.reload().await
        })
        .await?;
        tracing::info!(setting = key, "setting changed");
        Ok(definition.view(&self.state().values))
    }

    /// Reads the rows again and tells those who listen when something changed.
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
        if self.db.is_postgres() { self.reload().await } else { Ok(()) }
    }

    /// Calls `tell` after every change. Only the first call counts.
    pub fn on_change(&self, tell: impl Fn() + Send + Sync + 'static) {
        _ = self.on_change.set(Box::new(tell));
    }

    fn state(&self) -> Arc<State> {
        Arc::clone(&self.state.read().unwrap_or_else(PoisonError::into_inner))
    }

    /// Reads the rows and answers whether a setting of ours changed.
    async fn read(&self) -> Result<bool, DbErr> {
        let _one_at_a_time = self.reloading.lock().await;
        let rows = db::settings::all(self.db.read()).await?;
        let mut state = State::default();
        for row in rows {
            let Some(definition) = registry::find(&row.key) else { continue };
            if let Err(rule) = (definition.write)(&mut state.values, &row.value) {
                tracing::warn!(setting = row.key, "the stored value is ignored: it must be {rule}");
            }
            state.versions.insert(row.key, row.version);
        }
        let changed = state.versions != self.state().versions;
        *self.state.write().unwrap_or_else(PoisonError::into_inner) = Arc::new(state);
        Ok(changed)
    }
}

async fn seed(db: &Db, clock: &Clock, config: &Config) -> Result<(), DbErr> {
    let mut seeds = Vec::new();
    for definition in DEFINITIONS {
        let Some(value) = (definition.seed)(config) else { continue };
        match (definition.write)(&mut Values::default(), &value) {
            Ok(()) => seeds.push((definition.key, value)),
            Err(rule) => tracing::warn!(setting = definition.key, "its variable is ignored: it must be {rule}"),
        }
    }
    if seeds.is_empty() {
        return Ok(());
    }
    let tx = db.begin().await?;
    for (key, value) in seeds {
        db::settings::seed(&tx, key, &value, clock.now()).await?;
    }
    tx.commit().await
}
