//! Which answers somebody waits for. It outlives the page, so that an answer which was completed after the tab was closed
//! is marked unread in the list and greeted once with "kept writing while you were away".

use crate::state::runs::Place;
use serde::{Deserialize, Serialize};
use shared::{MessageId, RunId, SessionId};

/// How many answers are remembered.
const MOST: usize = 50;

/// An answer that somebody waits for.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Watched {
    /// The answer.
    pub message: MessageId,
    /// Its chat.
    pub session: SessionId,
    /// Its run.
    pub run: RunId,
    /// Whether it ended while its chat was not on the screen.
    #[serde(default)]
    pub ended: bool,
}

/// The answers that somebody waits for, oldest first.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Watch {
    items: Vec<Watched>,
}

impl Watch {
    /// A run began, or was found going on.
    pub fn began(&mut self, place: &Place) {
        self.seen(&place.message);
        if self.items.len() >= MOST {
            self.items.remove(0);
        }
        let Place { run, session, message } = place.clone();
        self.items.push(Watched { message, session, run, ended: false });
    }

    /// An answer ended out of sight.
    pub fn finished(&mut self, message: &MessageId) {
        for item in self.items.iter_mut().filter(|item| item.message == *message) {
            item.ended = true;
        }
    }

    /// Takes the server's list of what runs and gives the chats whose answers are over.
    pub fn ended(&mut self, running: &[RunId]) -> Vec<SessionId> {
        let over = self.items.iter_mut().filter(|item| !item.ended && !running.contains(&item.run));
        over.map(|item| {
            item.ended = true;
            item.session.clone()
        })
        .collect()
    }

    /// The answer is on the screen in its final state. True when it was waited for.
    pub fn seen(&mut self, message: &MessageId) -> bool {
        let before = self.items.len();
        self.items.retain(|item| item.message != *message);
        self.items.len() != before
    }
}
