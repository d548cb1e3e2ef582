//! The page for addresses that lead nowhere.

use crate::components::ui::{ButtonKind, LinkButton};
use crate::i18n::{common, say, t};
use crate::state::account::use_title;
use leptos::prelude::*;

/// Says that there is nothing here, and leads to the chat.
#[component]
pub fn NotFoundPage() -> AnyView {
    view! { <main class="boot"><NotFound/></main> }.into_any()
}

/// The same inside another page, for addresses that do not exist for this person.
#[component]
pub fn NotFound() -> AnyView {
    use_title(|| say(common::NOT_FOUND).to_owned());
    view! {
        <div class="empty">
            <h1 class="empty-title">{t(common::NOT_FOUND)}</h1>
            <LinkButton label=t(common::TO_CHAT) href="/" kind=ButtonKind::Primary/>
        </div>
    }
    .into_any()
}
