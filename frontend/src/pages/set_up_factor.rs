//! `/auth/second-factor`: whoever has to have a second factor sets it up before anything else, then goes on to where they
//! wanted to be.

use crate::components::factor_form::FactorForm;
use crate::i18n::{factor as words, say, t};
use crate::pages::door::Door;
use crate::pages::replace::Leave;
use crate::state::account::{use_account, use_title};
use crate::state::toasts::use_toasts;
use leptos::prelude::*;
use leptos::task::spawn_local;

/// Sets a second factor up.
#[component]
pub fn SetUpFactorPage() -> AnyView {
    use_title(|| say(words::SET_UP_TITLE).to_owned());
    let (account, toasts) = (use_account(), use_toasts());
    // The guard of this page leads on.
    let done = move |()| {
        toasts.confirm(say(words::MADE));
        spawn_local(account.enter_with_second_factor());
    };
    view! {
        <Door title=t(words::SET_UP_TITLE)>
            <p class="door-text">{t(words::SET_UP_REQUIRED)}</p>
            <FactorForm on_done=done/>
            <Leave/>
        </Door>
    }
    .into_any()
}
