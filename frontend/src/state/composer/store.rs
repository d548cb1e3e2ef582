//! The text box as signals: its text, kept as the draft of its chat, and the wish to be focused.

use super::{key, with_returned};
use crate::state::account::Account;
use crate::storage;
use leptos::prelude::*;
use shared::SessionId;
use std::time::Duration;

/// How long after a key the draft is stored.
const REST: Duration = Duration::from_millis(250);

/// The text box of the chat on the screen.
#[derive(Clone, Copy)]
pub struct Composer {
    account: Account,
    /// What is typed.
    pub text: RwSignal<String>,
    session: StoredValue<Option<SessionId>>,
    waiting: StoredValue<bool>,
    /// Asks the text box to take the focus.
    pub focus: Trigger,
}

impl Composer {
    /// Shows the draft of another chat.
    pub fn open(self, session: Option<SessionId>) {
        self.flush();
        let draft = self.stored(session.as_ref());
        self.session.set_value(session);
        self.show(draft);
        self.focus.notify();
    }

    /// The new chat has its address: what is typed meanwhile belongs to it.
    pub fn moved(self, session: &SessionId) {
        self.write(None, "");
        self.session.set_value(Some(session.clone()));
        self.flush();
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
        }
        let draft = self.stored(Some(session));
        self.write(Some(session), "");
        draft
    }

    /// Stores the draft now.
    pub fn flush(self) {
        self.session.with_value(|session| self.text.with_untracked(|text| self.write(session.as_ref(), text)));
    }

    /// Another person is signed in, or nobody.
    pub fn reset(self) {
        self.session.set_value(None);
        self.show(self.stored(None));
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
        let user = self.account.user.get_untracked();
        user.and_then(|user| storage::read(&key(&user.id, session))).unwrap_or_default()
    }

    fn write(self, session: Option<&SessionId>, text: &str) {
        let Some(user) = self.account.user.get_untracked() else { return };
        let key = key(&user.id, session);
        if text.is_empty() {
            storage::remove(&key);
        } else {
            storage::write(&key, text);
        }
    }
}

/// Makes the text box available below.
pub fn provide_composer(account: Account) -> Composer {
    let composer = Composer {
        account,
        text: RwSignal::new(String::new()),
        session: StoredValue::new(None),
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
