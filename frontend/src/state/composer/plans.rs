//! What is kept beside the draft: the messages that wait in a chat, and, in every tab and as long as the draft, what the next
//! new chat will be. Also what an address asked for, which may come before it is known who is here.

use super::queue::{Queue, Queued, key};
use super::store::put;
use super::{Composer, with_returned};
use crate::storage;
use leptos::prelude::*;
use shared::chat::NewChat;
use shared::{SessionId, UserId};

/// What an address asks for.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Wish {
    /// A text for the box.
    pub text: String,
    /// Whether the chat will be temporary.
    pub temporary: bool,
}

impl Composer {
    /// Changes the messages that wait in the chat on the screen.
    pub fn queue_up<T>(self, change: impl FnOnce(&mut Queue) -> T) -> Option<T> {
        if self.session.with_value(Option::is_some) {
            // Another tab may have sent some of them, or taken them away.
            self.recall_queue();
        }
        let result = self.queue.try_update(change);
        self.session.with_value(|session| self.write_queue(session.as_ref(), &self.queue.get_untracked()));
        result
    }

    /// Takes the message whose turn it is in a chat that is not on the screen, where the last answer was completed or not.
    pub fn next_elsewhere(self, session: &SessionId, completed: bool) -> Option<Queued> {
        let mut queue = self.stored_queue(Some(session));
        if queue.is_empty() {
            return None;
        }
        let next = queue.next(super::queue::Chat::Idle { completed });
        self.write_queue(Some(session), &queue);
        next
    }

    /// Puts a waiting message back where it was, in whatever chat that is.
    pub fn queue_again(self, session: Option<&SessionId>, place: usize, item: Queued) {
        if self.session.with_value(|open| open.as_ref() == session) {
            self.queue_up(|queue| queue.insert(place, item));
        } else {
            let mut queue = self.stored_queue(session);
            queue.insert(place, item);
            self.write_queue(session, &queue);
        }
    }

    /// Takes a waiting message back into the text box.
    pub fn unqueue(self, id: &str) {
        let Some(item) = self.queue_up(|queue| queue.remove(id)).flatten() else { return };
        let whole = self.text.with_untracked(|typed| with_returned(&item.text, typed));
        if !item.files.is_empty() {
            self.files.put_back(item.files);
        }
        self.fill(&whole);
        self.flush();
    }

    /// Changes what the next new chat will be.
    pub fn plan(self, fresh: NewChat) {
        if self.fresh.with_untracked(|known| *known != fresh) {
            self.fresh.set(fresh);
        }
        let Some(user) = self.user.get_value() else { return };
        let fresh = self.fresh.get_untracked();
        let text = if fresh == NewChat::default() { None } else { serde_json::to_string(&fresh).ok() };
        put(&plan_key(&user), &text.unwrap_or_default());
    }

    /// Says where the next new chat lies and whether it stays; the instructions and parameters that are planned for it stay.
    pub fn begin_as(self, place: NewChat) {
        let NewChat { folder_id, temporary, .. } = place;
        self.plan(NewChat { folder_id, temporary, ..self.fresh.get_untracked() });
    }

    /// Does what an address asks for, as soon as it is known who is here. What was typed stays.
    pub fn wish(self, wish: Wish) {
        if self.user.with_value(Option::is_none) {
            return self.wish.set_value(Some(wish));
        }
        if wish.temporary {
            self.plan(NewChat { temporary: true, ..self.fresh.get_untracked() });
        }
        if !wish.text.is_empty() {
            let whole = self.text.with_untracked(|typed| with_returned(&wish.text, typed));
            self.fill(&whole);
        }
    }

    pub(super) fn recall_plan(self) {
        let Some(user) = self.user.get_value() else { return self.fresh.set(NewChat::default()) };
        let stored = storage::read(&plan_key(&user)).and_then(|text| serde_json::from_str(&text).ok());
        let stored: NewChat = stored.unwrap_or_default();
        if self.fresh.with_untracked(|known| *known != stored) {
            self.fresh.set(stored);
        }
        if let Some(wish) = self.wish.try_update_value(Option::take).flatten() {
            self.wish(wish);
        }
    }

    /// Shows the messages that wait in the chat on the screen, as they are stored.
    pub(super) fn recall_queue(self) {
        let mut stored = self.session.with_value(|session| self.stored_queue(session.as_ref()));
        stored.urgent = self.queue.with_untracked(|queue| queue.urgent.clone());
        stored.urgent = stored.urgent.filter(|urgent| stored.items.iter().any(|item| item.id == *urgent));
        if self.queue.with_untracked(|shown| *shown != stored) {
            self.queue.set(stored);
        }
    }

    /// The new chat has its address, and what waits in it is stored there.
    pub(super) fn queue_moved(self) {
        self.write_queue(None, &Queue::default());
        self.session.with_value(|session| self.write_queue(session.as_ref(), &self.queue.get_untracked()));
    }

    /// A chat is deleted: nothing goes there by itself any more, also if that is undone.
    pub(super) fn hold_queue(self, session: &SessionId) {
        let mut queue = self.stored_queue(Some(session));
        queue.held = true;
        self.write_queue(Some(session), &queue);
    }

    fn stored_queue(self, session: Option<&SessionId>) -> Queue {
        let Some(user) = self.user.get_value() else { return Queue::default() };
        let name = key(&user, session);
        // Every tab has a new chat of its own, so what waits there is no other tab's business.
        let text = if session.is_some() { storage::read(&name) } else { storage::read_here(&name) };
        text.and_then(|text| serde_json::from_str(&text).ok()).unwrap_or_default()
    }

    fn write_queue(self, session: Option<&SessionId>, queue: &Queue) {
        let Some(user) = self.user.get_value() else { return };
        let text = if queue.is_empty() { None } else { serde_json::to_string(queue).ok() };
        let name = key(&user, session);
        match session {
            Some(_) => put(&name, &text.unwrap_or_default()),
            None => storage::write_here(&name, text.as_deref()),
        }
    }
}

fn plan_key(user: &UserId) -> String {
    format!("aichat.fresh.{user}")
}
