//! What can be done with chats, with what follows: a notice that offers to undo it, leaving the chat on the screen, drafts.

use crate::components::ui::menu::MenuItems;
use crate::components::ui::{Glyph, MenuItem};
use crate::i18n::{chat, fill, organize, say, t};
use crate::router::{NavigateOptions, navigate};
use crate::state::chats::{Asking, Change, Chats, use_chats};
use crate::state::composer::{Composer, use_composer};
use crate::state::conversation::{ChatStore, use_chat};
use crate::state::toasts::{Toasts, use_toasts};
use leptos::prelude::*;
use shared::chat::Session;
use shared::{FolderId, SessionId};
use std::rc::Rc;
use std::sync::Arc;

/// What can be done with chats.
#[derive(Clone, Copy)]
pub struct Actions {
    /// The list.
    pub chats: Chats,
    store: ChatStore,
    composer: Composer,
    toasts: Toasts,
}

/// What can be done with chats.
#[must_use]
pub fn use_actions() -> Actions {
    Actions { chats: use_chats(), store: use_chat(), composer: use_composer(), toasts: use_toasts() }
}

/// The address of a chat.
#[must_use]
pub fn path(id: &SessionId) -> String {
    format!("/c/{id}")
}

impl Actions {
    /// Archives chats or takes them back; leaves the one on the screen if it is among those that go.
    pub fn archive(self, ids: &[SessionId], archived: bool) {
        let back = self.chats.change(&Change::Archive(archived), ids);
        let open = self.opened(ids).filter(|_| archived);
        if open.is_some() {
            leave();
        }
        let words = match (archived, ids.len()) {
            (false, _) => say(organize::UNARCHIVED).to_owned(),
            (true, 1) => say(organize::ARCHIVED_ONE).to_owned(),
            (true, count) => counted(organize::ARCHIVED_MANY, count),
        };
        self.toasts.undo(words, move || {
            self.chats.take_back(&back);
            if let Some(open) = &open {
                navigate(&path(open), NavigateOptions::default());
            }
        });
    }

    /// Lays chats into a folder, or takes them out.
    pub fn move_to(self, ids: &[SessionId], folder: Option<FolderId>) {
        if let Some(folder) = &folder {
            self.chats.open_folder(folder);
        }
        let back = self.chats.change(&Change::Move(folder.clone()), ids);
        if back.is_empty() {
            return;
        }
        let name = folder.and_then(|folder| untrack(|| self.chats.folders.get(&folder))).map(|folder| folder.name);
        let words = match name {
            Some(name) => fill(organize::MOVED, &[("folder", &name)]),
            None => say(organize::MOVED_OUT).to_owned(),
        };
        self.toasts.undo(words, move || self.chats.take_back(&back));
    }

    /// Deletes chats and offers to undo that; leaves the one on the screen if it is among them.
    pub fn delete(self, ids: Vec<SessionId>) {
        let open = self.opened(&ids);
        let drafts: Vec<_> = ids.iter().map(|id| (id.clone(), self.composer.forget(id))).collect();
        let kept = drafts.clone();
        let give_back = move |drafts: &[(SessionId, _)]| {
            drafts.iter().for_each(|(id, draft)| self.composer.give_back(Some(id), draft));
        };
        self.chats.delete(ids.clone(), Rc::new(move || give_back(&kept)));
        if open.is_some() {
            leave();
        }
        let words = match ids.len() {
            1 => say(chat::DELETED).to_owned(),
            count => counted(organize::DELETED_MANY, count),
        };
        // Undo outlives the row that asked, so it holds the way back itself.
        self.toasts.undo(words, move || {
            give_back(&drafts);
            let open = open.clone();
            let then = move || {
                if let Some(open) = &open {
                    navigate(&path(open), NavigateOptions::default());
                }
            };
            self.chats.restore(ids.clone(), Rc::new(then));
        });
    }

    /// Keeps a temporary chat.
    pub fn keep(self, id: SessionId) {
        self.chats.keep(id);
        self.toasts.confirm(say(organize::KEPT));
    }

    /// The chat on the screen, if it is among these.
    fn opened(self, ids: &[SessionId]) -> Option<SessionId> {
        self.store.session.get_untracked().filter(|open| ids.contains(open))
    }
}

fn counted(text: crate::i18n::Text, count: usize) -> String {
    fill(text, &[("count", &count.to_string())])
}

fn leave() {
    navigate("/", NavigateOptions { replace: true, ..NavigateOptions::default() });
}

/// What can be done with a chat. `editing` opens its title.
pub fn chat_actions(id: StoredValue<SessionId>, editing: RwSignal<bool>) -> MenuItems {
    let actions = use_actions();
    Arc::new(move || {
        let Some(session) = id.with_value(|id| actions.chats.get_untracked(id)) else { return Vec::new() };
        items(actions, &session, editing)
    })
}

fn items(actions: Actions, session: &Session, editing: RwSignal<bool>) -> Vec<MenuItem> {
    let chats = actions.chats;
    let id = session.id.clone();
    // Each action gets its own copy of the chat's id.
    let with = move |act: fn(Actions, SessionId)| {
        let id = id.clone();
        move || act(actions, id.clone())
    };
    let rename = MenuItem::new(t(chat::RENAME), move || editing.set(true)).glyph(Glyph::Pencil);
    let tags =
        MenuItem::new(t(organize::TAGS), with(|on, id| on.chats.asking.set(Some(Asking::Tags(id))))).glyph(Glyph::Tag);
    let instructions = MenuItem::new(t(chat::INSTRUCTIONS), with(|on, id| on.chats.instructing.set(Some(id))))
        .glyph(Glyph::SlidersHorizontal);
    let delete = MenuItem::new(t(chat::DELETE), with(|on, id| on.delete(vec![id]))).glyph(Glyph::Trash).danger();
    if session.temporary {
        let keep = MenuItem::new(t(organize::KEEP), with(Actions::keep)).glyph(Glyph::Pin);
        return vec![keep, rename, instructions, delete];
    }
    if session.archived_at.is_some() {
        let back =
            MenuItem::new(t(organize::UNARCHIVE), with(|on, id| on.archive(&[id], false))).glyph(Glyph::ArchiveRestore);
        return vec![back, rename, tags, delete];
    }
    let is_pinned = session.pinned_at.is_some();
    let pin = MenuItem::new(
        t(if is_pinned { organize::UNPIN } else { organize::PIN }),
        with(if is_pinned { |on, id| pin(on, id, false) } else { |on, id| pin(on, id, true) }),
    );
    let folder = with(|on, id| on.chats.asking.set(Some(Asking::Move(vec![id]))));
    let mut all = vec![
        pin.glyph(Glyph::Pin),
        rename,
        tags,
        MenuItem::new(t(organize::MOVE), folder).glyph(Glyph::FolderInput),
        instructions,
        MenuItem::new(t(organize::ARCHIVE_CHAT), with(|on, id| on.archive(&[id], true))).glyph(Glyph::Archive),
    ];
    if chats.chosen.with_untracked(Option::is_none) {
        all.push(MenuItem::new(t(organize::CHOOSE), with(|on, id| on.chats.choose(Some(id)))).glyph(Glyph::ListChecks));
    }
    all.push(delete);
    all
}

fn pin(actions: Actions, id: SessionId, pinned: bool) {
    actions.chats.change(&Change::Pin(pinned), &[id]);
}
