//! `/auth/login`: a name and a password.

use crate::components::ui::{Button, ButtonKind, ErrorCard, FieldKind, TextField};
use crate::dom;
use crate::i18n::{Text, auth, say, t};
use crate::pages::door::{Door, focus_first};
use crate::pages::pending::{notice_path, status_of};
use crate::reactive::draw;
use crate::router::{NavigateOptions, navigate, redirect};
use crate::state::account::{use_account, use_title};
use crate::t;
use code::CodeForm;
use leptos::prelude::*;
use leptos::task::spawn_local;
use providers::Providers;
use shared::ApiError;
use shared::accounts::Credentials;
use shared::settings::Registration;

pub mod code;
pub mod providers;

/// Signs in. A server without any account sends to its set-up instead.
#[component]
pub fn LoginPage() -> AnyView {
    let account = use_account();
    let asked = RwSignal::new(false);
    spawn_local(async move {
        // The page may be as old as the server: by now somebody may have set it up.
        account.ask_for_setup().await;
        asked.try_set(true);
    });
    let body = move || match (account.registration.get(), asked.get()) {
        (Some(Registration::Setup), true) => redirect("/auth/register".to_owned()),
        (Some(Registration::Setup), false) => ().into_any(),
        _ if account.wants_code.get() => view! { <CodeForm/> }.into_any(),
        _ => view! { <LoginForm/> }.into_any(),
    };
    draw(body)
}

fn missing(text: Text, value: RwSignal<String>, pressed: RwSignal<bool>) -> Signal<Option<String>> {
    Signal::derive(move || (pressed.get() && value.with(|value| value.trim().is_empty())).then(|| say(text).to_owned()))
}

#[component]
fn LoginForm() -> AnyView {
    use_title(|| say(auth::SIGN_IN).to_owned());
    focus_first("username");
    let account = use_account();
    let (name, password) = (RwSignal::new(String::new()), RwSignal::new(String::new()));
    let (pressed, busy) = (RwSignal::new(false), RwSignal::new(false));
    let error = RwSignal::new(untrack(|| account.ended()));
    let name_error = missing(auth::USERNAME_MISSING, name, pressed);
    let password_error = missing(auth::PASSWORD_MISSING, password, pressed);
    let submit = move |event: web_sys::SubmitEvent| {
        event.prevent_default();
        pressed.set(true);
        let wrong = [(name_error, "username"), (password_error, "password")];
        if let Some((_, id)) = wrong.iter().find(|(error, _)| error.get_untracked().is_some()) {
            dom::focus_id(id);
        } else if !busy.get_untracked() {
            let credentials = Credentials {
                username: name.get_untracked().trim().to_owned(),
                password: password.get_untracked(),
                tokens: false,
            };
            busy.set(true);
            spawn_local(async move {
                // Where it works, the guard of this page leads on.
                let result = account.sign_in(&credentials).await;
                busy.try_set(false);
                match result {
                    Err(refused) if status_of(&refused).is_some() => {
                        navigate(&notice_path(&refused), NavigateOptions::default());
                    }
                    Err(refused) => refuse(error, refused),
                    Ok(()) => {}
                }
            });
        }
    };
    view! {
        <Door title=t!(auth::SIGN_IN_TO, brand = account.brand.get())>
            <form class="form" novalidate on:submit=submit>
                <TextField id="username" label=t(auth::USERNAME) value=name error=name_error autocomplete="username" required=true/>
                <TextField
                    id="password"
                    kind=FieldKind::Password
                    label=t(auth::PASSWORD)
                    value=password
                    error=password_error
                    autocomplete="current-password"
                    required=true
                />
                {move || error.get().map(|error| view! { <ErrorCard error/> })}
                <Button label=t(auth::SIGN_IN) kind=ButtonKind::Primary submit=true busy/>
            </form>
            <Providers/>
            <RegisterLink/>
        </Door>
    }
    .into_any()
}

fn refuse(error: RwSignal<Option<ApiError>>, refused: ApiError) {
    error.try_set(Some(refused));
    dom::focus_id("password");
}

#[component]
fn RegisterLink() -> AnyView {
    let account = use_account();
    let body = move || {
        (account.registration.get() == Some(Registration::Open)).then(|| {
            view! {
                <p class="door-other">
                    {t(auth::NO_ACCOUNT)} " " <a href="/auth/register">{t(auth::REGISTER)}</a>
                </p>
            }
        })
    };
    draw(body)
}
