//! A bar that shows how much of a limit is used: what is over, and beside it what is set aside.

use crate::i18n::{Text, budgets as words, fill, language};
use crate::state::budgets::{amount, share};
use crate::time;
use leptos::prelude::*;
use leptos::text_prop::TextProp;
use shared::budgets::{Unit, Used, Window};
use shared::models::Currency;

/// From this share on, in hundredths, a bar warns.
const WARNS: u64 = 80;

/// The bar.
#[component]
pub fn Meter(
    /// What it shows, for those who hear it.
    #[prop(into)]
    label: TextProp,
    /// What is over.
    spent: u64,
    /// What is set aside.
    reserved: u64,
    /// Of how much.
    limit: u64,
) -> AnyView {
    let both = share(spent.saturating_add(reserved), limit);
    let spent = share(spent, limit);
    let reserved = both - spent;
    let class = match spent {
        100 => "meter meter-full",
        WARNS.. => "meter meter-warns",
        _ => "meter",
    };
    view! {
        <div
            class=class
            role="meter"
            aria-label=move || label.get()
            aria-valuemin="0"
            aria-valuemax="100"
            aria-valuenow=spent.to_string()
        >
            <span class="meter-spent" style:width=format!("{spent}%")></span>
            <span class="meter-reserved" style:width=format!("{reserved}%")></span>
        </div>
    }
    .into_any()
}

/// A limit as people say it: `100 requests a day`.
#[must_use]
pub fn limit_words(unit: Unit, window: Window, currency: Option<Currency>, limit: u64) -> String {
    let text: Text = match (unit, window) {
        (Unit::Requests, Window::Day) => words::REQUESTS_DAY,
        (Unit::Requests, Window::Month) => words::REQUESTS_MONTH,
        (Unit::Requests, Window::Total) => words::REQUESTS_TOTAL,
        (Unit::Tokens, Window::Day) => words::TOKENS_DAY,
        (Unit::Tokens, Window::Month) => words::TOKENS_MONTH,
        (Unit::Tokens, Window::Total) => words::TOKENS_TOTAL,
        (Unit::Money, Window::Day) => words::MONEY_DAY,
        (Unit::Money, Window::Month) => words::MONEY_MONTH,
        (Unit::Money, Window::Total) => words::MONEY_TOTAL,
    };
    fill(text, &[("amount", &amount(unit, currency, limit))])
}

/// When a budget starts anew, if it does: `starts anew 12/1/2026, 12:00 AM`.
#[must_use]
pub fn reset_words(used: &Used) -> Option<String> {
    let date = time::date_time(used.resets_at.as_ref()?, language());
    Some(fill(words::RESETS, &[("date", &date)]))
}
