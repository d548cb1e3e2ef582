//! The list of chats as a place: docked and foldable on wide screens, above the chat on narrow ones. There Back closes it
//! first, a swipe from the edge opens it, Esc and a press beside it close it.

use crate::reactive::draw;
use crate::{back, dom, storage};
use leptos::ev;
use leptos::prelude::*;

/// Whether the docked list is folded.
const FOLDED: &str = "aichat.sidebar-folded";
/// Where a swipe has to begin, and how far it has to go, in pixels.
const EDGE: i32 = 24;
const FAR: i32 = 48;

/// The list of chats as a place.
#[derive(Clone, Copy)]
pub struct Drawer {
    open: RwSignal<bool>,
    folded: RwSignal<bool>,
    finger: StoredValue<Option<(i32, i32)>>,
}

impl Default for Drawer {
    fn default() -> Self {
        Self::new()
    }
}

impl Drawer {
    /// Where the list stands on this device.
    #[must_use]
    pub fn new() -> Self {
        Self {
            open: RwSignal::new(false),
            folded: RwSignal::new(storage::read(FOLDED).is_some()),
            finger: StoredValue::new(None),
        }
    }

    /// Whether it stands above the chat; tracked.
    #[must_use]
    pub fn is_open(self) -> bool {
        self.open.get()
    }

    /// Whether it is folded away beside the chat; tracked.
    #[must_use]
    pub fn is_folded(self) -> bool {
        self.folded.get()
    }

    /// Shows it.
    pub fn show(self) {
        if is_above() { self.open.set(true) } else { self.fold(false) }
    }

    /// Hides it.
    pub fn hide(self) {
        if is_above() { self.leave() } else { self.fold(true) }
    }

    /// Hides it because a chat takes its place; where it is docked it stays.
    pub fn leave(self) {
        self.open.set(false);
    }

    /// Shows it where it is hidden, and hides it where it is shown.
    pub fn toggle(self) {
        let shown = if is_above() { self.open.get_untracked() } else { !self.folded.get_untracked() };
        if shown { self.hide() } else { self.show() }
    }

    /// Draws nothing: as long as it stands above the chat, Back closes it.
    #[must_use]
    pub fn closes_with_back(self) -> AnyView {
        draw(move || {
            if self.open.get() {
                back::closes(move || self.leave());
            }
        })
    }

    /// Listens to Esc and swipes.
    pub fn follow_window(self) {
        let key = window_event_listener(ev::keydown, move |event| {
            if event.key() == "Escape" && !event.default_prevented() && is_above() {
                self.hide();
            }
        });
        let down = window_event_listener(ev::touchstart, move |event| {
            let touch = event.touches().item(0);
            let (open, start) = (self.open.get_untracked(), touch.map(|touch| (touch.client_x(), touch.client_y())));
            self.finger.set_value(start.filter(|(x, _)| is_above() && (open || *x < EDGE)));
        });
        let moved = window_event_listener(ev::touchmove, move |event| {
            let (Some(start), Some(touch)) = (self.finger.get_value(), event.touches().item(0)) else { return };
            let across = touch.client_x() - start.0;
            if across.abs() < FAR || (touch.client_y() - start.1).abs() > across.abs() {
                return;
            }
            self.finger.set_value(None);
            if across > 0 { self.show() } else { self.hide() }
        });
        // Beside the chat the list is not above it, and must not keep it from being used.
        let resized = window_event_listener(ev::resize, move |_| {
            if !is_above() && self.open.get_untracked() {
                self.leave();
            }
        });
        on_cleanup(move || [key, down, moved, resized].into_iter().for_each(WindowListenerHandle::remove));
    }

    fn fold(self, folded: bool) {
        self.folded.set(folded);
        if folded {
            storage::write(FOLDED, "1");
        } else {
            storage::remove(FOLDED);
        }
    }
}

/// Whether the list stands above the chat at this width.
fn is_above() -> bool {
    dom::matches_media("(max-width: 1099px)")
}
