//! The list of chats as signals: pages, names, what is unread, deletion with undo, and the chat that is about to begin.

use super::folders::Folders;
use super::{Asking, ChatList, Shelf};
use crate::reactive::memo;
use crate::state::load::Load;
use crate::state::start;
use crate::{api, dom};
use leptos::prelude::*;
use leptos::task::spawn_local;
use shared::chat::{Session, UpdateSession};
use shared::{ApiError, ModelId, SessionId, UserId};
use std::rc::Rc;

/// What takes a deletion back.
pub(super) type Undo = Box<dyn FnOnce()>;
/// Deletions under way, known by the first of their chats, with what waits for the end of that.
pub(super) type Deletions = Vec<(SessionId, Option<Undo>)>;

/// Things that need no signal.
#[derive(Default)]
pub(super) struct Backstage {
    /// Deletions that the server has not answered yet.
    pub(super) deletions: Deletions,
    /// What tries again what did not work.
    again: Option<Rc<dyn Fn()>>,
    /// Whether that was a page that scrolling asked for.
    paging: bool,
    /// Counts the people who were signed in here: an answer to the one before is not for the next.
    person: u32,
}

/// The list of chats.
#[derive(Clone, Copy)]
pub struct Chats {
    pub(super) list: RwSignal<ChatList>,
    wanted: StoredValue<Option<SessionId>>,
    pub(super) inner: StoredValue<Backstage, LocalStorage>,
    /// The folders.
    pub folders: Folders,
    /// The chat whose instructions are being edited.
    pub instructing: RwSignal<Option<SessionId>>,
    /// What a dialog about chats asks.
    pub asking: RwSignal<Option<Asking>>,
    /// The chats that are chosen; none while nobody chooses.
    pub chosen: RwSignal<Option<Vec<SessionId>>>,
    /// What was asked for and did not work.
    pub failure: RwSignal<Option<ApiError>>,
    /// Where the first page stands.
    pub load: Memo<Load>,
}

impl Chats {
    /// Reads the first page of everything that is shown again, and the folders.
    pub fn reload(self) {
        self.folders.reload();
        let open = self.folders.open_untracked().into_iter().map(Shelf::Folder);
        let known = self.list.with_untracked(|list| list.shelves().cloned().collect::<Vec<_>>());
        let mut shelves = vec![Shelf::Loose, Shelf::Pinned];
        for shelf in open.chain(known) {
            if !shelves.contains(&shelf) {
                shelves.push(shelf);
            }
        }
        for shelf in shelves {
            self.read(shelf);
        }
    }

    /// Reads the first page of a shelf.
    pub fn read(self, shelf: Shelf) {
        self.list.update(|list| list.asked(&shelf));
        let (before, person) = (self.list.with_untracked(|list| list.items().to_vec()), self.person());
        spawn_local(async move {
            let reply = match start::page(&shelf) {
                Some(page) => Ok(page),
                None => api::sessions::list(&shelf.query(None)).await,
            };
            if self.person() != person {
                return;
            }
            self.list.update(|list| list.loaded(&shelf, reply, &before));
            if shelf == Shelf::Loose {
                self.fetch_wanted();
            }
        });
    }

    /// Reads the first page of a shelf unless somebody did already.
    pub fn want_shelf(self, shelf: Shelf) {
        let is_there = self.list.with_untracked(|list| matches!(list.load(&shelf), Some(Load::Waiting | Load::Ready)));
        if !is_there {
            self.read(shelf);
        }
    }

    /// Reads the next page of a shelf, if there is one.
    pub fn want_more(self, shelf: Shelf) {
        if !self.list.with_untracked(|list| list.has_more(&shelf)) {
            return;
        }
        let Some(cursor) = self.list.try_update(|list| list.want_more(&shelf)).flatten() else { return };
        let person = self.person();
        spawn_local(async move {
            let reply = api::sessions::list(&shelf.query(Some(cursor))).await;
            if self.person() != person {
                return;
            }
            match &reply {
                Ok(_) => self.page_came(),
                Err(error) => {
                    let shelf = shelf.clone();
                    self.fail_page(error.clone(), move || self.want_more(shelf.clone()));
                }
            }
            self.list.update(|list| list.loaded_more(&shelf, reply));
        });
    }

    /// Reads the plain list; tracked.
    pub fn with<T>(self, read: impl FnOnce(&ChatList) -> T) -> T {
        self.list.with(read)
    }

    /// A chat as the list knows it; tracked.
    #[must_use]
    pub fn get(self, id: &SessionId) -> Option<Session> {
        self.list.with(|list| list.get(id).cloned())
    }

    /// A chat as the list knows it; not tracked.
    #[must_use]
    pub fn get_untracked(self, id: &SessionId) -> Option<Session> {
        self.list.with_untracked(|list| list.get(id).cloned())
    }

    /// An answer ended that nobody here saw. The server says the same a moment later, and when somebody saw it elsewhere.
    pub fn mark_unread(self, id: &SessionId) {
        self.show_unread(id, true);
    }

    /// Somebody looks at the chat.
    pub fn mark_read(self, id: &SessionId) {
        if self.get_untracked(id).is_some_and(|session| session.unread) {
            self.show_unread(id, false);
            let change = UpdateSession { unread: Some(false), ..UpdateSession::default() };
            let id = id.clone();
            // Whoever could not say that it was seen says so with the next look.
            spawn_local(async move { drop(api::sessions::update(&id, &change).await) });
        }
    }

    /// The tab is looked at, and with it the chat on the screen.
    pub fn looked_at(self) {
        if let Some(id) = self.wanted.get_value() {
            self.mark_read(&id);
        }
    }

    fn show_unread(self, id: &SessionId, unread: bool) {
        if let Some(session) = self.get_untracked(id).filter(|session| session.unread != unread) {
            self.list.update(|list| list.changed(Session { unread, ..session }));
        }
    }

    /// Keeps the order while somebody points into the list.
    pub fn hold(self, held: bool) {
        self.list.update(|list| list.hold(held));
    }

    /// A chat was created or changed. What is in front of somebody counts as seen.
    pub fn changed(self, session: Session) {
        let seen = session.unread && self.is_in_front(&session.id);
        let id = session.id.clone();
        self.list.update(|list| list.changed(session));
        if seen {
            self.mark_read(&id);
        }
    }

    fn is_in_front(self, id: &SessionId) -> bool {
        !dom::is_hidden() && self.wanted.with_value(|wanted| wanted.as_ref() == Some(id))
    }

    /// A chat was deleted elsewhere.
    pub fn removed(self, id: &SessionId) {
        self.list.update(|list| drop(list.removed(id)));
        self.unchoose(id);
    }

    /// A chat is on the screen: the list has to know it, also when it is far below what is loaded.
    pub fn want(self, id: Option<SessionId>) {
        self.forgive();
        self.wanted.set_value(id);
        if self.list.with_untracked(|list| list.load(&Shelf::Loose) == Some(&Load::Ready)) {
            self.fetch_wanted();
        }
    }

    fn fetch_wanted(self) {
        let Some(id) = self.wanted.get_value() else { return };
        if self.get_untracked(&id).is_some() {
            if !dom::is_hidden() {
                self.looked_at();
            }
            return;
        }
        let person = self.person();
        spawn_local(async move {
            if let Ok(session) = api::sessions::read(&id).await
                && self.person() == person
            {
                self.changed(session.brief());
            }
        });
    }

    /// Says that something did not work; `again` tries it once more.
    pub fn fail(self, error: ApiError, again: impl Fn() + 'static) {
        // The door says that a login is over, and the next person has nothing to try again.
        if !api::ends_session(&error) {
            self.inner.update_value(|inner| {
                inner.again = Some(Rc::new(again));
                inner.paging = false;
            });
            self.failure.set(Some(error));
        }
    }

    /// A page that scrolling asked for did not come. Scrolling asks on and on, so what is said already stays.
    pub fn fail_page(self, error: ApiError, again: impl Fn() + 'static) {
        if self.failure.with_untracked(Option::is_none) {
            self.fail(error, again);
            self.inner.update_value(|inner| inner.paging = true);
        }
    }

    /// A page that scrolling asked for came after all.
    pub fn page_came(self) {
        if self.inner.with_value(|inner| inner.paging) {
            self.forgive();
        }
    }

    /// Tries once more what did not work.
    pub fn retry(self) {
        self.failure.set(None);
        if let Some(again) = self.inner.try_update_value(|inner| inner.again.take()).flatten() {
            again();
        }
    }

    /// Says no more about what did not work.
    pub fn forgive(self) {
        if self.failure.with_untracked(Option::is_some) {
            self.failure.set(None);
        }
    }

    /// Renames a chat: at once here, and back if the server refuses.
    pub fn rename(self, id: SessionId, title: String) {
        let Some(before) = self.get_untracked(&id).filter(|session| session.title != title) else { return };
        self.set(Session { title: title.clone(), ..before.clone() });
        let change = UpdateSession { title: Some(title.clone()), ..UpdateSession::default() };
        self.save(before, change, move || self.rename(id.clone(), title.clone()));
    }

    /// Chooses the model of a chat.
    pub fn choose_model(self, id: SessionId, model: ModelId) {
        let Some(before) = self.get_untracked(&id).filter(|session| session.model.as_ref() != Some(&model)) else {
            return;
        };
        self.set(Session { model: Some(model.clone()), ..before.clone() });
        let change = UpdateSession { model: Some(model.clone()), ..UpdateSession::default() };
        self.save(before, change, move || self.choose_model(id.clone(), model.clone()));
    }

    /// Changes what the model is told in a chat; empty takes it away.
    ///
    /// # Errors
    /// As the server refuses.
    pub async fn instruct(self, id: &SessionId, text: String) -> Result<(), ApiError> {
        let change = UpdateSession { instructions: Some(text), ..UpdateSession::default() };
        api::sessions::update(id, &change).await.map(|session| self.set(session.brief()))
    }

    /// Another person is signed in, or nobody.
    pub fn reset(self, user: Option<&UserId>) {
        self.inner.update_value(|inner| inner.person += 1);
        self.list.update(ChatList::forget);
        self.folders.reset(user);
        self.instructing.set(None);
        self.asking.set(None);
        self.chosen.set(None);
        self.forgive();
    }

    /// A chat was changed here.
    pub(super) fn set(self, session: Session) {
        self.list.update(|list| list.set(session));
    }

    pub(super) fn person(self) -> u32 {
        self.inner.try_with_value(|inner| inner.person).unwrap_or_default()
    }

    /// Asks the server for what is shown already; what it refuses is shown as it was before.
    pub(super) fn save(self, before: Session, change: UpdateSession, again: impl Fn() + 'static) {
        let person = self.person();
        spawn_local(async move {
            let reply = api::sessions::update(&before.id, &change).await;
            if self.person() != person {
                return;
            }
            match reply {
                Ok(session) => self.set(session.brief()),
                Err(error) => {
                    self.set(before);
                    self.fail(error, again);
                }
            }
        });
    }
}

/// Makes the list of chats available below.
pub fn provide_chats() -> Chats {
    let list = RwSignal::new(ChatList::default());
    let chats = Chats {
        list,
        wanted: StoredValue::new(None),
        folders: Folders::new(),
        instructing: RwSignal::new(None),
        asking: RwSignal::new(None),
        chosen: RwSignal::new(None),
        failure: RwSignal::new(None),
        inner: StoredValue::new_local(Backstage::default()),
        load: memo(move || list.with(|list| list.load(&Shelf::Loose).cloned().unwrap_or_default())),
    };
    provide_context(chats);
    chats
}

/// The list of chats.
#[must_use]
pub fn use_chats() -> Chats {
    expect_context()
}
