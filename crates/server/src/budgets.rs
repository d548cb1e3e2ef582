//! Budgets: how much may be used of models, and what was.
//!
//! The rules are a picture in memory that follows every change, here by itself and on other servers because they are told.
//! Without a rule nothing is asked and nothing is counted. With one, an amount is set aside before a provider is called
//! (`hold`) and replaced by what the call took when it is over, in the transaction that ends it: `calendar` says when a
//! window ends, `amounts` how much something is, `edit` changes rules, `view` shows them.

mod amounts;
mod calendar;
mod edit;
mod hold;
mod kept;
mod refusal;
mod rules;
mod view;

pub use amounts::{Ask, Rate, Took};
pub use calendar::{Ahead, Calendar};
pub use edit::clean_limits;
pub use hold::{Hold, Left, Payer, longest};
pub use kept::Kept;

use crate::clock::Clock;
use crate::db::{self, Db, DbErr, budgets};
use crate::settings::Settings;
use amounts::Measure;
use calendar::Period;
use db::budgets::Rule;
use db::budgets::spending::{self, Reserved};
use rules::Rules;
use shared::chat::Usage;
use std::sync::{Arc, Mutex, PoisonError, RwLock};

/// Days for which it is remembered what was used.
const REMEMBERED_DAYS: i64 = 400;
const DAY_MS: i64 = 86_400_000;

/// The budgets in force.
pub struct Budgets {
    db: Db,
    clock: Clock,
    settings: Arc<Settings>,
    /// The server's own time zone.
    own_zone: Calendar,
    /// This server's name among those that share the database.
    instance: String,
    rules: RwLock<Arc<Rules>>,
    reloading: tokio::sync::Mutex<()>,
    /// Calls under way that are no runs.
    kept: Arc<kept::Calls>,
    /// The day on which old windows were forgotten last.
    tidied: Mutex<String>,
}

impl Budgets {
    /// Reads the rules.
    ///
    /// # Errors
    /// The database's.
    pub async fn load(
        db: Db,
        clock: Clock,
        settings: Arc<Settings>,
        own_zone: Calendar,
        instance: String,
    ) -> Result<Arc<Self>, DbErr> {
        let (rules, reloading, tidied) = (RwLock::default(), tokio::sync::Mutex::new(()), Mutex::default());
        let kept = Arc::default();
        let budgets = Self { db, clock, settings, own_zone, instance, rules, reloading, kept, tidied };
        budgets.reload().await?;
        Ok(Arc::new(budgets))
    }

    /// Reads the rules again.
    ///
    /// # Errors
    /// The database's.
    pub async fn reload(&self) -> Result<(), DbErr> {
        let _one_at_a_time = self.reloading.lock().await;
        let rules = Rules::of(budgets::all(self.db.read()).await?);
        *self.rules.write().unwrap_or_else(PoisonError::into_inner) = Arc::new(rules);
        Ok(())
    }

    /// Notices what other servers changed. Where no other server can be, it does nothing.
    ///
    /// # Errors
    /// The database's.
    pub async fn poll(&self) -> Result<(), DbErr> {
        if self.db.is_postgres() { self.reload().await } else { Ok(()) }
    }

    /// Frees what is set aside for calls that nobody makes any more, and forgets windows that are long over.
    ///
    /// # Errors
    /// The database's.
    pub async fn keep_house(&self, lease_clock: i64) -> Result<(), DbErr> {
        let today = self.calendar().period(shared::budgets::Window::Day, self.clock.now()).name;
        let is_new_day = *self.tidied.lock().unwrap_or_else(PoisonError::into_inner) != today;
        let tx = self.db.begin().await?;
        for call in self.kept.list() {
            spending::renew(&tx, &call, lease_clock + hold::LEASES * crate::chat::lease_ms()).await?;
        }
        let freed = spending::free(&tx, None, lease_clock).await?;
        if is_new_day {
            let before = self.clock.now() - REMEMBERED_DAYS * DAY_MS;
            spending::forget(&tx, &self.calendar().period(shared::budgets::Window::Day, before).name).await?;
        }
        tx.commit().await?;
        *self.tidied.lock().unwrap_or_else(PoisonError::into_inner) = today;
        if freed > 0 {
            tracing::info!(freed, "what was set aside of budgets for calls that were never made is free again");
        }
        Ok(())
    }

    /// Keeps what is set aside for a call that is no run, for as long as what this answers lives.
    #[must_use]
    pub fn keep(&self, call: &str) -> Kept {
        self.kept.keep(call)
    }

    /// Whether there is no rule: then nothing has to be asked.
    #[must_use]
    pub fn is_idle(&self) -> bool {
        self.rules.read().unwrap_or_else(PoisonError::into_inner).is_empty()
    }

    fn rules(&self) -> Arc<Rules> {
        Arc::clone(&self.rules.read().unwrap_or_else(PoisonError::into_inner))
    }

    /// The calendar whose days and months count.
    #[must_use]
    pub fn calendar(&self) -> Calendar {
        let named = self.settings.budget_zone().and_then(|name| Calendar::named(&name));
        named.unwrap_or_else(|| self.own_zone.clone())
    }

    fn measure(&self, rule: &Rule) -> Measure {
        Measure { unit: rule.unit, currency: rule.currency, rate: Rate(self.settings.usd_in_cny()) }
    }

    fn period(&self, rule: &Rule) -> Period {
        self.calendar().period(rule.window, self.clock.now())
    }
}

/// Replaces what was set aside for a call by what it took, inside the transaction that ends it.
///
/// # Errors
/// The database's.
pub async fn settle(tx: &db::DatabaseTransaction, call: &str, took: Took) -> Result<(), DbErr> {
    let amount =
        move |of: &Reserved| took.amount(Measure { unit: of.unit, currency: of.currency, rate: Rate(of.rate) });
    spending::settle(tx, call, amount).await
}

/// Ends what this server had set aside when it died, beside the runs that were ended.
///
/// # Errors
/// The database's.
pub async fn free_at_start(tx: &db::DatabaseTransaction, instance: &str, moment: i64) -> Result<usize, DbErr> {
    spending::free(tx, Some(instance), moment).await
}

/// What calls took together; `answered` says whether something came of them.
pub fn took<'a>(calls: impl IntoIterator<Item = &'a Usage>, answered: bool) -> Took {
    let nothing = Took { requests: u64::from(answered), ..Took::default() };
    calls.into_iter().fold(nothing, Took::and)
}
