//! The list of chats as signals: pages, names, deletion with undo, and which answers are still unread.

use super::ChatList;
use crate::reactive::memo;
use crate::state::load::Load;
use crate::{api, storage};
use leptos::prelude::*;
use leptos::task::spawn_local;
use shared::chat::{Session, UpdateSession};
use shared::{ApiError, ErrorCode, ModelId, SessionId, UserId};
use std::rc::Rc;

/// Chats with an answer that nobody has seen, per person.
const UNREAD: &str = "aichat.unread";
/// How many of them are remembered.
const MOST_UNREAD: usize = 200;

/// What takes a deletion back.
type Undo = Box<dyn FnOnce()>;
/// Chats that are being deleted, with what waits for the end of that.
type Deletions = Vec<(SessionId, Option<Undo>)>;

/// Things that need no signal.
#[derive(Default)]
struct Backstage {
    /// Deletions that the server has not answered yet.
    deletions: Deletions,
    /// What tries again what did not work.
    again: Option<Rc<dyn Fn()>>,
    /// Whether that was a page that scrolling asked for.
    paging: bool,
}

/// The server answered about a deletion; gives what was waiting for that.
fn settle(deletions: &mut Deletions, id: &SessionId) -> Option<Undo> {
    let place = deletions.iter().position(|(deleting, _)| deleting == id)?;
    deletions.swap_remove(place).1
}

/// Keeps an undo until the deletion is answered; gives it back if there is nothing to wait for.
fn postpone(deletions: &mut Deletions, id: &SessionId, undo: Undo) -> Option<Undo> {
    match deletions.iter_mut().find(|(deleting, _)| deleting == id) {
        Some((_, waiting)) => {
            *waiting = Some(undo);
            None
        }
        None => Some(undo),
    }
}

/// The list of chats.
#[derive(Clone, Copy)]
pub struct Chats {
    list: RwSignal<ChatList>,
    unread: RwSignal<Vec<SessionId>>,
    user: StoredValue<Option<UserId>>,
    wanted: StoredValue<Option<SessionId>>,
    inner: StoredValue<Backstage, LocalStorage>,
    /// What was asked for and did not work.
    pub failure: RwSignal<Option<ApiError>>,
    /// The chats, newest activity first.
    pub items: Memo<Vec<Session>>,
    /// Where the first page stands.
    pub load: Memo<Load>,
    /// Whether there is more below.
    pub has_more: Memo<bool>,
}

impl Chats {
    /// Reads the first page again.
    pub fn reload(self) {
        spawn_local(async move {
            let before = self.list.with_untracked(|list| list.items().to_vec());
            let reply = api::sessions::list(None).await;
            self.list.update(|list| list.loaded(reply, &before));
            self.fetch_wanted();
        });
    }

    /// Reads the next page, if there is one.
    pub fn want_more(self) {
        let Some(cursor) = self.list.try_update(ChatList::want_more).flatten() else { return };
        spawn_local(async move {
            let reply = api::sessions::list(Some(&cursor)).await;
            match &reply {
                Ok(_) => self.page_came(),
                Err(error) => self.fail_page(error.clone(), move || self.want_more()),
            }
            self.list.update(|list| list.loaded_more(reply));
        });
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

    /// Whether the chat has an answer that nobody has seen; tracked.
    #[must_use]
    pub fn is_unread(self, id: &SessionId) -> bool {
        self.unread.with(|unread| unread.contains(id))
    }

    /// An answer ended that nobody saw.
    pub fn mark_unread(self, id: SessionId) {
        self.recall_unread();
        self.unread.update(|unread| {
            unread.retain(|known| *known != id);
            unread.push(id);
            if unread.len() > MOST_UNREAD {
                unread.remove(0);
            }
        });
        self.remember();
    }

    /// Somebody looks at the chat.
    pub fn mark_read(self, id: &SessionId) {
        self.recall_unread();
        if self.unread.with_untracked(|unread| unread.contains(id)) {
            self.unread.update(|unread| unread.retain(|known| known != id));
            self.remember();
        }
    }

    /// Takes over what other tabs of this browser know to be unread.
    pub fn recall_unread(self) {
        let stored = self.user.get_value().and_then(|user| storage::read(&format!("{UNREAD}.{user}")));
        let unread: Option<Vec<SessionId>> = stored.and_then(|text| serde_json::from_str(&text).ok());
        if let Some(unread) = unread.filter(|unread| self.unread.with_untracked(|known| known != unread)) {
            self.unread.set(unread);
        }
    }

    /// Keeps the order while somebody points into the list.
    pub fn hold(self, held: bool) {
        self.list.update(|list| list.hold(held));
    }

    /// A chat was created or changed.
    pub fn changed(self, session: Session) {
        self.list.update(|list| list.changed(session));
    }

    /// A chat was deleted elsewhere.
    pub fn removed(self, id: &SessionId) {
        self.list.update(|list| drop(list.removed(id)));
        self.mark_read(id);
    }

    /// A chat is on the screen: the list has to know it, also when it is far below what is loaded.
    pub fn want(self, id: Option<SessionId>) {
        self.forgive();
        self.wanted.set_value(id);
        if self.list.with_untracked(|list| *list.load() == Load::Ready) {
            self.fetch_wanted();
        }
    }

    fn fetch_wanted(self) {
        let Some(id) = self.wanted.get_value().filter(|id| self.get_untracked(id).is_none()) else { return };
        spawn_local(async move {
            if let Ok(session) = api::sessions::read(&id).await {
                self.changed(session);
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
        self.changed(Session { title: title.clone(), ..before.clone() });
        let change = UpdateSession { title: Some(title.clone()), ..UpdateSession::default() };
        self.save(before, change, move || self.rename(id.clone(), title.clone()));
    }

    /// Chooses the model of a chat.
    pub fn choose_model(self, id: SessionId, model: ModelId) {
        let Some(before) = self.get_untracked(&id).filter(|session| session.model.as_ref() != Some(&model)) else {
            return;
        };
        self.changed(Session { model: Some(model.clone()), ..before.clone() });
        let change = UpdateSession { model: Some(model.clone()), ..UpdateSession::default() };
        self.save(before, change, move || self.choose_model(id.clone(), model.clone()));
    }

    /// Deletes a chat: at once here, and back if the server refuses, which `kept` hears of.
    pub fn delete(self, id: SessionId, kept: Rc<dyn Fn()>) {
        let before = self.list.try_update(|list| list.removed(&id)).flatten();
        self.inner.update_value(|inner| inner.deletions.push((id.clone(), None)));
        spawn_local(async move {
            let refused = api::sessions::delete(&id).await.err();
            // A deletion whose answer was lost is not there to be repeated.
            if let Some(error) = refused.filter(|error| error.known() != Some(ErrorCode::ChatNotFound)) {
                if let Some(before) = before {
                    self.list.update(|list| list.restored(before));
                }
                kept();
                let id = id.clone();
                self.fail(error, move || self.delete(id.clone(), kept.clone()));
            }
            if let Some(undo) = self.inner.try_update_value(|inner| settle(&mut inner.deletions, &id)).flatten() {
                undo();
            }
        });
    }

    /// Puts a deleted chat back; `then` is called when it can be opened again.
    pub fn restore(self, id: SessionId, then: Rc<dyn Fn()>) {
        let key = id.clone();
        let restore = move || {
            spawn_local(async move {
                match api::sessions::restore(&id).await {
                    Ok(session) => {
                        self.list.update(|list| list.restored(session));
                        then();
                    }
                    // It was not deleted after all, or is back already: then it is where it was.
                    Err(error) if error.known() == Some(ErrorCode::ChatNotFound) => then(),
                    Err(error) => self.fail(error, move || self.restore(id.clone(), then.clone())),
                }
            });
        };
        // A deletion that reached the server after this would have the last word.
        let now =
            self.inner.try_update_value(|inner| postpone(&mut inner.deletions, &key, Box::new(restore))).flatten();
        if let Some(restore) = now {
            restore();
        }
    }

    /// Another person is signed in, or nobody.
    pub fn reset(self, user: Option<&UserId>) {
        self.user.set_value(user.cloned());
        self.unread.set(Vec::new());
        self.recall_unread();
        self.list.set(ChatList::default());
        self.forgive();
    }

    fn save(self, before: Session, change: UpdateSession, again: impl Fn() + 'static) {
        spawn_local(async move {
            match api::sessions::update(&before.id, &change).await {
                Ok(session) => self.changed(session),
                Err(error) => {
                    self.changed(before);
                    self.fail(error, again);
                }
            }
        });
    }

    fn remember(self) {
        let Some(user) = self.user.get_value() else { return };
        let text = self.unread.with_untracked(|unread| serde_json::to_string(unread).unwrap_or_default());
        storage::write(&format!("{UNREAD}.{user}"), &text);
    }
}

/// Makes the list of chats available below.
pub fn provide_chats() -> Chats {
    let list = RwSignal::new(ChatList::default());
    let chats = Chats {
        list,
        unread: RwSignal::new(Vec::new()),
        user: StoredValue::new(None),
        wanted: StoredValue::new(None),
        failure: RwSignal::new(None),
        inner: StoredValue::new_local(Backstage::default()),
        items: memo(move || list.with(|list| list.items().to_vec())),
        load: memo(move || list.with(|list| list.load().clone())),
        has_more: memo(move || list.with(ChatList::has_more)),
    };
    provide_context(chats);
    chats
}

/// The list of chats.
#[must_use]
pub fn use_chats() -> Chats {
    expect_context()
}

#[cfg(test)]
mod tests {
    use super::{Deletions, postpone, settle};

    #[test]
    fn an_undo_waits_for_its_own_deletion_only() {
        let mut deletions: Deletions = vec![("a".into(), None), ("b".into(), None)];
        assert!(postpone(&mut deletions, &"c".into(), Box::new(|| {})).is_some(), "there is nothing to wait for");
        assert!(postpone(&mut deletions, &"a".into(), Box::new(|| {})).is_none());
        assert!(settle(&mut deletions, &"b".into()).is_none());
        assert!(settle(&mut deletions, &"a".into()).is_some());
        assert!(deletions.is_empty());
        assert!(postpone(&mut deletions, &"a".into(), Box::new(|| {})).is_some(), "it was deleted long ago");
    }
}
