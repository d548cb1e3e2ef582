//! What there is to see in the chat on the screen. Reads, and changes nothing.

use super::{Conversation, Phase, Watch};
use shared::chat::{Message, Role, Usage};
use shared::events::Status;
use shared::part::plain_text;
use shared::tokens::message_tokens;
use shared::{ApiError, MessageId, Part, SessionId};

/// An answer as it is to be drawn.
#[derive(Clone, Copy, Debug)]
pub struct Answer<'a> {
    /// Where it stands.
    pub status: Status,
    /// What it is made of.
    pub parts: &'a [Part],
    /// Why it ended.
    pub error: Option<&'a ApiError>,
    /// What it cost.
    pub usage: Option<&'a Usage>,
    /// Whether the model's length limit ended it.
    pub truncated: bool,
}

impl Conversation {
    /// The chat on the screen; none for a new one.
    #[must_use]
    pub fn session(&self) -> Option<&SessionId> {
        self.session.as_ref()
    }

    /// Where it stands.
    #[must_use]
    pub fn phase(&self) -> &Phase {
        &self.phase
    }

    /// Whether there is more above.
    #[must_use]
    pub fn has_older(&self) -> bool {
        self.older.is_some()
    }

    /// Whether there is more below.
    #[must_use]
    pub fn has_newer(&self) -> bool {
        self.newer.is_some()
    }

    /// Estimated tokens of all messages of the path, oldest first; none while some of them are not here.
    #[must_use]
    pub fn weights(&self) -> Option<Vec<u64>> {
        let all = self.older.is_none() && self.newer.is_none();
        all.then(|| self.path.iter().map(weight).collect())
    }

    /// A stored message, on the path or beside it.
    #[must_use]
    pub fn message(&self, id: &MessageId) -> Option<&Message> {
        self.stored(id)
    }

    /// An answer as it is to be drawn: the live one while it is being written, else the stored one.
    #[must_use]
    pub fn answer(&self, id: &MessageId) -> Option<Answer<'_>> {
        if let Some(live) = self.runs.answer(id) {
            let (error, usage) = (live.error.as_ref(), live.usage.as_ref());
            return Some(Answer { status: live.status, parts: &live.parts, error, usage, truncated: live.truncated });
        }
        let message = self.stored(id).filter(|message| message.role == Role::Assistant)?;
        let (error, usage) = (message.error.as_ref(), message.usage.as_ref());
        Some(Answer { status: message.status, parts: &message.parts, error, usage, truncated: message.truncated })
    }

    /// Whether an answer is being written here or about to be.
    #[must_use]
    pub fn is_busy(&self) -> bool {
        self.is_sending() || !self.running().is_empty()
    }

    /// Whether the wish to stop is on its way.
    #[must_use]
    pub fn is_stopping(&self) -> bool {
        let waits = self.outgoing().is_some_and(|outgoing| outgoing.stop);
        let running = self.running();
        waits || (!running.is_empty() && running.iter().all(|run| self.stopping.contains(run)))
    }

    /// The answer that was completed while nobody looked, until something else happens here.
    #[must_use]
    pub fn kept(&self) -> Option<&MessageId> {
        self.kept.as_ref()
    }

    /// The chats in which something is being written.
    #[must_use]
    pub fn working(&self) -> Vec<SessionId> {
        self.runs.working()
    }

    /// What to remember across a reload of the page.
    #[must_use]
    pub fn watch(&self) -> &Watch {
        &self.watch
    }
}

fn weight(message: &Message) -> u64 {
    let files: u64 = message.parts.iter().filter_map(Part::file).map(|file| file.tokens).sum();
    message_tokens(&plain_text(&message.parts)) + files
}
