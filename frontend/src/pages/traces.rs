//! `/main/logs/task-trace`: the list of traces, or one of them (`?trace=`). `?message=` lists those of one answer, and opens
//! the only one.

use crate::api;
use crate::components::ui::{Button, ButtonKind, Confirm, EmptyState, ErrorCard, Skeleton};
use crate::i18n::{common, fill, t, traces as words};
use crate::pages::settings::SectionHead;
use crate::reactive::{draw, effect, list, memo};
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
    let traces = Traces::load(message);
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
        <Foot traces/>
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

/// What stands below the list: that it is on its way, empty, longer, or did not come.
#[component]
fn Foot(traces: Traces) -> AnyView {
    let state = traces.state;
    let (busy, failure) = (RwSignal::new(false), RwSignal::new(None::<ApiError>));
    let stand = memo(move || state.with(|state| (state.load.clone(), state.items.is_empty(), state.next.is_some())));
    let is_narrow = move || state.with(|state| state.filter != Filter::default());
    let more = move || {
        busy.set(true);
        failure.set(None);
        spawn_local(async move {
            let result = traces.load_more().await;
            busy.try_set(false);
            failure.try_set(result.err());
        });
    };
    let show_all = move || traces.filter(Filter::default());
    let nothing = move || {
        if !is_narrow() {
            return view! { <EmptyState text=t(words::NONE)/> }.into_any();
        }
        view! {
            <EmptyState text=t(words::NONE_FOUND)>
                <Button label=t(words::SHOW_ALL) kind=ButtonKind::Quiet on_press=show_all/>
            </EmptyState>
        }
        .into_any()
    };
    let body = move || match stand.get() {
        (Load::Waiting, ..) => view! { <Skeleton rows=4/> }.into_any(),
        (Load::Failed(error), ..) => view! { <ErrorCard error on_retry=move || traces.reload()/> }.into_any(),
        (Load::Ready, true, _) => draw(nothing),
        (Load::Ready, false, true) => view! { <Button label=t(common::MORE) busy on_press=more/> }.into_any(),
        (Load::Ready, false, false) => ().into_any(),
    };
    view! {
        <div class="list-foot">{draw(body)}</div>
        {move || failure.get().map(|error| view! { <ErrorCard error/> })}
    }
    .into_any()
}
