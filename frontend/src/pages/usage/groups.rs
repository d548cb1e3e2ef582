//! The groups of a report, the largest first: each with its share, and a link that narrows the page to it. Where only days
//! are told apart, these are the rows, the latest first.

use super::address;
use super::controls::kind;
use crate::amounts::{grouped, money};
use crate::components::ui::{Glyph, Icon};
use crate::i18n::{fill, t, usage as words};
use crate::state::usage::chart::percent;
use crate::state::usage::{Shown, amount, group_name, key_name};
use crate::{state, t};
use leptos::prelude::*;
use shared::chat::Cost;
use shared::models::Currency;
use shared::trace::duration;
use shared::usage::{By, Sums, UsageGroup, UsageReport};

/// The rows.
#[component]
pub fn Groups(
    /// Of which report.
    shown: StoredValue<Shown>,
) -> AnyView {
    let by = shown.with_value(|(_, report)| report.by);
    let rows = shown.with_value(|(_, report)| rows(report));
    let rows = rows.into_iter().map(|group| view! { <Row shown group=StoredValue::new(group)/> });
    let rest = shown.with_value(|(_, report)| report.rest.clone());
    view! {
        <h2 class="setting-group">{t(kind(by))}</h2>
        <ol class="usage-groups">
            {rows.collect_view()}
            {rest.map(|sums| view! { <Others shown sums/> })}
        </ol>
        {(by != By::Day).then(|| view! { <EachDay shown/> })}
    }
    .into_any()
}

fn rows(report: &UsageReport) -> Vec<UsageGroup> {
    if report.by != By::Day {
        return report.groups.clone();
    }
    let days = report.days.iter().rev().filter(|day| day.sums.calls > 0);
    days.map(|day| UsageGroup { key: day.day.clone(), sums: day.sums.clone(), ..UsageGroup::default() }).collect()
}

/// One group.
#[component]
fn Row(shown: StoredValue<Shown>, group: StoredValue<UsageGroup>) -> AnyView {
    let href = shown.with_value(|(view, _)| group.with_value(|group| address(&view.narrow(&group.key))));
    let name = move || shown.with_value(|(_, report)| group.with_value(|group| group_name(report.by, group)));
    let sums = group.with_value(|group| group.sums.clone());
    view! {
        <li class="usage-group">
            <a class="usage-link" href=href aria-label=t!(words::NARROW, name = name())>{name}</a>
            <Bar shown sums=sums.clone()/>
            <p class="row-note">{note(shown, sums)}</p>
        </li>
    }
    .into_any()
}

/// What groups took that are not listed.
#[component]
fn Others(shown: StoredValue<Shown>, sums: Sums) -> AnyView {
    view! {
        <li class="usage-group">
            <span class="usage-link">{t(words::OTHERS)}</span>
            <Bar shown sums=sums.clone()/>
            <p class="row-note">{note(shown, sums)}</p>
        </li>
    }
    .into_any()
}

/// How much it is, and its share of the whole.
#[component]
fn Bar(shown: StoredValue<Shown>, sums: Sums) -> AnyView {
    let (amount, share, width) = shown.with_value(|(view, report)| {
        let (own, all) = (sums.amount(view.measure), report.totals.amount(view.measure));
        (amount(view.measure, report.currency, own), percent(own, all), state::budgets::share(own, all.max(1)))
    });
    view! {
        <span class="usage-amount">{amount}" "<small>{share}</small></span>
        <span class="meter" aria-hidden="true"><span class="meter-spent" style:width=format!("{width}%")></span></span>
    }
    .into_any()
}

/// What else there is to say; tracked by language.
fn note(shown: StoredValue<Shown>, sums: Sums) -> impl Fn() -> String {
    let currency = shown.with_value(|(_, report)| report.currency);
    move || in_words(&sums, currency)
}

fn in_words(sums: &Sums, currency: Currency) -> String {
    let count = |text, count: u64| fill(text, &[("count", &grouped(count))]);
    let parts = [
        Some(count(words::CALLS_COUNT, sums.calls)),
        (sums.failed > 0).then(|| count(words::FAILED_COUNT, sums.failed)),
        Some(count(words::TOKENS_COUNT, sums.tokens())),
        Some(money(Cost { currency, nano: sums.cost })),
        (sums.unpriced > 0).then(|| count(words::UNPRICED, sums.unpriced)),
        sums.first_token_ms.map(|ms| fill(words::FIRST_AFTER, &[("time", &duration(ms.saturating_mul(1000)))])),
    ];
    parts.into_iter().flatten().collect::<Vec<_>>().join(" · ")
}

/// Each day as text: what the chart shows, for those who do not see it.
#[component]
fn EachDay(shown: StoredValue<Shown>) -> AnyView {
    let open = RwSignal::new(false);
    let rows = move || {
        open.get().then(|| {
            let day = |group: UsageGroup, currency: Currency| {
                let key = group.key;
                let name = move || key_name(By::Day, &key, None);
                view! {
                    <tr>
                        <th scope="row">{name}</th>
                        <td>{grouped(group.sums.calls)}</td>
                        <td>{grouped(group.sums.tokens())}</td>
                        <td>{money(Cost { currency, nano: group.sums.cost })}</td>
                    </tr>
                }
            };
            shown.with_value(|(_, report)| {
                let days = rows(&UsageReport { by: By::Day, ..report.clone() });
                days.into_iter().map(|group| day(group, report.currency)).collect_view()
            })
        })
    };
    view! {
        <details class="usage-days" on:toggle=move |_| open.set(true)>
            <summary><span>{t(words::IN_FIGURES)}</span><Icon glyph=Glyph::ChevronDown/></summary>
            <table>
                <thead>
                    <tr>
                        <th scope="col">{t(words::DAY)}</th>
                        <th scope="col">{t(words::CALLS)}</th>
                        <th scope="col">{t(words::TOKENS)}</th>
                        <th scope="col">{t(words::COST)}</th>
                    </tr>
                </thead>
                <tbody>{rows}</tbody>
            </table>
        </details>
    }
    .into_any()
}
