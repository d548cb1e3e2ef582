//! One's own data: taking it along, and the end of the account.

use crate::components::setting_row::{Saving, SettingRow};
use crate::components::ui::{Button, ButtonKind, Dialog, ErrorCard, FieldKind, Glyph, TextField};
use crate::i18n::{auth, common, error_message, leaving as words, say, t};
use crate::reactive::draw;
use crate::state::account::{Account, use_account};
use crate::state::toasts::{Toasts, use_toasts};
use crate::{api, dom, save};
use leptos::prelude::*;
use leptos::task::spawn_local;
use shared::{ApiError, ErrorCode};

/// The field of the dialog.
const PASSWORD: &str = "leave-password";

/// Both settings.
#[component]
pub fn DataRows() -> AnyView {
    let deleting = RwSignal::new(false);
    let export = Export::new();
    view! {
        <SettingRow id="export" label=t(words::EXPORT) text=t(words::EXPORT_TEXT) saving=export.saving>
            <Button label=t(words::EXPORT_DO) glyph=Glyph::Download busy=export.busy on_press=move || export.begin()/>
        </SettingRow>
        <SettingRow id="delete-account" label=t(words::DELETE) text=t(words::DELETE_TEXT)>
            <Button label=t(words::DELETE) kind=ButtonKind::Danger on_press=move || deleting.set(true)/>
        </SettingRow>
        <Dialog open=deleting on_close=move || deleting.set(false) title=t(words::DELETE_TITLE)>
            <LeaveForm on_cancel=move || deleting.set(false)/>
        </Dialog>
    }
    .into_any()
}

/// An export on its way.
#[derive(Clone, Copy)]
struct Export {
    toasts: Toasts,
    busy: RwSignal<bool>,
    saving: RwSignal<Saving>,
}

impl Export {
    fn new() -> Self {
        Self { toasts: use_toasts(), busy: RwSignal::new(false), saving: RwSignal::default() }
    }

    /// Asks first: a refusal is told here, and not by a file that cannot be saved.
    fn begin(self) {
        if self.busy.get_untracked() {
            return;
        }
        self.busy.set(true);
        self.saving.set(Saving::Idle);
        spawn_local(async move {
            let may = api::auth::may_export().await;
            self.busy.try_set(false);
            match may {
                Ok(()) => {
                    save::address(api::auth::EXPORT);
                    self.toasts.confirm(say(words::EXPORT_BEGUN));
                }
                Err(error) => {
                    self.saving.try_set(Saving::Failed(error));
                }
            }
        });
    }
}

/// The password and what is wrong with it.
#[derive(Clone, Copy)]
struct Form {
    account: Account,
    toasts: Toasts,
    /// Whether there is a password to ask for: who comes through a service alone has none.
    has_one: bool,
    password: RwSignal<String>,
    pressed: RwSignal<bool>,
    busy: RwSignal<bool>,
    refused: RwSignal<Option<ApiError>>,
}

impl Form {
    fn is_password(error: &ApiError) -> bool {
        error.known() == Some(ErrorCode::AuthPassword)
    }

    fn password_error(self) -> Option<String> {
        let empty = self.has_one && self.pressed.get() && self.password.with(String::is_empty);
        let wrong = || self.refused.get().filter(Self::is_password).map(|error| error_message(&error));
        empty.then(|| say(auth::PASSWORD_MISSING).to_owned()).or_else(wrong)
    }

    fn send(self) {
        self.pressed.set(true);
        if self.has_one && self.password.with_untracked(String::is_empty) {
            return dom::focus_id(PASSWORD);
        }
        if self.busy.get_untracked() {
            return;
        }
        self.busy.set(true);
        self.refused.set(None);
        let password = self.password.get_untracked();
        spawn_local(async move {
            let result = self.account.leave(password).await;
            self.busy.try_set(false);
            match result {
                Ok(()) => self.toasts.confirm(say(words::DELETED)),
                Err(error) => {
                    self.refused.try_set(Some(error));
                    dom::focus_id(PASSWORD);
                }
            }
        });
    }
}

/// Names what goes, offers the export once more, and asks for the password.
#[component]
fn LeaveForm(
    /// What happens when the person keeps their account.
    #[prop(into)]
    on_cancel: Callback<()>,
) -> AnyView {
    let account = use_account();
    let form = Form {
        account,
        has_one: account.user.with_untracked(|user| user.as_ref().is_none_or(|user| !user.passwordless)),
        toasts: use_toasts(),
        password: RwSignal::default(),
        pressed: RwSignal::new(false),
        busy: RwSignal::new(false),
        refused: RwSignal::new(None),
    };
    let export = Export::new();
    let submit = move |event: web_sys::SubmitEvent| {
        event.prevent_default();
        form.send();
    };
    let not_exported = move || match export.saving.get() {
        Saving::Failed(error) => Some(view! { <ErrorCard error/> }),
        Saving::Idle | Saving::Saved => None,
    };
    let other =
        move || form.refused.get().filter(|error| !Form::is_password(error)).map(|error| view! { <ErrorCard error/> });
    view! {
        <form class="form" novalidate on:submit=submit>
            <p>{t(words::DELETE_GOES)}</p>
            <p class="quiet">{t(words::DELETE_STAYS)}</p>
            <div>
                <Button
                    label=t(words::DELETE_EXPORT)
                    glyph=Glyph::Download
                    busy=export.busy
                    on_press=move || export.begin()
                />
            </div>
            {draw(not_exported)}
            {form.has_one.then(|| view! {
                <TextField
                    id=PASSWORD
                    kind=FieldKind::Password
                    label=t(words::DELETE_PASSWORD)
                    value=form.password
                    error=Signal::derive(move || form.password_error())
                    autocomplete="current-password"
                    required=true
                />
            })}
            {draw(other)}
            <div class="dialog-actions">
                <Button label=t(common::CANCEL) on_press=on_cancel/>
                <Button label=t(words::DELETE) kind=ButtonKind::Danger busy=form.busy submit=true/>
            </div>
        </form>
    }
    .into_any()
}
