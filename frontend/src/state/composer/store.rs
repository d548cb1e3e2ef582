//! The text box as signals: its text, kept as the draft of its chat, and the wish to be focused.

use super::{key, with_returned};
use crate::storage;
use leptos::prelude::*;
use shared::{SessionId, UserId};
use std::time::Duration;

/// How long after a key the draft is stored.
const REST: Duration = Duration::from_millis(250);

/// The text box of the chat on the screen.
#[derive(Clone, Copy)]
pub struct Composer {
    user: StoredValue<Option<UserId>>,
    /// What is typed.
    pub text: RwSignal<String>,
    session: StoredValue<Option<SessionId>>,
    /// The draft as this tab read or wrote it last. What other tabs wrote meanwhile is not overwritten by what nobody
    /// typed here.
    known: StoredValue<String>,
    waiting: StoredValue<bool>,
    /// Asks the text box to take the focus.
    pub focus: Trigger,
}

impl Composer {
    /// Shows the draft of another chat.
    pub fn open(self, session: Option<SessionId>) {
        self.flush();
        self.session.set_value(session);
        self.recall();
        self.focus.notify();
    }

    /// The new chat has its address: what is typed meanwhile belongs to it.
    pub fn moved(self, session: &SessionId) {
        self.keep("");
        self.session.set_value(Some(session.clone()));
        self.flush();
    }

    /// The tab is looked at again: another one may have written or sent this draft.
    pub fn looked_at(self) {
        if self.known.with_value(|known| self.text.with_untracked(|text| text == known)) {
            self.recall();
        }
    }

    /// Something was typed.
    pub fn typed(self, text: String) {
        self.show(text);
        self.flush_soon();
    }

    /// Puts a text into the box, for the person to send or change.
    pub fn fill(self, text: &str) {
        self.typed(text.to_owned());
        self.focus.notify();
    }

    /// Takes the text, to send it.
    pub fn take(self) -> Option<String> {
        let text = self.text.get_untracked();
        if text.trim().is_empty() {
            return None;
        }
        self.show(String::new());
        self.flush();
        Some(text)
    }

    /// The server refused a message: its text returns.
    pub fn give_back(self, session: Option<&SessionId>, text: &str) {
        if self.session.with_value(|open| open.as_ref() == session) {
            let whole = self.text.with_untracked(|typed| with_returned(text, typed));
            self.fill(&whole);
        } else {
            self.write(session, &with_returned(text, &self.stored(session)));
        }
    }

    /// A returned text is sent once more after all.
    pub fn take_back(self, text: &str) {
        if self.text.with_untracked(|typed| typed == text) {
            self.show(String::new());
            self.flush();
        }
    }

    /// Forgets the draft of a deleted chat and hands it over, for whoever wants it back.
    pub fn forget(self, session: &SessionId) -> String {
        if self.session.with_value(|open| open.as_ref() == Some(session)) {
            // What the box shows would be stored again when the next chat opens.
            self.flush();
            self.show(String::new());
            self.known.set_value(String::new());
        }
        let draft = self.stored(Some(session));
        self.write(Some(session), "");
        draft
    }

    /// Stores the draft now.
    pub fn flush(self) {
        self.text.with_untracked(|text| self.keep(text));
    }

    /// Another person is signed in, or nobody.
    pub fn reset(self, user: Option<&UserId>) {
        self.flush();
        self.user.set_value(user.cloned());
        self.session.set_value(None);
        self.recall();
    }

    /// Shows the draft as it is stored.
    fn recall(self) {
        let draft = self.session.with_value(|session| self.stored(session.as_ref()));
        self.known.set_value(draft.clone());
        self.show(draft);
    }

    /// Makes this the draft of the chat on the screen, unless it is known to be.
    fn keep(self, text: &str) {
        if self.known.with_value(|known| known != text) {
            // What is stored then, should the browser refuse: the text on the screen is not taken back for it.
            self.session.with_value(|session| {
                self.write(session.as_ref(), text);
                self.known.set_value(self.stored(session.as_ref()));
            });
        }
    }

    fn show(self, text: String) {
        if self.text.with_untracked(|shown| *shown != text) {
            self.text.set(text);
        }
    }

    fn flush_soon(self) {
        if self.waiting.get_value() {
            return;
        }
        self.waiting.set_value(true);
        let flush = move || {
            self.waiting.set_value(false);
            self.flush();
        };
        set_timeout(flush, REST);
    }

    fn stored(self, session: Option<&SessionId>) -> String {
        self.user.get_value().and_then(|user| storage::read(&key(&user, session))).unwrap_or_default()
    }

    fn write(self, session: Option<&SessionId>, text: &str) {
        let Some(user) = self.user.get_value() else { return };
        let key = key(&user, session);
        if text.is_empty() {
            storage::remove(&key);
        } else {
            storage::write(&key, text);
        }
    }
}

/// Makes the text box available below.
pub fn provide_composer() -> Composer {
    let composer = Composer {
        user: StoredValue::new(None),
        text: RwSignal::new(String::new()),
        session: StoredValue::new(None),
        known: StoredValue::new(String::new()),
        waiting: StoredValue::new(false),
        focus: Trigger::new(),
    };
    provide_context(composer);
    composer
}

/// The text box.
#[must_use]
pub fn use_composer() -> Composer {
    expect_context()
}
