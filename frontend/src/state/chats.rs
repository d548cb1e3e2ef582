//! The list of chats, as plain data: shelves that are paged by cursor, changes as they happen, and an order that never
//! moves under the pointer. Its signals are in `store.rs`, what can be done with chats in `organize.rs`.

mod change;
pub mod folders;
pub mod organize;
mod shelf;
mod store;

pub use change::{Asking, Change};
pub use shelf::Shelf;
pub use store::{Chats, provide_chats, use_chats};

use super::load::Load;
use shared::chat::Session;
use shared::organize::Folder;
use shared::{ApiError, Page, SessionId};
use std::sync::Arc;

/// What is known of the pages of a shelf.
#[derive(Clone, Debug, PartialEq)]
struct Pages {
    shelf: Shelf,
    next: Option<String>,
    load: Load,
    loading_more: bool,
}

/// The chats of the signed-in person, as far as they are loaded, on all shelves.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct ChatList {
    items: Vec<Arc<Session>>,
    pages: Vec<Pages>,
    held: bool,
    /// What others did to chats while the order was held, and would have moved them.
    late: Vec<Session>,
    /// Deleted here: a late reply must not bring them back.
    gone: Vec<SessionId>,
}

impl ChatList {
    /// Takes the first page of a shelf; `before` are the chats of when it was asked for. What was loaded further down
    /// stays, what should be on the page and is not was deleted elsewhere.
    pub fn loaded(&mut self, shelf: &Shelf, reply: Result<Page<Session>, ApiError>, before: &[Arc<Session>]) {
        let pages = self.pages_of(shelf);
        match reply {
            Ok(page) => {
                let first = pages.load != Load::Ready;
                pages.load = Load::Ready;
                if first || page.next.is_none() {
                    pages.next.clone_from(&page.next);
                }
                self.forget_missing(shelf, &page, before);
                self.add(page.items);
            }
            Err(_) if pages.load == Load::Ready => {}
            Err(error) => pages.load = Load::Failed(error),
        }
    }

    /// Asks for the next page of a shelf: its cursor, if there is one and nobody asked yet.
    pub fn want_more(&mut self, shelf: &Shelf) -> Option<String> {
        let pages = self.pages_of(shelf);
        let cursor = pages.next.clone().filter(|_| !pages.loading_more)?;
        pages.loading_more = true;
        Some(cursor)
    }

    /// Takes a further page of a shelf.
    pub fn loaded_more(&mut self, shelf: &Shelf, reply: Result<Page<Session>, ApiError>) {
        let pages = self.pages_of(shelf);
        pages.loading_more = false;
        if let Ok(page) = reply {
            pages.next = page.next;
            self.add(page.items);
        }
    }

    /// A chat was created or changed, or its deletion was undone elsewhere: the server does not speak of deleted ones.
    /// What would move it waits until nobody points into the list.
    pub fn changed(&mut self, session: Session) {
        self.late.retain(|late| late.id != session.id);
        let moves = self.get(&session.id).is_some_and(|known| Shelf::of(known) != Shelf::of(&session));
        if self.held && moves { self.late.push(session) } else { self.restored(session) }
    }

    /// A chat was changed here: it moves at once, as the person wants it to.
    pub fn set(&mut self, session: Session) {
        self.late.retain(|late| late.id != session.id);
        self.restored(session);
    }

    /// A chat was deleted, here or elsewhere. Gives it, so that it can be put back.
    pub fn removed(&mut self, id: &SessionId) -> Option<Session> {
        self.late.retain(|late| late.id != *id);
        self.gone.push(id.clone());
        let index = self.items.iter().position(|session| session.id == *id)?;
        Some(Arc::unwrap_or_clone(self.items.remove(index)))
    }

    /// A deletion was undone.
    pub fn restored(&mut self, session: Session) {
        self.gone.retain(|gone| *gone != session.id);
        self.add(vec![session]);
    }

    /// While somebody points into the list, nothing changes its place; the order is made up for afterwards.
    pub fn hold(&mut self, held: bool) {
        self.held = held;
        if !held {
            let late = std::mem::take(&mut self.late);
            self.add(late);
        }
    }

    /// The chats of all shelves, newest activity first.
    #[must_use]
    pub fn items(&self) -> &[Arc<Session>] {
        &self.items
    }

    /// A chat.
    #[must_use]
    pub fn get(&self, id: &SessionId) -> Option<&Session> {
        self.items.iter().find(|session| session.id == *id).map(AsRef::as_ref)
    }

    /// What goes on in a folder: whether an answer is being written in it, and whether there is one that nobody looked at.
    /// Of chats that were not read yet, the folder itself tells; of those that are here, they tell what became of them.
    #[must_use]
    pub fn happens_in(&self, folder: &Folder, working: &[SessionId]) -> (bool, bool) {
        let inside = || self.items.iter().filter(|session| session.folder_id.as_ref() == Some(&folder.id));
        let is_told_of = |id: &&SessionId| self.get(id).is_none() && !self.gone.contains(id);
        let works = inside().any(|session| working.contains(&session.id))
            || folder.running.iter().filter(is_told_of).any(|id| working.contains(id));
        let unread = inside().any(|session| session.unread && session.archived_at.is_none())
            || folder.unread.iter().any(|id| is_told_of(&id));
        (works, unread)
    }

    /// The shelves that were asked for.
    pub fn shelves(&self) -> impl Iterator<Item = &Shelf> {
        self.pages.iter().map(|pages| &pages.shelf)
    }

    /// Where the first page of a shelf stands; none if nobody asked for it.
    #[must_use]
    pub fn load(&self, shelf: &Shelf) -> Option<&Load> {
        self.pages.iter().find(|pages| pages.shelf == *shelf).map(|pages| &pages.load)
    }

    /// Whether there is more of a shelf.
    #[must_use]
    pub fn has_more(&self, shelf: &Shelf) -> bool {
        self.pages.iter().any(|pages| pages.shelf == *shelf && pages.next.is_some())
    }

    /// Forgets all chats, but not that the archive is on the screen: it is asked for again with the rest.
    pub fn forget(&mut self) {
        let in_archive = self.load(&Shelf::Archive).is_some();
        *self = Self::default();
        if in_archive {
            self.asked(&Shelf::Archive);
        }
    }

    /// The first page of a shelf is being asked for, perhaps once more.
    pub fn asked(&mut self, shelf: &Shelf) {
        let pages = self.pages_of(shelf);
        if matches!(pages.load, Load::Failed(_)) {
            pages.load = Load::Waiting;
        }
    }

    fn pages_of(&mut self, shelf: &Shelf) -> &mut Pages {
        let place = self.pages.iter().position(|pages| pages.shelf == *shelf).unwrap_or_else(|| {
            let (next, load) = (None, Load::Waiting);
            self.pages.push(Pages { shelf: shelf.clone(), next, load, loading_more: false });
            self.pages.len() - 1
        });
        &mut self.pages[place]
    }

    fn forget_missing(&mut self, shelf: &Shelf, page: &Page<Session>, before: &[Arc<Session>]) {
        let end = page.items.last().filter(|_| page.next.is_some()).map(|last| shelf.key(last));
        self.items.retain(|known| {
            let elsewhere = Shelf::of(known).as_ref() != Some(shelf);
            let below = end.is_some_and(|end| shelf.key(known) <= end);
            elsewhere
                || below
                || page.items.iter().any(|listed| listed.id == known.id)
                || !before.iter().any(|asked| Arc::ptr_eq(asked, known))
        });
    }

    fn add(&mut self, sessions: Vec<Session>) {
        for session in sessions.into_iter().map(Arc::new) {
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

    fn insert(&mut self, session: Arc<Session>) {
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
pub(crate) mod tests;
