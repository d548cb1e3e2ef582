//! `/main/logs/task-trace`: the list of traces, or one of them (`?trace=`). `?message=` lists those of one answer, and opens
//! the only one.

use crate::api;
use crate::components::filters::{FootWords, foot_of};
use crate::components::ui::{Button, Confirm};
use crate::i18n::{fill, t, traces as words};
use crate::pages::settings::SectionHead;
use crate::reactive::{draw, effect, list};
use crate::router::{NavigateOptions, navigate, use_query};
use crate::state::account::use_account;
use crate::state::load::Load;
use crate::state::toasts::use_toasts;
use crate::state::traces::{Filter, Traces};
use detail::TracePage;
use filters::Filters;
use leptos::prelude::*;
use leptos::task::spawn_local;
use row::TraceRow;
use shared::{ApiError, MessageId, TraceId};

pub mod detail;
pub mod filters;
pub mod row;
pub mod samples;
pub mod waterfall;

/// Where the page is.
pub const PATH: &str = "/main/logs/task-trace";

const FOOT: FootWords = FootWords { none: words::NONE, none_found: words::NONE_FOUND, show_all: words::SHOW_ALL };

/// Where one trace is shown.
#[must_use]
pub fn address(id: &TraceId) -> String {
    format!("{PATH}?trace={id}")
}

/// Where the traces of an answer are.
#[must_use]
pub fn address_of(message: &MessageId) -> String {
    format!("{PATH}?message={message}")
}

/// The page.
#[component]
pub fn TracesPage() -> AnyView {
    let (one, message) = (use_query("trace"), use_query("message"));
    let body = move || match one.get() {
        Some(id) => view! { <TracePage id=TraceId(id)/> }.into_any(),
        None => view! { <TraceList message=message.get().map(MessageId)/> }.into_any(),
    };
    draw(body)
}

#[component]
fn TraceList(message: Option<MessageId>) -> AnyView {
    let account = use_account();
    let is_of_one = message.is_some();
    let traces = Traces::load(Filter { message, ..Filter::default() });
    let ids = move || traces.state.with(|state| state.items.iter().map(|trace| trace.id.0.clone()).collect());
    effect(move || {
        let only = traces.state.with(|state| match (&state.load, &state.items[..]) {
            (Load::Ready, [only]) if is_of_one && state.filter.message.is_some() => Some(address(&only.id)),
            _ => None,
        });
        if let Some(only) = only {
            navigate(&only, NavigateOptions { replace: true, ..NavigateOptions::default() });
        }
    });
    view! {
        <SectionHead title=words::TRACES text=words::INTRO>
            {move || account.is_admin.get().then(|| view! { <CleanUp traces/> })}
        </SectionHead>
        <Filters traces/>
        <ul class="rows">{list(ids, move |id| view! { <TraceRow traces id=StoredValue::new(id)/> }.into_any())}</ul>
        {foot_of(traces, FOOT)}
    }
    .into_any()
}

/// Removes what is older than the settings say.
#[component]
fn CleanUp(traces: Traces) -> AnyView {
    let toasts = use_toasts();
    let (open, busy, error) = (RwSignal::new(false), RwSignal::new(false), RwSignal::new(None::<ApiError>));
    let confirm = move || {
        busy.set(true);
        error.set(None);
        spawn_local(async move {
            let answer = api::traces::clean_up().await;
            busy.try_set(false);
            match answer {
                Ok(cleaned) => {
                    open.try_set(false);
                    let count = cleaned.removed.to_string();
                    toasts.confirm(fill(words::CLEANED, &[("count", &count)]));
                    traces.reload();
                }
                Err(failure) => {
                    error.try_set(Some(failure));
                }
            }
        });
    };
    view! {
        <Button label=t(words::CLEAN_UP) on_press=move || open.set(true)/>
        <Confirm
            open
            on_close=move |()| open.set(false)
            title=t(words::CLEAN_UP_ASK)
            text=t(words::CLEAN_UP_TEXT)
            action=t(words::CLEAN_UP)
            on_confirm=move |()| confirm()
            busy
            error
        />
    }
    .into_any()
}
