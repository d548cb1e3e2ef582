//! One connection: name, address, whether it is used, and what can be done with it.

use super::status::{self, KeyStand, key_stand, key_words};
use crate::api::connections::Scope;
use crate::components::connect::steps::{Checking, VerifySteps};
use crate::components::setting_row::{Lock, SavedMark, Saving, note};
use crate::components::ui::sentence::with_code;
use crate::components::ui::{Confirm, ErrorCard, Glyph, Icon, Menu, MenuItem, Switch};
use crate::i18n::{connections as words, fill, t};
use crate::reactive::{draw, memo};
use crate::router::{NavigateOptions, navigate};
use crate::state::connections::{Connections, use_connections};
use crate::state::toasts::{Toasts, use_toasts};
use crate::t;
use leptos::prelude::*;
use leptos::task::spawn_local;
use shared::connections::{Connection, Protocol, UpdateConnection, VerifyReport};
use shared::{ApiError, ConnectionId};
use std::sync::Arc;

/// What stands below a row.
#[derive(Clone, PartialEq)]
enum Below {
    Nothing,
    Checking,
    Report(VerifyReport),
    Failed(ApiError),
}

/// What a row works with. It outlives no page, so late answers find it gone and are dropped.
#[derive(Clone, Copy)]
struct Row {
    id: StoredValue<ConnectionId>,
    connection: Memo<Option<Connection>>,
    connections: Connections,
    toasts: Toasts,
    below: RwSignal<Below>,
    deleting: RwSignal<bool>,
    busy: RwSignal<bool>,
    failure: RwSignal<Option<ApiError>>,
    saving: RwSignal<Saving>,
}

impl Row {
    fn new(id: ConnectionId) -> Self {
        let connections = use_connections();
        let wanted = id.clone();
        Self {
            id: StoredValue::new(id),
            connection: memo(move || connections.find(&wanted)),
            connections,
            toasts: use_toasts(),
            below: RwSignal::new(Below::Nothing),
            deleting: RwSignal::new(false),
            busy: RwSignal::new(false),
            failure: RwSignal::new(None),
            saving: RwSignal::new(Saving::Idle),
        }
    }

    fn id(self) -> ConnectionId {
        self.id.get_value()
    }

    fn name(self) -> String {
        self.connection.with(|connection| connection.as_ref().map(|known| known.name.clone()).unwrap_or_default())
    }

    fn address(self, what: &str) -> String {
        format!("{}?{what}={}", self.connections.page(), self.id())
    }

    fn show(self, below: Below) {
        self.below.try_set(below);
    }

    fn check(self) {
        self.below.set(Below::Checking);
        let id = self.id();
        spawn_local(async move {
            self.show(match self.connections.verify(&id).await {
                Ok(report) => Below::Report(report),
                Err(error) => Below::Failed(error),
            });
        });
    }

    fn refresh(self) {
        self.below.set(Below::Checking);
        let (id, name) = (self.id(), untrack(|| self.name()));
        spawn_local(async move {
            match self.connections.refresh(&id).await {
                Ok(count) => {
                    self.show(Below::Nothing);
                    self.toasts
                        .confirm(fill(words::REFRESHED, &[("name", &name), ("models", &words::model_count(count))]));
                }
                Err(error) => self.show(Below::Failed(error)),
            }
        });
    }

    fn set_enabled(self, enabled: bool) {
        let id = self.id();
        spawn_local(async move {
            let change = UpdateConnection { enabled: Some(enabled), ..UpdateConnection::default() };
            let result = self.connections.update(&id, &change).await;
            self.show(result.clone().err().map_or(Below::Nothing, Below::Failed));
            note(self.saving, result);
        });
    }

    fn delete(self) {
        self.busy.set(true);
        self.failure.set(None);
        let (id, name) = (self.id(), untrack(|| self.name()));
        spawn_local(async move {
            let result = self.connections.delete(&id).await;
            self.busy.try_set(false);
            match result {
                Ok(()) => self.toasts.confirm(fill(words::DELETED, &[("name", &name)])),
                Err(error) => drop(self.failure.try_set(Some(error))),
            }
        });
    }
}

/// One connection.
#[component]
pub fn ConnectionRow(
    /// Which.
    id: ConnectionId,
) -> AnyView {
    let row = Row::new(id);
    let enabled = Signal::derive(move || row.connection.get().is_some_and(|known| known.enabled));
    let variable = memo(move || row.connection.get().and_then(|known| known.variable));
    let below = move || match row.below.get() {
        Below::Nothing => ().into_any(),
        Below::Checking => view! { <Checking/> }.into_any(),
        Below::Report(report) => view! { <VerifySteps report/> }.into_any(),
        Below::Failed(error) => view! { <ErrorCard error/> }.into_any(),
    };
    view! {
        <li class="row">
            <div class="row-words">
                <p class="row-title">
                    <strong>{move || row.name()}</strong>
                    {move || is_demo(row).then(|| view! { <span class="chip chip-warning">{t(words::DEMO)}</span> })}
                    {move || (!enabled.get()).then(|| view! { <span class="chip">{t(words::OFF)}</span> })}
                </p>
                <p class="row-note">{move || row.connection.get().map(|known| status::facts(&known))}</p>
                <p class="row-note">{move || row.connection.get().and_then(|known| status::list(&known))}</p>
                {move || row.connection.get().and_then(|known| status::list_trouble(&known)).map(|words| view! {
                    <p class="row-note row-trouble"><Icon glyph=Glyph::CircleAlert/> <span>{with_code(&words)}</span></p>
                })}
                <KeyStands row/>
                {move || variable.get().map(|variable| view! { <Lock variable/> })}
            </div>
            <div class="row-actions">
                <SavedMark saving=row.saving/>
                <Switch
                    label=t!(words::USE, name = row.name())
                    on=enabled
                    on_toggle=move |on| row.set_enabled(on)
                    disabled=Signal::derive(move || variable.get().is_some())
                />
                <Actions row/>
            </div>
            {draw(below)}
            <Dialogs row/>
        </li>
    }
    .into_any()
}

fn is_demo(row: Row) -> bool {
    row.connection.with(|connection| connection.as_ref().is_some_and(|known| known.protocol == Protocol::Demo))
}

/// Its keys, as far as there is something to say: several, or one that is left alone.
#[component]
fn KeyStands(row: Row) -> AnyView {
    let body = move || {
        let keys = row.connection.get().map(|known| known.keys).unwrap_or_default();
        let tells = keys.len() > 1 || keys.iter().any(|key| key_stand(key) == KeyStand::Rests);
        tells.then(|| {
            let line = |key: &shared::connections::ConnectionKey| {
                let class = if key_stand(key) == KeyStand::Rests { "row-trouble" } else { "" };
                view! { <li class=class><strong>{key.label.clone()}</strong> " · " {with_code(&key_words(key))}</li> }
            };
            view! { <ul class="row-note">{keys.iter().map(line).collect_view()}</ul> }
        })
    };
    draw(body)
}

#[component]
fn Actions(row: Row) -> AnyView {
    let items = Arc::new(move || {
        let Some(connection) = row.connection.get_untracked() else { return Vec::new() };
        let is_own = connection.variable.is_none();
        let is_real = connection.protocol != Protocol::Demo;
        let mut items = vec![MenuItem::new(t(words::VERIFY), move || row.check()).glyph(Glyph::CircleCheck)];
        if is_real {
            items.push(MenuItem::new(t(words::REFRESH), move || row.refresh()).glyph(Glyph::RefreshCw));
        }
        if is_own && is_real {
            let edit = move || navigate(&row.address("edit"), NavigateOptions::default());
            items.push(MenuItem::new(t(words::EDIT), edit).glyph(Glyph::Pencil));
        }
        if row.connections.scope() == Scope::System {
            let models = format!("/settings/models?connection={}", row.id());
            let look = move || navigate(&models, NavigateOptions::default());
            items.push(MenuItem::new(t(words::ITS_MODELS), look).glyph(Glyph::Eye));
        }
        if is_own {
            let ask = move || {
                row.failure.set(None);
                row.deleting.set(true);
            };
            items.push(MenuItem::new(t(words::DELETE), ask).glyph(Glyph::Trash).danger());
        }
        items
    });
    view! { <Menu name=t!(words::ACTIONS, name = row.name()) items/> }.into_any()
}

#[component]
fn Dialogs(row: Row) -> AnyView {
    view! {
        <Confirm
            open=row.deleting
            on_close=move || row.deleting.set(false)
            title=t!(words::DELETE_TITLE, name = row.name())
            text=t(words::DELETE_TEXT)
            action=t(words::DELETE)
            busy=row.busy
            error=row.failure
            on_confirm=move || row.delete()
        />
    }
    .into_any()
}
