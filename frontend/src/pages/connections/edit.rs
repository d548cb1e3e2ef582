//! Changing a connection: the form of the wizard with what is stored. Only what was changed is sent.

use super::back_to_list;
use super::status::key_words;
use crate::components::connect::draft::{Draft, leads_elsewhere};
use crate::components::connect::fields::{Advanced, Fields, NameField, UrlField};
use crate::components::connect::keys::Keys;
use crate::components::ui::{Button, ButtonKind, ErrorCard, LinkButton, Skeleton};
use crate::i18n::{common, connections as words, fill, t};
use crate::pages::not_found::NotFound;
use crate::pages::settings::SectionTitle;
use crate::reactive::{draw, memo};
use crate::state::connections::use_connections;
use crate::state::load::Load;
use leptos::prelude::*;
use leptos::task::spawn_local;
use shared::connections::{Connection, UpdateConnection};
use shared::{ApiError, ConnectionId, KeyId};
use std::sync::Arc;

/// The form, once the connection is known.
#[component]
pub fn EditPage(
    /// Which.
    id: ConnectionId,
) -> AnyView {
    let connections = use_connections();
    let wanted = id.clone();
    let load = memo(move || connections.state().with(|state| state.load.clone()));
    let is_there = memo(move || connections.find(&wanted).is_some_and(|found| found.variable.is_none()));
    let body = move || match load.get() {
        Load::Waiting => view! { <Skeleton/> }.into_any(),
        _ if is_there.get() => {
            let found = untrack(|| connections.find(&id));
            found.map(|stored| view! { <EditForm stored/> }).into_any()
        }
        Load::Failed(error) => view! { <ErrorCard error on_retry=move || connections.reload()/> }.into_any(),
        Load::Ready => view! { <NotFound/> }.into_any(),
    };
    draw(body)
}

/// The fields of a stored connection.
#[component]
fn EditForm(stored: Connection) -> AnyView {
    let connections = use_connections();
    let page = connections.page();
    let fields = Fields::new(Draft::of(&stored));
    let (busy, failure) = (RwSignal::new(false), RwSignal::new(None::<ApiError>));
    let (id, known_url, name) = (stored.id.clone(), stored.base_url.clone(), stored.name.clone());
    let elsewhere = Signal::derive(move || fields.base_url.with(|url| leads_elsewhere(&known_url, url)));
    let state = Arc::new(move |key: &KeyId| {
        let keys = connections.find(&id)?.keys;
        keys.iter().find(|known| known.id == *key).map(key_words)
    });
    let submit = move |event: web_sys::SubmitEvent| {
        event.prevent_default();
        if fields.complain(None) || busy.get_untracked() {
            return;
        }
        let change = untrack(|| fields.draft()).change(&stored);
        if change == UpdateConnection::default() {
            return back_to_list(page);
        }
        busy.set(true);
        failure.set(None);
        let id = stored.id.clone();
        spawn_local(async move {
            let result = connections.update(&id, &change).await;
            // A page that was left meanwhile has no say in where to go.
            if busy.try_set(false).is_none() {
                match result {
                    Ok(()) => back_to_list(page),
                    Err(error) => failure.set(Some(error)),
                }
            }
        });
    };
    view! {
        <SectionTitle title=move || fill(words::EDIT_TITLE, &[("name", &name)])/>
        <form class="form connect-form" novalidate on:submit=submit>
            <NameField fields/>
            <UrlField fields example="https://api.example.com/v1"/>
            <Keys fields state elsewhere/>
            <Advanced fields is_new=false/>
            {move || failure.get().map(|error| view! { <ErrorCard error/> })}
            <div class="connect-actions">
                <Button label=t(common::SAVE) kind=ButtonKind::Primary submit=true busy/>
                <LinkButton label=t(common::CANCEL) href=page kind=ButtonKind::Quiet/>
            </div>
        </form>
    }
    .into_any()
}
