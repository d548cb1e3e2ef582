//! One person as administrators see them: name, state, and what can be done.

use super::deed::Deed;
use super::question::question;
use crate::api;
use crate::components::ui::{Button, ButtonKind, ErrorCard, Glyph, Menu, MenuItem};
use crate::i18n::{fill, language, people as words, settings, t};
use crate::reactive::{draw, memo};
use crate::router::{NavigateOptions, navigate};
use crate::state::account::use_account;
use crate::state::people::{People, use_people};
use crate::state::toasts::{Toasts, use_toasts};
use crate::{t, time};
use leptos::prelude::*;
use leptos::task::spawn_local;
use shared::accounts::{User, UserRole, UserStatus};
use shared::{ApiError, UserId};
use std::sync::Arc;

/// What a row works with. It outlives no page, so late answers find it gone and are dropped.
#[derive(Clone, Copy)]
pub(super) struct Row {
    id: StoredValue<UserId>,
    user: Memo<Option<User>>,
    people: People,
    toasts: Toasts,
    pub(super) busy: RwSignal<bool>,
    /// What is asked.
    pub(super) asking: RwSignal<Option<Deed>>,
    /// What a question wants to be told: why somebody is to be kept out, or their other name.
    pub(super) typed: RwSignal<String>,
    /// A password that was made, as long as it is shown.
    pub(super) given: RwSignal<Option<String>>,
    pub(super) failure: RwSignal<Option<ApiError>>,
}

impl Row {
    fn new(id: UserId) -> Self {
        let people = use_people();
        let wanted = id.clone();
        let find = move |_: Option<&Option<User>>| {
            people.state().with(|state| state.items.iter().find(|user| user.id == wanted).cloned())
        };
        Self {
            id: StoredValue::new(id),
            user: Memo::new(find),
            people,
            toasts: use_toasts(),
            busy: RwSignal::new(false),
            asking: RwSignal::new(None),
            typed: RwSignal::default(),
            given: RwSignal::new(None),
            failure: RwSignal::new(None),
        }
    }

    pub(super) fn name(self) -> String {
        self.user.get().map(|user| user.username).unwrap_or_default()
    }

    fn keys_address(self) -> String {
        format!("/settings/people?keys={}", self.id.with_value(|id| api::escape(id.as_str())))
    }

    fn press(self, deed: Deed) {
        if deed.question().is_some() {
            self.failure.set(None);
            self.typed.set(if deed == Deed::Rename { untrack(|| self.name()) } else { String::new() });
            self.asking.set(Some(deed));
        } else {
            self.run(deed);
        }
    }

    pub(super) fn run(self, deed: Deed) {
        self.busy.set(true);
        self.failure.set(None);
        let name = untrack(|| self.name());
        let (id, typed) = (self.id.get_value(), self.typed.get_untracked());
        spawn_local(async move {
            let result = deed.run(self.people, &id, typed).await;
            self.busy.try_set(false);
            match result {
                Ok(password) => {
                    // For a password that is to be handed over the dialog stays.
                    if password.is_none() {
                        self.asking.try_set(None);
                    }
                    self.given.try_set(password);
                    self.toasts.confirm(fill(deed.done(), &[("name", &name)]));
                }
                Err(error) => {
                    self.failure.try_set(Some(error));
                }
            }
        });
    }
}

/// One person.
#[component]
pub fn PersonRow(
    /// Who.
    id: UserId,
) -> AnyView {
    let row = Row::new(id);
    let account = use_account();
    let is_me = memo(move || account.user.get().map(|me| me.id) == Some(row.id.get_value()));
    let facts = memo(move || row.user.get().map(|user| (user.role, user.status, user.second_factor)));
    let failure =
        move || row.failure.get().filter(|_| row.asking.get().is_none()).map(|error| view! { <ErrorCard error/> });
    let reason = move || {
        let reason = row.user.get().and_then(|user| user.reason);
        reason.map(|reason| view! { <p class="row-note">{t!(words::REASON_GIVEN, reason = reason)}</p> })
    };
    view! {
        <li class="row">
            <div class="row-words">
                <p class="row-title">
                    <strong>{move || row.name()}</strong>
                    {move || is_me.get().then(|| view! { <span class="chip">{t(settings::YOU)}</span> })}
                    {move || facts.get().and_then(|(role, status, _)| badge(role, status))}
                </p>
                <p class="row-note">{move || row.user.get().map(|user| history(&user))}</p>
                {draw(reason)}
            </div>
            <div class="row-actions">
                {move || facts.get().filter(|_| !is_me.get()).map(|(role, status, factor)| view! { <Actions row role status factor/> })}
            </div>
            {draw(failure)}
            {question(row)}
        </li>
    }
    .into_any()
}

fn badge(role: UserRole, status: UserStatus) -> Option<AnyView> {
    let (text, class) = match (status, role) {
        (UserStatus::Pending, _) => (settings::STATUS_PENDING, "chip chip-warning"),
        (UserStatus::Rejected, _) => (settings::STATUS_REJECTED, "chip"),
        (UserStatus::Disabled, _) => (settings::STATUS_DISABLED, "chip"),
        (UserStatus::Active, UserRole::Admin) => (settings::ROLE_ADMIN, "chip"),
        (UserStatus::Active, UserRole::User) => return None,
    };
    Some(view! { <span class=class>{t(text)}</span> }.into_any())
}

fn history(user: &User) -> String {
    let (text, moment) = match &user.last_login_at {
        Some(moment) => (settings::LAST_SEEN, moment),
        None => (settings::REGISTERED, &user.created_at),
    };
    fill(text, &[("date", &time::date(moment, language()))])
}

/// People who wait get their two answers as buttons; everything else is in the menu.
#[component]
fn Actions(row: Row, role: UserRole, status: UserStatus, factor: bool) -> AnyView {
    let deeds = Deed::of(role, status, factor);
    if status == UserStatus::Pending {
        let buttons = deeds.into_iter().map(|deed| {
            let kind = if deed == Deed::Approve { ButtonKind::Plain } else { ButtonKind::Quiet };
            view! { <Button label=t(deed.label()) kind busy=row.busy on_press=move || row.press(deed)/> }
        });
        return buttons.collect_view().into_any();
    }
    let item = move |deed: Deed| {
        let item = MenuItem::new(t(deed.label()), move || row.press(deed)).glyph(deed.glyph());
        if deed.is_final() { item.danger() } else { item }
    };
    // What keeps somebody out stays last.
    let worst = deeds.iter().position(|deed| deed.is_final()).unwrap_or(deeds.len());
    let items = Arc::new(move || {
        let mut items: Vec<_> = deeds.iter().copied().map(item).collect();
        let keys = move || navigate(&row.keys_address(), NavigateOptions::default());
        items.insert(worst, MenuItem::new(t(words::KEYS), keys).glyph(Glyph::Key));
        items
    });
    view! { <Menu name=t!(settings::PERSON_ACTIONS, name = row.name()) items/> }.into_any()
}
