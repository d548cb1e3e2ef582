//! The buttons of other services below the form.

use crate::components::ui::{Button, ErrorCard};
use crate::i18n::{oidc as words, t};
use crate::reactive::draw;
use crate::router::use_query;
use crate::state::account::use_account;
use crate::{api, dom, t};
use leptos::prelude::*;
use leptos::task::spawn_local;
use shared::ApiError;
use shared::oidc::ProviderButton;

/// One button for each service.
#[component]
pub fn Providers() -> AnyView {
    let account = use_account();
    let refused = RwSignal::new(None::<ApiError>);
    let body = move || {
        let providers = account.providers.get();
        (!providers.is_empty()).then(|| {
            let buttons = providers.into_iter().map(|provider| view! { <Provider provider refused/> });
            view! {
                <div class="door-services">
                    <p class="door-or">{t(words::OR)}</p>
                    {buttons.collect_view()}
                    {move || refused.get().map(|error| view! { <ErrorCard error/> })}
                </div>
            }
        })
    };
    draw(body)
}

#[component]
fn Provider(provider: ProviderButton, refused: RwSignal<Option<ApiError>>) -> AnyView {
    let busy = RwSignal::new(false);
    let next = use_query("next");
    let (id, name) = (StoredValue::new(provider.id.clone()), provider.name);
    let press = move || {
        busy.set(true);
        refused.set(None);
        spawn_local(async move {
            match api::oidc::start(&id.get_value(), next.get_untracked()).await {
                // It stays busy: the browser is on its way.
                Ok(started) => dom::leave_for(&started.url),
                Err(error) => {
                    busy.try_set(false);
                    refused.try_set(Some(error));
                }
            }
        });
    };
    view! {
        <Button
            id=format!("provider-{}", provider.id)
            label=t!(words::CONTINUE, name = name)
            busy
            on_press=press
        />
    }
    .into_any()
}
