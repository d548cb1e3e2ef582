//! A folder in the list: opens and closes, takes chats that are dropped on it, and has actions of its own.

use super::drag::use_drag;
use super::row::dot;
use crate::components::ui::menu::MenuItems;
use crate::components::ui::{Glyph, Icon, Menu, MenuItem};
use crate::i18n::{fill, organize, t};
use crate::reactive::{draw, memo};
use crate::router::{NavigateOptions, navigate};
use crate::state::chats::{Asking, Chats, use_chats};
use crate::state::composer::{Composer, use_composer};
use crate::state::conversation::use_chat;
use leptos::prelude::*;
use leptos::task::spawn_local;
use shared::FolderId;
use shared::chat::NewChat;
use shared::organize::UpdateFolder;
use std::sync::Arc;

/// A folder.
#[component]
pub fn FolderLine(
    /// The folder.
    id: FolderId,
    /// A chat was chosen: the list has to make room on a narrow screen.
    on_chosen: Callback<()>,
) -> AnyView {
    let (chats, store, drag) = (use_chats(), use_chat(), use_drag());
    let id = StoredValue::new(id);
    let name = memo(move || id.with_value(|id| chats.folders.get(id)).map(|folder| folder.name).unwrap_or_default());
    let is_open = memo(move || id.with_value(|id| chats.folders.is_open(id)));
    // What happens in an open folder is told by its chats.
    let inside = memo(move || {
        let folder = id.with_value(|id| chats.folders.get(id));
        let working = store.working.get();
        folder.map(|folder| chats.with(|list| list.happens_in(&folder, &working))).unwrap_or_default()
    });
    let toggle = move |_| {
        id.with_value(
            |id| if is_open.get_untracked() { chats.folders.toggle(id, false) } else { chats.open_folder(id) },
        );
    };
    let over = move || id.with_value(|id| drag.is_over(id.as_str()));
    view! {
        <div class="chat-row folder-line" class:over=over data-drop=id.with_value(ToString::to_string)>
            <button class="chat-link" type="button" aria-expanded=move || is_open.get().to_string() on:click=toggle>
                <span class="folder-sign" class:is-open=move || is_open.get()><Icon glyph=Glyph::ChevronRight/></span>
                <Icon glyph=Glyph::Folder/>
                <span class="chat-title">{move || name.get()}</span>
                {draw(move || { let (works, unread) = inside.get(); dot(works && !is_open.get(), unread && !is_open.get()) })}
            </button>
            <Menu name=move || fill(organize::FOLDER_ACTIONS, &[("name", &name.get())]) items=folder_actions(id, on_chosen)/>
        </div>
    }
    .into_any()
}

/// Begins a new chat that will lie in a folder.
fn start_in(chats: Chats, composer: Composer, folder: FolderId) {
    chats.open_folder(&folder);
    composer.begin_as(NewChat { folder_id: Some(folder), ..NewChat::default() });
    navigate("/", NavigateOptions::default());
}

fn folder_actions(id: StoredValue<FolderId>, on_chosen: Callback<()>) -> MenuItems {
    let (chats, composer) = (use_chats(), use_composer());
    let edit =
        move |instructions| move || chats.asking.set(Some(Asking::Folder { id: Some(id.get_value()), instructions }));
    let start = move || {
        on_chosen.run(());
        start_in(chats, composer, id.get_value());
        composer.focus.notify();
    };
    Arc::new(move || {
        let all = untrack(|| chats.folders.all());
        let place = id.with_value(|id| all.iter().position(|folder| folder.id == *id)).unwrap_or_default();
        let mut items = vec![
            MenuItem::new(t(organize::NEW_CHAT_HERE), start).glyph(Glyph::SquarePen),
            MenuItem::new(t(crate::i18n::chat::RENAME), edit(false)).glyph(Glyph::Pencil),
            MenuItem::new(t(organize::FOLDER_INSTRUCTIONS), edit(true)).glyph(Glyph::SlidersHorizontal),
        ];
        if place > 0 {
            let before = all[place - 1].id.clone();
            items.push(
                MenuItem::new(t(organize::FOLDER_UP), move || put_before(chats, id.get_value(), Some(before.clone())))
                    .glyph(Glyph::ArrowUp),
            );
        }
        if place + 1 < all.len() {
            let before = all.get(place + 2).map(|folder| folder.id.clone());
            items.push(
                MenuItem::new(t(organize::FOLDER_DOWN), move || put_before(chats, id.get_value(), before.clone()))
                    .glyph(Glyph::ArrowDown),
            );
        }
        let remove = move || chats.asking.set(Some(Asking::RemoveFolder(id.get_value())));
        items.push(MenuItem::new(t(organize::FOLDER_DELETE), remove).glyph(Glyph::Trash).danger());
        items
    })
}

/// Moves a folder ahead of another one, or to the end.
fn put_before(chats: Chats, folder: FolderId, before: Option<FolderId>) {
    spawn_local(async move {
        let change = UpdateFolder { before: Some(before.clone()), ..UpdateFolder::default() };
        if let Err(error) = chats.folders.update(&folder, change).await {
            chats.fail(error, move || put_before(chats, folder.clone(), before.clone()));
        }
    });
}
