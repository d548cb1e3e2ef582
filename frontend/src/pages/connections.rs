//! `/settings/connections`: where models come from. `?new=1` opens the wizard, `?new=openai` its
//! form for a provider.

use crate::components::connect::ConnectWizard;
use crate::components::ui::{Button, ButtonKind, EmptyState, ErrorCard, Glyph, LinkButton, Skeleton};
use crate::i18n::{connections as words, settings, t};
use crate::pages::settings::SectionHead;
use crate::reactive::{draw, list, memo};
use crate::router::{NavigateOptions, navigate, use_query};
use crate::state::connections::use_connections;
use crate::state::load::Load;
use leptos::prelude::*;
use leptos::task::spawn_local;
use row::ConnectionRow;
use shared::ApiError;

pub mod edit;
pub mod row;

const LIST: &str = "/settings/connections";
const NEW: &str = "/settings/connections?new=1";

/// The connections, or the wizard for a new one.
#[component]
pub fn ConnectionsPage() -> AnyView {
    let new = use_query("new");
    let connections = use_connections();
    connections.reload();
    let is_new = memo(move || new.read().is_some());
    let body = move || if is_new.get() { view! { <New vendor=new/> }.into_any() } else { view! { <List/> }.into_any() };
    draw(body)
}

#[component]
fn New(vendor: Memo<Option<String>>) -> AnyView {
    // Replaces the wizard in the history, so that Back does not open it again.
    let options = NavigateOptions { replace: true, ..NavigateOptions::default() };
    view! {
        <SectionHead title=words::CONNECT/>
        <ConnectWizard vendor on_done=move |_| navigate(LIST, options)/>
    }
    .into_any()
}

#[component]
fn List() -> AnyView {
    let connections = use_connections();
    let state = connections.state();
    let status = memo(move || state.with(|state| (state.load.clone(), state.items.is_empty())));
    let has_some = move || state.with(|state| !state.items.is_empty());
    let ids = move || state.with(|state| state.items.iter().map(|item| item.id.to_string()).collect());
    let body = move || match status.get() {
        (Load::Waiting, _) => view! { <Skeleton/> }.into_any(),
        (Load::Failed(error), _) => view! { <ErrorCard error on_retry=move || connections.reload()/> }.into_any(),
        (Load::Ready, true) => view! { <NoneYet/> }.into_any(),
        (Load::Ready, false) => ().into_any(),
    };
    let connect = move || {
        has_some().then(|| {
            view! { <LinkButton label=t(words::CONNECT) href=NEW kind=ButtonKind::Primary glyph=Glyph::Plus/> }
        })
    };
    view! {
        <SectionHead title=settings::CONNECTIONS text=words::INTRO>{draw(connect)}</SectionHead>
        {draw(body)}
        <ul class="rows">
            {list(ids, |id| view! { <ConnectionRow id=id.into()/> }.into_any())}
        </ul>
    }
    .into_any()
}

/// No connection at all: connect one, or try the demo.
#[component]
fn NoneYet() -> AnyView {
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
    view! {
        <EmptyState text=t(words::NONE_YET)>
            <LinkButton label=t(words::CONNECT) href=NEW kind=ButtonKind::Primary glyph=Glyph::Plus/>
            <Button label=t(words::TRY_DEMO) busy on_press=demo/>
        </EmptyState>
        {move || failure.get().map(|error| view! { <ErrorCard error/> })}
    }
    .into_any()
}
