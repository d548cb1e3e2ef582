//! Chats that were on the screen not long ago, so that coming back to one shows it at once. Bounded by number and by the
//! length of what they say.

use super::{Conversation, Phase};
use crate::state::runs::settle;
use shared::chat::Message;
use shared::events::Status;
use shared::{MessageId, Part, SessionId};

/// How many chats are kept.
const CHATS: usize = 12;
/// How many bytes of text they hold together.
const BYTES: usize = 8 * 1024 * 1024;
/// How many messages are kept of a chat that was left at its end.
const TAIL: usize = 120;
/// What a message takes besides its text, in bytes.
const BESIDES: usize = 600;

#[derive(Debug)]
struct Kept {
    session: SessionId,
    path: Vec<Message>,
    older: Option<String>,
    newer: Option<String>,
    bytes: usize,
}

/// The chats, the one that was left last at the end.
#[derive(Debug, Default)]
pub(super) struct Warm {
    chats: Vec<Kept>,
}

impl Warm {
    fn put(&mut self, kept: Kept) {
        self.chats.push(kept);
        let mut bytes = 0;
        let fitting = self.chats.iter().rev().take_while(|kept| {
            bytes += kept.bytes;
            bytes <= BYTES
        });
        let fitting = fitting.count().min(CHATS);
        self.chats.drain(..self.chats.len() - fitting);
    }

    fn take(&mut self, session: &SessionId) -> Option<Kept> {
        let place = self.chats.iter().position(|kept| kept.session == *session)?;
        Some(self.chats.remove(place))
    }
}

impl Conversation {
    /// Keeps the chat on the screen, which is about to leave it.
    pub(super) fn put_by(&mut self) {
        let Some(session) = self.session.clone().filter(|_| self.phase == Phase::Ready && !self.path.is_empty()) else {
            return;
        };
        let mut path = std::mem::take(&mut self.path);
        let (mut older, newer) = (self.older.take(), self.newer.take());
        if newer.is_none() && path.len() > TAIL {
            path.drain(..path.len() - TAIL);
            older = path.first().map(|first| first.id.0.clone());
        }
        let bytes = path.iter().map(weight).sum();
        self.warm.put(Kept { session, path, older, newer, bytes });
    }

    /// Puts a chat that was kept back on the screen, if this message is in what was kept; without one, if its end is.
    pub(super) fn take_back(&mut self, at: Option<&MessageId>) -> bool {
        let kept = self.session.as_ref().and_then(|session| self.warm.take(session));
        let has = |kept: &Kept| match at {
            Some(at) => kept.path.iter().any(|message| message.id == *at),
            None => kept.newer.is_none(),
        };
        let Some(kept) = kept.filter(has) else { return false };
        (self.path, self.older, self.newer) = (kept.path, kept.older, kept.newer);
        self.phase = Phase::Ready;
        // What ended meanwhile did so in the memory of the runs.
        for message in self.path.iter_mut().filter(|message| message.status == Status::Streaming) {
            if let Some(answer) = message.run_id.as_ref().and_then(|run| self.runs.ended(run)) {
                settle(message, answer);
            }
        }
        true
    }
}

fn weight(message: &Message) -> usize {
    let part = |part: &Part| match part {
        Part::Text { text } | Part::Reasoning { text, .. } => text.len(),
        _ => BESIDES,
    };
    BESIDES + message.parts.iter().map(part).sum::<usize>()
}
