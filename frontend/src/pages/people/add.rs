//! The dialog that adds a person: a name and a role, then the password that was made for them.

use crate::components::given::Given;
use crate::components::ui::{Button, ButtonKind, Dialog, ErrorCard, Select, TextField};
use crate::dom;
use crate::i18n::{auth, common, error_message, fill, people as words, say, settings, t};
use crate::reactive::draw;
use crate::state::credentials::name_fault;
use crate::state::people::{People, use_people};
use leptos::prelude::*;
use leptos::task::spawn_local;
use leptos::text_prop::TextProp;
use shared::accounts::{CreateUser, UserRole};
use shared::{ApiError, ErrorCode};

/// Whom the dialog made: the name and the password, as long as it shows them.
type Made = RwSignal<Option<(String, String)>>;

/// The dialog.
#[component]
pub fn AddPerson(
    /// Whether it is open.
    open: RwSignal<bool>,
) -> AnyView {
    let made: Made = RwSignal::new(None);
    let close = move || {
        open.set(false);
        made.set(None);
    };
    let title = move || match made.get() {
        Some((name, _)) => fill(words::GIVEN_TITLE, &[("name", &name)]),
        None => say(words::ADD).to_owned(),
    };
    let body = move || match made.get() {
        Some((_, password)) => {
            view! { <Given text=words::GIVEN_TEXT secret=password on_done=move |()| close()/> }.into_any()
        }
        None => view! { <AddForm open made/> }.into_any(),
    };
    view! {
        <Dialog open on_close=close title steady=Signal::derive(move || made.with(Option::is_some))>
            {draw(body)}
        </Dialog>
    }
    .into_any()
}

/// The fields of the form and what is wrong with them.
#[derive(Clone, Copy)]
struct Form {
    people: People,
    name: RwSignal<String>,
    role: RwSignal<UserRole>,
    pressed: RwSignal<bool>,
    busy: RwSignal<bool>,
    refused: RwSignal<Option<ApiError>>,
    made: Made,
}

impl Form {
    fn is_taken(error: &ApiError) -> bool {
        error.known() == Some(ErrorCode::UserNameTaken)
    }

    fn name_error(self) -> Option<String> {
        let fault = self.pressed.get().then(|| self.name.with(|name| name_fault(name))).flatten();
        let taken = || self.refused.get().filter(Self::is_taken).map(|error| error_message(&error));
        fault.map(|text| say(text).to_owned()).or_else(taken)
    }

    fn send(self) {
        self.pressed.set(true);
        self.refused.set(None);
        if self.name.with_untracked(|name| name_fault(name)).is_some() {
            return dom::focus_id("add-name");
        }
        if self.busy.get_untracked() {
            return;
        }
        self.busy.set(true);
        let username = self.name.get_untracked().trim().to_owned();
        let wish = CreateUser { username, role: Some(self.role.get_untracked()), ..CreateUser::default() };
        spawn_local(async move {
            let result = self.people.create(&wish).await;
            self.busy.try_set(false);
            match result {
                Ok(created) => {
                    self.made.try_set(Some((created.user.username, created.password.unwrap_or_default())));
                }
                Err(error) => {
                    self.refused.try_set(Some(error));
                    dom::focus_id("add-name");
                }
            }
        });
    }
}

#[component]
fn AddForm(open: RwSignal<bool>, made: Made) -> AnyView {
    let form = Form {
        people: use_people(),
        name: RwSignal::default(),
        role: RwSignal::new(UserRole::User),
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
    let other =
        move || form.refused.get().filter(|error| !Form::is_taken(error)).map(|error| view! { <ErrorCard error/> });
    view! {
        <form class="form" novalidate on:submit=submit>
            <p>{t(words::ADD_TEXT)}</p>
            <TextField
                id="add-name"
                label=t(words::NAME)
                value=form.name
                hint=t(auth::USERNAME_RULE)
                error=Signal::derive(move || form.name_error())
                required=true
            />
            <Select
                id="add-role"
                label=t(words::ROLE)
                options
                value=Signal::derive(move || form.role.get().as_str().to_owned())
                on_change=choose
            />
            {draw(other)}
            <div class="dialog-actions">
                <Button label=t(common::CANCEL) on_press=move || open.set(false)/>
                <Button label=t(words::ADD) kind=ButtonKind::Primary submit=true busy=form.busy/>
            </div>
        </form>
    }
    .into_any()
}
