//! Messages that changed after they were read: here or elsewhere somebody edited or deleted one, or chose another version.
//! What is on the screen is asked for again and stays meanwhile.

use super::{Ask, Conversation, Effect, Phase};
use shared::chat::{Message, Role};
use shared::page::MessagePage;
use shared::{ApiError, MessageId, Part, SessionId};
use std::collections::HashMap;

/// What a message says, and when that was changed.
type Said = (Vec<Part>, Option<String>);

impl Conversation {
    /// Reads the chat again because messages of it changed. A page that was asked for before is known to be too old.
    pub fn refresh(&mut self) -> Vec<Effect> {
        if matches!(self.phase, Phase::Fresh | Phase::Failed(_)) {
            return Vec::new();
        }
        self.generation += 1;
        self.stale = true;
        self.reload().into_iter().chain(self.refresh_beside()).collect()
    }

    /// Reads again what is around a message that was chosen or brought back; the end of the chat, if that is here.
    pub fn refresh_at(&mut self, message: Option<&MessageId>) -> Vec<Effect> {
        match message {
            Some(message) if self.newer.is_some() => self.ask(Ask::Around(message.clone())).into_iter().collect(),
            _ => self.refresh(),
        }
    }

    /// Messages of a chat changed, by whomever.
    pub fn messages_changed(&mut self, session: &SessionId) -> Vec<Effect> {
        if self.is_session(session) { self.refresh() } else { Vec::new() }
    }

    /// Asks for what is on the screen beside the newest page, which may have changed, too.
    pub(super) fn reread_from(&mut self, page: &MessagePage) -> Option<Effect> {
        if !std::mem::take(&mut self.stale) {
            return None;
        }
        let first = page.items.first().map(|message| &message.id);
        match self.path.iter().position(|message| Some(&message.id) == first) {
            Some(seam) => self.reread(page.next.clone().filter(|_| seam > 0)),
            None if self.newer.is_some() => self.ask(Ask::Around(self.path.get(self.path.len() / 2)?.id.clone())),
            None => None,
        }
    }

    /// Takes an older page once more. Parents do not change, so what is above a message stays above it; what it says and
    /// which versions it has may be news.
    pub fn reread_older(&mut self, generation: u64, reply: Result<MessagePage, ApiError>) -> Vec<Effect> {
        // Where it did not come, what is on the screen is as right as it was; the next change asks again.
        let Some(page) = reply.ok().filter(|_| generation == self.generation) else { return Vec::new() };
        let said = self.said();
        let first = self.path.first().map(|message| message.id.clone());
        let reaches_first = page.items.iter().any(|message| Some(&message.id) == first.as_ref());
        for item in page.items {
            if let Some(message) = self.find_mut(&item.id) {
                *message = item;
            }
        }
        let mut effects = vec![Effect::RowsChanged];
        effects.extend(self.reworded(&said));
        effects.extend(self.reread(page.next.filter(|_| !reaches_first)));
        effects
    }

    fn reread(&self, after: Option<String>) -> Option<Effect> {
        let (session, after) = (self.session.clone()?, after?);
        Some(Effect::Reread { session, after, generation: self.generation })
    }

    /// What the messages on the screen say.
    pub(super) fn said(&self) -> HashMap<MessageId, Said> {
        let said = |message: &Message| {
            let parts = self.answer(&message.id).map_or(&message.parts[..], |answer| answer.parts);
            (message.id.clone(), (parts.to_vec(), message.edited_at.clone()))
        };
        self.path.iter().map(said).collect()
    }

    /// The messages that say something else than they did: somebody changed one, or a power cut took the end that had
    /// been shown.
    pub(super) fn reworded(&self, before: &HashMap<MessageId, Said>) -> Vec<Effect> {
        let other = self.said().into_iter().filter(|(id, now)| before.get(id).is_some_and(|said| said != now));
        other.map(|(id, _)| Effect::Grew(id)).collect()
    }

    /// Messages that were sent from here carry no date until they are read; `now` is close enough. Gives those.
    pub fn date(&mut self, now: &str) -> Vec<Effect> {
        let all = self.path.iter_mut().chain(self.compared.messages_mut());
        let undated = all.filter(|message| message.created_at.is_empty());
        undated
            .map(|message| {
                now.clone_into(&mut message.created_at);
                Effect::Grew(message.id.clone())
            })
            .collect()
    }

    /// When a message was written, and when the one above it was.
    #[must_use]
    pub fn written(&self, id: &MessageId) -> Option<(String, Option<String>)> {
        let Some(place) = self.path.iter().rposition(|message| message.id == *id) else {
            // Beside the path there is nothing above it.
            let written = self.compared.find(id)?.created_at.clone();
            return Some((written.clone(), Some(written)));
        };
        let above = place.checked_sub(1).map(|above| self.path[above].created_at.clone());
        Some((self.path[place].created_at.clone(), above))
    }

    /// Whether somebody changed what a message says.
    #[must_use]
    pub fn is_edited(&self, id: &MessageId) -> bool {
        self.stored(id).is_some_and(|message| message.edited_at.is_some())
    }

    /// What a message says, as it can be changed: its text alone.
    #[must_use]
    pub fn text_of(&self, id: &MessageId) -> Option<String> {
        let message = self.stored(id)?;
        let parts = self.answer(id).map_or(&message.parts[..], |answer| answer.parts);
        Some(shared::part::plain_text(parts))
    }

    /// Whether a message is the person's.
    #[must_use]
    pub fn is_question(&self, id: &MessageId) -> bool {
        self.find(id).is_some_and(|message| message.role == Role::User)
    }
}
