//! What narrows a list: a text and a day. What stands below it: that it is on its way, empty, longer, or did not come.

use crate::api::ApiResult;
use crate::components::ui::{Button, ButtonKind, EmptyState, ErrorCard, Skeleton};
use crate::i18n::{Text, common, t};
use crate::reactive::draw;
use crate::state::listing::{Listing, Source};
use crate::state::load::Load;
use leptos::prelude::*;
use leptos::task::spawn_local;
use shared::ApiError;
use std::pin::Pin;

/// A part of a name to look for.
pub fn search(
    id: &'static str,
    label: Text,
    value: impl Fn() -> String + Send + Sync + 'static,
    change: impl Fn(String) + 'static,
) -> AnyView {
    view! {
        <input
            id=id
            class="input"
            type="search"
            autocomplete="off"
            aria-label=t(label)
            placeholder=t(label)
            prop:value=value
            on:input:target=move |event| change(event.target().value())
        />
    }
    .into_any()
}

/// A day.
pub fn day(
    id: &'static str,
    label: Text,
    value: impl Fn() -> String + Send + Sync + 'static,
    change: impl Fn(String) + 'static,
) -> AnyView {
    view! {
        <label class="filter-day" for=id>
            <span>{t(label)}</span>
            <input
                id=id
                class="input"
                type="date"
                prop:value=value
                on:change:target=move |event| change(event.target().value())
            />
        </label>
    }
    .into_any()
}

/// Where a list stands, for its foot.
#[derive(Clone, Debug, PartialEq)]
pub struct Standing {
    /// Whether it is here.
    pub load: Load,
    /// Whether there is nothing in it.
    pub is_empty: bool,
    /// Whether there is more of it.
    pub has_more: bool,
    /// Whether something narrows it.
    pub is_narrowed: bool,
}

/// What a foot says of a list.
#[derive(Clone, Copy)]
pub struct FootWords {
    /// There is nothing at all.
    pub none: Text,
    /// Nothing fits what narrows it.
    pub none_found: Text,
    /// Takes away what narrows it.
    pub show_all: Text,
}

/// More of a list, on its way.
pub type Coming = Pin<Box<dyn Future<Output = ApiResult<()>>>>;

/// A page that is asked for, as a foot takes it.
#[must_use]
pub fn later(page: impl Future<Output = ApiResult<()>> + 'static) -> Coming {
    Box::pin(page)
}

/// What a foot does with a list.
#[derive(Clone, Copy)]
pub struct FootActs {
    /// Asks for it again.
    pub reload: Callback<()>,
    /// Takes away what narrows it.
    pub show_all: Callback<()>,
    /// Asks for the next page.
    pub more: Callback<(), Coming>,
}

/// The foot of a [`Listing`].
pub fn foot_of<S: Source>(listing: Listing<S>, words: FootWords) -> AnyView {
    let state = listing.state;
    let standing = move || {
        state.with(|state| Standing {
            load: state.load.clone(),
            is_empty: state.items.is_empty(),
            has_more: state.next.is_some(),
            is_narrowed: state.filter != S::Filter::default(),
        })
    };
    let acts = FootActs {
        reload: Callback::new(move |()| listing.reload()),
        show_all: Callback::new(move |()| listing.filter(S::Filter::default())),
        more: Callback::new(move |()| later(listing.load_more())),
    };
    foot(crate::reactive::memo(standing), words, acts)
}

/// What stands below a list.
pub fn foot(standing: Memo<Standing>, words: FootWords, acts: FootActs) -> AnyView {
    let (busy, failure) = (RwSignal::new(false), RwSignal::new(None::<ApiError>));
    let more = move || {
        busy.set(true);
        failure.set(None);
        spawn_local(async move {
            let result = acts.more.run(()).await;
            busy.try_set(false);
            failure.try_set(result.err());
        });
    };
    let body = move || match standing.get() {
        Standing { load: Load::Waiting, .. } => view! { <Skeleton rows=4/> }.into_any(),
        Standing { load: Load::Failed(error), .. } => {
            view! { <ErrorCard error on_retry=move || acts.reload.run(())/> }.into_any()
        }
        Standing { is_empty: true, is_narrowed: false, .. } => view! { <EmptyState text=t(words.none)/> }.into_any(),
        Standing { is_empty: true, .. } => view! {
            <EmptyState text=t(words.none_found)>
                <Button label=t(words.show_all) kind=ButtonKind::Quiet on_press=move || acts.show_all.run(())/>
            </EmptyState>
        }
        .into_any(),
        Standing { has_more: true, .. } => view! { <Button label=t(common::MORE) busy on_press=more/> }.into_any(),
        Standing { .. } => ().into_any(),
    };
    view! {
        <div class="list-foot">{draw(body)}</div>
        {move || failure.get().map(|error| view! { <ErrorCard error/> })}
    }
    .into_any()
}
