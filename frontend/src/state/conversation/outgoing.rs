//! What is being sent: one message per chat, from the key press until the server has it on disk. A message whose fate is
//! unknown is sent again under the same client id, which the server attaches to the run it already started.

use super::{Conversation, Effect, Phase};
use crate::api::{self, OFFLINE, UNEXPECTED};
use crate::state::composer::Draft;
use crate::state::composer::attachments::files_of;
use crate::state::composer::manner::Manner;
use crate::state::runs::settle;
use serde::{Deserialize, Serialize};
use shared::chat::{Message, NewChat, Role, RunAccepted, SendMessage};
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
    Say(Draft),
    /// Another version of this message of the person's.
    Edit(MessageId, Draft),
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

    /// The message as it was written, if it is one of the person's.
    #[must_use]
    pub fn draft(&self) -> Option<Draft> {
        let text = self.body.content.clone()?;
        Some(Draft { text, files: files_of(&self.body.parts) })
    }

    /// The question on the path of which it is another version.
    #[must_use]
    pub fn edited(&self, path: &[Message]) -> Option<MessageId> {
        self.body.content.as_ref()?;
        let place = below(self.body.parent_id.as_ref()?, path)?;
        Some(path[place].id.clone())
    }

    fn is_under_way(&self) -> bool {
        !matches!(self.state, Delivery::Failed(_))
    }

    /// Where the messages begin that give way to another answer, or to another version of a question.
    pub(super) fn replaces(&self, path: &[Message]) -> Option<usize> {
        if !self.is_under_way() {
            return None;
        }
        below(self.body.parent_id.as_ref()?, path)
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

    /// Says what the next new chat is besides empty.
    pub fn plan(&mut self, fresh: NewChat) {
        self.fresh = fresh;
    }

    /// Says which further models answer the next message.
    pub fn plan_also(&mut self, also: Vec<String>) {
        self.also = also;
    }

    /// Sends. Does nothing while an answer is being written here: the composer says so.
    pub fn send(&mut self, wish: Wish, model: Option<String>, manner: Manner, client_id: String) -> Vec<Effect> {
        if self.is_busy() {
            return Vec::new();
        }
        // More of an answer comes where that one stands.
        let stays = matches!(wish, Wish::Continue(_));
        let Some(body) = self.body(wish, model, manner, client_id) else { return Vec::new() };
        self.kept = None;
        self.forget_outgoing();
        if !stays {
            self.close_sides();
        }
        let outgoing = Outgoing { body: body.clone(), state: Delivery::Pending, stop: false };
        self.outbox.push((self.session.clone(), outgoing));
        let mut effects = Vec::new();
        if !self.has_end() {
            effects.extend(self.start_over());
        }
        effects.extend([Effect::RowsChanged, Effect::OutboxChanged, Effect::Send(body)]);
        effects
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

    /// The question that what was refused is another version of.
    #[must_use]
    pub fn refused_edit(&self) -> Option<MessageId> {
        self.outgoing().filter(|outgoing| !outgoing.is_under_way())?.edited(&self.path)
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
        let Some((session, outgoing)) = self.take(client_id) else { return self.place_late(reply) };
        let mut effects = vec![Effect::OutboxChanged];
        if outgoing.stop {
            let also = reply.also.iter().filter_map(|one| one.run_id.clone());
            for run in std::iter::once(reply.run_id.clone()).chain(also) {
                self.stopping.push(run.clone());
                effects.push(Effect::Stop(run));
            }
        }
        if session != self.session {
            self.place_beside(reply);
            return effects;
        }
        if session.is_none() {
            self.session = Some(reply.session_id.clone());
            self.phase = Phase::Ready;
            effects.push(Effect::Opened(reply.session_id.clone()));
        }
        self.generation += 1;
        let begins_here = outgoing.body.parent_id.as_ref().is_some_and(|parent| below(parent, &self.path).is_some());
        if self.newer.is_some() && !begins_here {
            effects.extend(self.start_over());
        } else {
            self.newer = None;
            self.place(outgoing.body, reply);
        }
        effects.extend(self.place_beside(reply));
        effects.extend([Effect::RowsChanged, Effect::WorkingChanged, Effect::Grew(reply.message_id.clone())]);
        let mut foreign = self.session.iter().flat_map(|session| self.runs.in_session(session));
        let unplaced = foreign.any(|place| self.stored(&place.message).is_none());
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
        let edited = outgoing.edited(&self.path).filter(|_| is_here);
        let returned = outgoing.draft().map(|draft| match edited {
            Some(question) => Effect::Reopen(question, draft),
            None => Effect::Return(session.clone(), draft),
        });
        let mut effects: Vec<_> = returned.into_iter().chain([Effect::RowsChanged, Effect::OutboxChanged]).collect();
        // While something is being sent here, what others send is not looked at: its place would have been unknown.
        if is_here && self.newer.is_some() {
            effects.extend(self.start_over());
        } else if is_here && (is_busy || self.lacks_a_run()) {
            effects.extend(self.reload());
        }
        effects
    }

    /// Whether an answer was written in this chat that has no row.
    fn lacks_a_run(&self) -> bool {
        let Some(session) = &self.session else { return false };
        self.runs.messages_in(session).any(|message| self.stored(message).is_none())
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

    fn body(&self, wish: Wish, model: Option<String>, manner: Manner, client_id: String) -> Option<SendMessage> {
        let known = SendMessage {
            session_id: self.session.clone(),
            model,
            effort: manner.effort,
            web_search: manner.search.then_some(true),
            trace: manner.trace,
            client_message_id: Some(client_id),
            new_chat: self.begins_as(),
            ..SendMessage::default()
        };
        let also = &self.also;
        let say = |Draft { text, files }: Draft, known| {
            let parts = files.iter().map(Part::from).collect();
            SendMessage { content: Some(text), parts, also: also.clone(), ..known }
        };
        match wish {
            Wish::Say(draft) => Some(say(draft, known)),
            Wish::Edit(question, draft) => {
                let parent = self.find(&question)?.parent_id.clone();
                Some(say(draft, SendMessage { parent_id: Some(parent), ..known }))
            }
            Wish::AnswerAgain(answer) => {
                let parent = self.stored(&answer)?.parent_id.clone()?;
                Some(SendMessage { parent_id: Some(Some(parent)), ..known })
            }
            Wish::Continue(answer) => Some(SendMessage { continue_message_id: Some(answer), ..known }),
        }
    }

    /// What the chat will be that a message begins, if that is anything but an ordinary one.
    fn begins_as(&self) -> Option<NewChat> {
        Some(self.fresh.clone()).filter(|fresh| self.session.is_none() && *fresh != NewChat::default())
    }

    /// Puts what was accepted where the server put it.
    fn place(&mut self, body: SendMessage, reply: &RunAccepted) {
        if body.continue_message_id.is_none() {
            let mut siblings = self.make_room(&body, reply);
            if body.content.is_some() {
                self.place_question(body, std::mem::take(&mut siblings), reply);
            }
            if self.find(&reply.message_id).is_none() {
                let mut answer = blank(reply.message_id.clone(), &reply.session_id, Role::Assistant);
                (answer.parent_id, answer.siblings) = (reply.user_message_id.clone(), siblings);
                self.path.push(answer);
            }
        }
        let finished = self.runs.ended(&reply.run_id).cloned();
        if finished.is_some() {
            // It ended before anybody knew where it belongs: nobody waits for it any more.
            self.watch.seen(&reply.message_id);
        }
        let Some(answer) = self.stored_mut(&reply.message_id) else { return };
        match finished {
            Some(finished) => settle(answer, &finished),
            None => (answer.status, answer.run_id) = (Status::Streaming, Some(reply.run_id.clone())),
        }
    }

    /// Takes away the messages that another one stands in for now, and gives all its versions.
    fn make_room(&mut self, body: &SendMessage, reply: &RunAccepted) -> Vec<MessageId> {
        let place = body.parent_id.as_ref().and_then(|parent| below(parent, &self.path));
        let replaced = place.and_then(|place| self.path.drain(place..).next());
        let own = if body.content.is_some() { reply.user_message_id.as_ref() } else { Some(&reply.message_id) };
        let Some((replaced, own)) = replaced.zip(own).filter(|(replaced, own)| replaced.id != **own) else {
            return Vec::new();
        };
        let mut siblings = replaced.siblings;
        if siblings.is_empty() {
            siblings.push(replaced.id);
        }
        siblings.push(own.clone());
        siblings
    }

    fn place_question(&mut self, body: SendMessage, versions: Vec<MessageId>, reply: &RunAccepted) {
        let Some(id) = reply.user_message_id.clone() else { return };
        if self.find(&id).is_some() {
            return;
        }
        let mut question = blank(id, &reply.session_id, Role::User);
        question.parent_id = body.parent_id.unwrap_or_else(|| self.path.last().map(|last| last.id.clone()));
        question.parts = body.parts;
        question.parts.extend(body.content.map(Part::text));
        (question.client_message_id, question.siblings) = (body.client_message_id, versions);
        self.path.push(question);
    }
}

/// The place on the path below a message, which may stand above what is here, or that of the root.
fn below(parent: &Option<MessageId>, path: &[Message]) -> Option<usize> {
    path.iter().position(|message| message.parent_id == *parent)
}

pub(super) fn blank(id: MessageId, session: &SessionId, role: Role) -> Message {
    Message {
        edited_at: None,
        id,
        session_id: session.clone(),
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
