//! `/settings/connections`, where models come from, and `/settings/my-connections`, the same for a person's own. `?new=1`
//! opens the wizard, `?new=openai` its form for a provider, `?edit=` a stored connection.

use crate::api::connections::Scope;
use crate::components::connect::ConnectWizard;
use crate::components::ui::{Button, ButtonKind, EmptyState, ErrorCard, Glyph, LinkButton, Skeleton};
use crate::i18n::{connections as words, fill, settings, t};
use crate::pages::settings::SectionHead;
use crate::reactive::{draw, list, memo};
use crate::router::{NavigateOptions, navigate, use_query};
use crate::state::connections::{provide_connections, use_connections};
use crate::state::load::Load;
use crate::state::toasts::use_toasts;
use edit::EditPage;
use leptos::prelude::*;
use leptos::task::spawn_local;
use row::ConnectionRow;
use shared::ApiError;
use shared::connections::Connection;

pub mod edit;
pub mod row;
pub mod status;

/// The connections, the wizard for a new one, or a form about one.
#[component]
pub fn ConnectionsPage(
    /// Whose.
    scope: Scope,
) -> AnyView {
    let (new, edited) = (use_query("new"), use_query("edit"));
    provide_connections(scope);
    let is_new = memo(move || new.read().is_some());
    let body = move || match edited.get() {
        Some(id) => view! { <EditPage id=id.into()/> }.into_any(),
        None if is_new.get() => view! { <New vendor=new/> }.into_any(),
        None => view! { <List/> }.into_any(),
    };
    draw(body)
}

/// Goes back to the list; what was there takes its place in the history, so that Back does not open it again.
fn back_to_list(page: &str) {
    navigate(page, NavigateOptions { replace: true, ..NavigateOptions::default() });
}

#[component]
fn New(vendor: Memo<Option<String>>) -> AnyView {
    let (page, toasts) = (use_connections().page(), use_toasts());
    let done = move |connection: Connection| {
        toasts.confirm(fill(words::CONNECTED, &[("name", &connection.name)]));
        back_to_list(page);
    };
    view! {
        <SectionHead title=words::CONNECT/>
        <ConnectWizard vendor on_done=done/>
    }
    .into_any()
}

#[component]
fn List() -> AnyView {
    let connections = use_connections();
    let is_system = connections.scope() == Scope::System;
    let state = connections.state();
    let status = memo(move || state.with(|state| (state.load.clone(), state.items.is_empty())));
    let has_some = move || state.with(|state| !state.items.is_empty());
    let ids = move || state.with(|state| state.items.iter().map(|item| item.id.to_string()).collect());
    let body = move || match status.get() {
        (Load::Waiting, _) => view! { <Skeleton/> }.into_any(),
        (Load::Failed(error), _) => view! { <ErrorCard error on_retry=move || connections.reload()/> }.into_any(),
        (Load::Ready, true) => view! { <NoneYet is_system/> }.into_any(),
        (Load::Ready, false) => ().into_any(),
    };
    let connect = move || has_some().then(|| view! { <Connect/> });
    // Whoever has connected the first model has just begun: where to chat, and what else a new server needs.
    let is_first = memo(move || is_system && state.with(|state| state.items.len() == 1));
    let next = move || {
        is_first.get().then(|| {
            view! {
                <EmptyState text=t(words::FIRST_CONNECTED)>
                    <LinkButton label=t(words::START_CHAT) href="/"/>
                    <LinkButton label=t(words::SEE_CHECKLIST) href="/settings/overview"/>
                </EmptyState>
            }
        })
    };
    let (title, text) =
        if is_system { (settings::CONNECTIONS, words::INTRO) } else { (words::MINE, words::MINE_INTRO) };
    view! {
        <SectionHead title text>{draw(connect)}</SectionHead>
        {draw(body)}
        <ul class="rows">
            {list(ids, |id| view! { <ConnectionRow id=id.into()/> }.into_any())}
        </ul>
        {draw(next)}
    }
    .into_any()
}

#[component]
fn Connect() -> AnyView {
    let href = format!("{}?new=1", use_connections().page());
    view! { <LinkButton label=t(words::CONNECT) href kind=ButtonKind::Primary glyph=Glyph::Plus/> }.into_any()
}

/// No connection at all: connect one, or try the demo.
#[component]
fn NoneYet(is_system: bool) -> AnyView {
    let connections = use_connections();
    let (busy, failure) = (RwSignal::new(false), RwSignal::new(None::<ApiError>));
    let demo = move || {
        busy.set(true);
        failure.set(None);
        spawn_local(async move {
            let result = connections.create_demo().await;
            busy.try_set(false);
            failure.try_set(result.err());
        });
    };
    let text = if is_system { words::NONE_YET } else { words::NONE_OF_MINE };
    view! {
        <EmptyState text=t(text)>
            <Connect/>
            {is_system.then(|| view! { <Button label=t(words::TRY_DEMO) busy on_press=demo/> })}
        </EmptyState>
        {move || failure.get().map(|error| view! { <ErrorCard error/> })}
    }
    .into_any()
}
