//! The public address of the server, which only its operator sets, and what a picture's full address would be.

use crate::api;
use crate::components::setting_row::{Lock, SettingRow};
use crate::components::ui::ErrorCard;
use crate::i18n::{say, settings, t};
use crate::reactive::draw;
use crate::t;
use leptos::prelude::*;
use leptos::task::spawn_local;

/// The setting, read-only.
#[component]
pub fn PublicUrlRow() -> AnyView {
    let answer = RwSignal::new(None);
    spawn_local(async move {
        let result = api::settings::public_url().await;
        answer.try_set(Some(result));
    });
    let body = move || match answer.get() {
        None => ().into_any(),
        Some(Err(error)) => view! { <ErrorCard error/> }.into_any(),
        Some(Ok(found)) => {
            let example = found.example;
            let address = found.public_url.clone();
            view! {
                <div class="setting-facts">
                    <p><code>{move || address.clone().unwrap_or_else(|| say(settings::PUBLIC_URL_NONE).to_owned())}</code></p>
                    {(!example.is_empty()).then(|| view! {
                        <p class="field-note">{t!(settings::PUBLIC_URL_EXAMPLE, url = example)}</p>
                    })}
                    {match found.variable {
                        Some(variable) => view! { <Lock variable/> }.into_any(),
                        None => view! { <p class="field-note">{t(settings::PUBLIC_URL_VARIABLE)}</p> }.into_any(),
                    }}
                </div>
            }
            .into_any()
        }
    };
    view! {
        <SettingRow id="public-url" label=t(settings::PUBLIC_URL) text=t(settings::PUBLIC_URL_TEXT)>
            {draw(body)}
        </SettingRow>
    }
    .into_any()
}
