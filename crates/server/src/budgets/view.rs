//! What is shown of budgets: all of them to administrators, to everybody those that hold for them.

use super::Budgets;
use super::rules::holder;
use crate::auth::CurrentUser;
use crate::catalog::Catalog;
use crate::db::budgets::spending::{self, Place, Row};
use crate::db::budgets::{self, Rule};
use crate::db::{api_keys, rfc3339, users};
use crate::error::AppResult;
use shared::budgets::{self as shown, Budget, KeyBudget, MyBudget, Subject, Unit, Used, Whose};
use shared::models::Currency;
use shared::{ApiKeyId, UserId};

impl Budgets {
    /// The rules that administrators set, with what was used of them.
    ///
    /// # Errors
    /// The database's.
    pub async fn list(&self) -> AppResult<shown::Budgets<Budget>> {
        let mut items = Vec::new();
        for rule in budgets::all(self.db.read()).await?.into_iter().filter(|rule| !rule.of_owner) {
            items.push(self.shown(rule).await?);
        }
        Ok(shown::Budgets { items, currency: self.settings.budget_currency() })
    }

    pub(super) async fn shown(&self, rule: Rule) -> AppResult<Budget> {
        let db = self.db.read();
        let period = self.period(&rule);
        let most = spending::most_used(db, &rule.id, &period.name).await?;
        let (by, row) = most.map_or((None, Row::default()), |(by, row)| (Some(by), row));
        let most_by = match (&rule.subject, by) {
            (Subject::Each, Some(user)) => users::get(db, &UserId(user)).await?.map(|user| user.username),
            _ => None,
        };
        let subject_name = match &rule.subject {
            Subject::Person { user_id } => users::get(db, user_id).await?.map(|user| user.username),
            Subject::Key { key_id } => api_keys::name(db, key_id).await?,
            Subject::Each | Subject::Everyone => None,
        };
        Ok(Budget {
            subject_name,
            most_by,
            used: used(row, period.ends_at),
            currency: currency(&rule),
            id: rule.id,
            subject: rule.subject,
            model_id: rule.model,
            unit: rule.unit,
            window: rule.window,
            limit: rule.limit,
            enabled: rule.enabled,
            created_at: rfc3339(rule.created_at),
        })
    }

    /// The rules that hold for the caller, with what is left for them. A model that they may not use is none of theirs.
    ///
    /// # Errors
    /// The database's.
    pub async fn mine(&self, who: &CurrentUser, catalog: &Catalog) -> AppResult<shown::Budgets<MyBudget>> {
        let (rules, user) = (self.rules(), &who.user.id);
        let mut items = Vec::new();
        for rule in rules.for_caller(user, who.key.as_ref().map(|key| &key.id)) {
            let model = match &rule.model {
                Some(id) => match catalog.resolve(Some(id.as_str()), who) {
                    Ok(resolved) => Some(resolved.model),
                    Err(_) => continue,
                },
                None => None,
            };
            let used = self.used_by(rule, user).await?;
            items.push(MyBudget {
                id: rule.id.clone(),
                whose: match rule.subject {
                    Subject::Each | Subject::Person { .. } => Whose::Own,
                    Subject::Everyone => Whose::Everyone,
                    Subject::Key { .. } => Whose::Key,
                },
                model,
                unit: rule.unit,
                window: rule.window,
                limit: rule.limit,
                remaining: used.remaining(rule.limit),
                currency: currency(rule),
                used,
            });
        }
        Ok(shown::Budgets { items, currency: self.settings.budget_currency() })
    }

    /// The limits that somebody set for a key of theirs.
    ///
    /// # Errors
    /// The database's.
    pub async fn of_key(&self, user: &UserId, key: &ApiKeyId) -> AppResult<Vec<KeyBudget>> {
        let (rules, mut limits) = (self.rules(), Vec::new());
        for rule in rules.of_owner(key) {
            let used = self.used_by(rule, user).await?;
            let (unit, window, limit) = (rule.unit, rule.window, rule.limit);
            limits.push(KeyBudget { unit, window, limit, currency: currency(rule), used });
        }
        Ok(limits)
    }

    async fn used_by(&self, rule: &Rule, user: &UserId) -> AppResult<Used> {
        let period = self.period(rule);
        let place = Place { budget: rule.id.clone(), holder: holder(rule, user), period: period.name };
        Ok(used(spending::used(self.db.read(), &place).await?, period.ends_at))
    }
}

fn used(row: Row, ends_at: Option<i64>) -> Used {
    Used { spent: row.spent, reserved: row.reserved, resets_at: ends_at.map(rfc3339) }
}

fn currency(rule: &Rule) -> Option<Currency> {
    (rule.unit == Unit::Money).then_some(rule.currency)
}
