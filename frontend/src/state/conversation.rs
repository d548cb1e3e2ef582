//! The chat on the screen, as plain data: what was stored, what is being written, what is being sent. Methods take what
//! happened and give the [`Effect`]s it causes; `store.rs` runs them. Nothing here knows signals, the network or a clock.
//!
//! Whether an answer streams is derived from the runs and from what is being sent; it is stored nowhere.

mod frames;
mod memory;
mod outgoing;
mod rows;
pub mod store;
mod view;
mod watch;

pub use outgoing::{Delivery, Outgoing, Wish};
pub use rows::{Row, RowKind, has_text};
pub use store::{ChatStore, provide_chat, use_chat};
pub use view::Answer;
pub use watch::{Watch, Watched};

use super::runs::{Heard, Place, Runs, settle};
use shared::chat::{Message, SendMessage};
use shared::events::{RunEvent, Status};
use shared::{ApiError, AssistantMessage, ErrorCode, MessageId, Page, Part, RunId, SessionId};
use std::collections::HashMap;

/// What has to be done outside because of what happened.
#[derive(Clone, Debug, PartialEq)]
pub enum Effect {
    /// Read the newest page of the chat.
    Load {
        /// The chat.
        session: SessionId,
        /// Comes back with the reply, so that a late one is known.
        generation: u64,
    },
    /// Read the page before those that are here.
    LoadOlder {
        /// The chat.
        session: SessionId,
        /// The cursor.
        after: String,
        /// Comes back with the reply.
        generation: u64,
    },
    /// Say that older messages did not come.
    OlderFailed(ApiError),
    /// Send a message.
    Send(SendMessage),
    /// Send it again in a while: nobody knows whether it arrived.
    SendLater {
        /// Its client id.
        client_id: String,
        /// How often it was sent.
        attempts: u32,
    },
    /// Stop a run.
    Stop(RunId),
    /// The new chat has an address now.
    Opened(SessionId),
    /// A message was refused before it was stored: its text belongs back into the composer of that chat.
    ReturnText(Option<SessionId>, String),
    /// What is on its way changed, and has to survive a reload of the page.
    OutboxChanged,
    /// An answer ended in a chat that nobody looks at.
    Unread(SessionId),
    /// Events were missed: connect again, which begins with the whole of every running answer.
    Resync,
    /// Rows came, went or changed their kind.
    RowsChanged,
    /// The answer grew.
    Grew(MessageId),
    /// Something is written in a chat where nothing was, or the other way round.
    WorkingChanged,
}

/// Where the chat on the screen stands.
#[derive(Clone, Debug, Default, PartialEq)]
pub enum Phase {
    /// A new chat, nothing to read.
    #[default]
    Fresh,
    /// Its messages are on their way.
    Loading,
    /// They are here.
    Ready,
    /// They could not be read.
    Failed(ApiError),
}

/// The chat on the screen, and what is known of all others.
#[derive(Debug, Default)]
pub struct Conversation {
    session: Option<SessionId>,
    /// Counts chats that were shown and messages that were accepted: a page that was asked for before is known as such.
    generation: u64,
    /// The generation with which the chat on the screen began.
    opened: u64,
    phase: Phase,
    path: Vec<Message>,
    older: Option<String>,
    loading_older: bool,
    runs: Runs,
    watch: Watch,
    /// At most one per chat.
    outbox: Vec<(Option<SessionId>, Outgoing)>,
    stopping: Vec<RunId>,
    doubted: Vec<RunId>,
    /// Whether the connection was lost since the server was heard.
    missed: bool,
    kept: Option<MessageId>,
}

impl Conversation {
    /// Shows another chat, or a new one. Showing the same one again changes nothing.
    pub fn open(&mut self, session: Option<SessionId>) -> Vec<Effect> {
        if self.session == session && self.phase != Phase::Fresh {
            return Vec::new();
        }
        self.generation += 1;
        self.opened = self.generation;
        self.path.clear();
        (self.older, self.loading_older, self.kept) = (None, false, None);
        self.phase = if session.is_some() { Phase::Loading } else { Phase::Fresh };
        self.session = session;
        let mut effects = vec![Effect::RowsChanged];
        effects.extend(self.reload());
        effects
    }

    /// Reads the newest page again: what is on the screen stays until the reply is here.
    pub fn reload(&self) -> Option<Effect> {
        Some(Effect::Load { session: self.session.clone()?, generation: self.generation })
    }

    /// Takes the newest page.
    pub fn loaded(&mut self, generation: u64, reply: Result<Page<Message>, ApiError>) -> Vec<Effect> {
        if generation < self.opened {
            return Vec::new();
        }
        match reply {
            // It may have been read before the message that was accepted meanwhile was stored.
            _ if generation < self.generation => self.reload().into_iter().collect(),
            Ok(page) => {
                self.phase = Phase::Ready;
                let said = self.said();
                self.merge(page);
                let mut effects = vec![Effect::RowsChanged, Effect::WorkingChanged];
                effects.extend(self.reconcile());
                effects.extend(self.examine());
                effects.extend(self.reworded(&said));
                effects
            }
            // What is on the screen is still right; the next connection reads again.
            Err(error) if self.phase == Phase::Ready && error.known() != Some(ErrorCode::ChatNotFound) => Vec::new(),
            Err(error) => {
                // What is left of a chat that was deleted elsewhere is not to be answered.
                self.path.clear();
                self.phase = Phase::Failed(error);
                vec![Effect::RowsChanged]
            }
        }
    }

    /// Asks for older messages, if there are any and nobody asked yet.
    pub fn want_older(&mut self) -> Option<Effect> {
        if self.loading_older {
            return None;
        }
        let (session, after) = (self.session.clone()?, self.older.clone()?);
        self.loading_older = true;
        Some(Effect::LoadOlder { session, after, generation: self.opened })
    }

    /// Takes an older page.
    pub fn loaded_older(&mut self, generation: u64, reply: Result<Page<Message>, ApiError>) -> Vec<Effect> {
        if generation != self.opened {
            return Vec::new();
        }
        self.loading_older = false;
        let page = match reply {
            Ok(page) => page,
            Err(error) => return vec![Effect::OlderFailed(error)],
        };
        // A reload in between may have brought some of them.
        let known = self.path.first().map(|message| message.id.clone());
        let end = page.items.iter().position(|message| Some(&message.id) == known.as_ref()).unwrap_or(page.items.len());
        self.path.splice(0..0, page.items.into_iter().take(end));
        self.older = page.next;
        vec![Effect::RowsChanged]
    }

    /// Takes an event of any run. `away` says that nobody looks at this tab.
    pub fn hear(&mut self, event: &RunEvent, away: bool) -> Vec<Effect> {
        let path = &self.path;
        let base = |id: &MessageId| path.iter().rfind(|message| message.id == *id).map(AssistantMessage::from);
        match self.runs.apply(event, base) {
            Heard::Nothing => Vec::new(),
            Heard::Gap => vec![Effect::Resync],
            Heard::Grew(place) if self.is_open(&place) => vec![Effect::Grew(place.message)],
            Heard::Grew(_) => Vec::new(),
            Heard::Started(place) => self.started(&place),
            Heard::Ended { place, intact } => self.ended(&place, intact, away),
        }
    }

    /// Takes the server's list of what runs, with which every connection begins.
    pub fn hello(&mut self, running: &[RunId]) -> Vec<Effect> {
        let lost = self.runs.hello(running);
        for (place, answer) in &lost {
            // The text that was heard stays on the screen until the server says how it ended.
            if let Some(message) = self.find_mut(&place.message) {
                let status = message.status;
                settle(message, answer);
                message.status = status;
            }
        }
        let missed = std::mem::take(&mut self.missed);
        let session = self.session.clone();
        let unread = self.watch.ended(running).into_iter().filter(|ended| Some(ended) != session.as_ref());
        let mut effects: Vec<Effect> = unread.map(Effect::Unread).collect();
        effects.push(Effect::WorkingChanged);
        effects.extend(self.deliver_again(missed));
        // The first connection only joins what the first reply tells; a later one may have missed anything.
        if missed || !lost.is_empty() || matches!(self.phase, Phase::Failed(_)) {
            effects.extend(self.reload());
        }
        effects
    }

    /// Takes what was remembered across a reload of the page.
    pub fn restore_watch(&mut self, watch: Watch) {
        self.watch = watch;
    }

    /// The connection is lost: what the server said runs may have ended since.
    pub fn disconnected(&mut self) {
        self.missed = true;
        self.runs.disconnected();
    }

    /// Whether this chat is on the screen.
    #[must_use]
    pub fn is_session(&self, session: &SessionId) -> bool {
        self.session.as_ref() == Some(session)
    }

    /// Asks to stop what is being written, or what is about to be.
    pub fn stop(&mut self) -> Option<Effect> {
        if let Some(run) = self.running() {
            self.stopping.push(run.clone());
            return Some(Effect::Stop(run));
        }
        if let Some(outgoing) = self.outgoing_mut() {
            outgoing.stop = true;
        }
        None
    }

    /// The wish to stop did not reach the server; it can be expressed again.
    pub fn stop_failed(&mut self, run: &RunId) {
        self.stopping.retain(|stopping| stopping != run);
    }

    fn started(&mut self, place: &Place) -> Vec<Effect> {
        self.watch.began(place);
        let mut effects = vec![Effect::WorkingChanged];
        if !self.is_open(place) {
            return effects;
        }
        if self.find(&place.message).is_some() {
            effects.push(Effect::RowsChanged);
            effects.push(Effect::Grew(place.message.clone()));
        } else if !self.is_sending() {
            // Another device or tab sent it. While this tab sends, the reply to that will say whose it is.
            effects.extend(self.reload());
        }
        effects
    }

    fn ended(&mut self, place: &Place, intact: bool, away: bool) -> Vec<Effect> {
        self.stopping.retain(|stopping| *stopping != place.run);
        let open = self.is_open(place);
        let mut effects = vec![Effect::WorkingChanged];
        if !open || away {
            effects.push(Effect::Unread(place.session.clone()));
        }
        if !open {
            self.watch.finished(&place.message);
            return effects;
        }
        let seen = self.watch.seen(&place.message);
        if away && seen {
            self.kept = Some(place.message.clone());
        }
        let settled = self.settle_from_memory(place);
        if (!settled && !self.is_sending()) || !intact {
            effects.extend(self.reload());
        }
        effects.extend([Effect::RowsChanged, Effect::Grew(place.message.clone())]);
        effects
    }

    /// Writes how a run ended into its message. False when the message is not here.
    fn settle_from_memory(&mut self, place: &Place) -> bool {
        let Some(answer) = self.runs.ended(&place.run).cloned() else { return false };
        let Some(message) = self.find_mut(&place.message) else { return false };
        settle(message, &answer);
        true
    }

    /// Puts the newest page below what is already here, which is never torn out of the reader's hands: parents do not
    /// change, so what stands above a message that is here too is still right.
    fn merge(&mut self, page: Page<Message>) {
        let first = page.items.first().map(|message| message.id.clone());
        let seam = self.path.iter().position(|message| Some(&message.id) == first.as_ref());
        match seam {
            Some(seam) => self.path.truncate(seam),
            None => {
                self.path.clear();
                self.older = page.next;
                self.loading_older = false;
            }
        }
        self.path.extend(page.items);
    }

    /// What the answers on the screen say.
    fn said(&self) -> HashMap<MessageId, Vec<Part>> {
        let said = |message: &Message| Some((message.id.clone(), self.answer(&message.id)?.parts.to_vec()));
        self.path.iter().filter_map(said).collect()
    }

    /// The answers that say something else than they did: a power cut took the end that had been shown.
    fn reworded(&self, before: &HashMap<MessageId, Vec<Part>>) -> Vec<Effect> {
        let other = self.said().into_iter().filter(|(id, parts)| before.get(id).is_some_and(|said| said != parts));
        other.map(|(id, _)| Effect::Grew(id)).collect()
    }

    /// Compares unfinished messages with the runs: some go on here, some ended while the reply travelled.
    fn examine(&mut self) -> Option<Effect> {
        let mut doubt = false;
        for message in &mut self.path {
            match message.run_id.clone() {
                Some(run) if message.status == Status::Streaming => {
                    if let Some(answer) = self.runs.ended(&run) {
                        settle(message, answer);
                    } else if !self.runs.adopt(message) && !self.doubted.contains(&run) {
                        self.doubted.push(run.clone());
                        doubt = true;
                    }
                    if message.status == Status::Streaming {
                        let (session, message) = (message.session_id.clone(), message.id.clone());
                        self.watch.began(&Place { run, session, message });
                    } else {
                        self.watch.seen(&message.id);
                    }
                }
                _ => {
                    if self.watch.seen(&message.id) && message.status == Status::Completed {
                        self.kept = Some(message.id.clone());
                    }
                }
            }
        }
        if doubt { self.reload() } else { None }
    }

    fn find(&self, id: &MessageId) -> Option<&Message> {
        self.path.iter().rfind(|message| message.id == *id)
    }

    fn find_mut(&mut self, id: &MessageId) -> Option<&mut Message> {
        self.path.iter_mut().rfind(|message| message.id == *id)
    }

    fn is_open(&self, place: &Place) -> bool {
        self.session.as_ref() == Some(&place.session)
    }

    fn running(&self) -> Option<RunId> {
        let known = self.runs.in_session(self.session.as_ref()?).map(|place| place.run);
        known.or_else(|| self.path.last().filter(|last| last.status == Status::Streaming)?.run_id.clone())
    }
}

#[cfg(test)]
pub(crate) mod fixtures;
#[cfg(test)]
mod tests;
