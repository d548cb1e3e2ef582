//! One chat in the list: its title, whether something happens in it, and its actions.

use crate::components::ui::menu::MenuItems;
use crate::components::ui::{Glyph, Menu, MenuItem};
use crate::dom;
use crate::i18n::{chat, fill, say, t};
use crate::reactive::{draw, effect, memo};
use crate::router::{NavigateOptions, navigate};
use crate::state::chats::{Chats, use_chats};
use crate::state::composer::use_composer;
use crate::state::conversation::use_chat;
use crate::state::toasts::use_toasts;
use leptos::html;
use leptos::prelude::*;
use shared::SessionId;
use shared::limits::MAX_TITLE_CHARS;
use std::rc::Rc;
use std::sync::Arc;

/// One chat.
#[component]
pub fn ChatRow(
    /// The chat.
    id: SessionId,
    /// It was chosen.
    on_chosen: Callback<()>,
) -> AnyView {
    let (chats, chat_store) = (use_chats(), use_chat());
    let id = StoredValue::new(id);
    let editing = RwSignal::new(false);
    let is_open = memo(move || id.with_value(|id| chat_store.session.with(|open| open.as_ref() == Some(id))));
    let title = memo(move || id.with_value(|id| title_of(chats, id)));
    let open = move |event: web_sys::MouseEvent| {
        // A middle or modified press opens another tab, as links do.
        if event.button() != 0 || event.ctrl_key() || event.meta_key() || event.shift_key() {
            return;
        }
        event.prevent_default();
        on_chosen.run(());
        navigate(&path(&id.get_value()), NavigateOptions::default());
    };
    let open = StoredValue::new_local(open);
    let name = move || if title.with(String::is_empty) { say(chat::UNTITLED).to_owned() } else { title.get() };
    let link = move || {
        view! {
            <a
                class="chat-link"
                href=id.with_value(path)
                aria-current=move || is_open.get().then_some("page")
                on:click=move |event| open.with_value(|open| open(event))
            >
                <span class="chat-title" class:untitled=move || title.with(String::is_empty)>
                    {name}
                </span>
                <Mark id/>
            </a>
            <RowMenu id editing name/>
        }
    };
    let body = move || {
        if editing.get() { view! { <Rename id editing/> }.into_any() } else { link().into_any() }
    };
    view! { <div class="chat-row" class:open=move || is_open.get()>{body}</div> }.into_any()
}

/// The address of a chat.
#[must_use]
pub fn path(id: &SessionId) -> String {
    format!("/c/{id}")
}

fn title_of(chats: Chats, id: &SessionId) -> String {
    chats.get(id).map(|session| session.title).unwrap_or_default()
}

/// A pulsing dot while something is written, a steady one for an answer that nobody has seen.
#[component]
fn Mark(id: StoredValue<SessionId>) -> AnyView {
    let (chats, chat_store) = (use_chats(), use_chat());
    let works = memo(move || id.with_value(|id| chat_store.working.with(|working| working.contains(id))));
    let unread = memo(move || id.with_value(|id| chats.is_unread(id)));
    let body = move || match (works.get(), unread.get()) {
        (true, _) => {
            Some(view! { <span class="working-dot" role="img" aria-label=t(chat::WRITING)></span> }.into_any())
        }
        (false, true) => {
            Some(view! { <span class="unread-dot" role="img" aria-label=t(chat::UNREAD)></span> }.into_any())
        }
        _ => None,
    };
    draw(body)
}

#[component]
fn RowMenu(
    id: StoredValue<SessionId>,
    editing: RwSignal<bool>,
    name: impl Fn() -> String + Copy + Send + Sync + 'static,
) -> AnyView {
    let items = chat_actions(id, editing);
    view! { <Menu name=move || fill(chat::ROW_ACTIONS, &[("title", &name())]) items/> }.into_any()
}

/// What can be done with a chat. `editing` opens its title.
pub fn chat_actions(id: StoredValue<SessionId>, editing: RwSignal<bool>) -> MenuItems {
    let delete = delete_chat();
    Arc::new(move || {
        let delete = delete.clone();
        vec![
            MenuItem::new(t(chat::RENAME), move || editing.set(true)).glyph(Glyph::Pencil),
            MenuItem::new(t(chat::DELETE), move || delete(id.get_value())).glyph(Glyph::Trash).danger(),
        ]
    })
}

/// Deletes a chat and offers to undo that; leaves it if it is the one on the screen.
fn delete_chat() -> impl Fn(SessionId) + Clone + Send + Sync + 'static {
    let (chats, chat_store, composer, toasts) = (use_chats(), use_chat(), use_composer(), use_toasts());
    move |id: SessionId| {
        let was_open = chat_store.session.with_untracked(|open| open.as_ref() == Some(&id));
        let draft = composer.forget(&id);
        let (kept, words) = (id.clone(), draft.clone());
        chats.delete(id.clone(), Rc::new(move || composer.give_back(Some(&kept), &words)));
        if was_open {
            navigate("/", NavigateOptions { replace: true, ..NavigateOptions::default() });
        }
        // Undo outlives the row that asked, so it holds the way back itself.
        toasts.undo(say(chat::DELETED), move || {
            let way = path(&id);
            composer.give_back(Some(&id), &draft);
            let open = move || {
                if was_open {
                    navigate(&way, NavigateOptions::default());
                }
            };
            chats.restore(id.clone(), Rc::new(open));
        });
    }
}

/// The title as a text field: Enter and leaving it save, Esc does not.
#[component]
pub fn Rename(
    /// The chat.
    id: StoredValue<SessionId>,
    /// Whether the field is shown.
    editing: RwSignal<bool>,
) -> AnyView {
    let chats = use_chats();
    let before = untrack(|| id.with_value(|id| title_of(chats, id)));
    let title = RwSignal::new(before.clone());
    let input = NodeRef::<html::Input>::new();
    effect(move || {
        if let Some(input) = input.get() {
            // By the next frame the title is in the field and the menu has given the focus back.
            request_animation_frame(move || {
                dom::focus(&input);
                input.select();
            });
        }
    });
    let close = move |save: bool| {
        // Leaving the field after Enter comes here a second time.
        if !editing.get_untracked() {
            return;
        }
        let wish = title.get_untracked().trim().to_owned();
        editing.set(false);
        if save && !wish.is_empty() {
            chats.rename(id.get_value(), wish);
        }
    };
    let keydown = move |event: web_sys::KeyboardEvent| match event.key().as_str() {
        // An input method uses Enter and Esc itself.
        _ if dom::is_composing(&event) => {}
        "Enter" => close(true),
        "Escape" => close(false),
        _ => {}
    };
    view! {
        <input
            node_ref=input
            class="rename"
            type="text"
            aria-label=t(chat::TITLE)
            maxlength=MAX_TITLE_CHARS.to_string()
            prop:value=before
            on:input:target=move |event| title.set(event.target().value())
            on:keydown=keydown
            on:blur=move |_| close(true)
        />
    }
    .into_any()
}
