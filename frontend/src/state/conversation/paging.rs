//! The part of the chat that is here: a piece of the path with a cursor at each end. It grows where the reader goes and
//! gives up what is far away, so a chat of any length costs the same.

use super::{Conversation, Effect, Phase};
use shared::chat::Message;
use shared::page::MessagePage;
use shared::{ApiError, ErrorCode, MessageId};

/// Most messages that are kept of the chat on the screen, and how many are given up at once where there are more.
const MOST: usize = 360;
const GIVEN_UP: usize = 80;

/// Which page of a chat.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Ask {
    /// The newest messages.
    Newest,
    /// Those above a cursor.
    Older(String),
    /// Those below a cursor.
    Newer(String),
    /// Those around a message, on whatever branch it is.
    Around(MessageId),
    /// Those with which the chat begins.
    Oldest,
    /// An answer that stands beside the path, by itself.
    Beside(MessageId),
}

impl Ask {
    /// Whether the page takes the place of what is here.
    fn moves(&self) -> bool {
        matches!(self, Self::Newest | Self::Around(_) | Self::Oldest)
    }
}

impl Conversation {
    /// Asks for older messages, if there are any and nobody asked yet.
    pub fn want_older(&mut self) -> Option<Effect> {
        let ask = Ask::Older(self.older.clone()?);
        if self.asked.is_empty() { self.ask(ask) } else { None }
    }

    /// Asks for newer messages, if there are any and nobody asked yet.
    pub fn want_newer(&mut self) -> Option<Effect> {
        let ask = Ask::Newer(self.newer.clone()?);
        if self.asked.is_empty() { self.ask(ask) } else { None }
    }

    /// Goes to the end of the chat, where it is not here.
    pub fn want_newest(&mut self) -> Option<Effect> {
        self.newer.as_ref()?;
        self.ask(Ask::Newest)
    }

    /// Goes to the beginning of the chat, where it is not here.
    pub fn want_oldest(&mut self) -> Option<Effect> {
        self.older.as_ref()?;
        self.ask(Ask::Oldest)
    }

    /// Goes to a message of the chat on the screen.
    pub(super) fn seek(&mut self, message: &MessageId) -> Vec<Effect> {
        if self.find(message).is_some() {
            return vec![Effect::RowsChanged];
        }
        self.ask(Ask::Around(message.clone())).into_iter().collect()
    }

    /// Whether a page is on its way that takes the place of what is here.
    #[must_use]
    pub fn is_seeking(&self) -> bool {
        self.asked.iter().any(Ask::moves)
    }

    /// Whether the end of the path is here, or what is being sent takes its place.
    pub(super) fn has_end(&self) -> bool {
        self.newer.is_none() || self.outgoing().is_some_and(|outgoing| outgoing.replaces(&self.path).is_some())
    }

    /// Leaves what is here for the end of the chat, where something was sent.
    pub(super) fn start_over(&mut self) -> Option<Effect> {
        self.path.clear();
        self.asked.clear();
        (self.older, self.newer) = (None, None);
        self.reload()
    }

    pub(super) fn ask(&mut self, ask: Ask) -> Option<Effect> {
        let session = self.session.clone()?;
        if ask.moves() {
            // What was asked for before belongs to another part of the chat.
            self.asked.clear();
        }
        self.asked.push(ask.clone());
        Some(Effect::LoadPage { session, ask, generation: self.opened })
    }

    /// Takes a page that was asked for.
    pub fn loaded_page(&mut self, generation: u64, ask: &Ask, reply: Result<MessagePage, ApiError>) -> Vec<Effect> {
        let Some(place) = self.asked.iter().position(|asked| asked == ask).filter(|_| generation == self.opened) else {
            return Vec::new();
        };
        self.asked.swap_remove(place);
        let page = match reply {
            Ok(page) => page,
            Err(error) => return self.page_failed(ask, error),
        };
        match ask {
            Ask::Older(_) => self.put_above(page),
            Ask::Newer(_) => self.put_below(page),
            Ask::Newest | Ask::Around(_) | Ask::Oldest => return self.replaced(ask, page),
            Ask::Beside(message) => return self.beside_came(message, page),
        }
        let mut effects = vec![Effect::RowsChanged, Effect::WorkingChanged];
        effects.extend(self.examine());
        effects
    }

    fn page_failed(&mut self, ask: &Ask, error: ApiError) -> Vec<Effect> {
        if let Ask::Beside(message) = ask {
            return self.beside_failed(message, error);
        }
        if matches!(ask, Ask::Around(_)) && error.known() == Some(ErrorCode::MessageNotFound) {
            // The message was deleted; its chat is there.
            return self.start_over().into_iter().collect();
        }
        if self.phase == Phase::Ready {
            return vec![Effect::PageFailed(ask.clone(), error)];
        }
        self.phase = Phase::Failed(error);
        vec![Effect::RowsChanged]
    }

    fn replaced(&mut self, ask: &Ask, page: MessagePage) -> Vec<Effect> {
        self.phase = Phase::Ready;
        (self.older, self.newer) = (page.next, page.previous);
        self.path = page.items;
        let mut effects = vec![Effect::RowsChanged, Effect::WorkingChanged];
        if let (Ask::Around(message), true, Some(session)) = (ask, page.hidden_branch, &self.session) {
            effects.push(Effect::ShowBranch(session.clone(), message.clone()));
        }
        effects.extend(self.reconcile());
        effects.extend(self.examine());
        effects.extend(self.look_aside());
        effects
    }

    fn put_above(&mut self, page: MessagePage) {
        // A reload in between may have brought some of them.
        let known = self.path.first().map(|message| message.id.clone());
        let end = page.items.iter().position(|message| Some(&message.id) == known.as_ref()).unwrap_or(page.items.len());
        let parent = self.path.first().and_then(|message| message.parent_id.as_ref());
        if parent.is_some_and(|parent| page.items[..end].last().is_none_or(|above| above.id != *parent)) {
            // Another branch was chosen meanwhile, and these are not above it.
            return;
        }
        self.path.splice(0..0, page.items.into_iter().take(end));
        self.older = page.next;
        // While an answer is written or a message sent, the end is where things happen.
        if self.path.len() > MOST && !self.is_busy() {
            self.path.truncate(self.path.len() - GIVEN_UP);
            self.newer = self.path.last().map(id_of);
        }
    }

    fn put_below(&mut self, page: MessagePage) {
        let known = self.path.last().map(|message| message.id.clone());
        let start = page.items.iter().position(|message| Some(&message.id) == known.as_ref()).map_or(0, |at| at + 1);
        self.path.extend(page.items.into_iter().skip(start));
        self.newer = page.previous;
        if self.path.len() > MOST {
            self.path.drain(..GIVEN_UP);
            self.older = self.path.first().map(id_of);
        }
    }

    /// Puts the newest page below what is already here, which is never torn out of the reader's hands: parents do not
    /// change, so what stands above a message that is here too is still right. A page that does not reach what somebody
    /// reads further up waits until they come down.
    pub(super) fn merge(&mut self, page: MessagePage) {
        let first = page.items.first().map(|message| message.id.clone());
        let seam = self.path.iter().position(|message| Some(&message.id) == first.as_ref());
        match seam {
            Some(seam) => self.path.truncate(seam),
            None if self.newer.is_some() => return,
            None => {
                self.path.clear();
                self.older = page.next;
                self.asked.clear();
            }
        }
        self.newer = None;
        self.path.extend(page.items);
    }
}

fn id_of(message: &Message) -> String {
    message.id.0.clone()
}
