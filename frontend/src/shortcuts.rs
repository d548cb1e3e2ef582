//! Shortcuts: one table that both drives the keys and fills the overview. A page says what a shortcut does by
//! [`Shortcuts::act`], or marks the button that does it, `data-shortcut="new-chat"`: the last one on the screen is pressed,
//! and a field that is marked takes the focus. Whoever shares the keyboard with a browser extension switches all of them
//! off, which this browser remembers.

pub mod keys;
pub mod overview;

use crate::i18n::{Text, shortcuts as words};
use crate::state::composer::habits::Habit;
use crate::{dom, storage};
use keys::{Keys, Stroke, is_mac};
use leptos::ev;
use leptos::prelude::*;
use std::rc::Rc;
use web_sys::HtmlElement;

/// Present while shortcuts are switched off in this browser.
const OFF: &str = "aichat.shortcuts-off";

/// A heading of the overview.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Group {
    /// Going somewhere.
    Around,
    /// In a chat.
    Chat,
    /// In the text box.
    Writing,
    /// At a message that has the focus.
    Message,
    /// While a message is edited.
    Editing,
}

impl Group {
    /// All of them, in their order.
    pub const ALL: [(Self, Text); 5] = [
        (Self::Around, words::AROUND),
        (Self::Chat, words::CHAT),
        (Self::Writing, words::WRITING),
        (Self::Message, words::MESSAGE),
        (Self::Editing, words::EDITING),
    ];
}

/// Who answers the keys.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum By {
    /// This table, on every page of the product.
    Table,
    /// This table, where a page has something marked; the overview names it only there.
    TableWhereMarked,
    /// What has the focus; the overview only tells of it.
    Focus,
}

/// A shortcut.
#[derive(Debug)]
pub struct Shortcut {
    /// Its name, which marks carry.
    pub name: &'static str,
    /// What it does, a verb.
    pub text: Text,
    /// Where the overview has it.
    pub group: Group,
    /// Its keys.
    keys: Keys,
    /// Its keys for whoever has Enter break the line, where they differ.
    where_enter_breaks: Option<Keys>,
    /// Who answers it.
    pub by: By,
}

impl Shortcut {
    /// The keys that do it for this person.
    #[must_use]
    pub fn keys(&self) -> Keys {
        self.keys_where(Habit::EnterBreaks.holds())
    }

    fn keys_where(&self, enter_breaks: bool) -> Keys {
        self.where_enter_breaks.filter(|_| enter_breaks).unwrap_or(self.keys)
    }
}

const fn shortcut(name: &'static str, text: Text, group: Group, keys: Keys, by: By) -> Shortcut {
    Shortcut { name, text, group, keys, where_enter_breaks: None, by }
}

/// What only the focused place answers.
const fn told(name: &'static str, text: Text, group: Group, keys: Keys) -> Shortcut {
    shortcut(name, text, group, keys, By::Focus)
}

/// The same, with other keys for whoever has Enter break the line.
const fn swapped(name: &'static str, text: Text, keys: Keys, where_enter_breaks: Keys) -> Shortcut {
    Shortcut { where_enter_breaks: Some(where_enter_breaks), ..told(name, text, Group::Writing, keys) }
}

const ENTER: Keys = Keys::plain("Enter", "Enter");
const ESCAPE: Keys = Keys::plain("Escape", "Escape");
const COMMAND_ENTER: Keys = Keys::command("Enter", "Enter");

/// Every shortcut, in the order of the overview.
pub const SHORTCUTS: &[Shortcut] = &[
    shortcut("new-chat", words::NEW_CHAT, Group::Around, Keys::command_shift("o", "KeyO"), By::Table),
    shortcut("temporary", words::TEMPORARY, Group::Around, Keys::command_shift("'", "Quote"), By::TableWhereMarked),
    shortcut("search", words::SEARCH, Group::Around, Keys::command("k", "KeyK"), By::TableWhereMarked),
    shortcut("sidebar", words::SIDEBAR, Group::Around, Keys::command_shift("s", "KeyS"), By::Table),
    shortcut("settings", words::SETTINGS, Group::Around, Keys::command(".", "Period"), By::Table),
    shortcut("overview", words::OVERVIEW, Group::Around, Keys::command("/", "Slash"), By::Table),
    shortcut("model", words::MODEL, Group::Chat, Keys::command_shift("m", "KeyM"), By::Table),
    shortcut("copy-answer", words::COPY_ANSWER, Group::Chat, Keys::command_shift("c", "KeyC"), By::Table),
    shortcut("copy-code", words::COPY_CODE, Group::Chat, Keys::command_shift(";", "Semicolon"), By::Table),
    told("stop", words::STOP, Group::Chat, ESCAPE),
    shortcut("delete", words::DELETE, Group::Chat, Keys::command_shift("Backspace", "Backspace"), By::Table),
    shortcut("focus", words::FOCUS, Group::Writing, Keys::shift("Escape", "Escape"), By::Table),
    shortcut("tall", words::TALL, Group::Writing, Keys::command_shift("e", "KeyE"), By::TableWhereMarked),
    swapped("send", words::SEND, ENTER, COMMAND_ENTER),
    swapped("line", words::LINE, Keys::shift("Enter", "Enter"), ENTER),
    told("edit-last", words::EDIT_LAST, Group::Writing, Keys::plain("ArrowUp", "ArrowUp")),
    told("paste-plain", words::PASTE, Group::Writing, Keys::command_shift("v", "KeyV")),
    told("version-before", words::VERSION_BEFORE, Group::Message, Keys::plain("ArrowLeft", "ArrowLeft")),
    told("version-after", words::VERSION_AFTER, Group::Message, Keys::plain("ArrowRight", "ArrowRight")),
    told("message-before", words::MESSAGE_BEFORE, Group::Message, Keys::plain("ArrowUp", "ArrowUp")),
    told("message-after", words::MESSAGE_AFTER, Group::Message, Keys::plain("ArrowDown", "ArrowDown")),
    told("editor-save", words::EDITOR_SAVE, Group::Editing, Keys::command("s", "KeyS")),
    told("editor-send", words::EDITOR_SEND, Group::Editing, COMMAND_ENTER),
    told("editor-leave", words::EDITOR_LEAVE, Group::Editing, ESCAPE),
];

/// The keys of a shortcut as this platform writes them, for tooltips; empty while shortcuts are off.
#[must_use]
pub fn hint(name: &str) -> String {
    let mac = is_mac();
    let found = SHORTCUTS.iter().find(|one| one.name == name).filter(|_| storage::read(OFF).is_none());
    found.map(|one| one.keys().written(mac).join(if mac { "" } else { "+" })).unwrap_or_default()
}

type Act = Rc<dyn Fn()>;

/// The shortcuts of this tab.
#[derive(Clone, Copy)]
pub struct Shortcuts {
    on: RwSignal<bool>,
    /// Whether the overview is open.
    pub overview: RwSignal<bool>,
    acts: StoredValue<Vec<(&'static str, Act)>, LocalStorage>,
}

impl Shortcuts {
    /// Whether they work; tracked.
    #[must_use]
    pub fn is_on(self) -> bool {
        self.on.get()
    }

    /// Switches all of them, in this browser.
    pub fn switch(self, on: bool) {
        self.on.set(on);
        if on {
            storage::remove(OFF);
        } else {
            storage::write(OFF, "1");
        }
    }

    /// Says what a shortcut does for as long as the caller lives.
    pub fn act(self, name: &'static str, act: impl Fn() + 'static) {
        let act: Act = Rc::new(act);
        let own = act.clone();
        self.acts.update_value(|acts| acts.push((name, act)));
        let own = StoredValue::new_local(own);
        on_cleanup(move || {
            self.acts.try_update_value(|acts| {
                if let Some(own) = own.try_get_value() {
                    acts.retain(|(_, act)| !Rc::ptr_eq(act, &own));
                }
            });
        });
    }

    /// Whether the overview has a shortcut.
    fn is_there(self, shortcut: &Shortcut) -> bool {
        shortcut.by != By::TableWhereMarked || self.find(shortcut.name).is_some() || marked(shortcut.name).is_some()
    }

    fn find(self, name: &str) -> Option<Act> {
        self.acts.with_value(|acts| acts.iter().rev().find(|(of, _)| *of == name).map(|(_, act)| act.clone()))
    }

    /// Does what a shortcut does here; false where it does nothing.
    fn run(self, name: &str) -> bool {
        if let Some(act) = self.find(name) {
            act();
            return true;
        }
        let Some(element) = marked(name) else { return false };
        if element.matches(FIELDS).unwrap_or(false) {
            dom::focus(&element);
        } else {
            dom::press(&element);
        }
        true
    }

    fn hear(self, event: &web_sys::KeyboardEvent) {
        if !self.on.get_untracked() || event.default_prevented() || dom::is_composing(event) {
            return;
        }
        let stroke = Stroke::of(event, is_mac());
        let Some(shortcut) = SHORTCUTS.iter().find(|one| one.by != By::Focus && one.keys.are(&stroke)) else { return };
        // What lies above the page takes neither presses nor focus below it.
        let is_covered = dom::query("dialog[open]").is_some();
        if is_covered && !(shortcut.name == "overview" && self.overview.get_untracked()) {
            return;
        }
        if event.repeat() || self.run(shortcut.name) {
            event.prevent_default();
        }
    }
}

const FIELDS: &str = "input, textarea, select";

/// What is marked with this name: the last that is on the screen, else the last at all. A mark around a button is its own.
fn marked(name: &str) -> Option<HtmlElement> {
    let root = dom::document()?.document_element()?;
    let pressed = "button, a[href], input, textarea, select";
    let own = |mark: HtmlElement| match mark.matches(pressed) {
        Ok(true) => Some(mark),
        _ => dom::all(&mark, pressed).into_iter().next(),
    };
    let found: Vec<_> = dom::all(&root, &format!("[data-shortcut={name}]")).into_iter().filter_map(own).collect();
    let is_seen = |element: &&HtmlElement| element.get_bounding_client_rect().width() > 0.0;
    found.iter().rfind(is_seen).or(found.last()).cloned()
}

/// Listens to the keys, and makes the shortcuts available below. Once, at the root.
pub fn provide_shortcuts() -> Shortcuts {
    let shortcuts = Shortcuts {
        on: RwSignal::new(storage::read(OFF).is_none()),
        overview: RwSignal::new(false),
        acts: StoredValue::new_local(Vec::new()),
    };
    provide_context(shortcuts);
    shortcuts.act("overview", move || shortcuts.overview.update(|open| *open = !*open));
    let key = window_event_listener(ev::keydown, move |event| shortcuts.hear(&event));
    on_cleanup(move || key.remove());
    shortcuts
}

/// The shortcuts.
#[must_use]
pub fn use_shortcuts() -> Shortcuts {
    expect_context()
}

#[cfg(test)]
mod tests {
    use super::{By, SHORTCUTS};
    use std::collections::BTreeSet;

    #[test]
    fn no_two_shortcuts_share_a_name_or_their_keys() {
        let names: BTreeSet<_> = SHORTCUTS.iter().map(|one| one.name).collect();
        assert_eq!(names.len(), SHORTCUTS.len());
        for enter_breaks in [false, true] {
            // What has the focus answers for itself, so a key may mean one thing in each group; the table answers everywhere.
            let place = |one: &super::Shortcut| (one.by == By::Focus).then_some(one.group);
            let keys = |one: &super::Shortcut| one.keys_where(enter_breaks).written(false);
            for (at, one) in SHORTCUTS.iter().enumerate() {
                let clashes = SHORTCUTS[..at].iter().find(|other| {
                    let meet = place(one).is_none() || place(other).is_none() || place(one) == place(other);
                    meet && keys(one) == keys(other)
                });
                assert!(clashes.is_none(), "{} and {}", one.name, clashes.map_or("", |other| other.name));
            }
        }
    }

    #[test]
    fn the_keys_that_send_follow_the_habit() {
        let keys = |name: &str, enter_breaks| {
            let found = SHORTCUTS.iter().find(|one| one.name == name).expect("a shortcut");
            found.keys_where(enter_breaks).written(false).join(" ")
        };
        assert_eq!([keys("send", false), keys("line", false)], ["Enter", "Shift Enter"]);
        assert_eq!([keys("send", true), keys("line", true)], ["Ctrl Enter", "Enter"]);
        assert_eq!(keys("stop", true), "Esc");
    }

    #[test]
    fn a_key_that_writes_is_never_taken_from_the_person_who_types() {
        for shortcut in SHORTCUTS.iter().filter(|one| one.by != By::Focus) {
            assert!(shortcut.keys.command || shortcut.keys.key == "Escape", "{}", shortcut.name);
        }
    }
}
