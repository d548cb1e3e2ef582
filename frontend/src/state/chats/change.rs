//! What can be changed in many chats at once: at once here, and asked of the server. Pure.

use shared::chat::{Session, UpdateSession};
use shared::{FolderId, SessionId};

/// What a dialog about chats asks.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Asking {
    /// Which tags a chat has.
    Tags(SessionId),
    /// Where chats go.
    Move(Vec<SessionId>),
    /// What a folder is; a new one where none is named.
    Folder {
        /// The folder.
        id: Option<FolderId>,
        /// Whether its instructions are what it is about.
        instructions: bool,
    },
    /// Whether a folder is to be removed.
    RemoveFolder(FolderId),
}

/// A change of where chats lie.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Change {
    /// Pins them, or not any more.
    Pin(bool),
    /// Archives them, or takes them back.
    Archive(bool),
    /// Lays them into a folder, or takes them out.
    Move(Option<FolderId>),
}

impl Change {
    /// The chat as it will be; `now` is RFC 3339.
    #[must_use]
    pub fn apply(&self, session: Session, now: &str) -> Session {
        let since = |on: bool| on.then(|| now.to_owned());
        match self {
            Self::Pin(on) => Session { pinned_at: since(*on), ..session },
            Self::Archive(on) => Session { archived_at: since(*on), ..session },
            Self::Move(folder) => Session { folder_id: folder.clone(), ..session },
        }
    }

    /// Whether the chat is as the change would make it.
    #[must_use]
    pub fn is_done(&self, session: &Session) -> bool {
        match self {
            Self::Pin(on) => session.pinned_at.is_some() == *on,
            Self::Archive(on) => session.archived_at.is_some() == *on,
            Self::Move(folder) => session.folder_id == *folder,
        }
    }

    /// What asks the server for it.
    #[must_use]
    pub fn request(&self) -> UpdateSession {
        let nothing = UpdateSession::default();
        match self {
            Self::Pin(on) => UpdateSession { pinned: Some(*on), ..nothing },
            Self::Archive(on) => UpdateSession { archived: Some(*on), ..nothing },
            Self::Move(folder) => UpdateSession { folder_id: Some(folder.clone()), ..nothing },
        }
    }

    /// The change that brings the chat back to how it is now.
    #[must_use]
    pub fn undo(&self, session: &Session) -> Self {
        match self {
            Self::Pin(_) => Self::Pin(session.pinned_at.is_some()),
            Self::Archive(_) => Self::Archive(session.archived_at.is_some()),
            Self::Move(_) => Self::Move(session.folder_id.clone()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::Change;
    use crate::state::chats::tests::chat;

    #[test]
    fn every_change_is_done_once_it_is_applied_and_can_be_undone() {
        let before = chat("a", 1);
        for change in [Change::Pin(true), Change::Archive(true), Change::Move(Some("f".into()))] {
            assert!(!change.is_done(&before));
            let after = change.apply(before.clone(), "2026-11-21T10:00:00Z");
            assert!(change.is_done(&after));
            assert_eq!(change.undo(&before).apply(after, ""), before);
        }
    }
}
