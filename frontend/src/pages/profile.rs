//! `/settings/profile`: picture, name, what models are told, language, colours, what is left of budgets, file space, password,
//! devices, one's data, sign out.

use crate::components::password_form::PasswordForm;
use crate::components::preferences::{LanguageChoice, ThemeChoice};
use crate::components::setting_row::SettingRow;
use crate::components::ui::{Button, Dialog, ErrorCard, Glyph};
use crate::i18n::{auth, common, say, settings, t};
use crate::pages::settings::SectionHead;
use crate::reactive::draw;
use crate::state::account::use_account;
use crate::state::toasts::use_toasts;
use avatar::AvatarRow;
use data::DataRows;
use device::{FiguresRow, ScaleRow, ShortcutsRow};
use devices::DevicesRows;
use factor::FactorRow;
use identities::IdentityRows;
use left::LeftRow;
use leptos::prelude::*;
use leptos::task::spawn_local;
use own::{AboutRow, FileSpaceRow, MyModelRow, NameRow};
use shared::ApiError;
use shared::accounts::UserRole;
use writing::WritingRows;

pub mod avatar;
pub mod data;
pub mod device;
pub mod devices;
pub mod factor;
pub mod identities;
pub mod left;
pub mod own;
pub mod writing;

/// What belongs to the signed-in person.
#[component]
pub fn ProfilePage() -> AnyView {
    let account = use_account();
    let toasts = use_toasts();
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
    let changed = move || {
        changing.set(false);
        toasts.confirm(say(settings::PASSWORD_CHANGED));
    };
    let card = move || refused.get().map(|error| view! { <ErrorCard error/> });
    view! {
        <SectionHead title=settings::PROFILE/>
        <Person/>
        <AvatarRow/>
        <NameRow/>
        <AboutRow/>
        <MyModelRow/>
        <SettingRow id="language" label=t(common::LANGUAGE) text=t(settings::LANGUAGE_TEXT)>
            <LanguageChoice id="choose-language"/>
        </SettingRow>
        <SettingRow id="theme" label=t(common::THEME) text=t(settings::THEME_TEXT)>
            <ThemeChoice id="choose-theme"/>
        </SettingRow>
        <WritingRows/>
        <FiguresRow/>
        <ScaleRow/>
        <ShortcutsRow/>
        <LeftRow/>
        <FileSpaceRow/>
        <SettingRow id="password" label=t(settings::PASSWORD) text=t(settings::PASSWORD_TEXT)>
            <Button label=t(settings::PASSWORD_CHANGE) on_press=move || changing.set(true)/>
        </SettingRow>
        <FactorRow/>
        <IdentityRows/>
        <DevicesRows/>
        <DataRows/>
        <SettingRow id="sign-out" label=t(auth::SIGN_OUT) text=t(settings::SIGN_OUT_TEXT)>
            <Button label=t(auth::SIGN_OUT) glyph=Glyph::LogOut busy=leaving on_press=sign_out/>
            {draw(card)}
        </SettingRow>
        <Dialog open=changing on_close=move || changing.set(false) title=t(settings::PASSWORD_CHANGE)>
            <PasswordForm
                current=settings::PASSWORD_CURRENT
                on_done=move |()| changed()
                on_cancel=move || changing.set(false)
            />
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
