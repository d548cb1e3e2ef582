//! What administrators say at run time: a typed registry in memory, backed by rows `(key, value, version)`.
//!
//! Reading costs a lock and no query. A change applies at once, here by itself and on other servers because they are told;
//! one [`Settings::poll`] later if that was lost. What the operator fixes at start is another type, [`crate::config::Config`];
//! a variable that is set there locks the setting that it stands for.

mod logo;
pub mod registry;
pub mod sign_in;
pub mod traces;
mod values;

pub use logo::Logo;
pub use sign_in::{LoginLife, SignInLimit};
pub use traces::TraceRule;

use crate::audit::{self, Actor, Deed};
use crate::clock::Clock;
use crate::config::Config;
use crate::db::{self, Db, DbErr, Notice};
use crate::error::{AppError, AppResult};
use crate::whole::to_the_end;
use registry::{DEFINITIONS, Definition, Values};
use serde_json::{Value, json};
use sha2::{Digest as _, Sha256};
use shared::audit::{Act, ThingKind};
use shared::colour::{Rgb, accents};
use shared::logs::Level;
use shared::models::Currency;
use shared::second_factor::SecondFactorRule;
use shared::settings::fields::Who;
use shared::settings::{Announcement, Branding, SettingView};
use shared::{ErrorCode, ModelId};
use std::collections::BTreeMap;
use std::sync::{Arc, OnceLock, PoisonError, RwLock};
use std::time::Duration;
use tokio::sync::Mutex;

/// The settings in force.
pub struct Settings {
    db: Db,
    clock: Clock,
    state: RwLock<Arc<State>>,
    /// What variables fix: the setting, the variable, and the value that it gives.
    locks: Vec<(&'static Definition, &'static str, Value)>,
    reloading: Mutex<()>,
    on_change: OnceLock<Box<dyn Fn() + Send + Sync>>,
}

#[derive(Default)]
struct State {
    values: Values,
    logo: Option<Arc<Logo>>,
    versions: BTreeMap<String, i64>,
}

impl Settings {
    /// Reads the rows. A `DEFAULT_…` variable becomes the first value of its setting, once.
    ///
    /// # Errors
    /// The database's.
    pub async fn load(db: Db, clock: Clock, config: &Config) -> Result<Arc<Self>, DbErr> {
        seed(&db, &clock, config).await?;
        let locks = DEFINITIONS.iter().filter_map(|definition| {
            let (variable, value) = definition.locked(config)?;
            Some((definition, variable, value))
        });
        let settings = Self {
            db,
            clock,
            state: RwLock::default(),
            locks: locks.collect(),
            reloading: Mutex::new(()),
            on_change: OnceLock::new(),
        };
        settings.read().await?;
        Ok(Arc::new(settings))
    }

    /// Whether strangers may register.
    #[must_use]
    pub fn registration_enabled(&self) -> bool {
        self.state().values.registration_enabled
    }

    /// What everybody sees of the settings.
    #[must_use]
    pub fn branding(&self) -> Branding {
        let state = self.state();
        let (values, logo) = (&state.values, state.logo.as_ref());
        Branding {
            name: values.brand_name.clone(),
            logo: logo.map(|logo| logo.address()),
            colour: values.brand_colour.map(Rgb::hex),
            accents: values.brand_colour.map(accents),
            personal_connections: values.personal_connections,
            second_factor: values.second_factor,
        }
    }

    /// The picture beside the name, where there is one.
    #[must_use]
    pub fn logo(&self) -> Option<Arc<Logo>> {
        self.state().logo.clone()
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

    /// What every model is told in every chat.
    #[must_use]
    pub fn system_prompt(&self) -> String {
        self.state().values.system_prompt.clone()
    }

    /// The id of the model that new chats use; none leaves it to the catalogue.
    #[must_use]
    pub fn default_model(&self) -> Option<ModelId> {
        Some(self.state().values.default_model.clone()).filter(|id| !id.is_empty()).map(ModelId)
    }

    /// Who names chats: one of the words of [`shared::settings::fields::TITLE_MODEL`], or the id of a model.
    #[must_use]
    pub fn title_model(&self) -> String {
        self.state().values.title_model.clone()
    }

    /// The name of the model for programs that complete texts and name none; empty for none.
    #[must_use]
    pub fn completion_model(&self) -> String {
        self.state().values.completion_model.clone()
    }

    /// The name of the model for programs that want vectors and name none; empty for the first.
    #[must_use]
    pub fn embedding_model(&self) -> String {
        self.state().values.embedding_model.clone()
    }

    /// The name of the model for programs that want rankings and name none; empty for the first.
    #[must_use]
    pub fn rerank_model(&self) -> String {
        self.state().values.rerank_model.clone()
    }

    /// Whether people may connect models of their own.
    #[must_use]
    pub fn personal_connections(&self) -> bool {
        self.state().values.personal_connections
    }

    /// Who has to have a second factor.
    #[must_use]
    pub fn second_factor_rule(&self) -> SecondFactorRule {
        self.state().values.second_factor
    }

    /// How many bytes the files of one person may take.
    #[must_use]
    pub fn file_quota(&self) -> u64 {
        u64::from(self.state().values.file_quota_mib) * 1024 * 1024
    }

    /// How often lists of models are fetched again.
    #[must_use]
    pub fn model_refresh(&self) -> Duration {
        Duration::from_secs(u64::from(self.state().values.model_refresh_hours) * 3_600)
    }

    /// How long an access token lives.
    #[must_use]
    pub fn access_token_seconds(&self) -> u32 {
        self.state().values.access_token_seconds
    }

    /// How long a login lives.
    #[must_use]
    pub fn login_life(&self) -> LoginLife {
        LoginLife::of(&self.state().values)
    }

    /// How many wrong passwords are taken.
    #[must_use]
    pub fn sign_in_limit(&self) -> SignInLimit {
        SignInLimit::of(&self.state().values)
    }

    /// How many days the audit log is kept.
    #[must_use]
    pub fn audit_days(&self) -> u32 {
        self.state().values.audit_days
    }

    /// Whose answers are traced.
    #[must_use]
    pub fn trace_rule(&self) -> TraceRule {
        TraceRule::of(&self.state().values)
    }

    /// How many days task traces are kept.
    #[must_use]
    pub fn trace_days(&self) -> u32 {
        self.state().values.trace_days
    }

    /// How much is logged.
    #[must_use]
    pub fn log_level(&self) -> Level {
        Level::parse(&self.state().values.log_level).unwrap_or(Level::Info)
    }

    /// Whether metrics are told at all.
    #[must_use]
    pub fn metrics_enabled(&self) -> bool {
        self.state().values.metrics_enabled
    }

    /// What is announced, whether it is shown or not.
    #[must_use]
    pub fn announcement(&self) -> Announcement {
        let state = self.state();
        let values = &state.values;
        let mark = Sha256::digest(format!("{}\n{}", values.announcement_tone, values.announcement_text));
        Announcement {
            shown: values.announcement_shown,
            text: values.announcement_text.clone(),
            tone: values.announcement_tone.clone(),
            dismissible: values.announcement_dismissible,
            mark: mark[..6].iter().map(|byte| format!("{byte:02x}")).collect(),
        }
    }

    /// Whether somebody said what a setting is to be, be it to leave it as it is.
    #[must_use]
    pub fn is_decided(&self, key: &str) -> bool {
        self.state().versions.contains_key(key)
    }

    /// The currency in which budgets count money.
    #[must_use]
    pub fn budget_currency(&self) -> Currency {
        self.state().values.budget_currency
    }

    /// How many yuan a dollar is, in millionths of one.
    #[must_use]
    pub fn usd_in_cny(&self) -> u64 {
        self.state().values.usd_in_cny.0
    }

    /// The name of the time zone whose days and months budgets count; none for the server's own.
    #[must_use]
    pub fn budget_zone(&self) -> Option<String> {
        Some(self.state().values.budget_zone.clone()).filter(|name| !name.is_empty())
    }

    /// Every setting, as administrators see it: its value is what the rest of the server reads.
    #[must_use]
    pub fn view(&self) -> Vec<SettingView> {
        DEFINITIONS.iter().map(|definition| self.view_of(definition)).collect()
    }

    fn view_of(&self, definition: &Definition) -> SettingView {
        SettingView {
            key: definition.key().to_owned(),
            kind: definition.field.kind(),
            value: (definition.answer)(self),
            default: (definition.read)(&Values::default()),
            locked: self.lock_of(definition.key()).map(str::to_owned),
        }
    }

    fn lock_of(&self, key: &str) -> Option<&'static str> {
        self.locks.iter().find(|(definition, ..)| definition.key() == key).map(|(_, variable, _)| *variable)
    }

    /// Changes one setting, at once and for everybody.
    ///
    /// # Errors
    /// `setting.unknown`, `setting.locked`, `auth.scope` for a key and a setting that wants a person, `request.invalid` with
    /// the rule, or the database's.
    pub async fn set(self: &Arc<Self>, key: &str, value: Value, by: &Actor) -> AppResult<SettingView> {
        let definition =
            registry::find(key).ok_or_else(|| AppError::new(ErrorCode::SettingUnknown).with("key", key))?;
        if definition.field.who == Who::SignedIn {
            by.check_signed_in()?;
        }
        if let Some(variable) = self.lock_of(key) {
            return Err(AppError::new(ErrorCode::SettingLocked).with("key", key).with("variable", variable));
        }
        let mut values = self.state().values.clone();
        let before = (definition.read)(&values);
        (definition.write)(&mut values, &value).map_err(|rule| AppError::invalid(format!("`{key}` must be {rule}")))?;
        let after = (definition.read)(&values);
        let deed = Deed::on(Act::SettingChanged, ThingKind::Setting, key, definition.field.en.0);
        let deed = deed.changes(before, after.clone());
        self.write(definition.key(), &after, by, deed).await?;
        Ok(self.view_of(definition))
    }

    /// Puts a logo beside the name, or takes it away.
    ///
    /// # Errors
    /// The database's.
    pub async fn set_logo(self: &Arc<Self>, logo: Option<&Logo>, by: &Actor) -> AppResult<Branding> {
        let told =
            |logo: &Logo| json!({"mediaType": logo.media_type, "bytes": logo.bytes.len(), "version": logo.version});
        let deed = Deed::on(Act::SettingChanged, ThingKind::Setting, logo::KEY, "Logo");
        let before = self.logo().map_or(Value::Null, |logo| told(&logo));
        let deed = deed.changes(before, logo.map_or(Value::Null, told));
        self.write(logo::KEY, &logo.map_or(Value::Null, Logo::to_value), by, deed).await?;
        Ok(self.branding())
    }

    /// Stores one row, here and for everybody at once. What changes nothing is not written down.
    async fn write(self: &Arc<Self>, key: &str, value: &Value, by: &Actor, deed: Deed) -> AppResult<()> {
        let now = self.clock.now();
        let tx = self.db.begin().await?;
        db::settings::put(&tx, key, value, now).await?;
        if deed.before != deed.after {
            audit::write(&tx, by, &deed, now).await?;
        }
        let settings = Arc::clone(self);
        to_the_end(async move {
            tx.commit().await?;
            settings.db.tell(|| Notice::Settings);
            settings.reload().await
        })
        .await?;
        tracing::info!(setting = key, "setting changed");
        Ok(())
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
            if row.key == logo::KEY {
                state.logo = Logo::from_value(&row.value).map(Arc::new);
                state.versions.insert(row.key, row.version);
                continue;
            }
            let Some(definition) = registry::find(&row.key) else { continue };
            if let Err(rule) = (definition.write)(&mut state.values, &row.value) {
                tracing::warn!(setting = row.key, "the stored value is ignored: it must be {rule}");
            }
            state.versions.insert(row.key, row.version);
        }
        for (definition, variable, value) in &self.locks {
            if let Err(rule) = (definition.write)(&mut state.values, value) {
                tracing::warn!(setting = definition.key(), variable, "the variable is ignored: it must be {rule}");
            }
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
            Ok(()) => seeds.push((definition.key(), value)),
            Err(rule) => tracing::warn!(setting = definition.key(), "its variable is ignored: it must be {rule}"),
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
