//! One line of the list: which model, how it ended, how long it took.

use super::address;
use super::filters::named;
use crate::i18n::{fill, language, say, traces as words};
use crate::state::account::use_account;
use crate::state::traces::Traces;
use crate::time;
use leptos::prelude::*;
use shared::events::Status;
use shared::trace::{TraceBrief, duration};

/// A trace, as the list shows it.
#[component]
pub fn TraceRow(
    /// Where it is kept.
    traces: Traces,
    /// Which one.
    id: StoredValue<String>,
) -> AnyView {
    let account = use_account();
    let find = move || {
        traces.state.with(|state| id.with_value(|id| state.items.iter().find(|trace| trace.id.0 == *id).cloned()))
    };
    let Some(trace) = untrack(find) else { return ().into_any() };
    let trace = StoredValue::new(trace);
    let note = move || trace.with_value(|trace| told(trace, account.is_admin.get()));
    let failed = trace.with_value(|trace| matches!(trace.status, Status::Failed | Status::Interrupted));
    view! {
        <li class="row">
            <a class="trace-row" href=trace.with_value(|trace| address(&trace.id))>
                <span class="row-title">
                    <strong>{trace.with_value(|trace| trace.model.clone())}</strong>
                    <span class:trace-failed=failed>{move || trace.with_value(|trace| say(named(trace.status)))}</span>
                    {trace.with_value(|trace| trace.code.clone()).map(|code| view! { <code>{code}</code> })}
                </span>
                <span class="row-note">{note}</span>
            </a>
        </li>
    }
    .into_any()
}

/// Times, and whose it is where there are several people.
fn told(trace: &TraceBrief, with_person: bool) -> String {
    let times = &trace.totals;
    let ended = trace.ended_at.as_ref().map(|_| fill(words::TOTAL, &[("time", &duration(times.total_us))]));
    let first = times.first_token_us.map(|first| fill(words::FIRST, &[("time", &duration(first))]));
    let person = with_person.then(|| trace.person.name.clone());
    let parts = [ended, first, person, Some(time::date_time(&trace.started_at, language()))];
    parts.into_iter().flatten().collect::<Vec<_>>().join(" · ")
}
