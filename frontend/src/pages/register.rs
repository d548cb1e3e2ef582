//! `/auth/register`: a new account. The first one of a server becomes its administrator.

use crate::components::ui::{Button, ButtonKind, ErrorCard, FieldKind, TextField};
use crate::dom;
use crate::i18n::{Text, auth, error_message, fill, say, t};
use crate::pages::door::{Door, focus_first};
use crate::pages::pending::PENDING;
use crate::reactive::draw;
use crate::router::{NavigateOptions, navigate};
use crate::state::account::{Account, use_account, use_title};
use crate::state::credentials::{name_fault, password_fault};
use leptos::prelude::*;
use leptos::task::spawn_local;
use shared::accounts::{Credentials, UserStatus};
use shared::error::Params;
use shared::settings::Registration;
use shared::{ApiError, ErrorCode};

/// Creates an account, or says why that is not possible.
#[component]
pub fn RegisterPage() -> AnyView {
    use_title(|| say(auth::REGISTER).to_owned());
    let account = use_account();
    let title = move || match account.registration.get() {
        Some(Registration::Setup) => fill(auth::SETUP, &[("brand", &account.brand.get())]),
        _ => say(auth::REGISTER_TO).to_owned(),
    };
    let closed = move || match account.registration.get() {
        Some(Registration::Closed) => Some(ErrorCode::AuthRegistrationClosed),
        Some(Registration::SetupExpired) => Some(ErrorCode::AuthSetupExpired),
        _ => None,
    };
    let body = move || match closed() {
        Some(code) => view! { <ErrorCard error=ApiError::new(code, Params::new())/> }.into_any(),
        None => view! { <RegisterForm/> }.into_any(),
    };
    let is_setup = move || account.registration.get() == Some(Registration::Setup);
    let back = move || {
        (!is_setup()).then(|| {
            view! {
                <p class="door-other">
                    {t(auth::HAVE_ACCOUNT)} " " <a href="/auth/login">{t(auth::SIGN_IN)}</a>
                </p>
            }
        })
    };
    view! { <Door title>{draw(body)} {draw(back)}</Door> }.into_any()
}

/// The fields of the form and what is wrong with them.
#[derive(Clone, Copy)]
struct Form {
    name: RwSignal<String>,
    password: RwSignal<String>,
    /// Whether the form was sent once: only then the fields complain while they are being filled in.
    pressed: RwSignal<bool>,
    busy: RwSignal<bool>,
    refused: RwSignal<Option<ApiError>>,
}

impl Form {
    fn new() -> Self {
        Self {
            name: RwSignal::default(),
            password: RwSignal::default(),
            pressed: RwSignal::new(false),
            busy: RwSignal::new(false),
            refused: RwSignal::new(None),
        }
    }

    fn fault(self, value: RwSignal<String>, rule: fn(&str) -> Option<Text>) -> Signal<Option<String>> {
        Signal::derive(move || {
            self.pressed.get().then(|| value.with(|value| rule(value))).flatten().map(|text| say(text).to_owned())
        })
    }

    /// A taken name is the name field's fault; everything else concerns the form.
    fn is_taken(error: &ApiError) -> bool {
        error.known() == Some(ErrorCode::UserNameTaken)
    }

    fn credentials(self) -> Credentials {
        Credentials {
            username: self.name.get_untracked().trim().to_owned(),
            password: self.password.get_untracked(),
            tokens: false,
        }
    }

    fn send(self, account: Account, wait: impl Fn() + 'static) {
        self.pressed.set(true);
        let faults = [
            (self.name.with_untracked(|name| name_fault(name)), "username"),
            (self.password.with_untracked(|password| password_fault(password)), "password"),
        ];
        if let Some((_, id)) = faults.iter().find(|(fault, _)| fault.is_some()) {
            return dom::focus_id(id);
        }
        if self.busy.get_untracked() {
            return;
        }
        self.busy.set(true);
        self.refused.set(None);
        spawn_local(async move {
            let result = account.register(&self.credentials()).await;
            self.busy.try_set(false);
            match result {
                // Whoever is active is signed in now, and the guard of this page leads on.
                Ok(signed_in) if signed_in.user.status != UserStatus::Active => wait(),
                Ok(_) => {}
                Err(error) => {
                    if Self::is_taken(&error) {
                        dom::focus_id("username");
                    }
                    self.refused.try_set(Some(error));
                }
            }
        });
    }
}

#[component]
fn RegisterForm() -> AnyView {
    focus_first("username");
    let account = use_account();
    let form = Form::new();
    let own_fault = form.fault(form.name, name_fault);
    let name_error = Signal::derive(move || {
        own_fault.get().or_else(|| form.refused.get().filter(Form::is_taken).map(|error| error_message(&error)))
    });
    let other =
        move || form.refused.get().filter(|error| !Form::is_taken(error)).map(|error| view! { <ErrorCard error/> });
    let explanation = move || match account.registration.get() {
        Some(Registration::Setup) => say(auth::SETUP_TEXT),
        _ => say(auth::APPROVAL_TEXT),
    };
    let submit = move |event: web_sys::SubmitEvent| {
        event.prevent_default();
        form.send(account, || navigate(PENDING, NavigateOptions::default()));
    };
    view! {
        <p class="door-text">{explanation}</p>
        <form class="form" novalidate on:submit=submit>
            <TextField
                id="username"
                label=t(auth::USERNAME)
                value=form.name
                hint=t(auth::USERNAME_RULE)
                error=name_error
                autocomplete="username"
                required=true
            />
            <TextField
                id="password"
                kind=FieldKind::Password
                label=t(auth::PASSWORD)
                value=form.password
                hint=t(auth::PASSWORD_RULE)
                error=form.fault(form.password, password_fault)
                autocomplete="new-password"
                required=true
            />
            {draw(other)}
            <Button label=t(auth::REGISTER) kind=ButtonKind::Primary submit=true busy=form.busy/>
        </form>
    }
    .into_any()
}
