//! The budgets that administrators set, and how amounts of them are written and read.

use crate::state::load::Load;
use crate::{amounts, api};
use leptos::prelude::*;
use leptos::task::spawn_local;
use shared::budgets::{Budget, Budgets as List, CreateBudget, Unit, UpdateBudget, money, parse_money};
use shared::chat::Cost;
use shared::limits::MAX_BUDGET;
use shared::models::Currency;
use shared::{ApiError, BudgetId, ErrorCode};

/// The plain state.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct BudgetsState {
    /// Where the list stands.
    pub load: Load,
    /// The budgets, in the order in which they were made.
    pub items: Vec<Budget>,
    /// The currency in which a new one counts money.
    pub currency: Currency,
}

impl BudgetsState {
    /// Takes in the list.
    pub fn replace(&mut self, answer: Result<List<Budget>, ApiError>) {
        match answer {
            Ok(list) => (self.load, self.items, self.currency) = (Load::Ready, list.items, list.currency),
            Err(error) => self.load = Load::Failed(error),
        }
    }

    /// Takes in a budget that is new, or changed: that one stays in its place.
    pub fn put(&mut self, budget: Budget) {
        match self.items.iter_mut().find(|known| known.id == budget.id) {
            Some(known) => *known = budget,
            None => self.items.push(budget),
        }
    }

    /// Takes out a budget that was removed.
    pub fn remove(&mut self, id: &BudgetId) {
        self.items.retain(|budget| budget.id != *id);
    }
}

/// The budgets as the interface reads and changes them.
#[derive(Clone, Copy)]
pub struct Budgets {
    /// The state; tracked.
    pub state: RwSignal<BudgetsState>,
}

impl Budgets {
    /// Asks for the list, for as long as the caller lives.
    #[must_use]
    pub fn load() -> Self {
        let budgets = Self { state: RwSignal::new(BudgetsState::default()) };
        budgets.reload();
        budgets
    }

    /// Asks for the list again.
    pub fn reload(self) {
        spawn_local(async move {
            let answer = api::budgets::list().await;
            self.state.try_update(|state| state.replace(answer));
        });
    }

    /// Makes a budget.
    ///
    /// # Errors
    /// As the server refuses.
    pub async fn create(self, wish: &CreateBudget) -> api::ApiResult<()> {
        let budget = api::budgets::create(wish).await?;
        self.state.try_update(|state| state.put(budget));
        Ok(())
    }

    /// Changes a budget.
    ///
    /// # Errors
    /// As the server refuses.
    pub async fn update(self, id: &BudgetId, change: &UpdateBudget) -> api::ApiResult<()> {
        let budget = api::budgets::update(id, change).await?;
        self.state.try_update(|state| state.put(budget));
        Ok(())
    }

    /// Removes a budget. One that was removed already is taken out as well.
    ///
    /// # Errors
    /// As the server refuses.
    pub async fn remove(self, id: &BudgetId) -> api::ApiResult<()> {
        match api::budgets::remove(id).await {
            Err(error) if error.known() != Some(ErrorCode::BudgetNotFound) => return Err(error),
            _ => {}
        }
        self.state.try_update(|state| state.remove(id));
        Ok(())
    }
}

/// An amount as people read it, without its unit where that is no money.
#[must_use]
pub fn amount(unit: Unit, currency: Option<Currency>, number: u64) -> String {
    match unit {
        Unit::Requests | Unit::Tokens => amounts::grouped(number),
        Unit::Money => amounts::money(Cost { currency: currency.unwrap_or_default(), nano: number }),
    }
}

/// An amount as it stands in its field.
#[must_use]
pub fn typed(unit: Unit, number: u64) -> String {
    if unit == Unit::Money { money(number) } else { number.to_string() }
}

/// The amount that was typed; none breaks the rule.
#[must_use]
pub fn parsed(unit: Unit, text: &str) -> Option<u64> {
    // Digits are often grouped when they are pasted.
    let plain: String = text.chars().filter(|c| !matches!(c, ' ' | ',' | '_' | '\u{202f}')).collect();
    let number = if unit == Unit::Money { parse_money(&plain) } else { plain.parse().ok() };
    number.filter(|number| *number <= MAX_BUDGET)
}

/// A share of a limit in hundredths of the whole, for a bar. What is over the limit is not longer than the bar.
#[must_use]
pub fn share(part: u64, limit: u64) -> u64 {
    if limit == 0 { 100 } else { (u128::from(part.min(limit)) * 100 / u128::from(limit)).try_into().unwrap_or(100) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use shared::budgets::{Subject, Used, Window};

    fn budget(id: &str, limit: u64) -> Budget {
        Budget {
            id: id.into(),
            subject: Subject::Each,
            subject_name: None,
            model_id: None,
            unit: Unit::Requests,
            window: Window::Day,
            limit,
            currency: None,
            enabled: true,
            used: Used::default(),
            most_by: None,
            created_at: String::new(),
        }
    }

    #[test]
    fn a_new_budget_comes_last_and_a_changed_one_stays_in_its_place() {
        let mut state = BudgetsState::default();
        let items = vec![budget("a", 1), budget("b", 2)];
        state.replace(Ok(List { items, currency: Currency::Cny }));
        state.put(budget("c", 3));
        state.put(budget("a", 9));
        assert_eq!(state.items.iter().map(|budget| budget.limit).collect::<Vec<_>>(), [9, 2, 3]);
        state.remove(&"b".into());
        state.replace(Err(api::offline()));
        assert_eq!((state.items.len(), state.currency), (2, Currency::Cny));
    }

    #[test]
    fn amounts_are_typed_whole_and_money_with_its_parts() {
        assert_eq!(parsed(Unit::Tokens, " 1,000,000 "), Some(1_000_000));
        assert_eq!(parsed(Unit::Money, "12.5"), Some(12_500_000_000));
        for (unit, bad) in [(Unit::Requests, "1.5"), (Unit::Requests, ""), (Unit::Money, "-1"), (Unit::Tokens, "many")]
        {
            assert_eq!(parsed(unit, bad), None, "{bad}");
        }
        assert_eq!((typed(Unit::Money, 12_500_000_000), typed(Unit::Tokens, 5)), ("12.50".to_owned(), "5".to_owned()));
        assert_eq!(amount(Unit::Money, Some(Currency::Cny), 12_500_000_000), "¥12.50");
    }

    #[test]
    fn a_bar_is_never_longer_than_whole() {
        assert_eq!([share(0, 10), share(5, 10), share(20, 10), share(0, 0), share(1, 1000)], [0, 50, 100, 100, 0]);
    }
}
