//! One service: what it is, whether it answers, and what can be done with it.

use super::form::ProviderForm;
use super::{Services, load};
use crate::api;
use crate::components::ui::{Confirm, Dialog, ErrorCard, Glyph, Menu, MenuItem};
use crate::i18n::{oidc as words, say, t};
use crate::reactive::{draw, memo};
use crate::state::toasts::use_toasts;
use crate::t;
use leptos::prelude::*;
use leptos::task::spawn_local;
use shared::{ApiError, ProviderId};
use std::sync::Arc;

/// One service.
#[component]
pub fn ProviderRow(
    /// Where it is kept.
    services: Services,
    /// Which one.
    id: ProviderId,
) -> AnyView {
    let toasts = use_toasts();
    let (editing, asking) = (RwSignal::new(false), RwSignal::new(false));
    let problem = RwSignal::new(None::<ApiError>);
    let wanted = id.clone();
    let service = memo(move || match services.get() {
        Some(Ok(items)) => items.into_iter().find(|item| item.id == wanted),
        _ => None,
    });
    let id = StoredValue::new(id);
    let check = move || {
        problem.set(None);
        spawn_local(async move {
            match api::oidc::check(&id.get_value()).await {
                Ok(answer) if answer.problem.is_none() => toasts.confirm(say(words::CHECK_GOOD)),
                Ok(answer) => drop(problem.try_set(answer.problem)),
                Err(error) => drop(problem.try_set(Some(error))),
            }
        });
    };
    let called = move || service.get().map(|service| service.name).unwrap_or_default();
    let is_off = move || service.get().is_some_and(|service| !service.enabled);
    let items = move || {
        vec![
            MenuItem::new(t(words::CHECK), check).glyph(Glyph::Check),
            MenuItem::new(t(words::EDIT), move || editing.set(true)).glyph(Glyph::Pencil),
            MenuItem::new(t(words::DELETE), move || asking.set(true)).glyph(Glyph::Trash).danger(),
        ]
    };
    let close = move || editing.set(false);
    let form = move || {
        service.get_untracked().map(|service| view! { <ProviderForm services service on_close=move |()| close()/> })
    };
    view! {
        <li class="row">
            <div class="row-words">
                <p class="row-title">
                    <strong>{called}</strong>
                    {move || is_off().then(|| view! { <span class="chip">{t(words::OFF)}</span> })}
                </p>
                <p class="row-note"><code>{move || service.get().map(|service| service.issuer)}</code></p>
            </div>
            <div class="row-actions">
                <Menu name=t!(words::ACTIONS, name = called()) items=Arc::new(items)/>
            </div>
            {move || problem.get().map(|error| view! { <ErrorCard error/> })}
            <Dialog open=editing on_close=close title=t!(words::EDIT_TITLE, name = called())>{draw(form)}</Dialog>
            <Delete services id=id.get_value() asking called=Signal::derive(called)/>
        </li>
    }
    .into_any()
}

#[component]
fn Delete(services: Services, id: ProviderId, asking: RwSignal<bool>, called: Signal<String>) -> AnyView {
    let toasts = use_toasts();
    let (busy, failure) = (RwSignal::new(false), RwSignal::new(None::<ApiError>));
    let id = StoredValue::new(id);
    let delete = move || {
        busy.set(true);
        failure.set(None);
        spawn_local(async move {
            let result = api::oidc::remove(&id.get_value()).await;
            busy.try_set(false);
            if result.is_ok() {
                asking.try_set(false);
                toasts.confirm(say(words::DELETED));
                load(services);
            }
            failure.try_set(result.err());
        });
    };
    view! {
        <Confirm
            open=asking
            on_close=move || asking.set(false)
            title=t!(words::DELETE_TITLE, name = called.get())
            text=t(words::DELETE_TEXT)
            action=t(words::DELETE)
            busy
            error=failure
            on_confirm=delete
        />
    }
    .into_any()
}
