//! `/auth/password`: whoever was given a password replaces it before anything else, then goes on to where they wanted to be.

use crate::components::password_form::PasswordForm;
use crate::components::ui::{Button, ButtonKind, ErrorCard, Glyph};
use crate::i18n::{auth, people as words, say, settings, t};
use crate::pages::door::{Door, focus_first};
use crate::reactive::draw;
use crate::state::account::{use_account, use_title};
use crate::state::toasts::use_toasts;
use leptos::prelude::*;
use leptos::task::spawn_local;
use shared::ApiError;

/// Asks for a password of one's own.
#[component]
pub fn ReplacePage() -> AnyView {
    use_title(|| say(words::REPLACE).to_owned());
    focus_first("password-current");
    let toasts = use_toasts();
    // The guard of this page leads on.
    let done = move || toasts.confirm(say(settings::PASSWORD_CHANGED));
    view! {
        <Door title=t(words::REPLACE)>
            <p class="door-text">{t(words::REPLACE_TEXT)}</p>
            <PasswordForm current=words::REPLACE_CURRENT on_done=move |()| done()/>
            <Leave/>
        </Door>
    }
    .into_any()
}

/// The other way out.
#[component]
pub fn Leave() -> AnyView {
    let account = use_account();
    let busy = RwSignal::new(false);
    let refused = RwSignal::new(None::<ApiError>);
    let leave = move || {
        busy.set(true);
        refused.set(None);
        spawn_local(async move {
            refused.try_set(account.sign_out().await.err());
            busy.try_set(false);
        });
    };
    let card = move || refused.get().map(|error| view! { <ErrorCard error/> });
    view! {
        <Button label=t(auth::SIGN_OUT) kind=ButtonKind::Quiet glyph=Glyph::LogOut busy on_press=leave/>
        {draw(card)}
    }
    .into_any()
}
