//! `/settings/usage` and `/settings/usage/all`: what calls of models took. What is looked at stands in the address.

use crate::api::usage as calls;
use crate::components::ui::{Button, ButtonKind, EmptyState, ErrorCard, Glyph, LinkButton, Skeleton};
use crate::i18n::{t, usage as words};
use crate::pages::settings::SectionHead;
use crate::reactive::{draw, effect, memo};
use crate::router::{NavigateOptions, navigate, use_location};
use crate::state::load::Load;
use crate::state::usage::view::{Period, View};
use crate::state::usage::{Shown, Usage};
use crate::{save, t};
use chart::Chart;
use controls::Controls;
use figures::Figures;
use groups::Groups;
use leptos::prelude::*;
use shared::usage::Extent;

pub mod chart;
pub mod controls;
pub mod figures;
pub mod groups;

/// Days of the longest usual time.
const LONG: u32 = 90;

/// Where usage is shown.
#[must_use]
pub fn path(extent: Extent) -> &'static str {
    match extent {
        Extent::Mine => "/settings/usage",
        Extent::All => "/settings/usage/all",
    }
}

/// Where a view is shown.
#[must_use]
pub fn address(view: &View) -> String {
    calls::address(path(view.extent), &view.values())
}

/// Shows another view in place of the present one.
fn show(view: &View) {
    navigate(&address(view), NavigateOptions { replace: true, scroll: false });
}

/// The page.
#[component]
pub fn UsagePage(
    /// Whose usage.
    extent: Extent,
) -> AnyView {
    let search = use_location().search;
    let view = memo(move || {
        let values = web_sys::UrlSearchParams::new_with_str(&search.get()).ok();
        View::read(extent, |name| values.as_ref().and_then(|values| values.get(name)))
    });
    let usage = Usage::new();
    effect(move || usage.ask(view.get()));
    let (title, text) = match extent {
        Extent::Mine => (words::USAGE, words::INTRO),
        Extent::All => (words::ALL_USAGE, words::ALL_INTRO),
    };
    let download = move || save::address(&calls::export_address(&view.get_untracked().export()));
    view! {
        <SectionHead title text>
            <Button label=t(words::DOWNLOAD) glyph=Glyph::Download on_press=download/>
        </SectionHead>
        <Controls view usage/>
        <Report usage view/>
        <Links extent/>
    }
    .into_any()
}

/// What was found, or why there is nothing.
#[component]
fn Report(usage: Usage, view: Memo<View>) -> AnyView {
    let load = memo(move || usage.state.with(|state| state.load.clone()));
    let shown = memo(move || usage.state.with(|state| state.shown.clone()));
    let body = move || match (load.get(), shown.get()) {
        (Load::Failed(error), _) => {
            view! { <ErrorCard error on_retry=move || usage.ask(view.get_untracked())/> }.into_any()
        }
        (_, None) => view! { <Skeleton rows=5/> }.into_any(),
        (_, Some((view, report))) if report.totals.calls == 0 => view! { <Nothing view/> }.into_any(),
        (_, Some(shown)) => view! { <Whole shown=StoredValue::new(shown)/> }.into_any(),
    };
    let waits = memo(move || usage.state.with(|state| state.waits && state.shown.is_some()));
    view! { <div class="usage" class:usage-waits=move || waits.get()>{draw(body)}</div> }.into_any()
}

#[component]
fn Whole(shown: StoredValue<Shown>) -> AnyView {
    let zone = shown.with_value(|(_, report)| report.zone.clone());
    view! {
        <Figures shown/>
        <Chart shown/>
        <Groups shown/>
        {zone.map(|zone| view! { <p class="row-note">{t!(words::ZONE, zone = zone)}</p> })}
    }
    .into_any()
}

/// Nothing was called: one sentence, and a way to see more.
#[component]
fn Nothing(view: View) -> AnyView {
    let is_narrow = !view.only.is_empty();
    let is_short = matches!(view.period, Period::Days(..LONG)) || matches!(view.period, Period::Dates { .. });
    let (label, wider) = if is_narrow {
        (words::SHOW_ALL, View { only: Vec::new(), ..view })
    } else {
        (words::LONGER, View { period: Period::Days(LONG), ..view })
    };
    view! {
        <EmptyState text=t(words::NONE)>
            {(is_narrow || is_short).then(|| view! {
                <Button label=t(label) kind=ButtonKind::Quiet on_press=move || show(&wider)/>
            })}
        </EmptyState>
    }
    .into_any()
}

/// The way to the budgets that hold.
#[component]
fn Links(extent: Extent) -> AnyView {
    let (label, href) = match extent {
        Extent::Mine => (words::TO_BUDGETS, "/settings/profile#left"),
        Extent::All => (words::TO_RULES, "/settings/budgets"),
    };
    view! {
        <p class="usage-links">
            <LinkButton label=t(label) href=href kind=ButtonKind::Quiet glyph=Glyph::Gauge/>
        </p>
    }
    .into_any()
}
