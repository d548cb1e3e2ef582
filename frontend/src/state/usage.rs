//! Usage as the page reads it: the report of what is looked at, and what its groups are called.

pub mod chart;
pub mod view;

use crate::i18n::{fill, language, say, usage as words};
use crate::state::load::Load;
use crate::{amounts, api, time};
use leptos::prelude::*;
use leptos::task::spawn_local;
use shared::ApiError;
use shared::chat::Cost;
use shared::models::Currency;
use shared::usage::{By, GONE, Measure, NONE, OWN, Purpose, UsageGroup, UsageReport};
use view::View;

/// A report, and the view that it belongs to.
pub type Shown = (View, UsageReport);

/// The plain state.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct UsageState {
    /// Where the report stands. What was shown stays while another one is on its way.
    pub load: Load,
    /// The report.
    pub shown: Option<Shown>,
    /// Whether another one is on its way.
    pub waits: bool,
    /// Number of the last question; an answer to an earlier one is not wanted any more.
    asked: u64,
}

impl UsageState {
    /// Begins a question and gives its number.
    pub fn ask(&mut self) -> u64 {
        self.asked += 1;
        self.waits = true;
        self.asked
    }

    /// Takes in a report.
    pub fn take(&mut self, asked: u64, view: View, answer: Result<UsageReport, ApiError>) {
        if asked != self.asked {
            return;
        }
        self.waits = false;
        match answer {
            Ok(report) => (self.load, self.shown) = (Load::Ready, Some((view, report))),
            Err(error) => (self.load, self.shown) = (Load::Failed(error), None),
        }
    }
}

/// The report as the interface reads it.
#[derive(Clone, Copy)]
pub struct Usage {
    /// The state; tracked.
    pub state: RwSignal<UsageState>,
}

impl Usage {
    /// Without a report yet.
    #[must_use]
    pub fn new() -> Self {
        Self { state: RwSignal::new(UsageState::default()) }
    }

    /// Asks for the report of a view.
    pub fn ask(self, view: View) {
        spawn_local(async move {
            let Some(asked) = self.state.try_update(UsageState::ask) else { return };
            let answer = api::usage::report(&view.question()).await;
            self.state.try_update(|state| state.take(asked, view, answer));
        });
    }
}

impl Default for Usage {
    fn default() -> Self {
        Self::new()
    }
}

/// An amount of what is drawn, without its unit where that is no money.
#[must_use]
pub fn amount(measure: Measure, currency: Currency, number: u64) -> String {
    match measure {
        Measure::Calls | Measure::Tokens => amounts::grouped(number),
        Measure::Cost => amounts::money(Cost { currency, nano: number }),
    }
}

/// The same with its unit; tracked.
#[must_use]
pub fn amount_words(measure: Measure, currency: Currency, number: u64) -> String {
    let count = |text| fill(text, &[("count", &amounts::grouped(number))]);
    match measure {
        Measure::Calls => count(words::CALLS_COUNT),
        Measure::Tokens => count(words::TOKENS_COUNT),
        Measure::Cost => amount(measure, currency, number),
    }
}

/// The same with few digits, for an axis.
#[must_use]
pub fn short_amount(measure: Measure, currency: Currency, number: u64) -> String {
    match measure {
        Measure::Calls | Measure::Tokens => chart::short(number),
        Measure::Cost => amounts::money(Cost { currency, nano: number }),
    }
}

/// What a group is called; tracked.
#[must_use]
pub fn group_name(by: By, group: &UsageGroup) -> String {
    let name = match (group.name.as_deref(), group.owner.as_deref()) {
        (Some(name), Some(owner)) => Some(fill(words::KEY_OF, &[("name", name), ("owner", owner)])),
        (name, _) => name.map(str::to_owned),
    };
    key_name(by, &group.key, name)
}

/// What stands for a key in words, where it has a name of its own and where not; tracked.
#[must_use]
pub fn key_name(by: By, key: &str, name: Option<String>) -> String {
    let word = match (by, key) {
        (By::Person, NONE) => words::LEFT,
        (By::Key, NONE) => words::NO_KEY,
        (By::Connection, OWN) => words::OWN,
        (By::Connection, GONE) => words::GONE,
        (By::Key, _) if name.is_none() => words::KEY_GONE,
        (By::Connection, _) if name.is_none() => words::GONE,
        (By::Person, _) if name.is_none() => words::LEFT,
        (By::Day, _) => return time::date(&noon(key), language()),
        (By::Purpose, _) => {
            return Purpose::parse(key).map_or_else(|| key.to_owned(), |of| of.name(language()).to_owned());
        }
        _ => return name.unwrap_or_else(|| key.to_owned()),
    };
    say(word).to_owned()
}

/// A moment of a day that is in it in every time zone of the reader: without a zone the browser takes it for its own.
#[must_use]
pub fn noon(day: &str) -> String {
    format!("{day}T12:00:00")
}

#[cfg(test)]
mod tests {
    use super::*;
    use shared::usage::Extent;

    #[test]
    fn a_report_that_comes_late_is_not_taken_and_a_failure_leaves_none() {
        let mut state = UsageState::default();
        let old = state.ask();
        let new = state.ask();
        state.take(old, View::new(Extent::Mine), Err(api::offline()));
        assert!(state.load == Load::Waiting && state.waits);
        state.take(new, View::new(Extent::Mine), Err(api::offline()));
        assert!(matches!(state.load, Load::Failed(_)) && state.shown.is_none() && !state.waits);
    }

    #[test]
    fn groups_without_a_name_are_said_in_words() {
        let group = |key: &str, name: Option<&str>, owner: Option<&str>| UsageGroup {
            key: key.to_owned(),
            name: name.map(str::to_owned),
            owner: owner.map(str::to_owned),
            ..UsageGroup::default()
        };
        assert_eq!(group_name(By::Model, &group("gpt", None, None)), "gpt");
        assert_eq!(group_name(By::Person, &group("1", Some("ada"), None)), "ada");
        let named = |by, key| group_name(by, &group(key, None, None));
        let both = |text: crate::i18n::Text| [text.en.to_owned(), text.zh.to_owned()];
        for (found, text) in [
            (named(By::Person, NONE), words::LEFT),
            (named(By::Key, NONE), words::NO_KEY),
            (named(By::Key, "1"), words::KEY_GONE),
            (named(By::Connection, OWN), words::OWN),
            (named(By::Connection, GONE), words::GONE),
        ] {
            assert!(both(text).contains(&found), "{found}");
        }
    }
}
