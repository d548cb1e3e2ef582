//! Where somebody read in which chat, and where to begin when one is opened. A tab remembers it across a reload.

use crate::storage;
use serde::{Deserialize, Serialize};
use shared::{MessageId, SessionId, UserId};

/// Of how many chats the place is remembered.
const MOST: usize = 60;
/// Under which name.
const PLACES: &str = "aichat.places";

/// How far below the upper edge a message stands that was looked for: a little of what led to it is in sight.
const BELOW_EDGE: f64 = 72.0;

/// Where the view begins in a chat.
#[derive(Clone, Debug, PartialEq)]
pub enum Landing {
    /// At its end.
    End,
    /// At its beginning.
    Start,
    /// At a message.
    At {
        /// Which.
        message: MessageId,
        /// How far below the upper edge, in pixels.
        offset: f64,
        /// Whether it was looked for, and is marked for a moment.
        mark: bool,
    },
}

impl Landing {
    /// For a message that is looked for, or the place where somebody read last.
    #[must_use]
    pub(super) fn of(at: Option<MessageId>, place: Option<&Place>) -> Self {
        match (at, place) {
            (Some(message), _) => Self::At { message, offset: BELOW_EDGE, mark: true },
            (None, Some(Place { message, offset })) => {
                Self::At { message: message.clone(), offset: *offset, mark: false }
            }
            (None, None) => Self::End,
        }
    }

    /// The message at which it is.
    #[must_use]
    pub fn message(&self) -> Option<&MessageId> {
        match self {
            Self::At { message, .. } => Some(message),
            _ => None,
        }
    }
}

/// Where somebody read.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Place {
    /// The message at the upper edge.
    pub message: MessageId,
    /// How far it began below that edge, in pixels.
    pub offset: f64,
}

/// The places of one person in one tab, the chat that was left last at the end.
#[derive(Debug, Default)]
pub(super) struct Places {
    user: Option<UserId>,
    places: Vec<(SessionId, Place)>,
}

impl Places {
    /// As this person left them.
    pub(super) fn recall(user: Option<&UserId>) -> Self {
        let stored = user.and_then(|user| storage::read_here(&format!("{PLACES}.{user}")));
        let places = stored.and_then(|text| serde_json::from_str(&text).ok()).unwrap_or_default();
        Self { user: user.cloned(), places }
    }

    /// A chat was left here; none at its end, where nothing has to be remembered.
    pub(super) fn leave(&mut self, session: &SessionId, place: Option<Place>) {
        self.places.retain(|(known, _)| known != session);
        self.places.extend(place.map(|place| (session.clone(), place)));
        let over = self.places.len().saturating_sub(MOST);
        self.places.drain(..over);
        if let Some(user) = &self.user {
            let text = serde_json::to_string(&self.places).unwrap_or_default();
            storage::write_here(&format!("{PLACES}.{user}"), Some(&text));
        }
    }

    /// Where somebody read in this chat; none at its end.
    pub(super) fn of(&self, session: &SessionId) -> Option<&Place> {
        self.places.iter().find(|(known, _)| known == session).map(|(_, place)| place)
    }
}

#[cfg(test)]
mod tests {
    use super::{MOST, Place, Places};

    fn place(offset: f64) -> Option<Place> {
        Some(Place { message: "m".into(), offset })
    }

    #[test]
    fn a_place_is_remembered_until_the_chat_is_left_at_its_end() {
        let mut places = Places::default();
        places.leave(&"s".into(), place(4.0));
        places.leave(&"s".into(), place(5.0));
        assert_eq!(places.of(&"s".into()).map(|place| place.offset), Some(5.0));
        places.leave(&"s".into(), None);
        assert_eq!(places.of(&"s".into()), None);
    }

    #[test]
    fn the_oldest_places_are_forgotten() {
        let mut places = Places::default();
        for index in 0..=MOST {
            places.leave(&index.to_string().as_str().into(), place(0.0));
        }
        assert_eq!(places.of(&"0".into()), None);
        assert!(places.of(&"1".into()).is_some());
    }
}
