//! The form that replaces one's own password: on a page of its own where that has to be done first, else in a dialog.

use crate::components::ui::{Button, ButtonKind, ErrorCard, FieldKind, TextField};
use crate::dom;
use crate::i18n::{Text, auth, common, error_message, say, settings, t};
use crate::reactive::draw;
use crate::state::account::{Account, use_account};
use crate::state::credentials::password_fault;
use leptos::prelude::*;
use leptos::task::spawn_local;
use shared::accounts::ChangePassword;
use shared::{ApiError, ErrorCode};

/// Whose field an error of the server belongs to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Field {
    Current,
    New,
}

impl Field {
    fn of(error: &ApiError) -> Option<Self> {
        match error.known()? {
            ErrorCode::AuthPassword => Some(Self::Current),
            ErrorCode::PasswordUnchanged => Some(Self::New),
            _ => None,
        }
    }

    fn id(self) -> &'static str {
        match self {
            Self::Current => "password-current",
            Self::New => "password-new",
        }
    }
}

/// The fields of the form and what is wrong with them.
#[derive(Clone, Copy)]
struct Form {
    account: Account,
    /// Whether there is a present one.
    has_one: bool,
    current: RwSignal<String>,
    new: RwSignal<String>,
    pressed: RwSignal<bool>,
    busy: RwSignal<bool>,
    refused: RwSignal<Option<ApiError>>,
}

impl Form {
    fn new() -> Self {
        let account = use_account();
        Self {
            account,
            has_one: account.user.with_untracked(|user| user.as_ref().is_none_or(|user| !user.passwordless)),
            current: RwSignal::default(),
            new: RwSignal::default(),
            pressed: RwSignal::new(false),
            busy: RwSignal::new(false),
            refused: RwSignal::new(None),
        }
    }

    /// What the server says of a field.
    fn refused_for(self, field: Field) -> Option<String> {
        self.refused.get().filter(|error| Field::of(error) == Some(field)).map(|error| error_message(&error))
    }

    fn current_error(self) -> Option<String> {
        let empty = self.pressed.get() && self.current.with(String::is_empty);
        let missing = empty.then(|| say(auth::PASSWORD_MISSING).to_owned());
        missing.or_else(|| self.refused_for(Field::Current))
    }

    fn new_error(self) -> Option<String> {
        let fault = self.pressed.get().then(|| self.new.with(|new| password_fault(new))).flatten();
        fault.map(|text| say(text).to_owned()).or_else(|| self.refused_for(Field::New))
    }

    /// The first field that cannot be sent as it is.
    fn first_fault(self) -> Option<Field> {
        if self.has_one && self.current.with_untracked(String::is_empty) {
            Some(Field::Current)
        } else {
            self.new.with_untracked(|new| password_fault(new)).map(|_| Field::New)
        }
    }

    fn send(self, done: Callback<()>) {
        self.pressed.set(true);
        if let Some(field) = self.first_fault() {
            return dom::focus_id(field.id());
        }
        if self.busy.get_untracked() {
            return;
        }
        self.busy.set(true);
        self.refused.set(None);
        let change = ChangePassword { current: self.current.get_untracked(), new: self.new.get_untracked() };
        spawn_local(async move {
            let result = self.account.change_password(&change).await;
            self.busy.try_set(false);
            match result {
                // Whoever asked may be gone by now.
                Ok(()) => drop(done.try_run(())),
                Err(error) => {
                    let field = Field::of(&error).unwrap_or(Field::Current);
                    self.refused.try_set(Some(error));
                    dom::focus_id(field.id());
                }
            }
        });
    }
}

/// Asks for the present password, of whoever has one, and a new one.
#[component]
pub fn PasswordForm(
    /// What the present one is called here.
    current: Text,
    /// What happens once it is replaced.
    #[prop(into)]
    on_done: Callback<()>,
    /// What Cancel does, where one may go on without.
    #[prop(optional, into)]
    on_cancel: Option<Callback<()>>,
) -> AnyView {
    let form = Form::new();
    let other =
        move || form.refused.get().filter(|error| Field::of(error).is_none()).map(|error| view! { <ErrorCard error/> });
    let submit = move |event: web_sys::SubmitEvent| {
        event.prevent_default();
        form.send(on_done);
    };
    let send = move || {
        view! { <Button label=t(settings::PASSWORD_CHANGE) kind=ButtonKind::Primary submit=true busy=form.busy/> }
    };
    let foot = match on_cancel {
        None => send().into_any(),
        Some(cancel) => view! {
            <div class="dialog-actions">
                <Button label=t(common::CANCEL) on_press=cancel/>
                {send()}
            </div>
        }
        .into_any(),
    };
    let current_field = form.has_one.then(|| {
        view! {
            <TextField
                id="password-current"
                kind=FieldKind::Password
                label=t(current)
                value=form.current
                error=Signal::derive(move || form.current_error())
                autocomplete="current-password"
                required=true
            />
        }
    });
    view! {
        <form class="form" novalidate on:submit=submit>
            {current_field}
            <TextField
                id="password-new"
                kind=FieldKind::Password
                label=t(settings::PASSWORD_NEW)
                value=form.new
                hint=t(auth::PASSWORD_RULE)
                error=Signal::derive(move || form.new_error())
                autocomplete="new-password"
                required=true
            />
            {draw(other)}
            {foot}
        </form>
    }
    .into_any()
}

#[cfg(test)]
mod tests {
    use super::Field;
    use shared::{ApiError, ErrorCode};

    #[test]
    fn what_the_server_says_of_a_password_stands_at_its_field() {
        let field = |code| Field::of(&ApiError::new(code, Default::default()));
        assert_eq!(field(ErrorCode::AuthPassword), Some(Field::Current));
        assert_eq!(field(ErrorCode::PasswordUnchanged), Some(Field::New));
        assert_eq!(field(ErrorCode::AuthThrottled), None);
    }
}
