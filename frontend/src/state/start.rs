//! What the first answer brought of a person's lists. Each list takes its part once, instead of asking for it.

use crate::state::chats::Shelf;
use shared::Page;
use shared::chat::{ModelList, Session};
use shared::organize::Folder;
use shared::settings::Start;
use std::cell::RefCell;

/// What nobody has taken yet.
#[derive(Default)]
struct Parts {
    mark: Option<String>,
    folders: Option<Vec<Folder>>,
    pinned: Option<Page<Session>>,
    loose: Option<Page<Session>>,
    models: Option<ModelList>,
}

thread_local! {
    static PARTS: RefCell<Parts> = RefCell::default();
}

/// Keeps what came, for the person whose it is; what came for another one before is forgotten.
pub fn keep(start: Option<Start>) {
    let parts = start.map(|Start { mark, folders, pinned, loose, models }| Parts {
        mark: Some(mark),
        folders: Some(folders),
        pinned: Some(pinned),
        loose: Some(loose),
        models,
    });
    PARTS.set(parts.unwrap_or_default());
}

/// Where the event stream stood before all this was read, if it came and nobody took it.
#[must_use]
pub fn mark() -> Option<String> {
    PARTS.with_borrow_mut(|parts| parts.mark.take())
}

/// The folders, if they came and nobody took them.
#[must_use]
pub fn folders() -> Option<Vec<Folder>> {
    PARTS.with_borrow_mut(|parts| parts.folders.take())
}

/// The first page of a shelf, if it came and nobody took it.
#[must_use]
pub fn page(shelf: &Shelf) -> Option<Page<Session>> {
    PARTS.with_borrow_mut(|parts| match shelf {
        Shelf::Pinned => parts.pinned.take(),
        Shelf::Loose => parts.loose.take(),
        Shelf::Folder(_) | Shelf::Archive => None,
    })
}

/// The models, if they came and nobody took them.
#[must_use]
pub fn models() -> Option<ModelList> {
    PARTS.with_borrow_mut(|parts| parts.models.take())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_part_is_taken_once_and_the_next_person_finds_nothing_of_it() {
        let (pinned, loose) = (Page { items: Vec::new(), next: None }, Page { items: Vec::new(), next: None });
        keep(Some(Start { mark: "m".into(), folders: Vec::new(), pinned, loose, models: None }));
        assert!(mark().is_some() && mark().is_none());
        assert!(folders().is_some() && folders().is_none());
        assert!(page(&Shelf::Archive).is_none());
        assert!(page(&Shelf::Loose).is_some() && page(&Shelf::Loose).is_none());
        keep(None);
        assert!(page(&Shelf::Pinned).is_none());
    }
}
