//! The answers that are being written for the signed-in person, in any chat. Plain data: events go in, what they mean
//! comes out. Whether a chat is "working" is always derived from here and stored nowhere else.

use shared::chat::Message;
use shared::events::{RunEvent, RunEventBody, Status};
use shared::message::{Applied, LiveAnswer};
use shared::{AssistantMessage, MessageId, RunId, SessionId};
use std::collections::VecDeque;

/// How many ended runs are remembered, for replies of the server that were read before their end and arrive after it.
const REMEMBERED: usize = 32;

/// What an event means.
#[derive(Clone, Debug, PartialEq)]
pub enum Heard {
    /// Nothing: it was known.
    Nothing,
    /// A run began, or is heard of for the first time.
    Started(Place),
    /// The answer grew.
    Grew(Place),
    /// The run is over. `intact` says that the text here is the stored one, to the letter.
    Ended {
        /// Where.
        place: Place,
        /// Whether the text here is the stored one.
        intact: bool,
    },
    /// Events before it are missing.
    Gap,
}

/// Where a run writes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Place {
    /// The run.
    pub run: RunId,
    /// The chat.
    pub session: SessionId,
    /// The answer.
    pub message: MessageId,
}

/// All runs that this tab knows of.
#[derive(Debug, Default)]
pub struct Runs {
    /// Few at a time, so a list is as quick as a map and lighter.
    live: Vec<(RunId, LiveAnswer)>,
    ended: VecDeque<(RunId, AssistantMessage)>,
    greeted: bool,
}

impl Runs {
    /// Takes an event. `base` gives the answer as it is known, which a continued one is appended to.
    pub fn apply(&mut self, event: &RunEvent, base: impl FnOnce(&MessageId) -> Option<AssistantMessage>) -> Heard {
        if self.ended(&event.run_id).is_some() {
            return Heard::Nothing;
        }
        let known = self.live(&event.run_id).is_some();
        if !known && !opens(event) {
            return Heard::Gap;
        }
        if !known {
            self.live.push((event.run_id.clone(), begin(event, base)));
        }
        let Some(live) = self.live_mut(&event.run_id) else { return Heard::Nothing };
        if live.apply(event) == Applied::Gap || misses_its_beginning(event, live) {
            return Heard::Gap;
        }
        let Some(place) = place_of(&event.run_id, &live.message) else { return Heard::Nothing };
        let Some((_, end)) = event.body.terminal() else {
            return if known { Heard::Grew(place) } else { Heard::Started(place) };
        };
        let intact = live.message.digest() == (end.length, end.sha256.clone());
        self.end(&event.run_id);
        Heard::Ended { place, intact }
    }

    /// Takes an unfinished answer as the server stored it. False when its run was not expected to be running: it may
    /// have ended between the server's look and now.
    pub fn adopt(&mut self, message: &Message) -> bool {
        let (Some(run), Some(seq)) = (&message.run_id, message.run_seq) else { return true };
        let known = self.live(run).map(|live| live.seq);
        if known.is_none_or(|known| known < seq) {
            let live = LiveAnswer::at(run.clone(), seq, AssistantMessage::from(message));
            self.live.retain(|(other, _)| other != run);
            self.live.push((run.clone(), live));
        }
        known.is_some() || !self.greeted
    }

    /// Takes the server's list of what runs, which every connection begins with: what is missing in it has ended, and
    /// how is for the server to say. Gives those with what was heard of them.
    pub fn hello(&mut self, running: &[RunId]) -> Vec<(Place, AssistantMessage)> {
        self.greeted = true;
        let all = std::mem::take(&mut self.live).into_iter();
        let (going_on, over): (Vec<_>, Vec<_>) = all.partition(|(run, _)| running.contains(run));
        self.live = going_on;
        over.into_iter().filter_map(|(run, live)| Some((place_of(&run, &live.message)?, live.message))).collect()
    }

    /// Forgets that the server was heard: its list of running runs is not up to date any more.
    pub fn disconnected(&mut self) {
        self.greeted = false;
    }

    /// The runs that write in this chat.
    pub fn in_session<'a>(&'a self, session: &'a SessionId) -> impl Iterator<Item = Place> + 'a {
        let places = self.live.iter().filter_map(|(run, live)| place_of(run, &live.message));
        places.filter(move |place| place.session == *session)
    }

    /// The answers to this question that are being written.
    #[must_use]
    pub fn answers_to(&self, session: &SessionId, question: &MessageId) -> Vec<MessageId> {
        let answers = self.live.iter().map(|(_, live)| &live.message);
        let wanted = answers.filter(|answer| {
            answer.session_id.as_ref() == Some(session) && answer.user_message_id.as_ref() == Some(question)
        });
        wanted.filter_map(|answer| answer.message_id.clone()).collect()
    }

    /// The run that writes this message.
    #[must_use]
    pub fn run_of(&self, message: &MessageId) -> Option<RunId> {
        let mut live = self.live.iter();
        live.find(|(_, live)| live.message.message_id.as_ref() == Some(message)).map(|(run, _)| run.clone())
    }

    /// The answers that were written in this chat within memory, or are being written.
    pub fn messages_in<'a>(&'a self, session: &'a SessionId) -> impl Iterator<Item = &'a MessageId> {
        let live = self.live.iter().map(|(_, live)| &live.message);
        let all = live.chain(self.ended.iter().map(|(_, answer)| answer));
        all.filter(move |answer| answer.session_id.as_ref() == Some(session))
            .filter_map(|answer| answer.message_id.as_ref())
    }

    /// The chats in which something is being written.
    #[must_use]
    pub fn working(&self) -> Vec<SessionId> {
        self.live.iter().filter_map(|(_, live)| live.message.session_id.clone()).collect()
    }

    /// The answer that is being written into this message.
    #[must_use]
    pub fn answer(&self, message: &MessageId) -> Option<&AssistantMessage> {
        self.live.iter().map(|(_, live)| &live.message).find(|answer| answer.message_id.as_ref() == Some(message))
    }

    /// How a run ended, if it did so within memory.
    #[must_use]
    pub fn ended(&self, run: &RunId) -> Option<&AssistantMessage> {
        self.ended.iter().find(|(ended, _)| ended == run).map(|(_, answer)| answer)
    }

    fn live(&self, run: &RunId) -> Option<&LiveAnswer> {
        self.live.iter().find(|(live, _)| live == run).map(|(_, live)| live)
    }

    fn live_mut(&mut self, run: &RunId) -> Option<&mut LiveAnswer> {
        self.live.iter_mut().find(|(live, _)| live == run).map(|(_, live)| live)
    }

    fn end(&mut self, run: &RunId) {
        if let Some(place) = self.live.iter().position(|(live, _)| live == run) {
            let (run, live) = self.live.swap_remove(place);
            self.ended.push_back((run, live.message));
        }
        if self.ended.len() > REMEMBERED {
            self.ended.pop_front();
        }
    }
}

/// Whether a run can be followed from this event on.
fn opens(event: &RunEvent) -> bool {
    event.seq == 1 || matches!(event.body, RunEventBody::Snapshot { .. })
}

fn begin(event: &RunEvent, base: impl FnOnce(&MessageId) -> Option<AssistantMessage>) -> LiveAnswer {
    let message = match &event.body {
        RunEventBody::Started { message_id, .. } => base(message_id).unwrap_or_default(),
        _ => AssistantMessage::default(),
    };
    LiveAnswer { run_id: None, seq: 0, message }
}

/// A continued answer whose earlier parts are not here cannot take new ones.
fn misses_its_beginning(event: &RunEvent, live: &LiveAnswer) -> bool {
    matches!(event.body, RunEventBody::Started { parts_before, .. } if parts_before > live.message.parts.len())
}

fn place_of(run: &RunId, answer: &AssistantMessage) -> Option<Place> {
    let (session, message) = (answer.session_id.clone()?, answer.message_id.clone()?);
    Some(Place { run: run.clone(), session, message })
}

/// Writes what the fold knows into a stored message.
pub fn settle(message: &mut Message, answer: &AssistantMessage) {
    message.status = answer.status;
    message.parts.clone_from(&answer.parts);
    message.usage.clone_from(&answer.usage);
    message.error.clone_from(&answer.error);
    message.truncated = answer.truncated;
    if !answer.model.is_empty() {
        message.model = Some(answer.model.clone());
    }
    if answer.status != Status::Streaming {
        (message.run_id, message.run_seq) = (None, None);
    }
}

#[cfg(test)]
mod tests;
