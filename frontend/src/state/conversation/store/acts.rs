//! What is done with stored messages: another version is shown, one is deleted or brought back, a chat goes on elsewhere.

use super::{ChatStore, Conversation};
use crate::{api, dom};
use leptos::prelude::*;
use leptos::task::spawn_local;
use shared::chat::UpdateSession;
use shared::{ErrorCode, MessageId, SessionId};
use std::rc::Rc;

impl ChatStore {
    /// Shows another version of a message, with what followed it when it was seen last.
    pub fn show_version(self, message: MessageId) {
        if let Some(session) = self.session.get_untracked() {
            self.choose_version(session, message);
        }
    }

    /// Shows the versions of an answer side by side.
    pub fn compare(self, answer: &MessageId) {
        self.update(|chat| chat.compare(answer));
        self.moved.notify();
    }

    /// Goes on with one of the answers that stand side by side.
    pub fn go_on_with(self, answer: MessageId) {
        let is_other = self.read(|chat| chat.is_beside(&answer));
        self.update(|chat| chat.choose_side(&answer));
        if is_other {
            return self.show_version(answer);
        }
        // Its button had the focus and is gone.
        self.inner.update_value(|inner| inner.sought = Some(answer));
        self.seek();
    }

    fn choose_version(self, session: SessionId, message: MessageId) {
        spawn_local(async move {
            let change = UpdateSession { active_message_id: Some(message.clone()), ..UpdateSession::default() };
            match api::sessions::update(&session, &change).await {
                Ok(_) => self.changed_here(&session, Some(&message)),
                Err(error) => {
                    self.chats.fail(error, move || self.choose_version(session.clone(), message.clone()));
                }
            }
        });
    }

    /// Deletes a message with everything below it; `then` is called when it is gone.
    pub fn delete(self, message: MessageId, then: Rc<dyn Fn(SessionId)>) {
        if let Some(session) = self.session.get_untracked() {
            self.delete_in(session, message, then);
        }
    }

    fn delete_in(self, session: SessionId, message: MessageId, then: Rc<dyn Fn(SessionId)>) {
        spawn_local(async move {
            match api::messages::delete(&message).await {
                // A deletion whose answer was lost is not there to be repeated.
                Err(error) if error.known() != Some(ErrorCode::MessageNotFound) => {
                    let again = move || self.delete_in(session.clone(), message.clone(), then.clone());
                    self.chats.fail(error, again);
                }
                _ => {
                    self.close_edit(&message);
                    self.changed_here(&session, None);
                    then(session);
                }
            }
        });
    }

    /// Brings a deleted message back.
    pub fn restore(self, session: SessionId, message: MessageId) {
        spawn_local(async move {
            match api::messages::restore(&message).await {
                Ok(()) => self.changed_here(&session, Some(&message)),
                Err(error) => self.chats.fail(error, move || self.restore(session.clone(), message.clone())),
            }
        });
    }

    /// Copies everything up to a message into a new chat; `then` is called with that.
    pub fn fork(self, message: MessageId, then: Rc<dyn Fn(&SessionId)>) {
        if let Some(session) = self.session.get_untracked() {
            self.fork_from(session, message, then);
        }
    }

    fn fork_from(self, session: SessionId, message: MessageId, then: Rc<dyn Fn(&SessionId)>) {
        spawn_local(async move {
            match api::messages::fork(&session, &message).await {
                Ok(chat) => {
                    let id = chat.id.clone();
                    self.chats.changed(chat);
                    then(&id);
                }
                Err(error) => {
                    let again = move || self.fork_from(session.clone(), message.clone(), then.clone());
                    self.chats.fail(error, again);
                }
            }
        });
    }

    /// Messages of a chat changed, here or elsewhere.
    pub fn messages_changed(self, session: &SessionId) {
        self.update(|chat| chat.messages_changed(session));
    }

    /// Reads again what was changed from here. `seek` is the message that somebody is at.
    fn changed_here(self, session: &SessionId, seek: Option<&MessageId>) {
        if self.read(|chat| chat.is_session(session)) {
            self.inner.update_value(|inner| inner.sought = seek.cloned());
            self.update(|chat| chat.refresh_at(seek));
        }
    }

    /// Brings the message to the reader that somebody is at, once it is here: older pages are read until it is. The row
    /// that had the focus is gone with its version, so the focus goes along, unless it is somewhere else by now.
    pub(super) fn seek(self) {
        let Some(sought) = self.inner.with_value(|inner| inner.sought.clone()) else { return };
        if self.read(|chat| chat.key_at(&sought).is_none()) {
            if self.read(Conversation::has_older) {
                self.want_older();
            }
            return;
        }
        self.inner.update_value(|inner| inner.sought = None);
        request_animation_frame(move || {
            let is_free = dom::focused().is_none_or(|focused| focused.tag_name() == "BODY");
            if is_free {
                dom::focus_first(&format!("[data-message=\"{}\"]", sought.as_str()));
            }
        });
    }
}
