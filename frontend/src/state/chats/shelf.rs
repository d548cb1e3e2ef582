//! Where a chat lies. The server pages each shelf by itself. Pure.

use shared::FolderId;
use shared::chat::Session;
use shared::limits::{DEFAULT_PAGE, MAX_PAGE};
use shared::organize::SessionQuery;

/// A part of the list.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Shelf {
    /// What is pinned, in whatever folder.
    Pinned,
    /// What lies in a folder.
    Folder(FolderId),
    /// What lies in none.
    Loose,
    /// What was put away.
    Archive,
}

impl Shelf {
    /// Where a chat lies; a temporary one is on no shelf.
    #[must_use]
    pub fn of(session: &Session) -> Option<Self> {
        match session {
            Session { temporary: true, .. } => None,
            Session { archived_at: Some(_), .. } => Some(Self::Archive),
            Session { pinned_at: Some(_), .. } => Some(Self::Pinned),
            Session { folder_id: Some(folder), .. } => Some(Self::Folder(folder.clone())),
            _ => Some(Self::Loose),
        }
    }

    /// What asks the server for a page of it.
    #[must_use]
    pub fn query(&self, after: Option<String>) -> SessionQuery {
        let query = SessionQuery { after, limit: Some(DEFAULT_PAGE), ..SessionQuery::default() };
        match self {
            // They stand on top, all of them, and nobody pins many.
            Self::Pinned => SessionQuery { pinned: Some(true), limit: Some(MAX_PAGE), ..query },
            Self::Folder(folder) => SessionQuery { pinned: Some(false), folder: Some(folder.to_string()), ..query },
            Self::Loose => SessionQuery { pinned: Some(false), folder: Some("none".to_owned()), ..query },
            Self::Archive => SessionQuery { archived: true, ..query },
        }
    }

    /// What its order goes by, the greatest first.
    #[must_use]
    pub fn key<'a>(&self, session: &'a Session) -> &'a str {
        match (self, &session.pinned_at) {
            (Self::Pinned, Some(pinned)) => pinned,
            _ => &session.last_activity_at,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::Shelf;
    use crate::state::chats::tests::chat;
    use shared::chat::Session;

    #[test]
    fn a_chat_lies_in_one_place() {
        let plain = chat("a", 1);
        let filed = Session { folder_id: Some("f".into()), ..plain.clone() };
        let pinned = Session { pinned_at: Some("2026".into()), ..filed.clone() };
        let archived = Session { archived_at: Some("2026".into()), ..pinned.clone() };
        let temporary = Session { temporary: true, ..plain.clone() };
        let places = [&plain, &filed, &pinned, &archived, &temporary].map(Shelf::of);
        let folder = Shelf::Folder("f".into());
        assert_eq!(places, [Some(Shelf::Loose), Some(folder), Some(Shelf::Pinned), Some(Shelf::Archive), None]);
    }
}
