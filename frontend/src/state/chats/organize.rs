//! What can be done with chats, one or many: pin, archive, move, tag, keep, delete; each at once here, and taken back if
//! the server refuses.

use super::store::{Chats, Deletions, Undo};
use super::{Change, Shelf};
use crate::{api, time};
use leptos::prelude::*;
use leptos::task::spawn_local;
use shared::chat::{Session, UpdateSession};
use shared::{ApiError, ErrorCode, FolderId, SessionId};
use std::rc::Rc;

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

/// Changes with the chats that each is for.
pub type Changes = Vec<(Change, Vec<SessionId>)>;

impl Chats {
    /// Changes where chats lie. Gives what brings them back to where they are now.
    pub fn change(self, change: &Change, ids: &[SessionId]) -> Changes {
        let mut back: Changes = Vec::new();
        let now = time::now();
        let mut touched = Vec::new();
        self.list.update(|list| {
            for id in ids {
                let Some(session) = list.get(id).filter(|session| !change.is_done(session)).cloned() else { continue };
                let undo = change.undo(&session);
                list.set(change.apply(session, &now));
                touched.push(id.clone());
                match back.iter_mut().find(|(known, _)| *known == undo) {
                    Some((_, ids)) => ids.push(id.clone()),
                    None => back.push((undo, vec![id.clone()])),
                }
            }
        });
        if !touched.is_empty() {
            self.ask_for(change.clone(), touched, back.clone());
        }
        back
    }

    /// Takes changes back.
    pub fn take_back(self, back: &Changes) {
        for (change, ids) in back {
            self.change(change, ids);
        }
    }

    fn ask_for(self, change: Change, ids: Vec<SessionId>, back: Changes) {
        let person = self.person();
        spawn_local(async move {
            let Err(error) = ask(&ids, &change).await else { return };
            if self.person() != person {
                return;
            }
            let now = time::now();
            self.list.update(|list| {
                for (undo, ids) in &back {
                    for id in ids {
                        // What somebody did to it meanwhile stays.
                        if let Some(session) = list.get(id).filter(|session| change.is_done(session)).cloned() {
                            list.set(undo.apply(session, &now));
                        }
                    }
                }
            });
            // Some of many may have got through.
            if ids.len() > 1 {
                self.reload();
            }
            self.fail(error, move || drop(self.change(&change, &ids)));
        });
    }

    /// Gives a chat these tags, all of them.
    ///
    /// # Errors
    /// As the server refuses.
    pub async fn tag(self, id: &SessionId, tags: Vec<String>) -> Result<(), ApiError> {
        let change = UpdateSession { tags: Some(tags), ..UpdateSession::default() };
        api::sessions::update(id, &change).await.map(|session| self.set(session.brief()))
    }

    /// Keeps a temporary chat.
    pub fn keep(self, id: SessionId) {
        let Some(before) = self.get_untracked(&id).filter(|session| session.temporary) else { return };
        self.set(Session { temporary: false, ..before.clone() });
        let change = UpdateSession { temporary: Some(false), ..UpdateSession::default() };
        self.save(before, change, move || self.keep(id.clone()));
    }

    /// Deletes chats: at once here, and back if the server refuses, which `kept` hears of.
    pub fn delete(self, ids: Vec<SessionId>, kept: Rc<dyn Fn()>) {
        let Some(key) = ids.first().cloned() else { return };
        let mut before = Vec::new();
        self.list.update(|list| before.extend(ids.iter().filter_map(|id| list.removed(id))));
        self.inner.update_value(|inner| inner.deletions.push((key.clone(), None)));
        let person = self.person();
        spawn_local(async move {
            let refused = api::sessions::delete(&ids).await.err();
            // A deletion whose answer was lost is not there to be repeated.
            let refused = refused.filter(|error| error.known() != Some(ErrorCode::ChatNotFound));
            if let Some(error) = refused.filter(|_| self.person() == person) {
                self.list.update(|list| before.into_iter().for_each(|session| list.restored(session)));
                kept();
                if ids.len() > 1 {
                    self.reload();
                }
                self.fail(error, move || self.delete(ids.clone(), kept.clone()));
            }
            if let Some(undo) = self.inner.try_update_value(|inner| settle(&mut inner.deletions, &key)).flatten() {
                undo();
            }
        });
    }

    /// Puts deleted chats back; `then` is called when they can be opened again.
    pub fn restore(self, ids: Vec<SessionId>, then: Rc<dyn Fn()>) {
        let Some(key) = ids.first().cloned() else { return };
        let person = self.person();
        let restore = move || {
            spawn_local(async move {
                let reply = api::sessions::restore(&ids).await;
                if self.person() != person {
                    return;
                }
                match reply {
                    Ok(sessions) => {
                        self.list
                            .update(|list| sessions.into_iter().for_each(|session| list.restored(session.brief())));
                        then();
                    }
                    // It was not deleted after all, or is back already: then it is where it was.
                    Err(error) if error.known() == Some(ErrorCode::ChatNotFound) => then(),
                    Err(error) => self.fail(error, move || self.restore(ids.clone(), then.clone())),
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

    /// Begins to choose chats, with this one.
    pub fn choose(self, first: Option<SessionId>) {
        self.chosen.set(Some(first.into_iter().collect()));
    }

    /// Chooses a chat, or not any more.
    pub fn toggle_chosen(self, id: &SessionId) {
        self.chosen.update(|chosen| {
            let chosen = chosen.get_or_insert_default();
            match chosen.iter().position(|known| known == id) {
                Some(place) => drop(chosen.remove(place)),
                None => chosen.push(id.clone()),
            }
        });
    }

    /// A chat that is gone is not chosen any more.
    pub(super) fn unchoose(self, id: &SessionId) {
        if self.chosen.with_untracked(|chosen| chosen.as_ref().is_some_and(|chosen| chosen.contains(id))) {
            self.toggle_chosen(id);
        }
    }

    /// Opens a folder and reads what lies in it.
    pub fn open_folder(self, folder: &FolderId) {
        self.folders.toggle(folder, true);
        self.want_shelf(Shelf::Folder(folder.clone()));
    }

    /// A folder was removed: its chats lie in none, as the server has it.
    pub fn emptied(self, folder: &FolderId) {
        let shelf = Some(folder.clone());
        self.list.update(|list| {
            let inside: Vec<_> = list.items().iter().filter(|session| session.folder_id == shelf).cloned().collect();
            for session in inside {
                list.set(Session { folder_id: None, ..Session::clone(&session) });
            }
        });
        self.read(Shelf::Loose);
    }
}

/// Asks the server for a change.
async fn ask(ids: &[SessionId], change: &Change) -> Result<(), ApiError> {
    if ids.len() > 1 {
        match change {
            Change::Archive(archived) => return api::sessions::archive(ids, *archived).await,
            Change::Move(folder) => return api::sessions::move_to(ids, folder.clone()).await,
            Change::Pin(_) => {}
        }
    }
    for id in ids {
        api::sessions::update(id, &change.request()).await?;
    }
    Ok(())
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
