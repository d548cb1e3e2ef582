//! `/settings/people`: who may use this server.

use crate::components::ui::{Button, ErrorCard, Skeleton};
use crate::i18n::{common, settings, t};
use crate::pages::settings::SectionHead;
use crate::reactive::{draw, list, memo};
use crate::state::load::Load;
use crate::state::people::use_people;
use leptos::prelude::*;
use leptos::task::spawn_local;
use row::PersonRow;
use shared::ApiError;

pub mod row;

/// Everybody with an account; who waits for approval first.
#[component]
pub fn PeoplePage() -> AnyView {
    let people = use_people();
    people.watch();
    let state = people.state();
    let load = memo(move || state.with(|state| state.load.clone()));
    let ids = move || state.with(|state| state.items.iter().map(|user| user.id.to_string()).collect());
    let status = move || match load.get() {
        Load::Waiting => view! { <Skeleton rows=4/> }.into_any(),
        Load::Failed(error) => view! { <ErrorCard error on_retry=move || people.reload()/> }.into_any(),
        Load::Ready => ().into_any(),
    };
    view! {
        <SectionHead title=settings::PEOPLE text=settings::PEOPLE_TEXT/>
        {draw(status)}
        <ul class="rows">
            {list(ids, |id| view! { <PersonRow id=id.into()/> }.into_any())}
        </ul>
        <MoreButton/>
    }
    .into_any()
}

#[component]
fn MoreButton() -> AnyView {
    let people = use_people();
    let (busy, failure) = (RwSignal::new(false), RwSignal::new(None::<ApiError>));
    let more = move || {
        busy.set(true);
        failure.set(None);
        spawn_local(async move {
            let result = people.load_more().await;
            busy.try_set(false);
            failure.try_set(result.err());
        });
    };
    let has_more = memo(move || people.state().with(|state| state.next.is_some()));
    view! {
        {move || failure.get().map(|error| view! { <ErrorCard error/> })}
        {move || has_more.get().then(|| view! { <Button label=t(common::MORE) busy on_press=more/> })}
    }
    .into_any()
}
