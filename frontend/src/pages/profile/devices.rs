//! Where the person is signed in, and the end of a login.

use crate::components::setting_row::SettingRow;
use crate::components::ui::{Button, Confirm, ErrorCard, Skeleton};
use crate::i18n::{fill, language, people as words, say, t};
use crate::reactive::{draw, list, memo};
use crate::state::devices::{Devices, DevicesState};
use crate::state::load::Load;
use crate::state::toasts::use_toasts;
use crate::{t, time};
use leptos::prelude::*;
use leptos::task::spawn_local;
use shared::accounts::LoginInfo;
use shared::{ApiError, LoginId};

/// The setting and the list below it.
#[component]
pub fn DevicesRows() -> AnyView {
    let devices = Devices::load();
    let asking = RwSignal::new(false);
    let load = memo(move || devices.state.with(|state| state.load.clone()));
    let has_others = memo(move || devices.state.with(DevicesState::has_others));
    let ids = move || devices.state.with(|state| state.items.iter().map(|login| login.id.to_string()).collect());
    let status = move || match load.get() {
        Load::Waiting => view! { <Skeleton rows=2/> }.into_any(),
        Load::Failed(error) => view! { <ErrorCard error on_retry=move || devices.reload()/> }.into_any(),
        Load::Ready => ().into_any(),
    };
    let end_others = move || {
        has_others.get().then(|| view! { <Button label=t(words::END_OTHERS) on_press=move || asking.set(true)/> })
    };
    view! {
        <SettingRow id="devices" label=t(words::DEVICES) text=t(words::DEVICES_TEXT)>
            {draw(end_others)}
        </SettingRow>
        {draw(status)}
        <ul class="rows">{list(ids, move |id| view! { <Device devices id=id.into()/> }.into_any())}</ul>
        <EndOthers devices asking/>
    }
    .into_any()
}

#[component]
fn EndOthers(devices: Devices, asking: RwSignal<bool>) -> AnyView {
    let toasts = use_toasts();
    let (busy, failure) = (RwSignal::new(false), RwSignal::new(None::<ApiError>));
    let end = move || {
        busy.set(true);
        failure.set(None);
        spawn_local(async move {
            let result = devices.end_others().await;
            busy.try_set(false);
            if result.is_ok() {
                asking.try_set(false);
                toasts.confirm(say(words::OTHERS_ENDED));
            }
            failure.try_set(result.err());
        });
    };
    view! {
        <Confirm
            open=asking
            on_close=move || asking.set(false)
            title=t(words::END_OTHERS_TITLE)
            text=t(words::END_OTHERS_TEXT)
            action=t(words::END_OTHERS)
            busy
            error=failure
            on_confirm=end
        />
    }
    .into_any()
}

/// What a device is called; a program need not say.
fn name(login: &LoginInfo) -> String {
    if login.device.is_empty() { say(words::UNKNOWN).to_owned() } else { login.device.clone() }
}

fn last_use(login: &LoginInfo) -> String {
    let ago = || fill(words::LAST_USED, &[("ago", &time::ago(&login.last_used_at, language()))]);
    let used = if login.current { say(words::IN_USE).to_owned() } else { ago() };
    format!("{} · {used}", login.address)
}

#[component]
fn Device(devices: Devices, id: LoginId) -> AnyView {
    let toasts = use_toasts();
    let (busy, failure) = (RwSignal::new(false), RwSignal::new(None::<ApiError>));
    let wanted = id.clone();
    let login = memo(move || devices.state.with(|state| state.items.iter().find(|login| login.id == wanted).cloned()));
    let is_current = memo(move || login.get().is_some_and(|login| login.current));
    let id = StoredValue::new(id);
    let end = move || {
        busy.set(true);
        failure.set(None);
        let id = id.get_value();
        spawn_local(async move {
            let result = devices.end(&id).await;
            busy.try_set(false);
            if result.is_ok() {
                toasts.confirm(say(words::ENDED));
            }
            failure.try_set(result.err());
        });
    };
    let called = move || login.get().as_ref().map(name).unwrap_or_default();
    // This device is signed out by the row for that.
    let actions = move || {
        (!is_current.get()).then(|| {
            view! {
                <div class="row-actions" role="group" aria-label=t!(words::END_NAMED, device = called())>
                    <Button label=t(words::END) busy on_press=end/>
                </div>
            }
        })
    };
    view! {
        <li class="row">
            <div class="row-words">
                <p class="row-title">
                    <strong>{called}</strong>
                    {move || is_current.get().then(|| view! { <span class="chip">{t(words::THIS_DEVICE)}</span> })}
                </p>
                <p class="row-note">{move || login.get().as_ref().map(last_use)}</p>
            </div>
            {draw(actions)}
            {move || failure.get().map(|error| view! { <ErrorCard error/> })}
        </li>
    }
    .into_any()
}
