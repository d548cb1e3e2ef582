//! The services that sign the person in, and those that could.

use crate::components::setting_row::SettingRow;
use crate::components::ui::{Button, Confirm, ErrorCard};
use crate::i18n::{fill, language, oidc as words, say, t};
use crate::reactive::draw;
use crate::state::toasts::use_toasts;
use crate::{api, dom, t, time};
use leptos::prelude::*;
use leptos::task::spawn_local;
use shared::ApiError;
use shared::oidc::{Identities, Identity, ProviderButton};

type Known = RwSignal<Option<api::ApiResult<Identities>>>;

fn load(known: Known) {
    spawn_local(async move {
        let answer = api::oidc::identities().await;
        known.try_set(Some(answer));
    });
}

/// The setting and the list below it; nothing where there is no service.
#[component]
pub fn IdentityRows() -> AnyView {
    let known: Known = RwSignal::new(None);
    load(known);
    let body = move || match known.get() {
        None => ().into_any(),
        Some(Err(error)) => view! { <ErrorCard error on_retry=move || load(known)/> }.into_any(),
        Some(Ok(Identities { items, providers })) if items.is_empty() && providers.is_empty() => ().into_any(),
        Some(Ok(Identities { items, providers })) => {
            let buttons = providers.into_iter().map(|provider| view! { <LinkButton provider/> });
            let rows = items.into_iter().map(|identity| view! { <Row known identity/> });
            view! {
                <SettingRow id="identities" label=t(words::LINKED) text=t(words::LINKED_TEXT)>
                    <div class="factor-standing">{buttons.collect_view()}</div>
                </SettingRow>
                <ul class="rows">{rows.collect_view()}</ul>
            }
            .into_any()
        }
    };
    draw(body)
}

#[component]
fn LinkButton(provider: ProviderButton) -> AnyView {
    let (busy, failure) = (RwSignal::new(false), RwSignal::new(None::<ApiError>));
    let (id, name) = (StoredValue::new(provider.id), provider.name);
    let press = move || {
        busy.set(true);
        failure.set(None);
        spawn_local(async move {
            match api::oidc::start_link(&id.get_value()).await {
                Ok(started) => dom::leave_for(&started.url),
                Err(error) => {
                    busy.try_set(false);
                    failure.try_set(Some(error));
                }
            }
        });
    };
    view! {
        <Button label=t!(words::LINK, name = name) busy on_press=press/>
        {move || failure.get().map(|error| view! { <ErrorCard error/> })}
    }
    .into_any()
}

fn note(identity: &Identity) -> String {
    let date = time::date(&identity.created_at, language());
    match &identity.label {
        Some(label) => fill(words::KNOWN_AS, &[("label", label), ("date", &date)]),
        None => fill(words::KNOWN_SINCE, &[("date", &date)]),
    }
}

#[component]
fn Row(known: Known, identity: Identity) -> AnyView {
    let toasts = use_toasts();
    let asking = RwSignal::new(false);
    let (busy, failure) = (RwSignal::new(false), RwSignal::new(None::<ApiError>));
    let (id, name) = (StoredValue::new(identity.id.clone()), identity.provider.clone());
    let unlink = move || {
        busy.set(true);
        failure.set(None);
        spawn_local(async move {
            let result = api::oidc::unlink(&id.get_value()).await;
            busy.try_set(false);
            if result.is_ok() {
                asking.try_set(false);
                toasts.confirm(say(words::UNLINKED));
                load(known);
            }
            failure.try_set(result.err());
        });
    };
    view! {
        <li class="row">
            <div class="row-words">
                <p class="row-title"><strong>{name.clone()}</strong></p>
                <p class="row-note">{move || note(&identity)}</p>
            </div>
            <div class="row-actions">
                <Button label=t(words::UNLINK) on_press=move || asking.set(true)/>
            </div>
            <Confirm
                open=asking
                on_close=move || asking.set(false)
                title=t!(words::UNLINK_TITLE, name = name)
                text=t(words::UNLINK_TEXT)
                action=t(words::UNLINK)
                busy
                error=failure
                on_confirm=unlink
            />
        </li>
    }
    .into_any()
}
