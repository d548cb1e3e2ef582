//! Connecting a model: choose a provider, paste its key, see that it works, save. A server found beside this one takes
//! one click. Used by the settings and by the first page of a new server.

pub mod draft;
pub mod fields;
pub mod form;
pub mod keys;
pub mod models;
pub mod steps;
pub mod vendors;

use crate::api;
use crate::api::connections::Scope;
use crate::components::ui::{ErrorCard, Glyph, Icon};
use crate::i18n::{connections as words, language, t};
use crate::reactive::draw;
use crate::router::use_location;
use crate::state::connections::use_connections;
use crate::t;
use form::ConnectForm;
use leptos::prelude::*;
use leptos::task::spawn_local;
use shared::ApiError;
use shared::connections::{Connection, FoundServer, NewConnection};
use vendors::{Home, Vendor, named, ordered};

/// Connects a model. `on_done` gets the new connection.
#[component]
pub fn ConnectWizard(
    /// The name of the chosen provider, as the address has it; any other shows the choice.
    #[prop(into)]
    vendor: Signal<Option<String>>,
    /// What happens afterwards.
    #[prop(into)]
    on_done: Callback<Connection>,
) -> AnyView {
    let body = move || match vendor.with(|name| named(name.as_deref()?)) {
        None => view! { <Vendors on_done/> }.into_any(),
        Some(vendor) => view! { <ConnectForm vendor on_done/> }.into_any(),
    };
    view! { <div class="connect">{body}</div> }.into_any()
}

/// The providers, each a link, so that Back leads from its form to the choice. What is found on this machine comes after
/// them: the search takes its time, and nothing may move under a hand that reaches for a provider.
#[component]
fn Vendors(on_done: Callback<Connection>) -> AnyView {
    let connections = use_connections();
    let here = use_location().pathname;
    let cards = move || {
        let card = |known: &'static Vendor| {
            view! {
                <li>
                    <a class="vendor" href=move || format!("{}?new={}", here.get(), known.id)>
                        <span class="monogram" aria-hidden="true">{sign(known)}</span>
                        <span class="vendor-words">
                            <strong>{t(known.name)}</strong>
                            <span>{t(known.note)}</span>
                        </span>
                    </a>
                </li>
            }
        };
        ordered(language()).into_iter().map(card).collect_view()
    };
    view! {
        <h2 class="connect-title">{t(words::CHOOSE_VENDOR)}</h2>
        <ul class="vendors">{cards}</ul>
        {(connections.scope() == Scope::System).then(|| view! { <FoundServers on_done/> })}
    }
    .into_any()
}

/// A letter for a company, an icon for what is none.
fn sign(vendor: &Vendor) -> AnyView {
    match vendor.home {
        Home::Own if vendor.sites.is_empty() => view! { <Icon glyph=Glyph::Plug/> }.into_any(),
        Home::Own => view! { <Icon glyph=Glyph::Server/> }.into_any(),
        Home::China | Home::World => vendor.name.en.chars().next().into_any(),
    }
}

/// Servers on this machine or its container's host. Nothing is shown while they are looked for, nor when there are none.
#[component]
fn FoundServers(on_done: Callback<Connection>) -> AnyView {
    let found = RwSignal::new(Vec::<FoundServer>::new());
    spawn_local(async move {
        if let Ok(page) = api::connections::discover().await {
            found.try_set(page.items);
        }
    });
    let body = move || {
        let servers = found.get();
        (!servers.is_empty()).then(|| {
            view! {
                <h2 class="connect-title">{t(words::FOUND_HERE)}</h2>
                <ul class="vendors">
                    {servers.into_iter().map(|server| view! { <Found server on_done/> }).collect_view()}
                </ul>
            }
        })
    };
    draw(body)
}

#[component]
fn Found(server: FoundServer, on_done: Callback<Connection>) -> AnyView {
    let connections = use_connections();
    let (busy, failure) = (RwSignal::new(false), RwSignal::new(None::<ApiError>));
    let (name, url, count) = (server.name.clone(), server.base_url.clone(), server.models.len());
    let connect = move |_| {
        if busy.get_untracked() {
            return;
        }
        busy.set(true);
        failure.set(None);
        let request = NewConnection {
            name: server.name.clone(),
            protocol: server.protocol,
            base_url: server.base_url.clone(),
            ..NewConnection::default()
        };
        spawn_local(async move {
            let result = connections.create(&request).await;
            busy.try_set(false);
            match result {
                Ok(connection) => drop(on_done.try_run(connection)),
                Err(error) => drop(failure.try_set(Some(error))),
            }
        });
    };
    view! {
        <li>
            <button class="vendor vendor-found" type="button" aria-busy=move || busy.get().to_string() on:click=connect>
                <span class="monogram" aria-hidden="true"><Icon glyph=Glyph::Server/></span>
                <span class="vendor-words">
                    <strong>{name}</strong>
                    <span>{t!(words::FOUND_MODELS, models = words::model_count(count))}</span>
                    <span class="quiet">{url}</span>
                </span>
            </button>
            {move || failure.get().map(|error| view! { <ErrorCard error/> })}
        </li>
    }
    .into_any()
}
