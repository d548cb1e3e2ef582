//! The sums of a report, each with what stands behind it.

use crate::amounts::{grouped, money};
use crate::i18n::{Text, fill, say, t, usage as words};
use crate::state::usage::Shown;
use crate::state::usage::chart::percent;
use leptos::prelude::*;
use shared::chat::Cost;
use shared::trace::duration;
use shared::usage::UsageReport;

/// A sum: its name, its number, and what there is to say of it.
type Figure = (Text, String, Vec<String>);

/// The sums.
#[component]
pub fn Figures(
    /// Of which report.
    shown: StoredValue<Shown>,
) -> AnyView {
    let body = move || {
        let figures = shown.with_value(|(_, report)| figures(report));
        let figure = |(name, number, notes): Figure| {
            view! {
                <div class="usage-figure">
                    <dt>{t(name)}</dt>
                    <dd class="usage-number">{number}</dd>
                    {notes.into_iter().map(|note| view! { <dd class="usage-note">{note}</dd> }).collect_view()}
                </div>
            }
        };
        figures.into_iter().map(figure).collect_view()
    };
    view! { <dl class="usage-figures">{body}</dl> }.into_any()
}

/// The sums in words; tracked by language.
fn figures(report: &UsageReport) -> Vec<Figure> {
    let sums = &report.totals;
    let counted = |text: Text, count: u64| (count > 0).then(|| fill(text, &[("count", &grouped(count))]));
    let tokens = fill(
        words::READ_WRITTEN,
        &[("read", &grouped(sums.prompt_tokens)), ("written", &grouped(sums.completion_tokens))],
    );
    let of_tokens =
        [Some(tokens), counted(words::CACHED, sums.cached_tokens), counted(words::THOUGHTS, sums.reasoning_tokens)];
    let share = fill(words::FAILED_SHARE, &[("share", &percent(sums.failed, sums.calls))]);
    let cost = money(Cost { currency: report.currency, nano: sums.cost });
    let mut figures = vec![
        (words::CALLS, grouped(sums.calls), counted(words::ESTIMATED, sums.estimated).into_iter().collect()),
        (words::TOKENS, grouped(sums.tokens()), of_tokens.into_iter().flatten().collect()),
        (words::COST, cost, counted(words::UNPRICED, sums.unpriced).into_iter().collect()),
        (words::FAILED, grouped(sums.failed), (sums.failed > 0).then_some(share).into_iter().collect()),
    ];
    let average = || vec![say(words::ON_AVERAGE).to_owned()];
    figures.extend(sums.first_token_ms.map(|ms| (words::FIRST_TOKEN, duration(ms.saturating_mul(1000)), average())));
    figures
}
