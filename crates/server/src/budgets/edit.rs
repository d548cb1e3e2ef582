//! Rules are made, changed and removed; what was said counts from the next request on.

use super::Budgets;
use crate::audit::{self, Actor, Deed};
use crate::catalog::Catalog;
use crate::clock::new_id;
use crate::db::budgets::{self, Rule};
use crate::db::engine::lock_key;
use crate::db::{DatabaseTransaction, Notice, api_keys, users};
use crate::error::{AppError, AppResult};
use crate::whole::to_the_end;
use serde_json::{Value, json};
use shared::accounts::User;
use shared::audit::{Act, ThingKind};
use shared::budgets::{Budget, CreateBudget, KeyLimit, Subject, Unit, UpdateBudget, money};
use shared::limits::{MAX_BUDGET, MAX_BUDGETS, MAX_KEY_LIMITS};
use shared::{ApiKeyId, BudgetId, ErrorCode};
use std::sync::Arc;

/// Those who change rules take turns by this name.
const TURN: &str = "budgets";

impl Budgets {
    /// Makes a rule.
    ///
    /// # Errors
    /// `request.invalid`, `user.not_found`, `api_key.not_found`, `model.not_found`, `budget.limit`.
    pub async fn create(
        self: &Arc<Self>,
        caller: &User,
        by: &Actor,
        wish: CreateBudget,
        catalog: &Catalog,
    ) -> AppResult<Budget> {
        check_limit(wish.limit)?;
        let model = wish.model_id.as_ref().map(|id| catalog.resolve(Some(id.as_str()), caller)).transpose()?;
        let rule = Rule {
            id: BudgetId(new_id()),
            subject: wish.subject,
            model: model.map(|model| model.model_id),
            unit: wish.unit,
            window: wish.window,
            limit: wish.limit,
            currency: self.settings.budget_currency(),
            enabled: wish.enabled,
            of_owner: false,
            version: 1,
            created_at: self.clock.now(),
        };
        let tx = self.db.begin().await?;
        lock_key(&tx, TURN).await?;
        let name = name_of(&tx, &rule.subject).await?;
        if budgets::count(&tx).await? >= MAX_BUDGETS as u64 {
            return Err(AppError::new(ErrorCode::BudgetLimit).with("limit", MAX_BUDGETS));
        }
        budgets::insert(&tx, &rule).await?;
        let deed = on(Act::BudgetCreated, &rule, name).changes(Value::Null, written_down(&rule));
        audit::write(&tx, by, &deed, rule.created_at).await?;
        self.commit(tx).await?;
        tracing::info!(budget = %rule.id, subject = rule.subject.as_str(), "budget made");
        self.shown(rule).await
    }

    /// Changes how much there is of a rule, or whether it holds.
    ///
    /// # Errors
    /// `budget.not_found`, `request.invalid`.
    pub async fn update(self: &Arc<Self>, by: &Actor, id: &BudgetId, wish: UpdateBudget) -> AppResult<Budget> {
        wish.limit.map_or(Ok(()), check_limit)?;
        let tx = self.db.begin().await?;
        lock_key(&tx, TURN).await?;
        let mut rule = budgets::get(&tx, id).await?.ok_or(ErrorCode::BudgetNotFound)?;
        let before = written_down(&rule);
        rule.limit = wish.limit.unwrap_or(rule.limit);
        rule.enabled = wish.enabled.unwrap_or(rule.enabled);
        budgets::set(&tx, id, rule.limit, rule.enabled).await?;
        let name = name_of(&tx, &rule.subject).await?;
        let deed = on(Act::BudgetChanged, &rule, name).changes(before, written_down(&rule));
        audit::write(&tx, by, &deed, self.clock.now()).await?;
        self.commit(tx).await?;
        tracing::info!(budget = %id, limit = rule.limit, enabled = rule.enabled, "budget changed");
        self.shown(rule).await
    }

    /// Removes a rule with all that was counted.
    ///
    /// # Errors
    /// `budget.not_found`.
    pub async fn delete(self: &Arc<Self>, by: &Actor, id: &BudgetId) -> AppResult<()> {
        let tx = self.db.begin().await?;
        let rule = budgets::get(&tx, id).await?.ok_or(ErrorCode::BudgetNotFound)?;
        budgets::delete(&tx, id).await?;
        let name = name_of(&tx, &rule.subject).await?;
        let deed = on(Act::BudgetRemoved, &rule, name).changes(written_down(&rule), Value::Null);
        audit::write(&tx, by, &deed, self.clock.now()).await?;
        self.commit(tx).await?;
        tracing::info!(budget = %id, "budget removed");
        Ok(())
    }

    /// Gives a key the limits that its person wants for it. One that counts the same as before keeps what it counted.
    ///
    /// # Errors
    /// The database's.
    pub async fn set_key_limits(
        self: &Arc<Self>,
        by: &Actor,
        (key, name): (&ApiKeyId, &str),
        limits: &[KeyLimit],
    ) -> AppResult<()> {
        let tx = self.db.begin().await?;
        lock_key(&tx, TURN).await?;
        let before = budgets::of_key(&tx, key).await?;
        let same = |rule: &Rule, limit: &KeyLimit| (rule.unit, rule.window) == (limit.unit, limit.window);
        for rule in before.iter().filter(|rule| !limits.iter().any(|limit| same(rule, limit))) {
            budgets::delete(&tx, &rule.id).await?;
        }
        for (place, limit) in limits.iter().enumerate() {
            match before.iter().find(|rule| same(rule, limit)) {
                Some(rule) if rule.limit == limit.limit => {}
                Some(rule) => budgets::set(&tx, &rule.id, limit.limit, true).await?,
                None => budgets::insert(&tx, &self.of_key_owner(key, *limit, place)).await?,
            }
        }
        let were = before.iter().map(|rule| KeyLimit { unit: rule.unit, window: rule.window, limit: rule.limit });
        let (were, are) = (limits_written_down(were), limits_written_down(limits.iter().copied()));
        if were != are {
            let deed = Deed::on(Act::KeyChanged, ThingKind::Key, key, name);
            audit::write(&tx, by, &deed.changes(json!({"limits": were}), json!({"limits": are})), self.clock.now())
                .await?;
        }
        self.commit(tx).await
    }

    fn of_key_owner(&self, key: &ApiKeyId, limit: KeyLimit, place: usize) -> Rule {
        Rule {
            id: BudgetId(new_id()),
            subject: Subject::Key { key_id: key.clone() },
            model: None,
            unit: limit.unit,
            window: limit.window,
            limit: limit.limit,
            currency: self.settings.budget_currency(),
            enabled: true,
            of_owner: true,
            version: 1,
            // In their order, although they are made at once.
            created_at: self.clock.now().saturating_add(i64::try_from(place).unwrap_or(0)),
        }
    }

    /// Stores a change, and takes it in here and everywhere, also when the caller left meanwhile.
    async fn commit(self: &Arc<Self>, tx: DatabaseTransaction) -> AppResult<()> {
        let budgets = Arc::clone(self);
        to_the_end(async move {
            tx.commit().await?;
            budgets.db.tell(|| Notice::Budgets);
            Ok(budgets.reload().await?)
        })
        .await
    }
}

/// An act on a rule, which is called like whom it is for.
fn on(act: Act, rule: &Rule, name: String) -> Deed {
    Deed::on(act, ThingKind::Budget, &rule.id, name)
}

/// An amount as it is read: money in units of it.
fn amount(unit: Unit, limit: u64) -> Value {
    if unit == Unit::Money { money(limit).into() } else { limit.into() }
}

/// Limits of a key, for the audit log.
fn limits_written_down(limits: impl Iterator<Item = KeyLimit>) -> Value {
    let line =
        |limit: KeyLimit| json!({"limit": amount(limit.unit, limit.limit), "unit": limit.unit, "window": limit.window});
    limits.map(line).collect()
}

/// A rule, for the audit log.
fn written_down(rule: &Rule) -> Value {
    json!({
        "subject": rule.subject.as_str(),
        "model": rule.model,
        "unit": rule.unit,
        "window": rule.window,
        "limit": amount(rule.unit, rule.limit),
        "currency": rule.currency,
        "enabled": rule.enabled,
    })
}

fn check_limit(limit: u64) -> AppResult<()> {
    if limit <= MAX_BUDGET { Ok(()) } else { Err(AppError::invalid(format!("`limit` must be at most {MAX_BUDGET}"))) }
}

/// What a person wants for a key, as it may be stored.
///
/// # Errors
/// `request.invalid`.
pub fn clean_limits(limits: &[KeyLimit]) -> AppResult<()> {
    if limits.len() > MAX_KEY_LIMITS {
        return Err(AppError::invalid(format!("`limits` must be at most {MAX_KEY_LIMITS}")));
    }
    for (place, limit) in limits.iter().enumerate() {
        check_limit(limit.limit)?;
        if limits[..place].iter().any(|other| (other.unit, other.window) == (limit.unit, limit.window)) {
            return Err(AppError::invalid("`limits` must not name the same unit and window twice"));
        }
    }
    Ok(())
}

/// What the person or the key is called; nothing for everybody.
///
/// # Errors
/// `user.not_found`, `api_key.not_found`.
async fn name_of(tx: &DatabaseTransaction, subject: &Subject) -> AppResult<String> {
    Ok(match subject {
        Subject::Each | Subject::Everyone => String::new(),
        Subject::Person { user_id } => users::get(tx, user_id).await?.ok_or(ErrorCode::UserNotFound)?.username,
        Subject::Key { key_id } => api_keys::name(tx, key_id).await?.ok_or(ErrorCode::ApiKeyNotFound)?,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use shared::budgets::Window;

    #[test]
    fn a_key_has_few_limits_and_each_of_them_once() {
        let limit = |unit, window, limit| KeyLimit { unit, window, limit };
        let refused = |limits: &[KeyLimit]| clean_limits(limits).err().map(|error| error.params["detail"].clone());
        let fine = [limit(Unit::Tokens, Window::Day, 0), limit(Unit::Tokens, Window::Month, MAX_BUDGET)];
        assert_eq!(refused(&fine), None);
        let twice = [fine[0], fine[0]];
        assert!(refused(&twice).expect("refused").contains("twice"));
        assert!(refused(&[limit(Unit::Money, Window::Day, MAX_BUDGET + 1)]).expect("refused").contains("`limit`"));
        assert!(refused(&[fine[0]; 7]).expect("refused").contains("at most 6"));
    }
}
