//! `/auth/register`: a new account. The first one of a server becomes its administrator; an invitation (`?invite=`) lets in
//! at once, also where registration is closed.

use crate::api;
use crate::components::ui::{Button, ButtonKind, ErrorCard, FieldKind, Skeleton, TextField};
use crate::dom;
use crate::i18n::{Text, auth, error_message, fill, invitations, say, t};
use crate::pages::door::{Door, focus_first};
use crate::pages::pending::PENDING;
use crate::reactive::draw;
use crate::router::{NavigateOptions, navigate, use_query};
use crate::state::account::{Account, use_account, use_title};
use crate::state::credentials::{name_fault, password_fault};
use leptos::prelude::*;
use leptos::task::spawn_local;
use shared::accounts::{UserRole, UserStatus};
use shared::error::Params;
use shared::invitations::{InvitationNotice, NewAccount};
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
    let invite = Invite::look_up();
    let plain = move || match closed() {
        Some(code) => view! { <ErrorCard error=ApiError::new(code, Params::new())/> }.into_any(),
        None => view! { <RegisterForm invited=None/> }.into_any(),
    };
    let body = move || match invite.get() {
        Invite::None => plain(),
        Invite::Waiting => view! { <Skeleton rows=2/> }.into_any(),
        Invite::Holds(code, notice) => view! { <RegisterForm invited=Some((code, notice))/> }.into_any(),
        // Where registration is open one may still ask for an account.
        Invite::Refused(error) => match closed() {
            Some(_) => view! { <ErrorCard error/> }.into_any(),
            None => view! { <ErrorCard error/> {plain()} }.into_any(),
        },
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

/// The invitation that somebody came with.
#[derive(Clone, Debug, PartialEq)]
enum Invite {
    None,
    Waiting,
    Holds(String, InvitationNotice),
    Refused(ApiError),
}

impl Invite {
    /// Asks by whom the code in the address is.
    fn look_up() -> RwSignal<Self> {
        let code = use_query("invite").get_untracked().filter(|code| !code.is_empty());
        let invite = RwSignal::new(if code.is_some() { Self::Waiting } else { Self::None });
        if let Some(code) = code {
            spawn_local(async move {
                let answer = api::invitations::look_up(&code).await;
                invite.try_set(match answer {
                    Ok(notice) => Self::Holds(code, notice),
                    Err(error) => Self::Refused(error),
                });
            });
        }
        invite
    }
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
    /// The code of an invitation.
    invite: StoredValue<Option<String>>,
}

impl Form {
    fn new(invite: Option<String>) -> Self {
        Self {
            name: RwSignal::default(),
            password: RwSignal::default(),
            pressed: RwSignal::new(false),
            busy: RwSignal::new(false),
            refused: RwSignal::new(None),
            invite: StoredValue::new(invite),
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

    fn wish(self) -> NewAccount {
        NewAccount {
            username: self.name.get_untracked().trim().to_owned(),
            password: self.password.get_untracked(),
            tokens: false,
            invite: self.invite.get_value(),
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
            let result = account.register(&self.wish()).await;
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

/// By whom one is invited, and as what.
fn welcome(notice: &InvitationNotice) -> String {
    let text = match notice.role {
        UserRole::Admin => invitations::INVITED_ADMIN,
        UserRole::User => invitations::INVITED,
    };
    fill(text, &[("name", &notice.by)])
}

#[component]
fn RegisterForm(
    /// The code of an invitation, and by whom it is.
    invited: Option<(String, InvitationNotice)>,
) -> AnyView {
    focus_first("username");
    let account = use_account();
    let (code, notice) = invited.unzip();
    let form = Form::new(code);
    let own_fault = form.fault(form.name, name_fault);
    let name_error = Signal::derive(move || {
        own_fault.get().or_else(|| form.refused.get().filter(Form::is_taken).map(|error| error_message(&error)))
    });
    let other =
        move || form.refused.get().filter(|error| !Form::is_taken(error)).map(|error| view! { <ErrorCard error/> });
    let explanation = move || match (&notice, account.registration.get()) {
        (Some(notice), _) => welcome(notice),
        (None, Some(Registration::Setup)) => say(auth::SETUP_TEXT).to_owned(),
        (None, _) => say(auth::APPROVAL_TEXT).to_owned(),
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
