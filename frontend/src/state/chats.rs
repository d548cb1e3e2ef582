//! The list of chats, as plain data: pages by cursor, changes as they happen, and an order that never moves under the
//! pointer. Its signals are in `store.rs`.

mod store;

pub use store::{Chats, provide_chats, use_chats};

use super::load::Load;
use shared::chat::Session;
use shared::{ApiError, Page, SessionId};

/// The chats of the signed-in person, as far as they are loaded.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct ChatList {
    items: Vec<Session>,
    next: Option<String>,
    load: Load,
    loading_more: bool,
    held: bool,
    /// Deleted here: a late reply must not bring them back.
    gone: Vec<SessionId>,
}

impl ChatList {
    /// Takes the first page; `before` are the chats of when it was asked for. What was loaded further down stays, what
    /// should be on the page and is not was deleted elsewhere.
    pub fn loaded(&mut self, reply: Result<Page<Session>, ApiError>, before: &[Session]) {
        match reply {
            Ok(page) => {
                self.forget_missing(&page, before);
                let first = self.load != Load::Ready;
                self.load = Load::Ready;
                if first || page.next.is_none() {
                    self.next = page.next;
                }
                self.add(page.items);
            }
            Err(_) if self.load == Load::Ready => {}
            Err(error) => self.load = Load::Failed(error),
        }
    }

    /// Asks for the next page: its cursor, if there is one and nobody asked yet.
    pub fn want_more(&mut self) -> Option<String> {
        let cursor = self.next.clone().filter(|_| !self.loading_more)?;
        self.loading_more = true;
        Some(cursor)
    }

    /// Takes a further page.
    pub fn loaded_more(&mut self, reply: Result<Page<Session>, ApiError>) {
        self.loading_more = false;
        if let Ok(page) = reply {
            self.next = page.next;
            self.add(page.items);
        }
    }

    /// A chat was created or changed, or its deletion was undone elsewhere: the server does not speak of deleted ones.
    pub fn changed(&mut self, session: Session) {
        self.restored(session);
    }

    /// A chat was deleted, here or elsewhere. Gives it, so that it can be put back.
    pub fn removed(&mut self, id: &SessionId) -> Option<Session> {
        self.gone.push(id.clone());
        let index = self.items.iter().position(|session| session.id == *id)?;
        Some(self.items.remove(index))
    }

    /// A deletion was undone.
    pub fn restored(&mut self, session: Session) {
        self.gone.retain(|gone| *gone != session.id);
        self.add(vec![session]);
    }

    /// While somebody points into the list, nothing changes its place; the order is made up for afterwards.
    pub fn hold(&mut self, held: bool) {
        self.held = held;
        self.sort();
    }

    /// The chats, newest activity first.
    #[must_use]
    pub fn items(&self) -> &[Session] {
        &self.items
    }

    /// A chat.
    #[must_use]
    pub fn get(&self, id: &SessionId) -> Option<&Session> {
        self.items.iter().find(|session| session.id == *id)
    }

    /// Where the first page stands.
    #[must_use]
    pub fn load(&self) -> &Load {
        &self.load
    }

    /// Whether there is more below.
    #[must_use]
    pub fn has_more(&self) -> bool {
        self.next.is_some()
    }

    fn forget_missing(&mut self, page: &Page<Session>, before: &[Session]) {
        let end = page.items.last().filter(|_| page.next.is_some()).map(|last| last.last_activity_at.as_str());
        self.items.retain(|known| {
            let below = end.is_some_and(|end| known.last_activity_at.as_str() <= end);
            below || page.items.iter().any(|listed| listed.id == known.id) || !before.contains(known)
        });
    }

    fn add(&mut self, sessions: Vec<Session>) {
        for session in sessions {
            match self.items.iter_mut().find(|known| known.id == session.id) {
                Some(known) => *known = session,
                None if self.gone.contains(&session.id) => {}
                // A chat is born at the top; older ones that a page brings are put in their place by the order.
                None if self.held => self.insert(session),
                None => self.items.push(session),
            }
        }
        self.sort();
    }

    fn insert(&mut self, session: Session) {
        let place = self.items.iter().position(|known| known.last_activity_at <= session.last_activity_at);
        self.items.insert(place.unwrap_or(self.items.len()), session);
    }

    fn sort(&mut self) {
        if self.held {
            return;
        }
        // All but a few are in order already, so each of those is walked to its place.
        let newer = |a: &Session, b: &Session| (&a.last_activity_at, &a.id) > (&b.last_activity_at, &b.id);
        for end in 1..self.items.len() {
            let mut place = end;
            while place > 0 && newer(&self.items[place], &self.items[place - 1]) {
                self.items.swap(place, place - 1);
                place -= 1;
            }
        }
    }
}

#[cfg(test)]
mod tests;
