//! The settings as the server holds them: for each row of the table in `shared` its typed value, its default, how code
//! reads it, what the operator says first, and what fixes it. Pure.

use super::Settings;
use super::values::{Held, Millionths};
use crate::config::Config;
use crate::config::registry::{self as variables, Variable};
use serde_json::Value;
use shared::colour::Rgb;
use shared::models::Currency;
use shared::second_factor::SecondFactorRule;
use shared::settings::fields::{self, Field};
use shared::settings::{LOG_INFO, TITLES_AUTO, TONE_INFO, TRACE_BOTH};

/// One setting.
pub(super) struct Definition {
    /// Its row of the table.
    pub(super) field: &'static Field,
    /// The function by which the rest of the server reads it, by name; `tests` finds its callers.
    #[cfg(test)]
    pub(super) accessor: &'static str,
    /// What that function answers, as the value of the setting.
    pub(super) answer: fn(&Settings) -> Value,
    /// Its first value, where a `DEFAULT_…` variable gives one.
    pub(super) seed: fn(&Config) -> Option<Value>,
    /// The variable that fixes it while it is set.
    pub(super) lock: Option<Lock>,
    /// Takes its value out.
    pub(super) read: fn(&Values) -> Value,
    /// Puts a value in, or names the rule that it breaks: "a whole number from …".
    pub(super) write: fn(&mut Values, &Value) -> Result<(), String>,
}

/// What fixes a setting.
#[derive(Clone, Copy)]
pub(super) struct Lock {
    /// The variable.
    pub(super) variable: &'static Variable,
    /// The value that it gives, if it is set.
    pub(super) value: fn(&Config) -> Option<Value>,
}

macro_rules! definitions {
    ($($row:ident $name:ident: $held:ty = $default:expr, $accessor:ident = $answer:expr
        $(, seed $seed:expr)? $(, lock $variable:ident $lock:expr)?;)*) => {
        /// Every setting with its value.
        #[derive(Clone, Debug, PartialEq)]
        pub(super) struct Values {
            $(pub(super) $name: $held,)*
        }

        impl Default for Values {
            fn default() -> Self {
                Self { $($name: $default,)* }
            }
        }

        /// All settings, in the order of the table.
        pub(super) const DEFINITIONS: &[Definition] = &[$(Definition {
            field: &fields::$row,
            #[cfg(test)]
            accessor: stringify!($accessor),
            answer: $answer,
            seed: definitions!(@seed $($seed)?),
            lock: definitions!(@lock $($variable $lock)?),
            read: |values| values.$name.to_value(),
            write: |values, value| {
                let held = <$held>::check(value, &fields::$row);
                held.map(|held| values.$name = held)
            },
        },)*];
    };
    (@seed) => { |_| None };
    (@seed $seed:expr) => { $seed };
    (@lock) => { None };
    (@lock $variable:ident $lock:expr) => { Some(Lock { variable: &variables::$variable, value: $lock }) };
}

definitions! {
    BRAND_NAME brand_name: String = "AIChat".to_owned(), branding = |s| s.branding().name.into();
    BRAND_COLOUR brand_colour: Option<Rgb> = None, branding = |s| s.branding().colour.unwrap_or_default().into();

    ANNOUNCEMENT_SHOWN announcement_shown: bool = false, announcement = |s| s.announcement().shown.into();
    ANNOUNCEMENT_TEXT announcement_text: String = String::new(), announcement = |s| s.announcement().text.into();
    ANNOUNCEMENT_TONE announcement_tone: String = TONE_INFO.to_owned(), announcement = |s| s.announcement().tone.into();
    ANNOUNCEMENT_DISMISSIBLE announcement_dismissible: bool = true, announcement = |s| s.announcement().dismissible.into();

    REGISTRATION registration_enabled: bool = true, registration_enabled = |s| s.registration_enabled().into(),
        seed |config| config.seed_registration.map(Value::from);
    PERSONAL_CONNECTIONS personal_connections: bool = false, personal_connections = |s| s.personal_connections().into();
    RUNS_PER_USER runs_per_user: u32 = 20, runs_per_user = |s| s.runs_per_user().into();
    FILE_QUOTA_MIB file_quota_mib: u32 = 1_024, file_quota = |s| (s.file_quota() / (1024 * 1024)).into();

    SECOND_FACTOR second_factor: SecondFactorRule = SecondFactorRule::Off,
        second_factor_rule = |s| s.second_factor_rule().as_str().into();
    ACCESS_TOKEN_SECONDS access_token_seconds: u32 = 15 * 60, access_token_seconds = |s| s.access_token_seconds().into(),
        lock ACCESS_TOKEN_EXPIRE_MINUTES |config| config.access_token_minutes.map(|minutes| (minutes * 60).into());
    LOGIN_IDLE_DAYS login_idle_days: u32 = 30, login_life = |s| s.login_life().idle_days().into();
    LOGIN_MAX_DAYS login_max_days: u32 = 0, login_life = |s| s.login_life().max_days().into();
    SIGN_IN_TRIES sign_in_tries: u32 = 10, sign_in_limit = |s| s.sign_in_limit().tries.into();
    SIGN_IN_PAUSE_MINUTES sign_in_pause_minutes: u32 = 15, sign_in_limit = |s| (s.sign_in_limit().pause_ms / 60_000).into();

    SYSTEM_PROMPT system_prompt: String = String::new(), system_prompt = |s| s.system_prompt().into();
    DEFAULT_MODEL default_model: String = String::new(),
        default_model = |s| s.default_model().map(|id| id.0).unwrap_or_default().into();
    TITLE_MODEL title_model: String = TITLES_AUTO.to_owned(), title_model = |s| s.title_model().into();
    CONTEXT_TOKENS context_token_limit: u32 = 32_000, context_token_limit = |s| s.context_token_limit().into(),
        seed |config| config.seed_context_token_limit.map(Value::from);
    COMPLETION_MODEL completion_model: String = String::new(), completion_model = |s| s.completion_model().into();
    EMBEDDING_MODEL embedding_model: String = String::new(), embedding_model = |s| s.embedding_model().into();
    RERANK_MODEL rerank_model: String = String::new(), rerank_model = |s| s.rerank_model().into();
    REFRESH_HOURS model_refresh_hours: u32 = 6, model_refresh = |s| (s.model_refresh().as_secs() / 3_600).into();

    BUDGET_CURRENCY budget_currency: Currency = Currency::Usd, budget_currency = |s| s.budget_currency().as_str().into();
    USD_IN_CNY usd_in_cny: Millionths = Millionths(7_000_000), usd_in_cny = |s| Millionths(s.usd_in_cny()).to_value();
    BUDGET_ZONE budget_zone: String = String::new(), budget_zone = |s| s.budget_zone().unwrap_or_default().into();

    AUDIT_DAYS audit_days: u32 = 365, audit_days = |s| s.audit_days().into();

    LOG_LEVEL log_level: String = LOG_INFO.to_owned(), log_level = |s| s.log_level().as_str().into(),
        lock LOG_LEVEL |config| config.fixed_log_level().map(Value::from);
    TRACE_ENABLED trace_enabled: bool = true, trace_rule = |s| s.trace_rule().enabled.into();
    TRACE_DEFAULT trace_default: bool = true, trace_rule = |s| s.trace_rule().by_default.into();
    TRACE_ADMINS trace_admins_only: bool = false, trace_rule = |s| s.trace_rule().admins_only.into();
    TRACE_VIA trace_via: String = TRACE_BOTH.to_owned(), trace_rule = |s| s.trace_rule().via.into();
    TRACE_DAYS trace_days: u32 = 7, trace_days = |s| s.trace_days().into();
    METRICS metrics_enabled: bool = false, metrics_enabled = |s| s.metrics_enabled().into(),
        lock METRICS_TOKEN |config| config.metrics_token.is_some().then_some(Value::Bool(true));
}

impl Definition {
    /// Its name on the wire and in the database.
    pub(super) fn key(&self) -> &'static str {
        self.field.key
    }

    /// The name of the variable that fixes it now.
    pub(super) fn locked(&self, config: &Config) -> Option<(&'static str, Value)> {
        let lock = self.lock?;
        Some((lock.variable.name, (lock.value)(config)?))
    }
}

/// The setting with this key.
pub(super) fn find(key: &str) -> Option<&'static Definition> {
    DEFINITIONS.iter().find(|definition| definition.key() == key)
}

/// What the documentation tells of a setting beside its row of the table.
pub struct Documented {
    /// Its row.
    pub field: &'static Field,
    /// Its default.
    pub default: Value,
    /// The variable that fixes it.
    pub variable: Option<&'static str>,
}

/// Every setting, for the documentation.
#[must_use]
pub fn documented() -> Vec<Documented> {
    let defaults = Values::default();
    let one = |definition: &Definition| Documented {
        field: definition.field,
        default: (definition.read)(&defaults),
        variable: definition.lock.map(|lock| lock.variable.name),
    };
    DEFINITIONS.iter().map(one).collect()
}

#[cfg(test)]
#[path = "registry_tests.rs"]
mod tests;
