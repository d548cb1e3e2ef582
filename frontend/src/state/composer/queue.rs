//! Messages that wait for the answer that is being written: in order, each a whole message with its files, its model and
//! its manner, sent by themselves one after the other. After a stop or a failure they wait until somebody says so. Plain
//! data; `conversation/turns.rs` sends.

use super::Draft;
use super::manner::Manner;
use serde::{Deserialize, Serialize};
use shared::chat::SendMessage;
use shared::files::FileInfo;
use shared::{Part, SessionId, UserId};

/// A message that waits.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Queued {
    /// Its client id: two tabs that send it send it once.
    pub id: String,
    /// Its text.
    pub text: String,
    /// Its files.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub files: Vec<FileInfo>,
    /// The model that was chosen for it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub model: Option<String>,
    /// Further models that answer it, too.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub also: Vec<String>,
    /// How its answer is asked for.
    #[serde(default)]
    pub manner: Manner,
}

impl Queued {
    /// What was typed.
    #[must_use]
    pub fn draft(&self) -> Draft {
        Draft { text: self.text.clone(), files: self.files.clone() }
    }

    /// As it is sent.
    #[must_use]
    pub fn body(&self, session: SessionId) -> SendMessage {
        SendMessage {
            session_id: Some(session),
            content: Some(self.text.clone()),
            parts: self.files.iter().map(Part::from).collect(),
            model: self.model.clone(),
            effort: self.manner.effort,
            web_search: self.manner.search.then_some(true),
            trace: self.manner.trace,
            client_message_id: Some(self.id.clone()),
            also: self.also.clone(),
            ..SendMessage::default()
        }
    }
}

/// Where the chat stands, as far as the queue is concerned.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Chat {
    /// It is not known yet.
    Unknown,
    /// An answer is being written or asked for.
    Busy,
    /// Nothing is going on; the last answer was completed, or not.
    Idle {
        /// Whether it was.
        completed: bool,
    },
}

/// The messages that wait in one chat.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Queue {
    /// In order.
    pub items: Vec<Queued>,
    /// Whether they wait for a word, because the last answer did not end by itself.
    #[serde(default)]
    pub held: bool,
    /// The one that goes next whatever happened.
    #[serde(skip)]
    pub urgent: Option<String>,
}

impl Queue {
    /// Whether nothing waits.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.items.is_empty()
    }

    /// Takes one out.
    pub fn remove(&mut self, id: &str) -> Option<Queued> {
        let place = self.items.iter().position(|item| item.id == id)?;
        if self.urgent.as_deref() == Some(id) {
            self.urgent = None;
        }
        Some(self.items.remove(place))
    }

    /// Puts one back where it was.
    pub fn insert(&mut self, place: usize, item: Queued) {
        self.items.insert(place.min(self.items.len()), item);
    }

    /// Takes the one whose turn it is, if it is anybody's.
    pub fn next(&mut self, chat: Chat) -> Option<Queued> {
        match (chat, self.urgent.clone()) {
            (Chat::Unknown, _) => None,
            (Chat::Busy, _) => {
                // Something was asked for since: its end decides anew.
                self.held = false;
                None
            }
            (Chat::Idle { .. }, Some(urgent)) => self.remove(&urgent),
            (Chat::Idle { completed }, None) => {
                self.held |= !completed;
                (!self.held && !self.items.is_empty()).then(|| self.items.remove(0))
            }
        }
    }
}

/// Where the queue of a chat is kept.
#[must_use]
pub fn key(user: &UserId, session: Option<&SessionId>) -> String {
    format!("aichat.queue.{user}.{}", session.map_or("new", SessionId::as_str))
}

#[cfg(test)]
mod tests {
    use super::{Chat, Queue, Queued};
    use crate::state::composer::manner::Manner;

    fn queue(ids: &[&str]) -> Queue {
        let item = |id: &&str| Queued {
            id: (*id).to_owned(),
            text: (*id).to_owned(),
            files: Vec::new(),
            model: None,
            also: Vec::new(),
            manner: Manner::default(),
        };
        Queue { items: ids.iter().map(item).collect(), ..Queue::default() }
    }

    const DONE: Chat = Chat::Idle { completed: true };
    const BROKEN: Chat = Chat::Idle { completed: false };

    fn next(queue: &mut Queue, chat: Chat) -> Option<String> {
        queue.next(chat).map(|item| item.id)
    }

    #[test]
    fn they_go_in_order_each_after_a_completed_answer() {
        let mut queue = queue(&["a", "b"]);
        assert_eq!(next(&mut queue, Chat::Busy), None);
        assert_eq!(next(&mut queue, DONE).as_deref(), Some("a"));
        assert_eq!(next(&mut queue, Chat::Busy), None);
        assert_eq!(next(&mut queue, DONE).as_deref(), Some("b"));
        assert_eq!(next(&mut queue, DONE), None);
    }

    #[test]
    fn after_a_stop_or_a_failure_they_wait_until_something_is_asked_for() {
        let mut queue = queue(&["a"]);
        assert_eq!(next(&mut queue, BROKEN), None);
        assert!(queue.held);
        assert_eq!(next(&mut queue, DONE), None, "another version on the screen is no reason to go on");
        assert_eq!(next(&mut queue, Chat::Busy), None);
        assert_eq!(next(&mut queue, DONE).as_deref(), Some("a"));
    }

    #[test]
    fn one_that_somebody_wants_sent_goes_first_and_the_rest_follows() {
        let mut queue = queue(&["a", "b", "c"]);
        queue.urgent = Some("b".to_owned());
        assert_eq!(next(&mut queue, Chat::Busy), None, "first the answer has to stop");
        assert_eq!(next(&mut queue, BROKEN).as_deref(), Some("b"));
        assert_eq!(next(&mut queue, Chat::Busy), None);
        assert_eq!(next(&mut queue, DONE).as_deref(), Some("a"));
    }

    #[test]
    fn nothing_is_sent_before_the_chat_is_known() {
        let mut queue = queue(&["a"]);
        assert_eq!(next(&mut queue, Chat::Unknown), None);
        assert!(!queue.held);
    }

    #[test]
    fn one_that_was_taken_away_is_not_urgent_any_more_and_comes_back_to_its_place() {
        let mut queue = queue(&["a", "b"]);
        queue.urgent = Some("a".to_owned());
        let item = queue.remove("a").expect("it was there");
        assert_eq!(queue.urgent, None);
        queue.insert(0, item);
        assert_eq!(queue.items[0].id, "a");
    }
}
