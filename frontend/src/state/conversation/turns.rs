//! Messages that wait for their turn: who goes next, in the chat on the screen and in others. `composer/queue.rs` has the
//! rule; this knows where the chat stands and sends.

use super::{ChatStore, Conversation, Delivery, Effect, Outgoing, Phase, Wish};
use crate::state::composer::habits::Habit;
use crate::state::composer::queue::{Chat, Queue, Queued};
use leptos::prelude::*;
use shared::SessionId;
use shared::chat::{Model, Role, SendMessage};
use shared::events::Status;

impl Conversation {
    /// Where the chat on the screen stands, as far as those who wait are concerned.
    #[must_use]
    pub fn turn(&self) -> Chat {
        if self.is_busy() {
            return Chat::Busy;
        }
        match self.path.last() {
            Some(last) if self.phase == Phase::Ready && last.role == Role::Assistant => {
                // What was refused is a failure, too, whatever the answer before it was.
                Chat::Idle { completed: self.outgoing().is_none() && last.status == Status::Completed }
            }
            _ if self.outgoing().is_some() => Chat::Idle { completed: false },
            _ => Chat::Unknown,
        }
    }

    /// Sends what waited in a chat, on the screen or not. What was refused there before gives way.
    pub fn send_waiting(&mut self, session: &SessionId, body: SendMessage) -> Vec<Effect> {
        let chat = Some(session.clone());
        self.outbox.retain(|(other, outgoing)| *other != chat || !matches!(outgoing.state, Delivery::Failed(_)));
        if self.is_session(session) {
            self.kept = None;
            self.close_sides();
        }
        self.outbox.push((chat, Outgoing { body: body.clone(), state: Delivery::Pending, stop: false }));
        vec![Effect::RowsChanged, Effect::OutboxChanged, Effect::Send(body)]
    }
}

impl ChatStore {
    /// Puts what is in the text box behind the answer that is being written, or, where somebody wants it so, in its place.
    pub(super) fn queue(self, model: Option<&Model>, also: Vec<String>) {
        let wished = self.composer().manner.get_untracked();
        let manner = model.map(|model| wished.for_model(&model.facts)).unwrap_or_default();
        let model = model.map(|model| model.id.to_string());
        let Some(draft) = self.composer().take() else { return };
        let item = Queued { id: crate::ids::random_id(), text: draft.text, files: draft.files, model, also, manner };
        let id = item.id.clone();
        self.composer().queue_up(|queue| queue.items.push(item));
        if Habit::SendingStops.holds() {
            self.send_now(id);
        }
    }

    /// Sends one that waits before all others: at once, or as soon as the answer has stopped.
    pub fn send_now(self, id: String) {
        self.composer().queue_up(|queue| queue.urgent = Some(id));
        if self.is_busy.get_untracked() {
            self.stop();
        } else {
            self.advance();
        }
    }

    /// Something changed in the chat on the screen: perhaps it is somebody's turn.
    pub fn advance(self) {
        let queue = self.composer().queue;
        if queue.with_untracked(Queue::is_empty) {
            return;
        }
        let (chat, session) = self.read(|chat| (chat.turn(), chat.session().cloned()));
        let mut after = queue.get_untracked();
        after.next(chat);
        if queue.with_untracked(|before| *before == after) {
            return;
        }
        let due = self.composer().queue_up(|queue| queue.next(chat)).flatten();
        let Some(item) = due else { return };
        match session {
            Some(session) => self.update(|chat| chat.send_waiting(&session, item.body(session.clone()))),
            // The message that would have begun the chat was refused.
            None => self.begin(item),
        }
        self.sent.notify();
    }

    fn begin(self, item: Queued) {
        let fresh = self.composer().fresh.get_untracked();
        self.update(|chat| {
            chat.plan(fresh);
            chat.plan_also(item.also.clone());
            chat.send(Wish::Say(item.draft()), item.model, item.manner, item.id)
        });
    }

    /// An answer ended in a chat that is not on the screen.
    pub(super) fn advance_elsewhere(self, session: &SessionId, completed: bool) {
        if self.read(|chat| chat.is_session(session)) {
            return;
        }
        if let Some(item) = self.composer().next_elsewhere(session, completed) {
            self.update(|chat| chat.send_waiting(session, item.body(session.clone())));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{Chat, Conversation};
    use crate::state::composer::manner::Manner;
    use crate::state::conversation::fixtures::{accepted, answer, ended, page, question, saying, started};
    use crate::state::conversation::{Effect, Wish};
    use shared::chat::SendMessage;
    use shared::events::Status;
    use shared::{ApiError, ErrorCode};

    fn showing(status: Status) -> Conversation {
        let mut chat = Conversation::default();
        chat.open(Some("s".into()));
        chat.loaded(1, Ok(page(vec![question("q", "hi", None), answer("a", status, "Hello", None)])));
        chat
    }

    #[test]
    fn a_turn_comes_after_an_answer_that_was_completed() {
        assert_eq!(showing(Status::Completed).turn(), Chat::Idle { completed: true });
        assert_eq!(showing(Status::Stopped).turn(), Chat::Idle { completed: false });
        let mut loading = Conversation::default();
        loading.open(Some("s".into()));
        assert_eq!(loading.turn(), Chat::Unknown);
    }

    #[test]
    fn what_was_refused_lets_nobody_follow() {
        let mut chat = showing(Status::Completed);
        chat.send(Wish::Say(saying("more")), None, Manner::default(), "c".to_owned());
        assert_eq!(chat.turn(), Chat::Busy);
        chat.refused("c", ApiError { code: ErrorCode::ModelNotFound.as_str().to_owned(), ..ApiError::default() });
        assert_eq!(chat.turn(), Chat::Idle { completed: false });
    }

    #[test]
    fn what_waited_elsewhere_is_sent_there_and_changes_nothing_here() {
        let mut chat = showing(Status::Completed);
        let body = SendMessage {
            session_id: Some("other".into()),
            content: Some("next".to_owned()),
            client_message_id: Some("w".to_owned()),
            ..SendMessage::default()
        };
        let rows = chat.rows();
        assert!(chat.send_waiting(&"other".into(), body.clone()).contains(&Effect::Send(body)));
        assert_eq!((chat.rows(), chat.is_busy()), (rows, false));
        let mut reply = accepted("r", true);
        reply.session_id = "other".into();
        chat.accepted("w", &reply);
        assert!(chat.outbox().is_empty());
    }

    #[test]
    fn an_answer_that_ends_elsewhere_says_how() {
        let mut chat = Conversation::default();
        chat.open(Some("here".into()));
        chat.hear(&started("r", 0), false);
        let effects = chat.hear(&ended("r", 2, ""), false);
        assert!(effects.contains(&Effect::Finished("s".into(), true)), "{effects:?}");
    }
}
