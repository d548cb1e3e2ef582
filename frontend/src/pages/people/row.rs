//! One person as administrators see them: name, state, and what can be done.

use crate::components::ui::{Button, ButtonKind, Confirm, ErrorCard, Glyph, Menu, MenuItem};
use crate::i18n::{Text, fill, language, say, settings, t};
use crate::reactive::{draw, memo};
use crate::state::account::use_account;
use crate::state::people::{People, use_people};
use crate::state::toasts::{Toasts, use_toasts};
use crate::{t, time};
use leptos::prelude::*;
use leptos::task::spawn_local;
use shared::accounts::{User, UserRole, UserStatus};
use shared::{ApiError, UserId};
use std::sync::Arc;

/// What an administrator can do with a person.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Deed {
    Approve,
    Reject,
    Disable,
    Enable,
    MakeAdmin,
    MakeUser,
}

impl Deed {
    /// What can be done with a person in this state; the first is what one usually wants.
    fn of(role: UserRole, status: UserStatus) -> &'static [Self] {
        match (status, role) {
            (UserStatus::Pending, _) => &[Self::Approve, Self::Reject],
            (UserStatus::Rejected, _) => &[Self::Approve],
            (UserStatus::Disabled, _) => &[Self::Enable],
            (UserStatus::Active, UserRole::User) => &[Self::MakeAdmin, Self::Disable],
            (UserStatus::Active, UserRole::Admin) => &[Self::MakeUser, Self::Disable],
        }
    }

    fn label(self) -> Text {
        match self {
            Self::Approve => settings::APPROVE,
            Self::Reject => settings::REJECT,
            Self::Disable => settings::DISABLE,
            Self::Enable => settings::ENABLE,
            Self::MakeAdmin => settings::MAKE_ADMIN,
            Self::MakeUser => settings::MAKE_USER,
        }
    }

    fn done(self) -> Text {
        match self {
            Self::Approve => settings::APPROVED,
            Self::Reject => settings::REJECTED,
            Self::Disable => settings::DISABLED,
            Self::Enable => settings::ENABLED,
            Self::MakeAdmin => settings::IS_ADMIN,
            Self::MakeUser => settings::IS_USER,
        }
    }

    /// What is asked first, where it reaches further than this page.
    fn question(self) -> Option<(Text, Text)> {
        match self {
            Self::Disable => Some((settings::DISABLE_TITLE, settings::DISABLE_TEXT)),
            Self::MakeAdmin => Some((settings::MAKE_ADMIN_TITLE, settings::MAKE_ADMIN_TEXT)),
            Self::Reject => Some((settings::REJECT_TITLE, settings::REJECT_TEXT)),
            Self::Approve | Self::Enable | Self::MakeUser => None,
        }
    }

    fn glyph(self) -> Glyph {
        match self {
            Self::Approve | Self::Enable => Glyph::Check,
            Self::Reject | Self::Disable => Glyph::X,
            Self::MakeAdmin => Glyph::Shield,
            Self::MakeUser => Glyph::User,
        }
    }

    async fn run(self, people: People, id: &UserId) -> Result<(), ApiError> {
        match self {
            Self::Approve | Self::Enable => people.set_status(id, UserStatus::Active).await,
            Self::Reject => people.set_status(id, UserStatus::Rejected).await,
            Self::Disable => people.set_status(id, UserStatus::Disabled).await,
            Self::MakeAdmin => people.set_role(id, UserRole::Admin).await,
            Self::MakeUser => people.set_role(id, UserRole::User).await,
        }
    }
}

/// What a row works with. It outlives no page, so late answers find it gone and are dropped.
#[derive(Clone, Copy)]
struct Row {
    id: StoredValue<UserId>,
    user: Memo<Option<User>>,
    people: People,
    toasts: Toasts,
    busy: RwSignal<bool>,
    asking: RwSignal<Option<Deed>>,
    failure: RwSignal<Option<ApiError>>,
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
            failure: RwSignal::new(None),
        }
    }

    fn name(self) -> String {
        self.user.get().map(|user| user.username).unwrap_or_default()
    }

    fn press(self, deed: Deed) {
        if deed.question().is_some() {
            self.failure.set(None);
            self.asking.set(Some(deed));
        } else {
            self.run(deed);
        }
    }

    fn run(self, deed: Deed) {
        self.busy.set(true);
        self.failure.set(None);
        let name = untrack(|| self.name());
        let id = self.id.get_value();
        spawn_local(async move {
            let result = deed.run(self.people, &id).await;
            self.busy.try_set(false);
            match result {
                Ok(()) => {
                    self.asking.try_set(None);
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
    let facts = memo(move || row.user.get().map(|user| (user.role, user.status)));
    let failure =
        move || row.failure.get().filter(|_| row.asking.get().is_none()).map(|error| view! { <ErrorCard error/> });
    view! {
        <li class="row">
            <div class="row-words">
                <p class="row-title">
                    <strong>{move || row.name()}</strong>
                    {move || is_me.get().then(|| view! { <span class="chip">{t(settings::YOU)}</span> })}
                    {move || facts.get().and_then(|(role, status)| badge(role, status))}
                </p>
                <p class="row-note">{move || row.user.get().map(|user| history(&user))}</p>
            </div>
            <div class="row-actions">
                {move || facts.get().filter(|_| !is_me.get()).map(|(role, status)| view! { <Actions row role status/> })}
            </div>
            {draw(failure)}
            <Question row/>
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
fn Actions(row: Row, role: UserRole, status: UserStatus) -> AnyView {
    let deeds = Deed::of(role, status);
    if status == UserStatus::Pending {
        let buttons = deeds.iter().map(|deed| {
            let kind = if *deed == Deed::Approve { ButtonKind::Plain } else { ButtonKind::Quiet };
            view! { <Button label=t(deed.label()) kind busy=row.busy on_press=move || row.press(*deed)/> }
        });
        return buttons.collect_view().into_any();
    }
    let item = move |deed: &'static Deed| {
        let item = MenuItem::new(t(deed.label()), move || row.press(*deed)).glyph(deed.glyph());
        if *deed == Deed::Disable { item.danger() } else { item }
    };
    let items = Arc::new(move || deeds.iter().map(item).collect::<Vec<_>>());
    view! { <Menu name=t!(settings::PERSON_ACTIONS, name = row.name()) items/> }.into_any()
}

#[component]
fn Question(row: Row) -> AnyView {
    // The words stay while the dialog leaves, so they follow the last question and not the present one.
    let question = Memo::new(move |last: Option<&Option<Deed>>| row.asking.get().or(last.copied().flatten()));
    let words = move || question.get().and_then(Deed::question);
    let title = move || words().map(|(title, _)| fill(title, &[("name", &row.name())])).unwrap_or_default();
    let text = move || words().map(|(_, text)| say(text)).unwrap_or_default();
    let action = move || question.get().map(|deed| say(deed.label())).unwrap_or_default();
    let confirm = move || {
        if let Some(deed) = row.asking.get_untracked() {
            row.run(deed);
        }
    };
    view! {
        <Confirm
            open=Signal::derive(move || row.asking.get().is_some())
            on_close=move || row.asking.set(None)
            title
            text
            action
            busy=row.busy
            error=row.failure
            on_confirm=confirm
        />
    }
    .into_any()
}

#[cfg(test)]
mod tests {
    use super::Deed;
    use shared::accounts::{UserRole, UserStatus};

    #[test]
    fn who_waits_can_be_approved_or_rejected() {
        assert_eq!(Deed::of(UserRole::User, UserStatus::Pending), [Deed::Approve, Deed::Reject]);
    }

    #[test]
    fn what_reaches_beyond_the_page_is_asked_first() {
        let asked: Vec<_> = [Deed::Approve, Deed::Reject, Deed::Disable, Deed::Enable, Deed::MakeAdmin, Deed::MakeUser]
            .into_iter()
            .filter(|deed| deed.question().is_some())
            .collect();
        assert_eq!(asked, [Deed::Reject, Deed::Disable, Deed::MakeAdmin]);
    }
}
