//! `/settings/sign-in`: the services through which people sign in.

use crate::api;
use crate::components::setting_row::SettingRow;
use crate::components::ui::{Button, Dialog, EmptyState, ErrorCard, Glyph, Skeleton};
use crate::i18n::{oidc as words, t};
use crate::pages::settings::SectionHead;
use crate::reactive::{draw, list};
use form::ProviderForm;
use leptos::prelude::*;
use leptos::task::spawn_local;
use row::ProviderRow;
use shared::oidc::IdentityProvider;

pub mod form;
pub mod row;

/// The list, once it has come.
pub type Services = RwSignal<Option<api::ApiResult<Vec<IdentityProvider>>>>;

/// Asks for the list again.
pub fn load(services: Services) {
    spawn_local(async move {
        let answer = api::oidc::providers().await.map(|page| page.items);
        services.try_set(Some(answer));
    });
}

/// The services.
#[component]
pub fn ProvidersPage() -> AnyView {
    let services: Services = RwSignal::new(None);
    load(services);
    let adding = RwSignal::new(false);
    let ids = move || match services.get() {
        Some(Ok(items)) => items.iter().map(|item| item.id.to_string()).collect(),
        _ => Vec::new(),
    };
    let foot = move || match services.get() {
        None => view! { <Skeleton rows=2/> }.into_any(),
        Some(Err(error)) => view! { <ErrorCard error on_retry=move || load(services)/> }.into_any(),
        Some(Ok(items)) if items.is_empty() => view! { <EmptyState text=t(words::NONE)/> }.into_any(),
        Some(Ok(_)) => ().into_any(),
    };
    let close = move || adding.set(false);
    view! {
        <SectionHead title=words::SERVICES text=words::SERVICES_TEXT/>
        <SettingRow id="new-service" label=t(words::ADD) text=t(words::ADD_TEXT)>
            <Button label=t(words::ADD) glyph=Glyph::Plus on_press=move || adding.set(true)/>
        </SettingRow>
        <ul class="rows">{list(ids, move |id| view! { <ProviderRow services id=id.into()/> }.into_any())}</ul>
        {draw(foot)}
        <Dialog open=adding on_close=close title=t(words::ADD)>
            <ProviderForm services on_close=move |()| close()/>
        </Dialog>
    }
    .into_any()
}
