//! `/settings/profile`: picture, what models are told, language, colours, file space, password, sign out.

use crate::api;
use crate::components::preferences::{LanguageChoice, ThemeChoice};
use crate::components::setting_row::SettingRow;
use crate::components::ui::{Button, ButtonKind, Dialog, ErrorCard, FieldKind, Glyph, TextField};
use crate::dom;
use crate::i18n::{auth, common, error_message, say, settings, t};
use crate::pages::settings::SectionHead;
use crate::reactive::draw;
use crate::state::account::use_account;
use crate::state::credentials::password_fault;
use crate::state::toasts::use_toasts;
use avatar::AvatarRow;
use device::{ScaleRow, ShortcutsRow};
use leptos::prelude::*;
use leptos::task::spawn_local;
use own::{AboutRow, FileSpaceRow, MyModelRow};
use shared::accounts::{ChangePassword, UserRole};
use shared::{ApiError, ErrorCode};
use writing::WritingRows;

pub mod avatar;
pub mod device;
pub mod own;
pub mod writing;

/// What belongs to the signed-in person.
#[component]
pub fn ProfilePage() -> AnyView {
    let account = use_account();
    let changing = RwSignal::new(false);
    let leaving = RwSignal::new(false);
    let refused = RwSignal::new(None::<ApiError>);
    let sign_out = move || {
        leaving.set(true);
        refused.set(None);
        spawn_local(async move {
            refused.try_set(account.sign_out().await.err());
            leaving.try_set(false);
        });
    };
    let card = move || refused.get().map(|error| view! { <ErrorCard error/> });
    view! {
        <SectionHead title=settings::PROFILE/>
        <Person/>
        <AvatarRow/>
        <AboutRow/>
        <MyModelRow/>
        <SettingRow id="language" label=t(common::LANGUAGE) text=t(settings::LANGUAGE_TEXT)>
            <LanguageChoice id="choose-language"/>
        </SettingRow>
        <SettingRow id="theme" label=t(common::THEME) text=t(settings::THEME_TEXT)>
            <ThemeChoice id="choose-theme"/>
        </SettingRow>
        <WritingRows/>
        <ScaleRow/>
        <ShortcutsRow/>
        <FileSpaceRow/>
        <SettingRow id="password" label=t(settings::PASSWORD) text=t(settings::PASSWORD_TEXT)>
            <Button label=t(settings::PASSWORD_CHANGE) on_press=move || changing.set(true)/>
        </SettingRow>
        <SettingRow id="sign-out" label=t(auth::SIGN_OUT) text=t(settings::SIGN_OUT_TEXT)>
            <Button label=t(auth::SIGN_OUT) glyph=Glyph::LogOut busy=leaving on_press=sign_out/>
            {draw(card)}
        </SettingRow>
        <Dialog open=changing on_close=move || changing.set(false) title=t(settings::PASSWORD_CHANGE)>
            <PasswordForm open=changing/>
        </Dialog>
    }
    .into_any()
}

#[component]
fn Person() -> AnyView {
    let account = use_account();
    let name = move || account.user.get().map(|user| user.username);
    let role = move || {
        account.user.get().map(|user| match user.role {
            UserRole::Admin => say(settings::ROLE_ADMIN),
            UserRole::User => say(settings::ROLE_USER),
        })
    };
    view! {
        <dl class="person-head">
            <dt>{t(settings::SIGNED_IN_AS)}</dt>
            <dd><strong>{name}</strong> <span class="quiet">{role}</span></dd>
        </dl>
    }
    .into_any()
}

/// The fields of the form and what is wrong with them.
#[derive(Clone, Copy)]
struct Form {
    current: RwSignal<String>,
    new: RwSignal<String>,
    pressed: RwSignal<bool>,
    busy: RwSignal<bool>,
    refused: RwSignal<Option<ApiError>>,
}

impl Form {
    fn new() -> Self {
        Self {
            current: RwSignal::default(),
            new: RwSignal::default(),
            pressed: RwSignal::new(false),
            busy: RwSignal::new(false),
            refused: RwSignal::new(None),
        }
    }

    fn is_wrong_password(error: &ApiError) -> bool {
        error.known() == Some(ErrorCode::AuthPassword)
    }

    fn current_error(self) -> Option<String> {
        let empty = self.pressed.get() && self.current.with(String::is_empty);
        let missing = empty.then(|| say(auth::PASSWORD_MISSING).to_owned());
        missing.or_else(|| self.refused.get().filter(Self::is_wrong_password).map(|error| error_message(&error)))
    }

    fn new_error(self) -> Option<String> {
        let fault = self.pressed.get().then(|| self.new.with(|new| password_fault(new))).flatten();
        fault.map(|text| say(text).to_owned())
    }

    /// The first field that cannot be sent as it is.
    fn first_fault(self) -> Option<&'static str> {
        if self.current.with_untracked(String::is_empty) {
            Some("password-current")
        } else {
            self.new.with_untracked(|new| password_fault(new)).map(|_| "password-new")
        }
    }

    fn send(self, done: impl Fn() + 'static) {
        self.pressed.set(true);
        if let Some(id) = self.first_fault() {
            return dom::focus_id(id);
        }
        if self.busy.get_untracked() {
            return;
        }
        self.busy.set(true);
        self.refused.set(None);
        let change = ChangePassword { current: self.current.get_untracked(), new: self.new.get_untracked() };
        spawn_local(async move {
            let result = api::auth::change_password(&change).await;
            self.busy.try_set(false);
            match result {
                Ok(()) => done(),
                Err(error) => {
                    self.refused.try_set(Some(error));
                    dom::focus_id("password-current");
                }
            }
        });
    }
}

#[component]
fn PasswordForm(open: RwSignal<bool>) -> AnyView {
    let toasts = use_toasts();
    let form = Form::new();
    let other = move || {
        form.refused.get().filter(|error| !Form::is_wrong_password(error)).map(|error| view! { <ErrorCard error/> })
    };
    let submit = move |event: web_sys::SubmitEvent| {
        event.prevent_default();
        form.send(move || {
            open.set(false);
            toasts.confirm(say(settings::PASSWORD_CHANGED));
        });
    };
    view! {
        <form class="form" novalidate on:submit=submit>
            <TextField
                id="password-current"
                kind=FieldKind::Password
                label=t(settings::PASSWORD_CURRENT)
                value=form.current
                error=Signal::derive(move || form.current_error())
                autocomplete="current-password"
                required=true
            />
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
            <div class="dialog-actions">
                <Button label=t(common::CANCEL) on_press=move || open.set(false)/>
                <Button label=t(settings::PASSWORD_CHANGE) kind=ButtonKind::Primary submit=true busy=form.busy/>
            </div>
        </form>
    }
    .into_any()
}
