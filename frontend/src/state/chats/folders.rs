//! The folders: which there are, which are open on this device, and what can be done with them.

use crate::state::load::Load;
use crate::state::start;
use crate::{api, storage};
use leptos::prelude::*;
use leptos::task::spawn_local;
use shared::organize::{CreateFolder, Folder, UpdateFolder};
use shared::{ApiError, FolderId, UserId};

/// Which folders are open, per person.
const OPEN: &str = "aichat.folders";

/// The folders of the signed-in person.
#[derive(Clone, Copy)]
pub struct Folders {
    list: RwSignal<Vec<Folder>>,
    load: RwSignal<Load>,
    open: RwSignal<Vec<FolderId>>,
    user: StoredValue<Option<UserId>>,
    /// Counts questions: an answer that another one overtook is not shown.
    asked: StoredValue<u32>,
}

impl Folders {
    pub(super) fn new() -> Self {
        Self {
            list: RwSignal::new(Vec::new()),
            load: RwSignal::new(Load::Waiting),
            open: RwSignal::new(Vec::new()),
            user: StoredValue::new(None),
            asked: StoredValue::new(0),
        }
    }

    /// All of them, in their order; tracked.
    #[must_use]
    pub fn all(self) -> Vec<Folder> {
        self.list.get()
    }

    /// A folder; tracked.
    #[must_use]
    pub fn get(self, id: &FolderId) -> Option<Folder> {
        self.list.with(|list| list.iter().find(|folder| folder.id == *id).cloned())
    }

    /// Where they stand; tracked.
    #[must_use]
    pub fn load(self) -> Load {
        self.load.get()
    }

    /// Whether a folder is open; tracked.
    #[must_use]
    pub fn is_open(self, id: &FolderId) -> bool {
        self.open.with(|open| open.contains(id))
    }

    /// Those that are open; tracked.
    #[must_use]
    pub fn open(self) -> Vec<FolderId> {
        self.open.get()
    }

    /// Those that are open; not tracked.
    #[must_use]
    pub fn open_untracked(self) -> Vec<FolderId> {
        self.open.get_untracked()
    }

    /// Opens or closes a folder; this device remembers it.
    pub fn toggle(self, id: &FolderId, open: bool) {
        self.open.update(|all| {
            all.retain(|known| known != id);
            if open {
                all.push(id.clone());
            }
        });
        self.remember();
    }

    fn remember(self) {
        if let Some(user) = self.user.get_value() {
            let open = self.open.with_untracked(serde_json::to_string).unwrap_or_default();
            storage::write(&format!("{OPEN}.{user}"), &open);
        }
    }

    /// Asks again which there are.
    pub fn reload(self) {
        let Some(asked) = self.asked.try_update_value(|asked| {
            *asked += 1;
            *asked
        }) else {
            return;
        };
        if self.load.with_untracked(|load| matches!(load, Load::Failed(_))) {
            self.load.set(Load::Waiting);
        }
        spawn_local(async move {
            let reply = match start::folders() {
                Some(folders) => Ok(folders),
                None => api::folders::all().await,
            };
            if self.asked.try_get_value() != Some(asked) {
                return;
            }
            match reply {
                Ok(folders) => self.show(folders),
                // What is shown is as right as before.
                Err(error) if self.load.with_untracked(|load| *load != Load::Ready) => {
                    self.load.set(Load::Failed(error));
                }
                Err(_) => {}
            }
        });
    }

    fn show(self, folders: Vec<Folder>) {
        // What is remembered of folders that are gone would grow for ever.
        let gone = |open: &Vec<FolderId>| open.iter().any(|id| folders.iter().all(|folder| folder.id != *id));
        if self.open.with_untracked(gone) {
            self.open.update(|open| open.retain(|id| folders.iter().any(|folder| folder.id == *id)));
            self.remember();
        }
        self.load.set(Load::Ready);
        if self.list.with_untracked(|list| *list != folders) {
            self.list.set(folders);
        }
    }

    /// Makes a folder, which is open from the start.
    ///
    /// # Errors
    /// As the server refuses.
    pub async fn create(self, name: String, instructions: String) -> Result<FolderId, ApiError> {
        let folder = api::folders::create(&CreateFolder { name, instructions }).await?;
        let id = folder.id.clone();
        self.list.update(|list| {
            list.retain(|known| known.id != folder.id);
            list.push(folder);
        });
        self.toggle(&id, true);
        self.reload();
        Ok(id)
    }

    /// Changes a folder.
    ///
    /// # Errors
    /// As the server refuses.
    pub async fn update(self, id: &FolderId, change: UpdateFolder) -> Result<(), ApiError> {
        let changed = api::folders::update(id, &change).await?;
        self.list.update(|list| {
            if let Some(known) = list.iter_mut().find(|known| known.id == changed.id) {
                *known = changed;
            }
        });
        self.reload();
        Ok(())
    }

    /// Removes a folder; its chats stay.
    ///
    /// # Errors
    /// As the server refuses.
    pub async fn remove(self, id: &FolderId) -> Result<(), ApiError> {
        api::folders::remove(id).await?;
        self.list.update(|list| list.retain(|known| known.id != *id));
        self.reload();
        Ok(())
    }

    pub(super) fn reset(self, user: Option<&UserId>) {
        self.asked.update_value(|asked| *asked += 1);
        self.user.set_value(user.cloned());
        self.list.set(Vec::new());
        self.load.set(Load::Waiting);
        let stored = user.and_then(|user| storage::read(&format!("{OPEN}.{user}")));
        self.open.set(stored.and_then(|text| serde_json::from_str(&text).ok()).unwrap_or_default());
    }
}
