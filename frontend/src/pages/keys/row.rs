//! One key: what it is, how it has been used, and what can be done with it.

use super::form::{KeyForm, scope_name};
use super::limits::meters;
use crate::components::ui::{Confirm, Dialog, Glyph, Menu, MenuItem};
use crate::i18n::{fill, keys as words, language, say, t};
use crate::reactive::{draw, memo};
use crate::state::keys::Keys;
use crate::state::models::{Models, use_models};
use crate::state::toasts::use_toasts;
use crate::{t, time};
use leptos::prelude::*;
use leptos::task::spawn_local;
use shared::keys::ApiKey;
use shared::{ApiError, ApiKeyId};
use std::sync::Arc;

/// One key.
#[component]
pub fn KeyRow(
    /// Where it is kept.
    keys: Keys,
    /// Which one.
    id: ApiKeyId,
) -> AnyView {
    let (editing, asking) = (RwSignal::new(false), RwSignal::new(false));
    let models = use_models();
    let wanted = id.clone();
    let key = memo(move || keys.state.with(|state| state.items.iter().find(|key| key.id == wanted).cloned()));
    let called = move || key.get().map(|key| key.name).unwrap_or_default();
    let expired = move || key.get().is_some_and(|key| key.expired);
    let held =
        move || key.get().and_then(|key| held_to(&key, models)).map(|text| view! { <p class="row-note">{text}</p> });
    let limits = move || key.get().map(|key| meters(&key.limits));
    let items = move || {
        let edit = MenuItem::new(t(words::EDIT), move || editing.set(true)).glyph(Glyph::Pencil);
        let revoke = MenuItem::new(t(words::REVOKE), move || asking.set(true)).glyph(Glyph::Trash).danger();
        Some(edit).filter(|_| keys.are_own()).into_iter().chain([revoke]).collect()
    };
    let close = move || editing.set(false);
    let form = move || key.get_untracked().map(|key| view! { <KeyForm keys key on_close=move |()| close()/> });
    view! {
        <li class="row">
            <div class="row-words">
                <p class="row-title">
                    <strong>{called}</strong>
                    {move || expired().then(|| view! { <span class="chip">{t(words::EXPIRED)}</span> })}
                </p>
                <p class="row-note"><code>{move || key.get().map(|key| format!("{}…", key.prefix))}</code>" · "{move || key.get().map(|key| scopes(&key))}</p>
                <p class="row-note">{move || key.get().map(|key| history(&key))}</p>
                {draw(held)}
                {draw(limits)}
            </div>
            <div class="row-actions">
                <Menu name=t!(words::ACTIONS, name = called()) items=Arc::new(items)/>
            </div>
            <Dialog open=editing on_close=close title=t!(words::EDIT_TITLE, name = called())>{draw(form)}</Dialog>
            <Revoke keys id asking called=Signal::derive(called)/>
        </li>
    }
    .into_any()
}

fn scopes(key: &ApiKey) -> String {
    key.scopes.iter().map(|scope| say(scope_name(*scope))).collect::<Vec<_>>().join(", ")
}

fn history(key: &ApiKey) -> String {
    let end = match &key.expires_at {
        Some(end) => fill(words::UNTIL, &[("date", &time::date(end, language()))]),
        None => say(words::NO_END).to_owned(),
    };
    let used = match (&key.last_used_at, &key.last_address) {
        (Some(used), Some(address)) => {
            fill(words::LAST_USED, &[("ago", &time::ago(used, language())), ("address", address)])
        }
        _ => say(words::NEVER_USED).to_owned(),
    };
    format!("{end} · {used}")
}

/// The models and addresses that it is held to, if to any.
fn held_to(key: &ApiKey, models: Models) -> Option<String> {
    let name = |id| models.get(id).map_or_else(|| id.to_string(), |model| model.name);
    let all: Vec<String> = key.models.iter().map(name).chain(key.addresses.iter().cloned()).collect();
    (!all.is_empty()).then(|| fill(words::ONLY, &[("list", &all.join(", "))]))
}

#[component]
fn Revoke(keys: Keys, id: ApiKeyId, asking: RwSignal<bool>, called: Signal<String>) -> AnyView {
    let toasts = use_toasts();
    let (busy, failure) = (RwSignal::new(false), RwSignal::new(None::<ApiError>));
    let id = StoredValue::new(id);
    let revoke = move || {
        busy.set(true);
        failure.set(None);
        let id = id.get_value();
        spawn_local(async move {
            let result = keys.revoke(&id).await;
            busy.try_set(false);
            if result.is_ok() {
                asking.try_set(false);
                toasts.confirm(say(words::REVOKED));
            }
            failure.try_set(result.err());
        });
    };
    view! {
        <Confirm
            open=asking
            on_close=move || asking.set(false)
            title=t!(words::REVOKE_TITLE, name = called.get())
            text=t(words::REVOKE_TEXT)
            action=t(words::REVOKE)
            busy
            error=failure
            on_confirm=revoke
        />
    }
    .into_any()
}
