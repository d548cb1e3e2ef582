//! `/settings/audit`: who changed what.

use crate::components::ui::{Button, ButtonKind, EmptyState, ErrorCard, Select, Skeleton};
use crate::i18n::{Text, audit as words, common, t};
use crate::pages::settings::SectionHead;
use crate::reactive::{draw, list, memo};
use crate::state::audit::{Audit, Filter};
use crate::state::load::Load;
use leptos::prelude::*;
use leptos::task::spawn_local;
use leptos::text_prop::TextProp;
use row::EntryRow;
use shared::ApiError;
use shared::audit::Act;

pub mod row;

/// The audit log.
#[component]
pub fn AuditPage() -> AnyView {
    let audit = Audit::load();
    let ids = move || audit.state.with(|state| state.items.iter().map(|entry| entry.id.clone()).collect());
    view! {
        <SectionHead title=words::AUDIT text=words::INTRO/>
        <Filters audit/>
        <ul class="rows">{list(ids, move |id| view! { <EntryRow audit id=StoredValue::new(id)/> }.into_any())}</ul>
        <Foot audit/>
    }
    .into_any()
}

#[component]
fn Filters(audit: Audit) -> AnyView {
    let filter = memo(move || audit.state.with(|state| state.filter.clone()));
    let now = move || filter.get_untracked();
    let choose = move |word: String| audit.filter(Filter { act: Act::parse(&word), ..now() });
    let every = std::iter::once((String::new(), TextProp::from(t(words::ANYTHING))));
    let acts =
        Act::ALL.iter().map(|act| (act.as_str().to_owned(), TextProp::from(t(Text::of(act.as_str(), act.texts())))));
    let options: Vec<(String, TextProp)> = every.chain(acts).collect();
    view! {
        <div class="filters audit-filters">
            {search("audit-person", words::PERSON, move || filter.get().person, move |person| audit.filter(Filter { person, ..now() }))}
            {search("audit-object", words::OBJECT, move || filter.get().object, move |object| audit.filter(Filter { object, ..now() }))}
            <Select
                id="audit-act"
                label=t(words::ACT)
                label_hidden=true
                options
                value=Signal::derive(move || filter.get().act.map(|act| act.as_str().to_owned()).unwrap_or_default())
                on_change=choose
            />
            {day("audit-from", words::FROM, move || filter.get().from, move |from| audit.filter(Filter { from, ..now() }))}
            {day("audit-to", words::TO, move || filter.get().to, move |to| audit.filter(Filter { to, ..now() }))}
        </div>
    }
    .into_any()
}

/// A part of a name to look for.
fn search(
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
fn day(
    id: &'static str,
    label: Text,
    value: impl Fn() -> String + Send + Sync + 'static,
    change: impl Fn(String) + 'static,
) -> AnyView {
    view! {
        <label class="audit-day" for=id>
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

/// What stands below the list: that it is on its way, empty, longer, or did not come.
#[component]
fn Foot(audit: Audit) -> AnyView {
    let state = audit.state;
    let (busy, failure) = (RwSignal::new(false), RwSignal::new(None::<ApiError>));
    let stand = memo(move || state.with(|state| (state.load.clone(), state.items.is_empty(), state.next.is_some())));
    let is_narrow = move || state.with(|state| state.filter != Filter::default());
    let more = move || {
        busy.set(true);
        failure.set(None);
        spawn_local(async move {
            let result = audit.load_more().await;
            busy.try_set(false);
            failure.try_set(result.err());
        });
    };
    let show_all = move || audit.filter(Filter::default());
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
        (Load::Failed(error), ..) => view! { <ErrorCard error on_retry=move || audit.reload()/> }.into_any(),
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
