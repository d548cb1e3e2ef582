//! `/main/logs/live`: the log as it is written. `?request=` shows the lines of one request.

use crate::components::ui::{Button, ButtonKind, CopyButton, EmptyState, ErrorCard, Glyph, Skeleton};
use crate::i18n::{fill, logs as words, say, t};
use crate::pages::settings::SectionHead;
use crate::reactive::{draw, effect, list, memo};
use crate::router::use_query;
use crate::state::load::Load;
use crate::state::logs::{Filter, LogState, Logs};
use crate::{save, time};
use filters::{Filters, LevelSwitch};
use leptos::html;
use leptos::prelude::*;
use std::sync::Arc;

pub mod filters;
pub mod line;

/// Where the page is.
pub const PATH: &str = "/main/logs/live";
/// How far from its end a list still counts as read to the end, in pixels.
const AT_END: i32 = 24;

/// The page.
#[component]
pub fn LogsPage() -> AnyView {
    let request = use_query("request").get_untracked().unwrap_or_default();
    let logs = Logs::follow(Filter { request, ..Filter::default() });
    let load = memo(move || logs.state.with(|state| state.load.clone()));
    let body = move || match load.get() {
        Load::Waiting => view! { <Skeleton rows=6/> }.into_any(),
        Load::Failed(error) => view! { <ErrorCard error on_retry=move || logs.begin()/> }.into_any(),
        Load::Ready => view! { <Lines logs/> }.into_any(),
    };
    view! {
        <SectionHead title=words::LOGS text=words::INTRO/>
        <LevelSwitch/>
        <Filters logs/>
        <Actions logs/>
        {draw(body)}
    }
    .into_any()
}

/// What can be done with the list.
#[component]
fn Actions(logs: Logs) -> AnyView {
    let is_paused = memo(move || logs.state.with(|state| state.is_paused));
    let news = memo(move || logs.state.with(|state| (state.is_lost, state.held())));
    let label = move || say(if is_paused.get() { words::GO_ON } else { words::PAUSE });
    let toggle = move || logs.state.update(|state| state.pause(!state.is_paused));
    let text = move || logs.state.with_untracked(LogState::text);
    let download = move || save::text(&text(), &format!("aichat-{}.log", time::now().replace(':', "-")));
    let told = move || match news.get() {
        (true, _) => say(words::LOST).to_owned(),
        (false, 0) => String::new(),
        (false, count) => fill(words::WAITING, &[("count", &count.to_string())]),
    };
    view! {
        <div class="log-actions">
            <Button id="log-pause" label=label on_press=toggle/>
            <Button label=t(words::DOWNLOAD) kind=ButtonKind::Quiet glyph=Glyph::Download on_press=download/>
            <Button label=t(words::CLEAR) kind=ButtonKind::Quiet on_press=move || logs.state.update(LogState::clear)/>
            <CopyButton text=Arc::new(text) label=words::COPY/>
            <span class="log-news" role="status">{told}</span>
        </div>
    }
    .into_any()
}

/// The lines, the latest at the end. Whoever reads the end stays there; whoever looks further up is left in peace.
#[component]
fn Lines(logs: Logs) -> AnyView {
    let (view, at_end, last) = (NodeRef::<html::Div>::new(), RwSignal::new(true), StoredValue::new(0));
    let keys = move || logs.state.with(LogState::keys);
    let is_empty = memo(move || logs.state.with(|state| state.keys().is_empty()));
    let to_end = move || {
        if let Some(view) = view.get_untracked() {
            view.set_scroll_top(view.scroll_height());
        }
    };
    effect(move || {
        logs.state.track();
        if at_end.get_untracked() {
            request_animation_frame(to_end);
        }
    });
    let scrolled = move |_| {
        let Some(view) = view.get_untracked() else { return };
        let (top, before) = (view.scroll_top(), last.get_value());
        last.set_value(top);
        let is_at_end = view.scroll_height() - top - view.client_height() <= AT_END;
        // Lines that came since the last look put the end further away; only who went up left it.
        if (is_at_end || top < before) && at_end.get_untracked() != is_at_end {
            at_end.set(is_at_end);
        }
    };
    let latest = move || {
        at_end.set(true);
        to_end();
    };
    let back = move || {
        (!at_end.get())
            .then(|| view! { <Button id="log-latest" label=t(words::LATEST) glyph=Glyph::ArrowDown on_press=latest/> })
    };
    view! {
        <div class="log-box">
            <div class="log-view" class:log-follows=at_end node_ref=view tabindex="0" role="region" aria-label=t(words::LIST) on:scroll=scrolled>
                <ol class="log-lines">{list(keys, move |key| line::row(logs, &key))}</ol>
                {draw(move || is_empty.get().then(|| view! { <EmptyState text=t(words::NONE)/> }))}
            </div>
            <div class="log-latest">{draw(back)}</div>
        </div>
    }
    .into_any()
}
