//! The text box as signals: its text and files, kept as the draft of its chat, and the wish to be focused.

use super::also;
use super::attachments::Attachments;
use super::files::Files;
use super::manner::Manner;
use super::plans::Wish;
use super::queue::Queue;
use super::{Draft, files_key, key, with_returned};
use crate::storage;
use leptos::prelude::*;
use shared::chat::NewChat;
use shared::tokens::message_tokens;
use shared::{ModelId, SessionId, UserId};
use std::time::Duration;

/// How long after a key the draft is stored.
const REST: Duration = Duration::from_millis(250);

/// The text box of the chat on the screen.
#[derive(Clone, Copy)]
pub struct Composer {
    pub(super) user: StoredValue<Option<UserId>>,
    /// What is typed.
    pub text: RwSignal<String>,
    /// What is attached.
    pub files: Files,
    /// How the answer is asked for.
    pub manner: RwSignal<Manner>,
    /// Further models that answer, too.
    pub also: RwSignal<Vec<ModelId>>,
    /// Estimated tokens of what is typed, as of the last rest.
    pub weight: RwSignal<u64>,
    /// Messages that wait for the answer that is being written.
    pub queue: RwSignal<Queue>,
    /// What the next new chat will be besides empty.
    pub fresh: RwSignal<NewChat>,
    /// Whether that is being edited.
    pub planning: RwSignal<bool>,
    /// What of the settings of a chat takes the focus when they open, as an id on the page.
    pub tune_at: StoredValue<Option<&'static str>>,
    /// What an address asked for before it was known who is here.
    pub(super) wish: StoredValue<Option<Wish>>,
    pub(super) session: StoredValue<Option<SessionId>>,
    /// The draft as this tab read or wrote it last. What other tabs wrote meanwhile is not overwritten by what nobody
    /// changed here.
    known: StoredValue<Draft>,
    waiting: StoredValue<bool>,
    /// Asks the text box to take the focus.
    pub focus: Trigger,
}

impl Composer {
    /// Shows the draft of another chat.
    pub fn open(self, session: Option<SessionId>) {
        if self.session.with_value(|open| *open == session) {
            // A new chat that got its address: what is in the box is newer than what is stored.
            return self.focus.notify();
        }
        self.flush();
        self.session.with_value(|session| self.files.leave(session.as_ref()));
        self.manner.set(self.user.with_value(|user| Manner::read(user.as_ref(), session.as_ref())));
        self.also.set(also::read(session.as_ref()));
        self.session.set_value(session);
        self.recall();
        self.recall_queue();
        self.focus.notify();
    }

    /// The new chat has its address: what is typed and attached meanwhile belongs to it.
    pub fn moved(self, session: &SessionId) {
        self.keep(&Draft::default());
        self.session.set_value(Some(session.clone()));
        self.user.with_value(|user| {
            self.manner.get_untracked().write(user.as_ref(), Some(session));
            Manner::default().write(user.as_ref(), None);
        });
        also::write(Some(session), &self.also.get_untracked());
        also::write(None, &[]);
        self.flush();
        self.queue_moved();
        self.plan(NewChat::default());
    }

    /// The tab is looked at again: another one may have written or sent this draft.
    pub fn looked_at(self) {
        self.recall_queue();
        self.recall_plan();
        let is_resting = self.files.shown.with_untracked(|files| !files.is_sending() && !files.has_failed());
        let stored = self.session.with_value(|session| self.stored(session.as_ref()));
        if is_resting && self.known.with_value(|known| *known == self.shown() && *known != stored) {
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

    /// Puts the text of a file into the box, in its place.
    pub fn turn_into_text(self, key: u64) {
        self.files.read(key, move |text| {
            self.files.remove(key);
            let typed = self.text.get_untracked();
            let whole = if typed.trim().is_empty() { text } else { format!("{typed}\n\n{text}") };
            self.fill(&whole);
        });
    }

    /// Chooses how the answer is asked for.
    pub fn choose(self, change: impl FnOnce(&mut Manner)) {
        self.manner.update(change);
        self.user.with_value(|user| {
            self.session.with_value(|session| self.manner.get_untracked().write(user.as_ref(), session.as_ref()));
        });
    }

    /// Takes the text and the files, to send them. Files that are still on their way are waited for elsewhere.
    pub fn take(self) -> Option<Draft> {
        let draft = self.shown();
        let is_ready = self.files.shown.with_untracked(|files| !files.is_sending() && !files.has_failed());
        if !is_ready || draft.text.trim().is_empty() && draft.files.is_empty() {
            return None;
        }
        self.clear();
        Some(draft)
    }

    /// The server refused a message: it returns.
    pub fn give_back(self, session: Option<&SessionId>, draft: &Draft) {
        if self.session.with_value(|open| open.as_ref() == session) {
            let whole = self.text.with_untracked(|typed| with_returned(&draft.text, typed));
            if !draft.files.is_empty() {
                self.files.put_back(draft.files.clone());
            }
            self.fill(&whole);
        } else {
            let stored = self.stored(session);
            let text = with_returned(&draft.text, &stored.text);
            let meanwhile = stored.files.into_iter().filter(|file| draft.files.iter().all(|own| own.id != file.id));
            let files = draft.files.iter().cloned().chain(meanwhile).collect();
            self.write(session, &Draft { text, files });
        }
    }

    /// A returned message is sent once more after all.
    pub fn take_back(self, draft: &Draft) {
        self.files.take_back(&draft.files);
        if self.text.with_untracked(|typed| *typed == draft.text) {
            self.show(String::new());
        }
        self.flush();
    }

    /// Forgets the draft of a deleted chat and hands it over, for whoever wants it back.
    pub fn forget(self, session: &SessionId) -> Draft {
        if self.session.with_value(|open| open.as_ref() == Some(session)) {
            // What the box shows would be stored again when the next chat opens.
            self.flush();
            self.show(String::new());
            self.files.clear();
            self.known.set_value(Draft::default());
        }
        let draft = self.stored(Some(session));
        self.write(Some(session), &Draft::default());
        self.hold_queue(session);
        draft
    }

    /// Stores the draft now.
    pub fn flush(self) {
        self.weigh();
        self.keep(&self.shown());
    }

    /// Another person is signed in, or nobody.
    pub fn reset(self, user: Option<&UserId>) {
        self.flush();
        self.files.reset();
        self.user.set_value(user.cloned());
        self.session.set_value(None);
        self.manner.set(Manner::read(user, None));
        self.also.set(user.map(|_| also::read(None)).unwrap_or_default());
        self.recall();
        self.recall_queue();
        self.recall_plan();
    }

    /// What the box shows, as a draft.
    fn shown(self) -> Draft {
        Draft { text: self.text.get_untracked(), files: self.files.shown.with_untracked(Attachments::here) }
    }

    fn clear(self) {
        self.show(String::new());
        self.files.clear();
        self.flush();
    }

    /// Shows the draft as it is stored.
    fn recall(self) {
        let draft = self.session.with_value(|session| self.stored(session.as_ref()));
        self.known.set_value(draft.clone());
        self.show(draft.text);
        self.session.with_value(|session| self.files.enter(session.as_ref(), draft.files));
        self.weigh();
    }

    /// Makes this the draft of the chat on the screen, unless it is known to be.
    fn keep(self, draft: &Draft) {
        if self.known.with_value(|known| known != draft) {
            // What is stored then, should the browser refuse: what is on the screen is not taken back for it.
            self.session.with_value(|session| {
                self.write(session.as_ref(), draft);
                self.known.set_value(self.stored(session.as_ref()));
            });
        }
    }

    fn show(self, text: String) {
        if self.text.with_untracked(|shown| *shown != text) {
            self.text.set(text);
        }
    }

    /// A long text takes its time to be weighed, so that is not done for every key.
    fn weigh(self) {
        let weight = self.text.with_untracked(|text| if text.is_empty() { 0 } else { message_tokens(text) });
        if self.weight.get_untracked() != weight {
            self.weight.set(weight);
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

    fn stored(self, session: Option<&SessionId>) -> Draft {
        let Some(user) = self.user.get_value() else { return Draft::default() };
        let files = storage::read(&files_key(&user, session)).and_then(|text| serde_json::from_str(&text).ok());
        Draft { text: storage::read(&key(&user, session)).unwrap_or_default(), files: files.unwrap_or_default() }
    }

    fn write(self, session: Option<&SessionId>, draft: &Draft) {
        let Some(user) = self.user.get_value() else { return };
        let files = if draft.files.is_empty() { None } else { serde_json::to_string(&draft.files).ok() };
        put(&key(&user, session), &draft.text);
        put(&files_key(&user, session), &files.unwrap_or_default());
    }
}

pub(super) fn put(key: &str, value: &str) {
    if value.is_empty() {
        storage::remove(key);
    } else {
        storage::write(key, value);
    }
}

/// Makes the text box available below.
pub fn provide_composer() -> Composer {
    let composer = Composer {
        user: StoredValue::new(None),
        text: RwSignal::new(String::new()),
        files: Files::default(),
        manner: RwSignal::new(Manner::default()),
        also: RwSignal::new(Vec::new()),
        weight: RwSignal::new(0),
        queue: RwSignal::new(Queue::default()),
        fresh: RwSignal::new(NewChat::default()),
        planning: RwSignal::new(false),
        tune_at: StoredValue::new(None),
        wish: StoredValue::new(None),
        session: StoredValue::new(None),
        known: StoredValue::new(Draft::default()),
        waiting: StoredValue::new(false),
        focus: Trigger::new(),
    };
    composer.files.on_changed(move |elsewhere| match elsewhere {
        None => composer.flush(),
        Some((session, files)) => {
            let text = composer.stored(session.as_ref()).text;
            composer.write(session.as_ref(), &Draft { text, files });
        }
    });
    provide_context(composer);
    composer
}

/// The text box.
#[must_use]
pub fn use_composer() -> Composer {
    expect_context()
}
