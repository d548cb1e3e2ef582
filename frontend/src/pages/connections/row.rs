//! One connection: name, address, whether it is used, and what can be done with it.

use super::edit::EditForm;
use crate::api;
use crate::components::connect::steps::{Checking, VerifySteps};
use crate::components::setting_row::{Lock, SavedMark, Saving, note};
use crate::components::ui::{Confirm, Dialog, ErrorCard, Glyph, Menu, MenuItem, Switch};
use crate::i18n::{connections as words, fill, say, t};
use crate::reactive::{draw, memo};
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
pub struct Row {
    id: StoredValue<ConnectionId>,
    pub(super) connection: Memo<Option<Connection>>,
    pub(super) connections: Connections,
    toasts: Toasts,
    below: RwSignal<Below>,
    pub(super) editing: RwSignal<bool>,
    deleting: RwSignal<bool>,
    busy: RwSignal<bool>,
    failure: RwSignal<Option<ApiError>>,
    saving: RwSignal<Saving>,
}

impl Row {
    fn new(id: ConnectionId) -> Self {
        let connections = use_connections();
        let wanted = id.clone();
        let find = move |_: Option<&Option<Connection>>| {
            connections.state().with(|state| state.items.iter().find(|item| item.id == wanted).cloned())
        };
        Self {
            id: StoredValue::new(id),
            connection: Memo::new(find),
            connections,
            toasts: use_toasts(),
            below: RwSignal::new(Below::Nothing),
            editing: RwSignal::new(false),
            deleting: RwSignal::new(false),
            busy: RwSignal::new(false),
            failure: RwSignal::new(None),
            saving: RwSignal::new(Saving::Idle),
        }
    }

    pub(super) fn id(self) -> ConnectionId {
        self.id.get_value()
    }

    pub(super) fn name(self) -> String {
        self.connection.with(|connection| connection.as_ref().map(|known| known.name.clone()).unwrap_or_default())
    }

    fn show(self, below: Below) {
        self.below.try_set(below);
    }

    fn check(self) {
        self.below.set(Below::Checking);
        let id = self.id();
        spawn_local(async move {
            self.show(match api::connections::verify(&id).await {
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
                <p class="row-note">{move || row.connection.get().map(|known| facts(&known))}</p>
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

/// Address and number of models in one line.
fn facts(connection: &Connection) -> String {
    let models = words::model_count(connection.models.len());
    match connection.protocol {
        Protocol::Demo => say(words::DEMO_NOTE).to_owned(),
        Protocol::OpenaiChat => format!("{} · {models}", connection.base_url),
    }
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
            items.push(MenuItem::new(t(words::EDIT), move || row.editing.set(true)).glyph(Glyph::Pencil));
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
        <Dialog open=row.editing on_close=move || row.editing.set(false) title=t!(words::EDIT_TITLE, name = row.name())>
            <EditForm row/>
        </Dialog>
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
