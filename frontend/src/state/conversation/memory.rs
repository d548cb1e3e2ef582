//! What has to outlive the page, per person: what is on its way, and which answers somebody waits for. All tabs of a
//! browser keep what is on its way in one place, and each takes only its own away.

use super::{Conversation, Outgoing, Sides};
use crate::storage;
use serde::de::DeserializeOwned;
use shared::{SessionId, UserId};

/// Which answers somebody waits for.
const WATCH: &str = "aichat.watch";
/// What is on its way.
const OUTBOX: &str = "aichat.outbox";
/// What stands side by side, in this tab.
const COMPARED: &str = "aichat.compared";

/// What was stored last, so that only changes are.
#[derive(Debug, Default)]
pub(super) struct Memory {
    user: Option<UserId>,
    watch: String,
    outbox: String,
    compared: Vec<(SessionId, Sides)>,
    /// The client ids of what this tab stored or found.
    own: Vec<String>,
}

impl Memory {
    /// A conversation as this person left it.
    pub(super) fn recall(&mut self, user: Option<&UserId>) -> Conversation {
        *self = Self { user: user.cloned(), ..Self::default() };
        let mut chat = Conversation::default();
        if let Some(user) = user {
            chat.restore_watch(read(WATCH, user).unwrap_or_default());
            let outbox: Vec<Outgoing> = read(OUTBOX, user).unwrap_or_default();
            self.own = ids(&outbox);
            chat.restore_outbox(outbox);
            let compared = storage::read_here(&format!("{COMPARED}.{user}"));
            self.compared = compared.and_then(|text| serde_json::from_str(&text).ok()).unwrap_or_default();
            chat.restore_compared(self.compared.clone());
        }
        chat
    }

    /// The client ids of what is on its way from any tab.
    pub(super) fn on_their_way(&self) -> Vec<String> {
        self.user
            .as_ref()
            .and_then(|user| read(OUTBOX, user))
            .map(|outbox: Vec<Outgoing>| ids(&outbox))
            .unwrap_or_default()
    }

    /// Stores what changed.
    pub(super) fn remember(&mut self, chat: &Conversation) {
        let Some(user) = &self.user else { return };
        let watch = serde_json::to_string(chat.watch()).unwrap_or_default();
        if watch != self.watch {
            storage::write(&format!("{WATCH}.{user}"), &watch);
            self.watch = watch;
        }
        if self.compared != chat.compared() {
            self.compared = chat.compared().to_vec();
            let text = serde_json::to_string(&self.compared).ok().filter(|_| !self.compared.is_empty());
            storage::write_here(&format!("{COMPARED}.{user}"), text.as_deref());
        }
        let outbox = chat.outbox();
        let text = serde_json::to_string(&outbox).unwrap_or_default();
        if text != self.outbox {
            let all = merged(read(OUTBOX, user).unwrap_or_default(), &self.own, &outbox);
            storage::write(&format!("{OUTBOX}.{user}"), &serde_json::to_string(&all).unwrap_or_default());
            (self.outbox, self.own) = (text, ids(&outbox));
        }
    }
}

/// What is stored with this tab's part, which was `before`, replaced by what it is `now`.
fn merged(mut stored: Vec<Outgoing>, before: &[String], now: &[Outgoing]) -> Vec<Outgoing> {
    let is_own = |id: &str| before.iter().any(|own| own == id) || now.iter().any(|own| own.client_id() == id);
    stored.retain(|outgoing| !is_own(outgoing.client_id()));
    stored.extend_from_slice(now);
    stored
}

fn ids(outbox: &[Outgoing]) -> Vec<String> {
    outbox.iter().map(|outgoing| outgoing.client_id().to_owned()).collect()
}

fn read<T: DeserializeOwned>(name: &str, user: &UserId) -> Option<T> {
    serde_json::from_str(&storage::read(&format!("{name}.{user}"))?).ok()
}

#[cfg(test)]
mod tests {
    use super::{Outgoing, ids, merged};
    use crate::state::conversation::Delivery;
    use shared::chat::SendMessage;

    fn outgoing(id: &str) -> Outgoing {
        let body = SendMessage { client_message_id: Some(id.to_owned()), ..SendMessage::default() };
        Outgoing { body, state: Delivery::Pending, stop: false }
    }

    #[test]
    fn a_tab_takes_only_its_own_messages_out_of_the_outbox() {
        let stored = vec![outgoing("other"), outgoing("sent"), outgoing("stopped")];
        let stopped = Outgoing { stop: true, ..outgoing("stopped") };
        let now = [stopped.clone(), outgoing("new")];
        let all = merged(stored, &["sent".to_owned(), "stopped".to_owned()], &now);
        assert_eq!(ids(&all), ["other", "stopped", "new"]);
        assert_eq!(all[1], stopped, "what changed is stored as it is now");
    }

    #[test]
    fn what_another_tab_delivered_does_not_come_back() {
        assert_eq!(merged(Vec::new(), &["delivered".to_owned()], &[]), []);
    }
}
