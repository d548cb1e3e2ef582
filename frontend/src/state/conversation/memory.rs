//! What has to outlive the page, per person: what is on its way, and which answers somebody waits for.

use super::Conversation;
use crate::storage;
use serde::de::DeserializeOwned;
use shared::UserId;

/// Which answers somebody waits for.
const WATCH: &str = "aichat.watch";
/// What is on its way.
const OUTBOX: &str = "aichat.outbox";

/// What was stored last, so that only changes are.
#[derive(Debug, Default)]
pub(super) struct Memory {
    user: Option<UserId>,
    watch: String,
    outbox: String,
}

impl Memory {
    /// A conversation as this person left it.
    pub(super) fn recall(&mut self, user: Option<&UserId>) -> Conversation {
        *self = Self { user: user.cloned(), ..Self::default() };
        let mut chat = Conversation::default();
        if let Some(user) = user {
            chat.restore_watch(read(WATCH, user).unwrap_or_default());
            chat.restore_outbox(read(OUTBOX, user).unwrap_or_default());
        }
        chat
    }

    /// Stores what changed.
    pub(super) fn remember(&mut self, chat: &Conversation) {
        let Some(user) = &self.user else { return };
        let watch = serde_json::to_string(chat.watch()).unwrap_or_default();
        if watch != self.watch {
            storage::write(&format!("{WATCH}.{user}"), &watch);
            self.watch = watch;
        }
        let outbox = serde_json::to_string(&chat.outbox()).unwrap_or_default();
        if outbox != self.outbox {
            storage::write(&format!("{OUTBOX}.{user}"), &outbox);
            self.outbox = outbox;
        }
    }
}

fn read<T: DeserializeOwned>(name: &str, user: &UserId) -> Option<T> {
    serde_json::from_str(&storage::read(&format!("{name}.{user}"))?).ok()
}
