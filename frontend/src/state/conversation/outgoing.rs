//! What is being sent: one message per chat, from the key press until the server has it on disk. A message whose fate is
//! unknown is sent again under the same client id, which the server attaches to the run it already started.

use super::{Conversation, Effect, Phase};
use crate::api::{self, OFFLINE, UNEXPECTED};
use crate::state::runs::settle;
use serde::{Deserialize, Serialize};
use shared::chat::{Message, Role, RunAccepted, SendMessage};
use shared::events::Status;
use shared::{ApiError, ErrorCode, MessageId, Part, SessionId};

/// How often something other than the server may answer before that counts as a refusal.
const PROXY_ATTEMPTS: u32 = 4;

/// How far a message got.
#[derive(Clone, Debug, PartialEq)]
pub enum Delivery {
    /// It is on its way.
    Pending,
    /// The connection broke: it may be stored or not.
    Unknown {
        /// How often it was sent.
        attempts: u32,
    },
    /// The server refused it; nothing was stored.
    Failed(ApiError),
}

impl Default for Delivery {
    fn default() -> Self {
        Self::Unknown { attempts: 0 }
    }
}

/// A message on its way, as it is remembered across a reload of the page.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Outgoing {
    /// What is sent, to the letter, each time.
    pub body: SendMessage,
    /// How far it got. After a reload nobody knows.
    #[serde(skip)]
    pub state: Delivery,
    /// Whether its answer is to be stopped as soon as it has a number.
    pub stop: bool,
}

/// What somebody wants to send.
#[derive(Clone, Debug, PartialEq)]
pub enum Wish {
    /// A new message.
    Say(String),
    /// Another answer to the message that this answer belongs to.
    AnswerAgain(MessageId),
    /// More of this answer.
    Continue(MessageId),
}

impl Outgoing {
    /// The client's id of it.
    #[must_use]
    pub fn client_id(&self) -> &str {
        self.body.client_message_id.as_deref().unwrap_or_default()
    }

    fn is_under_way(&self) -> bool {
        !matches!(self.state, Delivery::Failed(_))
    }

    /// Where the messages begin that give way to another answer.
    pub(super) fn replaces(&self, path: &[Message]) -> Option<usize> {
        let parent = self.body.parent_id.as_ref()?.as_ref()?;
        let place = path.iter().position(|message| message.id == *parent)?;
        (self.is_under_way() && self.body.content.is_none()).then_some(place + 1)
    }
}

impl Conversation {
    /// What is being sent in the chat on the screen.
    #[must_use]
    pub fn outgoing(&self) -> Option<&Outgoing> {
        self.outbox.iter().find(|(session, _)| *session == self.session).map(|(_, outgoing)| outgoing)
    }

    pub(super) fn outgoing_mut(&mut self) -> Option<&mut Outgoing> {
        self.outbox.iter_mut().find(|(session, _)| *session == self.session).map(|(_, outgoing)| outgoing)
    }

    /// What is on its way from any chat: it has to survive a reload of the page.
    #[must_use]
    pub fn outbox(&self) -> Vec<Outgoing> {
        self.outbox.iter().map(|(_, outgoing)| outgoing).filter(|outgoing| outgoing.is_under_way()).cloned().collect()
    }

    /// Takes what was on its way before a reload; it is sent again with the next connection.
    pub fn restore_outbox(&mut self, outbox: Vec<Outgoing>) {
        self.outbox = outbox.into_iter().map(|outgoing| (outgoing.body.session_id.clone(), outgoing)).collect();
    }

    /// Forgets what was found on its way and is not any more: another tab, which was looked at, has settled it since.
    pub fn forget_settled(&mut self, on_their_way: &[String]) {
        self.outbox.retain(|(_, outgoing)| {
            outgoing.state != Delivery::default() || on_their_way.iter().any(|id| id == outgoing.client_id())
        });
    }

    /// Whether something is on its way from here.
    #[must_use]
    pub fn is_sending(&self) -> bool {
        self.outgoing().is_some_and(Outgoing::is_under_way)
    }

    /// Sends. Does nothing while an answer is being written here: the composer says so.
    pub fn send(&mut self, wish: Wish, model: Option<String>, client_id: String) -> Vec<Effect> {
        if self.is_busy() {
            return Vec::new();
        }
        let Some(body) = self.body(wish, model, client_id) else { return Vec::new() };
        self.kept = None;
        self.forget_outgoing();
        let outgoing = Outgoing { body: body.clone(), state: Delivery::Pending, stop: false };
        self.outbox.push((self.session.clone(), outgoing));
        vec![Effect::RowsChanged, Effect::OutboxChanged, Effect::Send(body)]
    }

    /// Sends what was refused or got lost once more: the same words under the same id.
    pub fn retry(&mut self) -> Vec<Effect> {
        let Some(outgoing) = self.outgoing_mut() else { return Vec::new() };
        if outgoing.state == Delivery::Pending {
            return Vec::new();
        }
        outgoing.state = Delivery::Pending;
        vec![Effect::RowsChanged, Effect::OutboxChanged, Effect::Send(outgoing.body.clone())]
    }

    /// Forgets a refused message.
    pub fn dismiss(&mut self) -> Vec<Effect> {
        if self.outgoing().is_some_and(|outgoing| !outgoing.is_under_way()) {
            self.forget_outgoing();
        }
        vec![Effect::RowsChanged]
    }

    /// Time to send a message of unknown fate again, if it still is one.
    pub fn send_again(&mut self, client_id: &str) -> Vec<Effect> {
        let unknown = |outgoing: &&mut Outgoing| {
            outgoing.client_id() == client_id && matches!(outgoing.state, Delivery::Unknown { .. })
        };
        match self.outbox.iter_mut().map(|(_, outgoing)| outgoing).find(unknown) {
            Some(outgoing) => vec![Effect::Send(outgoing.body.clone())],
            None => Vec::new(),
        }
    }

    /// The server has it on disk.
    pub fn accepted(&mut self, client_id: &str, reply: &RunAccepted) -> Vec<Effect> {
        let Some((session, outgoing)) = self.take(client_id) else { return Vec::new() };
        let mut effects = vec![Effect::OutboxChanged];
        if outgoing.stop {
            self.stopping.push(reply.run_id.clone());
            effects.push(Effect::Stop(reply.run_id.clone()));
        }
        if session != self.session {
            return effects;
        }
        if session.is_none() {
            self.session = Some(reply.session_id.clone());
            self.phase = Phase::Ready;
            effects.push(Effect::Opened(reply.session_id.clone()));
        }
        self.place(outgoing.body, reply);
        self.generation += 1;
        effects.extend([Effect::RowsChanged, Effect::WorkingChanged, Effect::Grew(reply.message_id.clone())]);
        let foreign = self.session.as_ref().and_then(|session| self.runs.in_session(session));
        let unplaced = foreign.is_some_and(|place| self.find(&place.message).is_none());
        if !reply.created || unplaced {
            effects.extend(self.reload());
        }
        effects
    }

    /// It did not get through.
    pub fn refused(&mut self, client_id: &str, error: ApiError) -> Vec<Effect> {
        let Some((session, outgoing)) = self.outbox.iter_mut().find(|(_, outgoing)| outgoing.client_id() == client_id)
        else {
            return Vec::new();
        };
        let attempts = match outgoing.state {
            Delivery::Unknown { attempts } => attempts + 1,
            _ => 1,
        };
        if is_uncertain(&error, attempts) {
            outgoing.state = Delivery::Unknown { attempts };
            return vec![Effect::RowsChanged, Effect::SendLater { client_id: client_id.to_owned(), attempts }];
        }
        if api::ends_session(&error) {
            // Nobody is here to send it now; it waits in the outbox for the next sign-in of this person.
            outgoing.state = Delivery::Unknown { attempts };
            return vec![Effect::RowsChanged];
        }
        let is_busy = error.known() == Some(ErrorCode::ChatBusy);
        let is_here = *session == self.session;
        outgoing.state = Delivery::Failed(error);
        outgoing.stop = false;
        let returned = outgoing.body.content.clone().map(|text| Effect::ReturnText(session.clone(), text));
        let mut effects: Vec<_> = returned.into_iter().chain([Effect::RowsChanged, Effect::OutboxChanged]).collect();
        // While something is being sent here, what others send is not looked at: its place would have been unknown.
        if is_here && (is_busy || self.lacks_a_run()) {
            effects.extend(self.reload());
        }
        effects
    }

    /// Whether an answer was written in this chat that has no row.
    fn lacks_a_run(&self) -> bool {
        let Some(session) = &self.session else { return false };
        self.runs.messages_in(session).any(|message| self.find(message).is_none())
    }

    /// A connection is here. Messages of unknown fate are sent at once; and if the one before was `lost`, so are those
    /// that still wait for a reply, which may never come. The same id makes a second arrival harmless.
    pub(super) fn deliver_again(&mut self, lost: bool) -> Vec<Effect> {
        let all = self.outbox.iter().map(|(_, outgoing)| outgoing);
        let due = all.filter(|outgoing| match outgoing.state {
            Delivery::Pending => lost,
            Delivery::Unknown { .. } => true,
            Delivery::Failed(_) => false,
        });
        due.map(|outgoing| Effect::Send(outgoing.body.clone())).collect()
    }

    /// A message that was being sent is among those that the server has: it is delivered, exactly once.
    pub(super) fn reconcile(&mut self) -> Vec<Effect> {
        let Some(client_id) = self.outgoing().map(|outgoing| outgoing.client_id().to_owned()) else {
            return Vec::new();
        };
        let arrived = self.path.iter().any(|message| message.client_message_id.as_deref() == Some(&client_id));
        if !arrived {
            return Vec::new();
        }
        let stop = self.forget_outgoing().is_some_and(|outgoing| outgoing.stop);
        let mut effects = vec![Effect::OutboxChanged, Effect::RowsChanged];
        if stop {
            effects.extend(self.stop());
        }
        effects
    }

    fn take(&mut self, client_id: &str) -> Option<(Option<SessionId>, Outgoing)> {
        let place = self.outbox.iter().position(|(_, outgoing)| outgoing.client_id() == client_id)?;
        Some(self.outbox.swap_remove(place))
    }

    fn forget_outgoing(&mut self) -> Option<Outgoing> {
        let place = self.outbox.iter().position(|(session, _)| *session == self.session)?;
        Some(self.outbox.swap_remove(place).1)
    }

    fn body(&self, wish: Wish, model: Option<String>, client_id: String) -> Option<SendMessage> {
        let known = SendMessage {
            session_id: self.session.clone(),
            model,
            client_message_id: Some(client_id),
            ..SendMessage::default()
        };
        match wish {
            Wish::Say(text) => Some(SendMessage { content: Some(text), ..known }),
            Wish::AnswerAgain(answer) => {
                let parent = self.find(&answer)?.parent_id.clone()?;
                Some(SendMessage { parent_id: Some(Some(parent)), ..known })
            }
            Wish::Continue(answer) => Some(SendMessage { continue_message_id: Some(answer), ..known }),
        }
    }

    /// Puts what was accepted where the server put it.
    fn place(&mut self, body: SendMessage, reply: &RunAccepted) {
        if body.continue_message_id.is_none() {
            let siblings = self.make_room(&body, reply);
            if let Some(text) = body.content {
                self.place_question(text, body.client_message_id, reply);
            }
            if self.find(&reply.message_id).is_none() {
                let mut answer = blank(reply.message_id.clone(), reply, Role::Assistant);
                (answer.parent_id, answer.siblings) = (reply.user_message_id.clone(), siblings);
                self.path.push(answer);
            }
        }
        let finished = self.runs.ended(&reply.run_id).cloned();
        if finished.is_some() {
            // It ended before anybody knew where it belongs: nobody waits for it any more.
            self.watch.seen(&reply.message_id);
        }
        let Some(answer) = self.find_mut(&reply.message_id) else { return };
        match finished {
            Some(finished) => settle(answer, &finished),
            None => (answer.status, answer.run_id) = (Status::Streaming, Some(reply.run_id.clone())),
        }
    }

    /// Takes away the answers that another one stands in for now, and gives all its versions.
    fn make_room(&mut self, body: &SendMessage, reply: &RunAccepted) -> Vec<MessageId> {
        let Some(Some(parent)) = &body.parent_id else { return Vec::new() };
        let Some(place) = self.path.iter().position(|message| message.id == *parent) else { return Vec::new() };
        let replaced = self.path.drain(place + 1..).next();
        let Some(replaced) = replaced.filter(|replaced| replaced.id != reply.message_id) else { return Vec::new() };
        let mut siblings = replaced.siblings;
        if siblings.is_empty() {
            siblings.push(replaced.id);
        }
        siblings.push(reply.message_id.clone());
        siblings
    }

    fn place_question(&mut self, text: String, client_id: Option<String>, reply: &RunAccepted) {
        let Some(id) = reply.user_message_id.clone() else { return };
        if self.find(&id).is_some() {
            return;
        }
        let mut question = blank(id, reply, Role::User);
        question.parent_id = self.path.last().map(|last| last.id.clone());
        question.parts = vec![Part::text(text)];
        question.client_message_id = client_id;
        self.path.push(question);
    }
}

fn blank(id: MessageId, reply: &RunAccepted, role: Role) -> Message {
    Message {
        id,
        session_id: reply.session_id.clone(),
        parent_id: None,
        role,
        status: Status::Completed,
        parts: Vec::new(),
        model: None,
        error: None,
        usage: None,
        client_message_id: None,
        siblings: Vec::new(),
        run_id: None,
        run_seq: None,
        length: None,
        sha256: None,
        truncated: false,
        created_at: String::new(),
    }
}

/// Whether the message may have been stored although no proper answer came back. A proxy that goes on answering in the
/// server's place is an answer in the end.
fn is_uncertain(error: &ApiError, attempts: u32) -> bool {
    let by_proxy = error.code == UNEXPECTED || error.known() == Some(ErrorCode::EdgeBackendUnreachable);
    error.code == OFFLINE || (by_proxy && attempts < PROXY_ATTEMPTS)
}
