//! Answers to one question side by side: which ones, in which order, and what is known of those that are not on the path.
//! They stand so while more than one of them is being written, until one is chosen or the chat goes on, and when somebody
//! asks for it. Plain data.

use super::outgoing::blank;
use super::{Ask, Conversation, Effect};
use crate::state::runs::{Place, settle};
use serde::{Deserialize, Serialize};
use shared::chat::{AlsoAccepted, Message, Role, RunAccepted};
use shared::events::Status;
use shared::limits::MAX_ANSWERS_AT_ONCE;
use shared::page::MessagePage;
use shared::{ApiError, ErrorCode, MessageId, RunId, SessionId};

/// Of how many chats it is remembered.
const MOST: usize = 60;
/// How many columns there are at most.
const COLUMNS: usize = MAX_ANSWERS_AT_ONCE as usize;

/// A column.
#[derive(Clone, Debug, PartialEq)]
pub enum Column {
    /// An answer.
    Answer {
        /// The message.
        id: MessageId,
        /// The model's name, once it is known.
        model: Option<String>,
        /// Where it stands.
        status: Status,
    },
    /// An answer that is not here yet, of a model by its id or name.
    Expected(Option<String>),
    /// An answer that was not begun.
    Refused {
        /// The model's name.
        model: String,
        /// Why.
        error: ApiError,
    },
}

/// The answers that stand side by side in a chat.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Sides {
    /// The one on the path.
    shown: MessageId,
    /// All of them, in order.
    answers: Vec<MessageId>,
    /// Whether somebody asked for it. Else it is over when the chat goes on below.
    #[serde(default)]
    asked: bool,
    /// Models that were asked and refused.
    #[serde(skip)]
    refused: Vec<(String, ApiError)>,
}

/// What stands side by side, by chat.
#[derive(Debug, Default)]
pub(super) struct Compared {
    /// The chat that came last at the end.
    chats: Vec<(SessionId, Sides)>,
    /// The answers of the chat on the screen that are not on the path.
    messages: Vec<Message>,
    /// The question among whose answers somebody chose: what is still being written of them opens nothing.
    decided: Option<MessageId>,
}

impl Compared {
    fn of(&self, session: &SessionId) -> Option<&Sides> {
        self.chats.iter().find(|(known, _)| known == session).map(|(_, sides)| sides)
    }

    fn put(&mut self, session: &SessionId, sides: Sides) {
        self.forget(session);
        self.chats.push((session.clone(), sides));
        let over = self.chats.len().saturating_sub(MOST);
        self.chats.drain(..over);
    }

    fn forget(&mut self, session: &SessionId) {
        self.chats.retain(|(known, _)| known != session);
    }

    /// Another chat comes on the screen.
    pub(super) fn leave(&mut self) {
        self.messages.clear();
    }

    pub(super) fn find(&self, id: &MessageId) -> Option<&Message> {
        self.messages.iter().find(|message| message.id == *id)
    }

    pub(super) fn find_mut(&mut self, id: &MessageId) -> Option<&mut Message> {
        self.messages.iter_mut().find(|message| message.id == *id)
    }

    pub(super) fn messages_mut(&mut self) -> impl Iterator<Item = &mut Message> {
        self.messages.iter_mut()
    }

    fn keep(&mut self, message: Message) {
        self.messages.retain(|known| known.id != message.id);
        self.messages.push(message);
    }
}

// What there is to see.
impl Conversation {
    /// The answers that stand side by side on the screen, and the place on the path where they do.
    pub(super) fn sides(&self) -> Option<(usize, &Sides)> {
        let sides = self.compared.of(self.session.as_ref()?)?;
        let place = self.path.iter().rposition(|message| message.id == sides.shown)?;
        let is_last = place + 1 == self.path.len() && self.newer.is_none();
        let is_due = (sides.asked || is_last) && sides.answers.len() + sides.refused.len() > 1;
        is_due.then_some((place, sides))
    }

    /// The columns of these answers.
    pub(super) fn columns(&self, sides: &Sides) -> Vec<Column> {
        let answers = sides.answers.iter().map(|id| self.column(id));
        let refused =
            |(model, error): &(String, ApiError)| Column::Refused { model: model.clone(), error: error.clone() };
        answers.chain(sides.refused.iter().map(refused)).collect()
    }

    fn column(&self, id: &MessageId) -> Column {
        let (live, stored) = (self.runs.answer(id), self.stored(id));
        let model = stored.and_then(|message| message.model.clone());
        let model = model.or_else(|| live.map(|live| live.model.clone()).filter(|name| !name.is_empty()));
        match live.map(|live| live.status).or(stored.map(|message| message.status)) {
            Some(status) => Column::Answer { id: id.clone(), model, status },
            None => Column::Expected(model),
        }
    }

    /// A message on the path, or beside it.
    pub(super) fn stored(&self, id: &MessageId) -> Option<&Message> {
        self.find(id).or_else(|| self.compared.find(id))
    }

    pub(super) fn stored_mut(&mut self, id: &MessageId) -> Option<&mut Message> {
        // Not `or_else`: the first look would be held for both.
        if self.find(id).is_some() { self.find_mut(id) } else { self.compared.find_mut(id) }
    }

    /// Whether an answer stands beside the path.
    #[must_use]
    pub fn is_beside(&self, id: &MessageId) -> bool {
        self.sides().is_some_and(|(_, sides)| sides.shown != *id && sides.answers.contains(id))
    }

    /// The runs that write beside the path.
    pub(super) fn running_beside(&self) -> impl Iterator<Item = RunId> + '_ {
        let answers = self.sides().map(|(_, sides)| sides.answers.iter()).into_iter().flatten();
        let beside = answers.filter_map(|id| self.compared.find(id));
        beside.filter(|message| message.status == Status::Streaming).filter_map(|message| message.run_id.clone())
    }

    /// What to remember across a reload of the page.
    #[must_use]
    pub fn compared(&self) -> &[(SessionId, Sides)] {
        &self.compared.chats
    }

    /// Takes what was remembered across a reload of the page.
    pub fn restore_compared(&mut self, chats: Vec<(SessionId, Sides)>) {
        self.compared.chats = chats;
    }
}

// What happens to it.
impl Conversation {
    /// Shows the versions of an answer on the path side by side: so many as there are columns, those around it.
    pub fn compare(&mut self, answer: &MessageId) -> Vec<Effect> {
        let Some((session, message)) = self.session.clone().zip(self.find(answer)) else { return Vec::new() };
        let siblings = message.siblings.clone();
        let Some(place) = siblings.iter().position(|id| id == answer).filter(|_| siblings.len() > 1) else {
            return Vec::new();
        };
        let start = place.saturating_sub(1).min(siblings.len().saturating_sub(COLUMNS));
        let answers = siblings.into_iter().skip(start).take(COLUMNS).collect();
        self.compared.decided = None;
        self.compared.put(&session, Sides { shown: answer.clone(), answers, asked: true, refused: Vec::new() });
        let mut effects = vec![Effect::RowsChanged, Effect::OutboxChanged];
        effects.extend(self.fetch_sides());
        effects
    }

    /// The chat goes on with this one: it stands on the path from now on, and nobody waits for the others any more. What
    /// they said so far stays in their versions.
    pub fn choose_side(&mut self, chosen: &MessageId) -> Vec<Effect> {
        let Some((place, sides)) = self.sides() else { return Vec::new() };
        let answers = sides.answers.clone();
        let question = self.path[place].parent_id.clone();
        if self.path[place].id != *chosen {
            let Some(mut message) = self.compared.find(chosen).cloned() else { return Vec::new() };
            let old = &self.path[place];
            let known = if old.siblings.is_empty() { &answers } else { &old.siblings };
            if message.siblings.len() < known.len() {
                message.siblings.clone_from(known);
            }
            let old = std::mem::replace(&mut self.path[place], message);
            self.path.truncate(place + 1);
            self.compared.keep(old);
            // A page that was asked for before shows the other one.
            (self.newer, self.generation) = (None, self.generation + 1);
        }
        self.close_sides();
        self.compared.decided = question;
        let others: Vec<RunId> =
            answers.iter().filter(|id| *id != chosen).filter_map(|id| self.runs.run_of(id)).collect();
        self.stopping.extend(others.iter().cloned());
        let mut effects: Vec<_> = others.into_iter().map(Effect::Stop).collect();
        effects.extend([Effect::RowsChanged, Effect::WorkingChanged]);
        effects
    }

    /// Nothing stands side by side any more.
    pub(super) fn close_sides(&mut self) {
        if let Some(session) = &self.session {
            self.compared.forget(session);
        }
    }

    /// Takes what became of the further models of a message. The first is placed already, if its chat is on the screen.
    pub(super) fn place_beside(&mut self, reply: &RunAccepted) -> Vec<Effect> {
        if reply.also.is_empty() {
            return Vec::new();
        }
        let begun = reply.also.iter().filter_map(|one| one.message_id.clone());
        let answers: Vec<MessageId> = std::iter::once(reply.message_id.clone()).chain(begun).collect();
        let refusal = |one: &AlsoAccepted| Some((one.model.clone(), one.error.clone()?));
        let refused = reply.also.iter().filter_map(refusal).collect();
        let sides = Sides { shown: reply.message_id.clone(), answers: answers.clone(), asked: false, refused };
        self.compared.put(&reply.session_id, sides);
        if self.session.as_ref() != Some(&reply.session_id) {
            return Vec::new();
        }
        if answers.len() > 1
            && let Some(first) = self.find_mut(&reply.message_id)
            && first.siblings.len() < answers.len()
        {
            first.siblings.clone_from(&answers);
        }
        let mut effects = Vec::new();
        for (one, id) in reply.also.iter().filter_map(|one| Some((one, one.message_id.clone()?))) {
            let mut message = blank(id.clone(), &reply.session_id, Role::Assistant);
            (message.parent_id, message.siblings) = (reply.user_message_id.clone(), answers.clone());
            message.model = Some(one.model.clone());
            self.begin_beside(message, one.run_id.clone());
            effects.push(Effect::Grew(id));
        }
        effects
    }

    /// The same for a message that was found among the stored ones before its reply was here.
    pub(super) fn place_late(&mut self, reply: &RunAccepted) -> Vec<Effect> {
        let is_decided = self.compared.decided.is_some() && self.compared.decided == reply.user_message_id;
        let is_placed = self.sides().is_some_and(|(_, sides)| sides.shown == reply.message_id);
        if reply.also.is_empty() || is_decided || is_placed {
            return Vec::new();
        }
        let mut effects = self.place_beside(reply);
        effects.extend([Effect::RowsChanged, Effect::WorkingChanged]);
        effects
    }

    /// An answer beside the path is being written, unless it has ended before anybody knew of it.
    fn begin_beside(&mut self, mut message: Message, run: Option<RunId>) {
        match run.as_ref().and_then(|run| self.runs.ended(run)) {
            Some(ended) => {
                settle(&mut message, ended);
                self.watch.seen(&message.id);
            }
            None => (message.status, message.run_id) = (Status::Streaming, run),
        }
        self.compared.keep(message);
    }

    /// Looks what stands beside the path now: more than one answer to the last question may be being written, one may have
    /// been chosen elsewhere, and some may not be here.
    pub(super) fn look_aside(&mut self) -> Vec<Effect> {
        self.open_for_runs();
        let Some(session) = self.session.clone() else { return Vec::new() };
        let is_whole = self.newer.is_none() && !self.path.is_empty() && !self.is_sending();
        if is_whole && self.compared.of(&session).is_some() && self.sides().is_none() {
            self.compared.forget(&session);
            return vec![Effect::OutboxChanged];
        }
        self.fetch_sides()
    }

    /// Opens what is being written beside the end of the path.
    fn open_for_runs(&mut self) {
        let Some(session) = self.session.clone().filter(|_| self.newer.is_none()) else { return };
        let Some(last) = self.path.last().filter(|last| last.role == Role::Assistant) else { return };
        let Some(question) = last.parent_id.clone().filter(|id| self.compared.decided.as_ref() != Some(id)) else {
            return;
        };
        let live: Vec<MessageId> = self.runs.answers_to(&session, &question);
        if live.len() < 2 {
            return;
        }
        let (shown, siblings) = (last.id.clone(), last.siblings.clone());
        let blank = || Sides { shown: shown.clone(), answers: Vec::new(), asked: false, refused: Vec::new() };
        let known = self.compared.of(&session).filter(|sides| sides.shown == shown).cloned().unwrap_or_else(blank);
        let wanted = |id: &MessageId| *id == shown || live.contains(id) || known.answers.contains(id);
        let mut answers: Vec<MessageId> = siblings.into_iter().filter(wanted).collect();
        for id in known.answers.iter().chain([&shown]).chain(&live) {
            if !answers.contains(id) {
                answers.push(id.clone());
            }
        }
        if answers.iter().position(|id| *id == shown).is_some_and(|place| place >= COLUMNS) {
            answers.insert(0, shown.clone());
        }
        answers.truncate(COLUMNS);
        if answers != known.answers {
            self.compared.put(&session, Sides { answers, ..known });
        }
    }

    /// Sees to it that every answer in a column is here: what is being written is known from its run, the rest is asked for.
    pub(super) fn fetch_sides(&mut self) -> Vec<Effect> {
        let Some((place, sides)) = self.sides() else { return Vec::new() };
        let (answers, question) = (sides.answers.clone(), self.path[place].parent_id.clone());
        let mut effects = Vec::new();
        for id in answers {
            let run = self.runs.run_of(&id);
            match self.stored(&id) {
                Some(message) if message.status != Status::Streaming || run.is_some() => {}
                None if run.is_some() => self.take_from_run(&id, question.clone()),
                // Its end was missed, or it is known to nobody here.
                _ if self.find(&id).is_none() => effects.extend(self.ask_beside(&id)),
                _ => {}
            }
        }
        effects
    }

    fn take_from_run(&mut self, id: &MessageId, question: Option<MessageId>) {
        let (Some(session), Some(live)) = (&self.session, self.runs.answer(id)) else { return };
        let mut message = blank(id.clone(), session, Role::Assistant);
        settle(&mut message, live);
        (message.parent_id, message.run_id) = (question, self.runs.run_of(id));
        self.watch_message(&message);
        self.compared.keep(message);
    }

    /// Whoever is here waits for it.
    fn watch_message(&mut self, message: &Message) {
        if let Some(run) = message.run_id.clone() {
            self.watch.began(&Place { run, session: message.session_id.clone(), message: message.id.clone() });
        }
    }

    /// Asks for an answer that is not on the path, unless somebody did.
    fn ask_beside(&mut self, id: &MessageId) -> Option<Effect> {
        let ask = Ask::Beside(id.clone());
        if self.asked.contains(&ask) { None } else { self.ask(ask) }
    }

    /// Messages changed: what stands beside the path may have, too.
    pub(super) fn refresh_beside(&mut self) -> Vec<Effect> {
        let Some((_, sides)) = self.sides() else { return Vec::new() };
        let beside: Vec<MessageId> = sides.answers.iter().filter(|id| **id != sides.shown).cloned().collect();
        beside.iter().filter_map(|id| self.ask_beside(id)).collect()
    }

    /// An answer that is not on the path came.
    pub(super) fn beside_came(&mut self, id: &MessageId, page: MessagePage) -> Vec<Effect> {
        let Some(mut message) = page.items.into_iter().find(|message| message.id == *id) else { return Vec::new() };
        let mut effects = vec![Effect::RowsChanged, Effect::WorkingChanged, Effect::Grew(id.clone())];
        if let Some(run) = message.run_id.clone().filter(|_| message.status == Status::Streaming) {
            if let Some(ended) = self.runs.ended(&run) {
                settle(&mut message, ended);
            } else if !self.runs.adopt(&message) && !self.doubted.contains(&run) {
                // It may have ended while the reply travelled.
                self.doubted.push(run);
                effects.extend(self.ask_beside(id));
            }
        }
        if message.status != Status::Streaming {
            self.watch.seen(id);
        }
        self.compared.keep(message);
        effects
    }

    /// An answer that is not on the path did not come.
    pub(super) fn beside_failed(&mut self, id: &MessageId, error: ApiError) -> Vec<Effect> {
        if error.known() != Some(ErrorCode::MessageNotFound) {
            return vec![Effect::PageFailed(Ask::Beside(id.clone()), error)];
        }
        // It was deleted.
        self.compared.messages.retain(|message| message.id != *id);
        for (_, sides) in &mut self.compared.chats {
            sides.answers.retain(|known| known != id);
        }
        vec![Effect::RowsChanged, Effect::OutboxChanged]
    }
}
