//! The second step of signing in: a code of the app, or a recovery code.

use crate::components::factor_form::{CodeEntry, CodeField};
use crate::components::ui::{Button, ButtonKind, ErrorCard};
use crate::i18n::{auth, factor as words, say, t};
use crate::pages::door::{Door, focus_first};
use crate::reactive::draw;
use crate::state::account::{use_account, use_title};
use leptos::prelude::*;
use leptos::task::spawn_local;

const FIELD: &str = "sign-in-code";

/// Asks for a code.
#[component]
pub fn CodeForm() -> AnyView {
    use_title(|| say(words::ENTER_TITLE).to_owned());
    focus_first(FIELD);
    let account = use_account();
    let entry = CodeEntry::default();
    let busy = RwSignal::new(false);
    let submit = move |event: web_sys::SubmitEvent| {
        event.prevent_default();
        if busy.get_untracked() {
            return;
        }
        let Some(code) = entry.take(FIELD) else { return };
        busy.set(true);
        spawn_local(async move {
            // Where it works, the guard of this page leads on; where the ticket is over, the first step comes back.
            let result = account.show_code(code).await;
            busy.try_set(false);
            if let Err(error) = result {
                entry.refuse(FIELD, error);
            }
        });
    };
    let other = move || entry.other().map(|error| view! { <ErrorCard error/> });
    view! {
        <Door title=t(words::ENTER_TITLE)>
            <p class="door-text">{t(words::ENTER_TEXT)}</p>
            <form class="form" novalidate on:submit=submit>
                <CodeField id=FIELD entry recovery=true/>
                {draw(other)}
                <Button label=t(auth::SIGN_IN) kind=ButtonKind::Primary submit=true busy/>
            </form>
            <Button label=t(words::OTHER_ACCOUNT) kind=ButtonKind::Quiet on_press=move || account.forget_step()/>
        </Door>
    }
    .into_any()
}
