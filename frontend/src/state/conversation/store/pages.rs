//! Which part of the chat is here and where the view is in it: pages are read where somebody goes, and the place where they
//! read is remembered.

use super::{Backstage, ChatStore};
use crate::api;
use crate::state::conversation::places::{Landing, Place};
use crate::state::conversation::{Ask, Conversation, Effect, Phase};
use leptos::prelude::*;
use leptos::task::spawn_local;
use shared::chat::UpdateSession;
use shared::{MessageId, SessionId};
use std::rc::Rc;

impl ChatStore {
    /// Remembers where somebody reads, before something else is on the screen.
    pub fn leave(self) {
        let on_leave = self.inner.with_value(|inner| inner.on_leave.clone());
        let (Some(place), Some(session)) = (on_leave.map(|place| place()), self.session.get_untracked()) else {
            return;
        };
        self.inner.update_value(|inner| {
            if inner.landing.is_none() && *inner.chat.phase() == Phase::Ready {
                inner.places.leave(&session, place);
            }
        });
    }

    /// Asks the view where somebody reads, as long as the caller lives; none at the end of the chat.
    pub fn on_leave(self, place: impl Fn() -> Option<Place> + 'static) {
        self.inner.update_value(|inner| inner.on_leave = Some(Rc::new(place)));
        on_cleanup(move || {
            self.inner.try_update_value(|inner| inner.on_leave = None);
        });
    }

    /// Where the view is to begin, if it has not yet and what it begins with is here.
    #[must_use]
    pub fn landing(self) -> Option<Landing> {
        let due = |inner: &Backstage| *inner.chat.phase() == Phase::Ready && !inner.chat.is_seeking();
        self.inner.with_value(|inner| inner.landing.clone().filter(|_| due(inner)))
    }

    /// The view has begun there.
    pub fn landed(self) {
        self.inner.update_value(|inner| inner.landing = None);
    }

    /// Goes to the end of the chat; true when it has to be fetched.
    pub fn go_newest(self) -> bool {
        self.go(Landing::End, Conversation::want_newest)
    }

    /// Goes to the beginning of the chat; true when it has to be fetched.
    pub fn go_oldest(self) -> bool {
        self.go(Landing::Start, Conversation::want_oldest)
    }

    fn go(self, landing: Landing, want: fn(&mut Conversation) -> Option<Effect>) -> bool {
        let effect = self.inner.try_update_value(|inner| {
            let effect = want(&mut inner.chat);
            if effect.is_some() {
                inner.landing = Some(landing);
            }
            effect
        });
        let effect = effect.flatten();
        let far = effect.is_some();
        self.run(effect.into_iter().collect());
        far
    }

    /// Asks for older messages.
    pub fn want_older(self) {
        self.update(|chat| chat.want_older().into_iter().collect());
    }

    /// Asks for newer messages.
    pub fn want_newer(self) {
        self.update(|chat| chat.want_newer().into_iter().collect());
    }

    pub(super) async fn load_page(self, session: SessionId, ask: Ask, generation: u64) {
        let reply = api::sessions::messages(&session, &ask).await;
        if reply.is_ok() {
            self.chats.page_came();
        }
        self.update(|chat| chat.loaded_page(generation, &ask, reply));
        self.seek();
        self.moved.notify();
    }

    pub(super) fn want_again(self, ask: Ask) {
        self.update(|chat| chat.ask(ask).into_iter().collect());
    }

    /// What is on the screen is what the chat goes on from.
    pub(super) async fn show_branch(self, session: SessionId, message: MessageId) {
        let change = UpdateSession { active_message_id: Some(message.clone()), ..UpdateSession::default() };
        if let Err(error) = api::sessions::update(&session, &change).await {
            self.chats.fail(error, move || spawn_local(self.show_branch(session.clone(), message.clone())));
        }
    }
}
