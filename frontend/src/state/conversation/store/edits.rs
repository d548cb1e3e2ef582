//! Messages that are being changed in their places. What was typed there outlives the row, the chat and a reload of the
//! tab; it is gone only when it was saved, sent or given up.

use super::{ChatStore, Conversation, Wish};
use crate::state::composer::Draft;
use crate::{api, storage};
use leptos::prelude::*;
use serde::{Deserialize, Serialize};
use shared::chat::Model;
use shared::files::FileInfo;
use shared::{ApiError, MessageId};

/// Where this tab remembers them.
const EDITS: &str = "aichat.edits";
/// How many editors may be open at once; the oldest makes room.
const MOST: usize = 20;

/// A message that is being changed.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Edit {
    /// The message.
    pub message: MessageId,
    /// What it is to say.
    pub text: String,
    /// The files that are to go with it when it is sent again.
    #[serde(default)]
    pub files: Vec<FileInfo>,
}

impl ChatStore {
    /// Opens a message to be changed in its place. One that is open already stays as it is.
    pub fn edit(self, message: MessageId) {
        let streams = self.read(|chat| chat.message(&message).is_none_or(|message| message.run_id.is_some()));
        if streams || self.edited(&message).is_some() {
            return;
        }
        if let Some(text) = self.read(|chat| chat.text_of(&message)) {
            let files = self.read(|chat| chat.said_in(&message)).map(|said| said.files).unwrap_or_default();
            self.reopen_edit(Edit { message, text, files });
        }
    }

    /// Opens a message with what somebody had typed there.
    pub fn reopen_edit(self, edit: Edit) {
        self.edits.update(|edits| {
            edits.retain(|other| other.message != edit.message);
            edits.push(edit);
            if edits.len() > MOST {
                edits.remove(0);
            }
        });
        self.remember_edits();
    }

    /// Whether a message is being changed; tracked.
    #[must_use]
    pub fn is_edited(self, message: &MessageId) -> bool {
        self.edits.with(|edits| edits.iter().any(|edit| edit.message == *message))
    }

    /// What somebody made of it so far; not tracked.
    #[must_use]
    pub fn edited(self, message: &MessageId) -> Option<Edit> {
        self.edits.with_untracked(|edits| edits.iter().find(|edit| edit.message == *message).cloned())
    }

    /// Something was changed there. No view follows it: the editor shows it already.
    pub fn keep_edit(self, changed: &Edit) {
        self.edits.update_untracked(|edits| {
            if let Some(edit) = edits.iter_mut().find(|edit| edit.message == changed.message) {
                edit.clone_from(changed);
            }
        });
        self.remember_edits();
    }

    /// Changes it no more.
    pub fn close_edit(self, message: &MessageId) {
        self.edits.update(|edits| edits.retain(|edit| edit.message != *message));
        self.remember_edits();
    }

    /// Gives a message the text that was typed, in its place.
    ///
    /// # Errors
    /// As the server refuses; what was typed stays.
    pub async fn save_edit(self, message: MessageId, text: String) -> Result<(), ApiError> {
        api::messages::edit(&message, text).await?;
        self.close_edit(&message);
        self.update(Conversation::refresh);
        Ok(())
    }

    /// Sends what was typed as another version of a question.
    pub fn send_edit(self, edit: Edit, model: Option<&Model>, also: Vec<String>) {
        if !self.is_busy.get_untracked() {
            self.close_edit(&edit.message);
            self.ask_all(Wish::Edit(edit.message, Draft { text: edit.text, files: edit.files }), model, also);
        }
    }

    /// Another person is signed in, or the page was loaded again.
    pub(super) fn recall_edits(self) {
        let stored = self.edits_key().and_then(|key| storage::read_here(&key));
        let edits = stored.and_then(|text| serde_json::from_str(&text).ok()).unwrap_or_default();
        self.edits.set(edits);
    }

    fn remember_edits(self) {
        let Some(key) = self.edits_key() else { return };
        let text = self.edits.with_untracked(|edits| serde_json::to_string(edits).unwrap_or_default());
        storage::write_here(&key, Some(text.as_str()).filter(|text| *text != "[]"));
    }

    fn edits_key(self) -> Option<String> {
        let user = self.inner.with_value(|inner| inner.user.clone());
        user.map(|user| format!("{EDITS}.{user}"))
    }
}
