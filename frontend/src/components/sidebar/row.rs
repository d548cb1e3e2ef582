//! One chat in the list: its title, whether something happens in it, and its actions.

use super::actions::{chat_actions, path};
use super::drag::{PIN, use_drag};
use crate::components::message::press::LongPress;
use crate::components::ui::{Glyph, IconButton, MenuList};
use crate::dom;
use crate::i18n::{chat, fill, organize, say, t};
use crate::reactive::{draw, effect, memo};
use crate::router::{NavigateOptions, navigate};
use crate::state::chats::{Chats, use_chats};
use crate::state::conversation::use_chat;
use leptos::html;
use leptos::prelude::*;
use shared::SessionId;
use shared::chat::Session;
use shared::limits::MAX_TITLE_CHARS;
use std::sync::Arc;

/// What a row shows.
#[derive(Clone, Copy)]
struct Row {
    chats: Chats,
    id: StoredValue<SessionId>,
    session: Memo<Option<Arc<Session>>>,
    /// Whether its title is being changed.
    editing: RwSignal<bool>,
    on_chosen: Callback<()>,
}

impl Row {
    fn title(self) -> String {
        let title =
            self.session.with(|session| session.as_ref().map(|session| session.title.clone())).unwrap_or_default();
        if title.is_empty() { say(chat::UNTITLED).to_owned() } else { title }
    }

    fn is_untitled(self) -> bool {
        self.session.with(|session| session.as_ref().is_none_or(|session| session.title.is_empty()))
    }
}

/// One chat.
#[component]
pub fn ChatRow(
    /// The chat.
    id: SessionId,
    /// The chat as the list has it.
    session: Memo<Option<Arc<Session>>>,
    /// Whether it stands below its folder.
    inside: bool,
    /// It was chosen.
    on_chosen: Callback<()>,
) -> AnyView {
    let (chats, store, drag) = (use_chats(), use_chat(), use_drag());
    let row = Row { chats, id: StoredValue::new(id), session, editing: RwSignal::new(false), on_chosen };
    let id = row.id;
    let is_open = memo(move || id.with_value(|id| store.session.with(|open| open.as_ref() == Some(id))));
    let is_choosing = memo(move || chats.chosen.with(Option::is_some));
    let body = move || match (row.editing.get(), is_choosing.get()) {
        (true, _) => view! { <Rename id editing=row.editing/> }.into_any(),
        (_, true) => choice(row),
        _ => link(row, is_open),
    };
    // Where chats go that are dropped here: to where this one lies.
    let place = move || {
        session.with(|session| match session.as_deref() {
            Some(Session { pinned_at: Some(_), .. }) => Some(PIN.to_owned()),
            Some(Session { folder_id: Some(folder), .. }) if inside => Some(folder.to_string()),
            _ => None,
        })
    };
    view! {
        <div
            class="chat-row"
            class:open=move || is_open.get()
            class:inside=inside
            data-drop=place
            on:dragstart=move |event| id.with_value(|id| drag.begin(id, &event))
            on:dragend=move |_| drag.end()
        >
            {draw(body)}
        </div>
    }
    .into_any()
}

/// The chat as a link, with its menu: from its button, by right click, by a long press, by F2 and Delete.
fn link(row: Row, is_open: Memo<bool>) -> AnyView {
    let (id, press, actions) = (row.id, LongPress::new(), super::actions::use_actions());
    let open = move |event: web_sys::MouseEvent| {
        // A middle or modified press opens another tab, as links do; the end of a long press opens nothing.
        if event.button() != 0 || event.ctrl_key() || event.meta_key() || event.shift_key() {
            return;
        }
        event.prevent_default();
        if !press.open.get_untracked() {
            row.on_chosen.run(());
            navigate(&path(&id.get_value()), NavigateOptions::default());
        }
    };
    let keydown = move |event: web_sys::KeyboardEvent| match event.key().as_str() {
        "F2" => row.editing.set(true),
        "Delete" => actions.delete(vec![id.get_value()]),
        _ => {}
    };
    let menu = move |event: web_sys::MouseEvent| {
        event.prevent_default();
        press.open.set(true);
    };
    view! {
        <a
            class="chat-link"
            href=id.with_value(path)
            aria-current=move || is_open.get().then_some("page")
            on:click=open
            on:keydown=keydown
            on:contextmenu=menu
            on:pointerdown=move |event| press.down(&event)
            on:pointermove=move |event| press.moved(&event)
            on:pointerup=move |_| press.up()
            on:pointercancel=move |_| press.up()
        >
            <span class="chat-title" class:untitled=move || row.is_untitled()>{move || row.title()}</span>
            {mark(row)}
        </a>
        <RowMenu row open=press.open/>
    }
    .into_any()
}

#[component]
fn RowMenu(row: Row, open: RwSignal<bool>) -> AnyView {
    let button = NodeRef::<html::Button>::new();
    let name = move || fill(chat::ROW_ACTIONS, &[("title", &row.title())]);
    view! {
        <IconButton
            node_ref=button
            name=name
            glyph=Glyph::Ellipsis
            popup="menu"
            expanded=Signal::from(open)
            on_press=move || open.update(|open| *open = !*open)
        />
        <MenuList open anchor=button name items=chat_actions(row.id, row.editing)/>
    }
    .into_any()
}

/// The chat as one that can be chosen with others.
fn choice(row: Row) -> AnyView {
    let id = row.id;
    let is_chosen = move || {
        id.with_value(|id| row.chats.chosen.with(|chosen| chosen.as_ref().is_some_and(|chosen| chosen.contains(id))))
    };
    let toggle = move |_| id.with_value(|id| row.chats.toggle_chosen(id));
    view! {
        <label class="chat-link" draggable="true">
            <input
                type="checkbox"
                aria-label=move || fill(organize::CHOOSE_THIS, &[("title", &row.title())])
                prop:checked=is_chosen
                on:change=toggle
            />
            <span class="chat-title" class:untitled=move || row.is_untitled()>{move || row.title()}</span>
        </label>
    }
    .into_any()
}

/// A pulsing dot while something is written, a steady one for an answer that nobody has seen.
fn mark(row: Row) -> AnyView {
    let store = use_chat();
    let works = memo(move || row.id.with_value(|id| store.working.with(|working| working.contains(id))));
    let unread = memo(move || row.session.with(|session| session.as_ref().is_some_and(|session| session.unread)));
    draw(move || dot(works.get(), unread.get()))
}

/// The dot of a chat or of a folder.
pub fn dot(works: bool, unread: bool) -> AnyView {
    match (works, unread) {
        (true, _) => view! { <span class="working-dot" role="img" aria-label=t(chat::WRITING)></span> }.into_any(),
        (_, true) => view! { <span class="unread-dot" role="img" aria-label=t(chat::UNREAD)></span> }.into_any(),
        _ => ().into_any(),
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
    let before = id.with_value(|id| chats.get_untracked(id)).map(|session| session.title).unwrap_or_default();
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
        // Leaving the field after Enter comes here a second time, and so does a page that is left amid it.
        if editing.try_get_untracked() != Some(true) {
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
        "Escape" => {
            // It is the title that is left, not the list on a narrow screen.
            event.prevent_default();
            close(false);
        }
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
