//! Invitations: the list, and the dialog that makes a link.

use crate::components::given::Given;
use crate::components::setting_row::SettingRow;
use crate::components::ui::{Button, ButtonKind, Dialog, ErrorCard, FieldKind, Glyph, Select, Skeleton, TextField};
use crate::i18n::{Text, common, fill, invitations as words, language, say, settings, t};
use crate::reactive::{draw, list, memo};
use crate::state::invitations::{Invitations, number};
use crate::state::load::Load;
use crate::state::toasts::use_toasts;
use crate::{dom, t, time};
use leptos::prelude::*;
use leptos::task::spawn_local;
use leptos::text_prop::TextProp;
use shared::accounts::UserRole;
use shared::invitations::{CreateInvitation, Invitation, InvitationState};
use shared::limits::{INVITATION_DAYS, INVITATION_USES, MAX_NOTE_CHARS};
use shared::{ApiError, InvitationId};

/// The setting and the list below it.
#[component]
pub fn InvitationRows() -> AnyView {
    let invitations = Invitations::load();
    let making = RwSignal::new(false);
    let load = memo(move || invitations.state.with(|state| state.load.clone()));
    let ids = move || invitations.state.with(|state| state.items.iter().map(|one| one.id.to_string()).collect());
    let foot = move || match load.get() {
        Load::Waiting => view! { <Skeleton rows=1/> }.into_any(),
        Load::Failed(error) => view! { <ErrorCard error on_retry=move || invitations.reload()/> }.into_any(),
        Load::Ready => ().into_any(),
    };
    view! {
        <SettingRow id="invitations" label=t(words::INVITATIONS) text=t(words::INTRO)>
            <Button label=t(words::INVITE) glyph=Glyph::Link on_press=move || making.set(true)/>
        </SettingRow>
        <ul class="rows">{list(ids, move |id| view! { <InvitationRow invitations id=id.into()/> }.into_any())}</ul>
        {draw(foot)}
        <NewInvitation invitations open=making/>
    }
    .into_any()
}

fn state_name(state: InvitationState) -> Option<Text> {
    match state {
        InvitationState::Open => None,
        InvitationState::Expired => Some(words::EXPIRED),
        InvitationState::UsedUp => Some(words::USED_UP),
        InvitationState::Revoked => Some(words::REVOKED),
        InvitationState::Void => Some(words::VOID),
    }
}

fn name(one: &Invitation) -> String {
    if one.note.is_empty() { fill(words::BY, &[("name", &one.by)]) } else { one.note.clone() }
}

/// Who made it where the note does not say, how many came, and until when it holds.
fn stand(one: &Invitation) -> String {
    let (uses, most) = (one.uses.to_string(), one.max_uses.to_string());
    let came = fill(words::CAME, &[("uses", &uses), ("most", &most)]);
    let until = fill(words::UNTIL, &[("date", &time::date(&one.expires_at, language()))]);
    let by = (!one.note.is_empty()).then(|| fill(words::BY, &[("name", &one.by)]));
    by.into_iter().chain([came, until]).collect::<Vec<_>>().join(" · ")
}

#[component]
fn InvitationRow(invitations: Invitations, id: InvitationId) -> AnyView {
    let toasts = use_toasts();
    let (busy, failure) = (RwSignal::new(false), RwSignal::new(None::<ApiError>));
    let wanted = id.clone();
    let one = memo(move || invitations.state.with(|state| state.items.iter().find(|one| one.id == wanted).cloned()));
    let id = StoredValue::new(id);
    let revoke = move || {
        busy.set(true);
        failure.set(None);
        let id = id.get_value();
        spawn_local(async move {
            let result = invitations.revoke(&id).await;
            busy.try_set(false);
            if result.is_ok() {
                toasts.confirm(say(words::REVOKE_DONE));
            }
            failure.try_set(result.err());
        });
    };
    let called = move || one.get().as_ref().map(name).unwrap_or_default();
    let state = memo(move || one.get().map(|one| (one.state, one.role)));
    let chips = move || {
        let (state, role) = state.get()?;
        let is_admin = role == UserRole::Admin;
        Some(view! {
            {is_admin.then(|| view! { <span class="chip">{t(settings::ROLE_ADMIN)}</span> })}
            {state_name(state).map(|text| view! { <span class="chip">{t(text)}</span> })}
        })
    };
    let people = move || {
        let names: Vec<String> = one.get()?.people.into_iter().map(|person| person.username).collect();
        (!names.is_empty()).then(|| view! { <p class="row-note">{t!(words::PEOPLE, list = names.join(", "))}</p> })
    };
    let actions = move || {
        (state.get()?.0 == InvitationState::Open).then(|| {
            view! {
                <div class="row-actions" role="group" aria-label=t!(words::REVOKE_NAMED, name = called())>
                    <Button label=t(words::REVOKE) busy on_press=revoke/>
                </div>
            }
        })
    };
    view! {
        <li class="row">
            <div class="row-words">
                <p class="row-title"><strong>{called}</strong> {draw(chips)}</p>
                <p class="row-note">{move || one.get().as_ref().map(stand)}</p>
                {draw(people)}
            </div>
            {draw(actions)}
            {move || failure.get().map(|error| view! { <ErrorCard error/> })}
        </li>
    }
    .into_any()
}

/// The dialog that makes an invitation and then shows its link.
#[component]
fn NewInvitation(invitations: Invitations, open: RwSignal<bool>) -> AnyView {
    let made = RwSignal::new(None::<String>);
    let close = move || {
        open.set(false);
        made.set(None);
    };
    let title = move || say(if made.with(Option::is_some) { words::MADE_TITLE } else { words::NEW }).to_owned();
    let body = move || match made.get() {
        Some(link) => view! { <Given text=words::MADE_TEXT secret=link on_done=move |()| close()/> }.into_any(),
        None => view! { <InviteForm invitations made on_close=move |()| close()/> }.into_any(),
    };
    view! {
        <Dialog open on_close=close title steady=Signal::derive(move || made.with(Option::is_some))>
            {draw(body)}
        </Dialog>
    }
    .into_any()
}

/// Where whoever has this code creates an account.
fn link(code: &str) -> String {
    let origin = web_sys::window().and_then(|window| window.location().origin().ok()).unwrap_or_default();
    format!("{origin}/auth/register?invite={code}")
}

/// The fields and what is wrong with them.
#[derive(Clone, Copy)]
struct Form {
    invitations: Invitations,
    role: RwSignal<UserRole>,
    uses: RwSignal<String>,
    days: RwSignal<String>,
    note: RwSignal<String>,
    pressed: RwSignal<bool>,
    busy: RwSignal<bool>,
    refused: RwSignal<Option<ApiError>>,
    made: RwSignal<Option<String>>,
}

impl Form {
    fn fault(self, is_wrong: impl Fn() -> bool + Send + Sync + 'static, rule: Text) -> Signal<Option<String>> {
        Signal::derive(move || (self.pressed.get() && is_wrong()).then(|| say(rule).to_owned()))
    }

    fn has_long_note(self) -> bool {
        self.note.with(|note| note.trim().chars().count() > MAX_NOTE_CHARS)
    }

    /// What is wished for, or the field that is wrong.
    fn wish(self) -> Result<CreateInvitation, &'static str> {
        let uses = self.uses.with_untracked(|uses| number(uses, &INVITATION_USES)).ok_or("invite-uses")?;
        let days = self.days.with_untracked(|days| number(days, &INVITATION_DAYS)).ok_or("invite-days")?;
        if untrack(|| self.has_long_note()) {
            return Err("invite-note");
        }
        let note = self.note.get_untracked().trim().to_owned();
        Ok(CreateInvitation { role: self.role.get_untracked(), days, uses, note })
    }

    fn send(self) {
        self.pressed.set(true);
        let wish = match self.wish() {
            Ok(wish) => wish,
            Err(field) => return dom::focus_id(field),
        };
        if self.busy.get_untracked() {
            return;
        }
        self.busy.set(true);
        self.refused.set(None);
        spawn_local(async move {
            let result = self.invitations.create(&wish).await;
            self.busy.try_set(false);
            match result {
                Ok(made) => drop(self.made.try_set(Some(link(&made.code)))),
                Err(error) => drop(self.refused.try_set(Some(error))),
            }
        });
    }
}

#[component]
fn InviteForm(
    invitations: Invitations,
    made: RwSignal<Option<String>>,
    #[prop(into)] on_close: Callback<()>,
) -> AnyView {
    let form = Form {
        invitations,
        role: RwSignal::new(UserRole::User),
        uses: RwSignal::new("1".to_owned()),
        days: RwSignal::new("7".to_owned()),
        note: RwSignal::default(),
        pressed: RwSignal::new(false),
        busy: RwSignal::new(false),
        refused: RwSignal::new(None),
        made,
    };
    let submit = move |event: web_sys::SubmitEvent| {
        event.prevent_default();
        form.send();
    };
    let roles = [(UserRole::User, settings::ROLE_USER), (UserRole::Admin, settings::ROLE_ADMIN)];
    let options = roles.map(|(role, text)| (role.as_str().to_owned(), TextProp::from(t(text)))).to_vec();
    let choose = move |role: String| {
        let admin = role == UserRole::Admin.as_str();
        form.role.set(if admin { UserRole::Admin } else { UserRole::User });
    };
    let uses_wrong = move || form.uses.with(|uses| number(uses, &INVITATION_USES)).is_none();
    let days_wrong = move || form.days.with(|days| number(days, &INVITATION_DAYS)).is_none();
    view! {
        <form class="form" novalidate on:submit=submit>
            <p>{t(words::INTRO)}</p>
            <Select
                id="invite-role"
                label=t(words::ROLE)
                options
                value=Signal::derive(move || form.role.get().as_str().to_owned())
                on_change=choose
            />
            <TextField
                id="invite-uses"
                kind=FieldKind::Number
                label=t(words::USES)
                value=form.uses
                error=form.fault(uses_wrong, words::USES_RULE)
                required=true
            />
            <TextField
                id="invite-days"
                kind=FieldKind::Number
                label=t(words::DAYS)
                value=form.days
                error=form.fault(days_wrong, words::DAYS_RULE)
                required=true
            />
            <TextField
                id="invite-note"
                label=t(words::NOTE)
                value=form.note
                hint=t(words::NOTE_HINT)
                error=form.fault(move || form.has_long_note(), words::NOTE_RULE)
            />
            {move || form.refused.get().map(|error| view! { <ErrorCard error/> })}
            <div class="dialog-actions">
                <Button label=t(common::CANCEL) on_press=on_close/>
                <Button label=t(words::MAKE) kind=ButtonKind::Primary submit=true busy=form.busy/>
            </div>
        </form>
    }
    .into_any()
}
