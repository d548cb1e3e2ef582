//! The list of chats, and the person at its foot.

pub mod groups;
pub mod person;
pub mod resize;
pub mod row;

use crate::components::ui::{ErrorCard, Glyph, Icon, IconButton, Skeleton};
use crate::i18n::{chat, t};
use crate::reactive::{draw, memo};
use crate::state::account::use_account;
use crate::state::chats::use_chats;
use crate::state::load::Load;
use groups::Groups;
use leptos::prelude::*;
use person::PersonMenu;
use resize::ResizeHandle;

use wasm_bindgen::JsCast;

pub use row::{Rename, chat_actions, path};

/// How near to its end the list asks for more, in pixels.
const NEAR: i32 = 600;

/// The list of chats.
#[component]
pub fn Sidebar(
    /// The wish to hide it.
    #[prop(into)]
    on_fold: Callback<()>,
    /// The wish for a new chat.
    #[prop(into)]
    on_new: Callback<()>,
    /// A chat was chosen.
    #[prop(into)]
    on_chosen: Callback<()>,
) -> AnyView {
    let account = use_account();
    let chats = use_chats();
    let scrolled = move |event: web_sys::Event| {
        let list = event.target().and_then(|target| target.dyn_into::<web_sys::Element>().ok());
        if list.is_some_and(|list| list.scroll_height() - list.scroll_top() - list.client_height() < NEAR) {
            chats.want_more();
        }
    };
    view! {
        <div class="sidebar-head">
            <span class="brand">{move || account.brand.get()}</span>
            <IconButton name=t(chat::FOLD_LIST) glyph=Glyph::PanelLeft on_press=on_fold/>
        </div>
        <button class="sidebar-new" type="button" on:click=move |_| on_new.run(())>
            <Icon glyph=Glyph::SquarePen/>
            <span>{t(chat::NEW_CHAT)}</span>
        </button>
        <nav
            class="sidebar-list"
            aria-label=t(chat::CHATS)
            on:scroll=scrolled
            on:pointerenter=move |_| chats.hold(true)
            on:pointerleave=move |_| chats.hold(false)
        >
            <List on_chosen/>
        </nav>
        <PersonMenu/>
        <ResizeHandle/>
    }
    .into_any()
}

#[component]
fn List(on_chosen: Callback<()>) -> AnyView {
    let chats = use_chats();
    let is_empty = memo(move || chats.items.with(Vec::is_empty));
    let body = move || match (chats.load.get(), is_empty.get()) {
        (Load::Failed(error), true) => view! { <ErrorCard error on_retry=move || chats.reload()/> }.into_any(),
        (Load::Waiting, true) => view! { <Skeleton rows=6/> }.into_any(),
        (_, true) => view! { <p class="sidebar-empty">{t(chat::NO_CHATS)}</p> }.into_any(),
        (_, false) => view! { <Groups on_chosen/> }.into_any(),
    };
    draw(body)
}
