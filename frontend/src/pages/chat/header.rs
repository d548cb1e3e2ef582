//! The head of the chat: the list's button where the list is hidden, the title with its actions, and a new chat.

use super::drawer::Drawer;
use super::fresh::TemporaryButton;
use crate::components::sidebar::{Rename, chat_actions};
use crate::components::ui::{Glyph, Icon, IconButton, MenuList, Placement};
use crate::i18n::{chat, say, t};
use crate::reactive::{draw, memo};
use crate::shortcuts::hint;
use crate::state::chats::use_chats;
use crate::state::conversation::use_chat;
use leptos::html;
use leptos::prelude::*;
use shared::SessionId;

/// The head of the chat.
#[component]
pub fn Header(
    /// The list of chats, which it can show.
    drawer: Drawer,
    /// The wish for a new chat.
    #[prop(into)]
    on_new: Callback<()>,
) -> AnyView {
    let store = use_chat();
    let title = move || match store.session.get() {
        Some(session) => view! { <Title session/> }.into_any(),
        None => view! { <span class="head-title">{t(chat::NEW_CHAT)}</span> }.into_any(),
    };
    view! {
        <header class="head">
            <div class="head-list"><IconButton name=t(chat::OPEN_LIST) glyph=Glyph::PanelLeft on_press=move || drawer.show() shortcut=hint("sidebar")/></div>
            {title}
            <TemporaryButton/>
            <div class="head-new"><IconButton name=t(chat::NEW_CHAT) glyph=Glyph::SquarePen on_press=on_new shortcut=hint("new-chat")/></div>
        </header>
    }
    .into_any()
}

/// The title; it opens what can be done with the chat.
#[component]
fn Title(session: SessionId) -> AnyView {
    let chats = use_chats();
    let id = StoredValue::new(session);
    let title = memo(move || id.with_value(|id| chats.get(id).map(|session| session.title)));
    let instructed = memo(move || id.with_value(|id| chats.get(id)).is_some_and(|session| session.has_instructions));
    let (open, editing) = (RwSignal::new(false), RwSignal::new(false));
    let anchor = NodeRef::<html::Button>::new();
    let items = chat_actions(id, editing);
    let words = move || match title.get() {
        Some(title) if title.is_empty() => say(chat::UNTITLED).to_owned(),
        Some(title) => title,
        None => String::new(),
    };
    let button = move || {
        let items = items.clone();
        view! {
            <h1 class="contents">
            <button
                node_ref=anchor
                class="head-title"
                type="button"
                aria-haspopup="menu"
                aria-expanded=move || open.get().to_string()
                hidden=move || title.with(Option::is_none)
                on:click=move |_| open.update(|open| *open = !*open)
            >
                <span>{words}</span>
                {move || instructed.get().then(|| view! { <Instructed/> })}
                <Icon glyph=Glyph::ChevronDown/>
            </button>
            </h1>
            <MenuList open anchor name=t(chat::CHAT_ACTIONS) items placement=Placement::Start/>
        }
    };
    let body = move || {
        if editing.get() { view! { <Rename id editing/> }.into_any() } else { button().into_any() }
    };
    draw(body)
}

/// The sign of a chat that has instructions of its own.
#[component]
fn Instructed() -> AnyView {
    let name = t(chat::INSTRUCTIONS_THERE);
    view! { <span class="head-mark" role="img" aria-label=name data-tip=name><Icon glyph=Glyph::SlidersHorizontal/></span> }
        .into_any()
}
