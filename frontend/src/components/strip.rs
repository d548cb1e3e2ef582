//! One line for what concerns the whole page: the connection is lost, or the server was updated.

use crate::components::ui::{Button, ButtonKind};
use crate::i18n::{Text, chat, t};
use crate::state::account::use_account;
use crate::state::events::use_events;
use crate::t;
use leptos::prelude::*;

/// One line for what concerns the whole page: the connection is lost, or the server was updated. It never reloads by
/// itself: somebody may be typing, and an answer may be arriving.
#[component]
pub fn Strip(
    /// What it says while the connection is lost.
    #[prop(default = chat::RECONNECTING)]
    lost: Text,
) -> AnyView {
    let (events, account) = (use_events(), use_account());
    let body = move || match (events.is_lost(), events.is_outdated()) {
        (true, _) => view! { <p class="strip">{t(lost)}</p> }.into_any(),
        (_, true) => view! {
            <p class="strip">
                {move || t!(chat::OUTDATED, brand = account.brand.get())}
                <Button label=t(chat::RELOAD) kind=ButtonKind::Quiet on_press=move || events.reload()/>
            </p>
        }
        .into_any(),
        _ => ().into_any(),
    };
    view! { <div class="strip-place" role="status">{body}</div> }.into_any()
}
