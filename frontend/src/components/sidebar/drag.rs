//! Dragging chats with the mouse: into a folder, out of it, onto the pinned ones. Menus do the same for everybody else.

use super::actions::Actions;
use crate::dom;
use crate::state::chats::{Change, Chats};
use leptos::prelude::*;
use shared::SessionId;
use wasm_bindgen::JsCast;
use web_sys::{DragEvent, Element};

/// The mark of where dropped chats are pinned.
pub const PIN: &str = "pin";

/// What is dragged, and above what.
#[derive(Clone, Copy)]
pub struct Drag {
    chats: Chats,
    dragged: RwSignal<Vec<SessionId>>,
    over: RwSignal<Option<String>>,
}

impl Drag {
    /// Whether something is dragged; tracked.
    #[must_use]
    pub fn is_on(self) -> bool {
        self.dragged.with(|dragged| !dragged.is_empty())
    }

    /// Whether what is dragged hangs above this mark; tracked.
    #[must_use]
    pub fn is_over(self, mark: &str) -> bool {
        self.over.with(|over| over.as_deref() == Some(mark))
    }

    /// A chat is dragged, with all that are chosen if it is one of them.
    pub fn begin(self, id: &SessionId, event: &DragEvent) {
        // A finger that rests on a chat opens its actions.
        if dom::matches_media("(pointer: coarse)") {
            return event.prevent_default();
        }
        let chosen = self.chats.chosen.get_untracked().filter(|chosen| chosen.contains(id));
        if let Some(data) = event.data_transfer() {
            data.set_effect_allowed("copyMove");
        }
        self.dragged.set(chosen.unwrap_or_else(|| vec![id.clone()]));
    }

    /// It is dragged no more.
    pub fn end(self) {
        self.dragged.set(Vec::new());
        self.over.set(None);
    }

    /// It hangs above the list.
    pub fn above(self, event: &DragEvent) {
        if self.dragged.with_untracked(Vec::is_empty) {
            return;
        }
        event.prevent_default();
        let mark = mark(event);
        if self.over.with_untracked(|over| over.as_ref() != Some(&mark)) {
            self.over.set(Some(mark));
        }
    }

    /// It was dropped there.
    pub fn dropped(self, event: &DragEvent, actions: Actions) {
        let ids = self.dragged.get_untracked();
        if ids.is_empty() {
            return;
        }
        event.prevent_default();
        let mark = mark(event);
        self.end();
        match mark.as_str() {
            PIN => drop(self.chats.change(&Change::Pin(true), &ids)),
            "" => {
                self.chats.change(&Change::Pin(false), &ids);
                actions.move_to(&ids, None);
            }
            folder => actions.move_to(&ids, Some(folder.into())),
        }
    }
}

/// What the event is above: a folder, the pinned ones, or anything else, which is no folder.
fn mark(event: &DragEvent) -> String {
    let target = event.target().and_then(|target| target.dyn_into::<Element>().ok());
    let place = target.and_then(|target| target.closest("[data-drop]").ok()?);
    place.and_then(|place| place.get_attribute("data-drop")).unwrap_or_default()
}

/// Makes dragging possible below.
pub fn provide_drag(chats: Chats) {
    provide_context(Drag { chats, dragged: RwSignal::new(Vec::new()), over: RwSignal::new(None) });
}

/// What is dragged.
#[must_use]
pub fn use_drag() -> Drag {
    expect_context()
}
