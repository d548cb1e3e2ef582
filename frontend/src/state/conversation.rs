//! The chat on the screen, as plain data: what was stored, what is being written, what is being sent. Methods take what
//! happened and give the [`Effect`]s it causes; `store.rs` runs them. Nothing here knows signals, the network or a clock.
//!
//! Whether an answer streams is derived from the runs and from what is being sent; it is stored nowhere.

mod frames;
mod memory;
mod outgoing;
mod paging;
pub mod places;
mod refresh;
mod rows;
mod sides;
pub mod store;
mod turns;
mod view;
mod warm;
mod watch;

pub use outgoing::{Delivery, Outgoing, Wish};
pub use paging::Ask;
pub use places::{Landing, Place as ReadingPlace};
pub use rows::{Row, RowKind, has_text};
pub use sides::{Column, Sides};
pub use store::Edit;
pub use store::{ChatStore, provide_chat, use_chat};
pub use view::Answer;
pub use watch::{Watch, Watched};

use super::composer::Draft;
use super::runs::{Heard, Place, Runs, settle};
use shared::chat::{Message, NewChat, SendMessage};
use shared::events::{RunEvent, Status};
use shared::page::MessagePage;
use shared::{ApiError, AssistantMessage, ErrorCode, MessageId, RunId, SessionId};

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
    /// Read another page than the newest.
    LoadPage {
        /// The chat.
        session: SessionId,
        /// Which.
        ask: Ask,
        /// Comes back with the reply.
        generation: u64,
    },
    /// Read an older page once more: what it holds is on the screen and may have changed.
    Reread {
        /// The chat.
        session: SessionId,
        /// The cursor.
        after: String,
        /// Comes back with the reply.
        generation: u64,
    },
    /// Say that a page did not come.
    PageFailed(Ask, ApiError),
    /// Show the branch on which this message lies.
    ShowBranch(SessionId, MessageId),
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
    /// A message was refused before it was stored: it belongs back into the composer of that chat.
    Return(Option<SessionId>, Draft),
    /// Another version of a question was refused before it was stored: it belongs back where it was written.
    Reopen(MessageId, Draft),
    /// What is on its way changed, and has to survive a reload of the page.
    OutboxChanged,
    /// An answer ended in a chat that nobody looks at.
    Unread(SessionId),
    /// An answer ended in a chat, completed or not: whoever waits there may be next.
    Finished(SessionId, bool),
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
    /// Cursor of what stands above; none where the chat begins.
    older: Option<String>,
    /// Cursor of what stands below; none where the path ends.
    newer: Option<String>,
    /// Which pages are on their way.
    asked: Vec<Ask>,
    warm: warm::Warm,
    runs: Runs,
    watch: Watch,
    /// At most one per chat.
    outbox: Vec<(Option<SessionId>, Outgoing)>,
    stopping: Vec<RunId>,
    doubted: Vec<RunId>,
    /// Whether older messages than the newest page holds may have changed.
    stale: bool,
    /// Whether the connection was lost since the server was heard.
    missed: bool,
    kept: Option<MessageId>,
    /// What the chat will be that the next message begins.
    fresh: NewChat,
    /// Further models for the next message, by id.
    also: Vec<String>,
    compared: sides::Compared,
}

impl Conversation {
    /// Shows another chat, or a new one. Showing the same one again changes nothing.
    pub fn open(&mut self, session: Option<SessionId>) -> Vec<Effect> {
        self.open_at(session, None)
    }

    /// Shows a chat with this message in it. A chat that was on the screen not long ago is there at once, and read again.
    pub fn open_at(&mut self, session: Option<SessionId>, at: Option<&MessageId>) -> Vec<Effect> {
        if self.session == session && self.phase != Phase::Fresh {
            return at.map(|at| self.seek(at)).unwrap_or_default();
        }
        self.put_by();
        self.generation += 1;
        self.opened = self.generation;
        self.path.clear();
        self.asked.clear();
        self.compared.leave();
        (self.older, self.newer, self.kept, self.stale) = (None, None, None, false);
        self.phase = if session.is_some() { Phase::Loading } else { Phase::Fresh };
        self.session = session;
        let mut effects = vec![Effect::RowsChanged];
        // What is on its way belongs to the end of the chat, and so does whoever waits for it.
        let at = at.filter(|_| self.outgoing().is_none());
        let is_warm = self.take_back(at);
        effects.extend(match at {
            Some(at) if !is_warm => self.ask(Ask::Around(at.clone())),
            _ => self.reload(),
        });
        if is_warm {
            effects.extend(self.fetch_sides());
        }
        effects
    }

    /// Reads the newest page again: what is on the screen stays until the reply is here.
    pub fn reload(&self) -> Option<Effect> {
        Some(Effect::Load { session: self.session.clone()?, generation: self.generation })
    }

    /// Takes the newest page.
    pub fn loaded(&mut self, generation: u64, reply: Result<MessagePage, ApiError>) -> Vec<Effect> {
        if generation < self.opened {
            return Vec::new();
        }
        match reply {
            // It may have been read before the message that was accepted meanwhile was stored.
            _ if generation < self.generation => self.reload().into_iter().collect(),
            Ok(page) => {
                self.phase = Phase::Ready;
                let said = self.said();
                let reread = self.reread_from(&page);
                self.merge(page);
                let mut effects = vec![Effect::RowsChanged, Effect::WorkingChanged];
                effects.extend(self.reconcile());
                effects.extend(self.examine());
                effects.extend(self.look_aside());
                effects.extend(self.reworded(&said));
                effects.extend(reread);
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

    /// Takes an event of any run. `away` says that nobody looks at this tab.
    pub fn hear(&mut self, event: &RunEvent, away: bool) -> Vec<Effect> {
        let (path, beside) = (&self.path, &self.compared);
        let base = |id: &MessageId| {
            let on_path = path.iter().rfind(|message| message.id == *id);
            on_path.or_else(|| beside.find(id)).map(AssistantMessage::from)
        };
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
            if let Some(message) = self.stored_mut(&place.message) {
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

    /// Asks to stop what is being written, all of it, or what is about to be.
    pub fn stop(&mut self) -> Vec<Effect> {
        let running = self.running();
        if running.is_empty()
            && let Some(outgoing) = self.outgoing_mut()
        {
            outgoing.stop = true;
        }
        self.stopping.extend(running.iter().cloned());
        running.into_iter().map(Effect::Stop).collect()
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
        if self.stored(&place.message).is_none() && !self.is_sending() {
            effects.extend(self.look_aside());
        }
        if self.stored(&place.message).is_some() {
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
            let completed = self.runs.ended(&place.run).is_some_and(|answer| answer.status == Status::Completed);
            effects.push(Effect::Finished(place.session.clone(), completed));
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
        let Some(message) = self.stored_mut(&place.message) else { return false };
        settle(message, &answer);
        true
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

    /// The runs that are written into the chat on the screen.
    #[must_use]
    pub fn running(&self) -> Vec<RunId> {
        let Some(session) = &self.session else { return Vec::new() };
        let last = self.path.last().filter(|last| last.status == Status::Streaming);
        let known = self.runs.in_session(session).map(|place| place.run);
        let mut all: Vec<RunId> = Vec::new();
        for run in known.chain(last.and_then(|last| last.run_id.clone())).chain(self.running_beside()) {
            if !all.contains(&run) {
                all.push(run);
            }
        }
        all
    }
}

#[cfg(test)]
pub(crate) mod fixtures;
#[cfg(test)]
mod tests;
