//! What a limit is: what it counts, when it starts anew, and how much there is. The same for budgets and for keys.

use crate::components::ui::{Select, TextField};
use crate::i18n::{Text, budgets as words, fill, say, t};
use crate::state::budgets::{parsed, typed};
use leptos::prelude::*;
use leptos::text_prop::TextProp;
use shared::budgets::{KeyLimit, Unit, Window};
use shared::models::Currency;

const UNITS: [(Unit, Text); 3] =
    [(Unit::Requests, words::REQUESTS), (Unit::Tokens, words::TOKENS), (Unit::Money, words::MONEY)];
const WINDOWS: [(Window, Text); 3] =
    [(Window::Day, words::DAY), (Window::Month, words::MONTH), (Window::Total, words::TOTAL)];

/// What was filled in.
#[derive(Clone, Copy)]
pub struct Limits {
    /// What the ids of the fields begin with.
    name: StoredValue<String>,
    /// What it counts.
    pub unit: RwSignal<Unit>,
    /// When it starts anew.
    pub window: RwSignal<Window>,
    typed: RwSignal<String>,
}

impl Limits {
    /// Fields whose ids begin with `name`, not filled in yet.
    #[must_use]
    pub fn new(name: &str) -> Self {
        Self {
            name: StoredValue::new(name.to_owned()),
            unit: RwSignal::default(),
            window: RwSignal::default(),
            typed: RwSignal::default(),
        }
    }

    /// Fields with a limit that is there.
    #[must_use]
    pub fn of(name: &str, limit: KeyLimit) -> Self {
        let limits = Self::new(name);
        limits.unit.set(limit.unit);
        limits.window.set(limit.window);
        limits.typed.set(typed(limit.unit, limit.limit));
        limits
    }

    /// How much there is; none breaks the rule. Not tracked.
    #[must_use]
    pub fn amount(self) -> Option<u64> {
        self.typed.with_untracked(|text| parsed(self.unit.get_untracked(), text))
    }

    /// The whole limit; none breaks the rule. Not tracked.
    #[must_use]
    pub fn limit(self) -> Option<KeyLimit> {
        let (unit, window) = (self.unit.get_untracked(), self.window.get_untracked());
        self.amount().map(|limit| KeyLimit { unit, window, limit })
    }

    /// The id of the field with the amount.
    #[must_use]
    pub fn id(self) -> String {
        self.name.with_value(|name| format!("{name}-limit"))
    }

    fn error(self) -> Option<String> {
        let unit = self.unit.get();
        let rule = if unit == Unit::Money { words::MONEY_RULE } else { words::LIMIT_RULE };
        self.typed.with(|text| parsed(unit, text).is_none()).then(|| say(rule).to_owned())
    }
}

/// The fields.
#[component]
pub fn LimitFields(
    /// What was filled in.
    limits: Limits,
    /// Whether what is wrong is said.
    #[prop(into)]
    pressed: Signal<bool>,
    /// The currency in which money is counted.
    #[prop(into)]
    currency: Signal<Currency>,
) -> AnyView {
    let id = |field: &str| limits.name.with_value(|name| format!("{name}-{field}"));
    let units = UNITS.map(|(unit, text)| (unit.as_str().to_owned(), TextProp::from(t(text)))).to_vec();
    let windows = WINDOWS.map(|(window, text)| (window.as_str().to_owned(), TextProp::from(t(text)))).to_vec();
    let choose_unit = move |chosen: String| {
        let unit = UNITS.into_iter().map(|(unit, _)| unit).find(|unit| unit.as_str() == chosen);
        limits.unit.set(unit.unwrap_or_default());
    };
    let choose_window = move |chosen: String| {
        let window = WINDOWS.into_iter().map(|(window, _)| window).find(|window| window.as_str() == chosen);
        limits.window.set(window.unwrap_or_default());
    };
    let hint = move || match limits.unit.get() {
        Unit::Money => fill(words::MONEY_HINT, &[("currency", currency.get().as_str())]),
        Unit::Requests | Unit::Tokens => String::new(),
    };
    let error = Signal::derive(move || pressed.get().then(|| limits.error()).flatten());
    view! {
        <Select
            id=id("unit")
            label=t(words::UNIT)
            options=units
            value=Signal::derive(move || limits.unit.get().as_str().to_owned())
            on_change=choose_unit
        />
        <Select
            id=id("window")
            label=t(words::WINDOW)
            options=windows
            value=Signal::derive(move || limits.window.get().as_str().to_owned())
            on_change=choose_window
        />
        <TextField id=id("limit") label=t(words::LIMIT) value=limits.typed hint error required=true/>
    }
    .into_any()
}
