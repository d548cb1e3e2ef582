//! One trace: how it ended, whose time it took, its stages over one axis, samples.

use super::filters::named;
use super::samples::Samples;
use super::waterfall::{Shares, Waterfall};
use crate::amounts::grouped;
use crate::api;
use crate::components::ui::{Button, ButtonKind, ErrorCard, Glyph, LinkButton, Skeleton};
use crate::i18n::{Text, error_message, fill, language, logs, say, t, traces as words};
use crate::pages::settings::SectionTitle;
use crate::reactive::draw;
use crate::state::account::use_account;
use crate::{save, time};
use leptos::prelude::*;
use leptos::task::spawn_local;
use shared::events::Status;
use shared::trace::{Stage, TraceDetail};
use shared::{ApiError, ErrorCode, TraceId};

/// One trace.
#[component]
pub fn TracePage(
    /// Which one.
    id: TraceId,
) -> AnyView {
    let id = StoredValue::new(id);
    let answer = RwSignal::new(None::<Result<TraceDetail, ApiError>>);
    let load = move || {
        spawn_local(async move {
            let found = api::traces::get_trace(&id.get_value()).await;
            answer.try_set(Some(found));
        });
    };
    load();
    let body = move || match answer.get() {
        None => view! { <Skeleton rows=6/> }.into_any(),
        Some(Err(error)) => view! { <ErrorCard error on_retry=load/> }.into_any(),
        Some(Ok(trace)) => {
            view! { <Whole trace=StoredValue::new(trace) on_refresh=Callback::new(move |()| load())/> }.into_any()
        }
    };
    view! {
        <SectionTitle title=t(words::TRACE)/>
        {draw(body)}
    }
    .into_any()
}

#[component]
fn Whole(trace: StoredValue<TraceDetail>, on_refresh: Callback<()>) -> AnyView {
    let (id, is_open) = trace.with_value(|trace| {
        let brief = &trace.brief;
        (brief.id.clone(), brief.status == Status::Streaming)
    });
    let account = use_account();
    let log = trace.with_value(|trace| format!("{}?request={}", crate::pages::logs::PATH, trace.brief.request_id));
    let chat = trace.with_value(|trace| trace.brief.session_id.as_ref().map(|session| format!("/c/{session}")));
    let died = trace.with_value(|trace| trace.brief.ended_at.is_none() && trace.brief.status != Status::Streaming);
    let state = if is_open { Some(words::UNDER_WAY) } else { died.then_some(words::NEVER_ENDED) };
    let rows = move || {
        let rows = trace.with_value(facts);
        rows.into_iter().map(|(name, value)| view! { <dt>{t(name)}</dt><dd>{value}</dd> }).collect_view()
    };
    view! {
        <Outcome trace/>
        {state.map(|state| view! { <p class="trace-state" role="status">{t(state)}</p> })}
        <div class="trace-actions">
            <Button
                label=t(words::DOWNLOAD)
                glyph=Glyph::Download
                on_press=move || save::address(&api::traces::export_address(&id))
            />
            {move || account.is_admin.get().then(|| {
                view! { <LinkButton label=t(logs::OF_REQUEST) href=log.clone() kind=ButtonKind::Quiet/> }
            })}
            {chat.map(|chat| view! { <LinkButton label=t(words::TO_CHAT) href=chat kind=ButtonKind::Quiet/> })}
            {is_open.then(|| view! { <Button label=t(words::REFRESH) kind=ButtonKind::Quiet glyph=Glyph::RefreshCw on_press=on_refresh/> })}
        </div>
        <Shares trace/>
        <Waterfall trace/>
        <dl class="trace-facts">{rows}</dl>
        <Samples trace/>
    }
    .into_any()
}

/// How it ended, in words.
#[component]
fn Outcome(trace: StoredValue<TraceDetail>) -> AnyView {
    let status = trace.with_value(|trace| trace.brief.status);
    let why = move || trace.with_value(said);
    let code = trace.with_value(|trace| trace.brief.code.clone());
    let failed = matches!(status, Status::Failed | Status::Interrupted);
    view! {
        <p class="trace-outcome" class:trace-failed=failed>
            <strong>{t(named(status))}</strong>
            {code.map(|code| view! { <code>{code}</code> })}
        </p>
        {move || why().map(|why| view! { <p class="trace-why">{why}</p> })}
    }
    .into_any()
}

/// Why it ended so, as the message says it.
fn said(trace: &TraceDetail) -> Option<String> {
    let code = ErrorCode::parse(trace.brief.code.as_deref()?)?;
    let end = trace.events.iter().rev().find(|event| event.stage == Stage::End);
    let params = end.map(|end| end.params.clone()).unwrap_or_default();
    Some(error_message(&ApiError::new(code, params)))
}

fn facts(trace: &TraceDetail) -> Vec<(Text, String)> {
    let (brief, totals) = (&trace.brief, &trace.brief.totals);
    let (prompt, completion) = (grouped(totals.prompt_tokens), grouped(totals.completion_tokens));
    vec![
        (words::MODEL, brief.model.clone()),
        (words::PERSON, brief.person.name.clone()),
        (words::VIA, brief.via.name(language()).to_owned()),
        (words::STARTED, time::date_time(&brief.started_at, language())),
        (words::CALLS, totals.calls.to_string()),
        (words::TOKENS, fill(words::TOKENS_VALUE, &[("prompt", &prompt), ("completion", &completion)])),
        (words::REQUEST, brief.request_id.clone()),
    ]
}

/// The words of somebody else's answer are not shown.
pub(super) fn hidden(trace: &TraceDetail) -> Option<&'static str> {
    trace.words_hidden.then(|| say(words::HIDDEN))
}
