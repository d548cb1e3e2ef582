//! The chat on the screen as signals. It runs the effects of [`Conversation`] and paints at most once a frame: the text of
//! an answer has a trigger of its own, so that a token wakes the one block that shows it and no list.

use super::frames::Frames;
use super::memory::Memory;
use super::{Conversation, Effect, Phase, Row, RowKind, Wish};
use crate::api;
use crate::dom;
use crate::reactive::memo;
use crate::state::chats::Chats;
use crate::state::composer::Composer;
use leptos::prelude::*;
use leptos::task::spawn_local;
use shared::chat::{SendMessage, UpdateSession};
use shared::events::{RunEvent, Status};
use shared::{ApiError, MessageId, RunId, SessionId, UserId};
use std::collections::HashMap;
use std::rc::Rc;
use std::time::Duration;

/// The longest wait before a message of unknown fate is sent again.
const LONGEST_WAIT: Duration = Duration::from_secs(10);

type Listener = Rc<dyn Fn(Option<&SessionId>)>;

/// Things that need no signal.
#[derive(Default)]
struct Backstage {
    chat: Conversation,
    frames: Frames,
    memory: Memory,
    /// What the page asked for last.
    wanted: Option<Option<SessionId>>,
    on_moved: Option<Listener>,
    on_gap: Option<Rc<dyn Fn()>>,
}

/// The chat on the screen.
#[derive(Clone, Copy)]
pub struct ChatStore {
    inner: StoredValue<Backstage, LocalStorage>,
    changed: Trigger,
    chats: Chats,
    composer: Composer,
    /// Something was asked for: the end of the chat is what matters now.
    pub sent: Trigger,
    /// The chat on the screen; none for a new one.
    pub session: Memo<Option<SessionId>>,
    /// Where it stands.
    pub phase: Memo<Phase>,
    /// Its rows, in order.
    pub rows: Memo<Vec<Row>>,
    /// What each row is.
    pub kinds: Memo<HashMap<String, RowKind>>,
    /// Whether an answer is being written here or about to be.
    pub is_busy: Memo<bool>,
    /// Whether the wish to stop is on its way.
    pub is_stopping: Memo<bool>,
    /// The answer that was completed while nobody looked.
    pub kept: Memo<Option<MessageId>>,
    /// The chats in which something is being written.
    pub working: Memo<Vec<SessionId>>,
}

impl ChatStore {
    fn new(chats: Chats, composer: Composer) -> Self {
        let inner = StoredValue::new_local(Backstage::default());
        let changed = Trigger::new();
        let rows = derived(inner, changed, Conversation::rows);
        let kind = |row: &Row| (row.key.clone(), row.kind.clone());
        Self {
            inner,
            changed,
            chats,
            composer,
            sent: Trigger::new(),
            rows,
            kinds: memo(move || rows.with(|rows| rows.iter().map(kind).collect())),
            session: derived(inner, changed, |chat| chat.session().cloned()),
            phase: derived(inner, changed, |chat| chat.phase().clone()),
            is_busy: derived(inner, changed, Conversation::is_busy),
            is_stopping: derived(inner, changed, Conversation::is_stopping),
            kept: derived(inner, changed, |chat| chat.kept().cloned()),
            working: derived(inner, changed, Conversation::working),
        }
    }

    /// Shows a chat, or a new one.
    pub fn open(self, session: Option<SessionId>) {
        if let Some(session) = &session {
            self.chats.mark_read(session);
        }
        self.chats.want(session.clone());
        let effects = self.inner.try_update_value(|inner| {
            inner.wanted = Some(session.clone());
            let effects = inner.chat.open(session.clone());
            if !effects.is_empty() {
                inner.frames.clear();
            }
            effects
        });
        self.composer.open(session);
        self.run(effects.unwrap_or_default());
    }

    /// Sends what is in the text box.
    pub fn say(self, model: Option<String>) {
        if self.is_busy.get_untracked() {
            return;
        }
        if let Some(text) = self.composer.take() {
            self.ask(Wish::Say(text), model);
        }
    }

    /// Asks for another answer, or for more of one.
    pub fn ask(self, wish: Wish, model: Option<String>) {
        self.update(|chat| chat.send(wish, model, crate::ids::random_id()));
        self.sent.notify();
    }

    /// Sends once more what was refused or got lost.
    pub fn retry(self) {
        let text =
            self.inner.with_value(|inner| inner.chat.outgoing().and_then(|outgoing| outgoing.body.content.clone()));
        if let Some(text) = text {
            self.composer.take_back(&text);
        }
        self.update(Conversation::retry);
    }

    /// Forgets what was refused.
    pub fn dismiss(self) {
        self.update(Conversation::dismiss);
    }

    /// Stops what is being written, or what is about to be.
    pub fn stop(self) {
        self.update(|chat| chat.stop().into_iter().chain([Effect::RowsChanged]).collect());
    }

    /// Reads the chat again.
    pub fn reload(self) {
        self.update(|chat| chat.reload().into_iter().collect());
    }

    /// Asks for older messages.
    pub fn want_older(self) {
        self.update(|chat| chat.want_older().into_iter().collect());
    }

    /// Shows another version of a message.
    pub fn show_version(self, message: MessageId) {
        if let Some(session) = self.session.get_untracked() {
            let change = UpdateSession { active_message_id: Some(message), ..UpdateSession::default() };
            self.choose_version(session, change);
        }
    }

    fn choose_version(self, session: SessionId, change: UpdateSession) {
        spawn_local(async move {
            match api::sessions::update(&session, &change).await {
                Ok(_) => self.reload(),
                Err(error) => {
                    self.chats.fail(error, move || self.choose_version(session.clone(), change.clone()));
                }
            }
        });
    }

    /// Takes an event of a run.
    pub fn hear(self, event: &RunEvent) {
        let away = dom::is_hidden();
        self.update(|chat| chat.hear(event, away));
    }

    /// Takes the server's list of what runs.
    pub fn hello(self, running: &[RunId]) {
        let on_their_way = self.inner.with_value(|inner| inner.memory.on_their_way());
        self.update(|chat| {
            chat.forget_settled(&on_their_way);
            chat.hello(running)
        });
    }

    /// The event stream broke.
    pub fn disconnected(self) {
        self.inner.update_value(|inner| inner.chat.disconnected());
    }

    /// The tab is looked at again.
    pub fn looked_at(self) {
        if let Some(session) = self.session.get_untracked() {
            self.chats.mark_read(&session);
        }
    }

    /// Another person is signed in, or nobody: nothing of before may be seen.
    pub fn reset(self, user: Option<&UserId>) {
        let wanted = self.inner.try_update_value(|inner| {
            inner.chat = inner.memory.recall(user);
            inner.frames.clear();
            inner.wanted.take()
        });
        self.changed.notify();
        // The page may have named its chat before it was known who reads it.
        if let (Some(Some(session)), true) = (wanted, user.is_some()) {
            self.open(session);
        }
    }

    /// What to do when a new chat has got its address, or the one on the screen was deleted elsewhere.
    pub fn on_moved(self, listener: impl Fn(Option<&SessionId>) + 'static) {
        self.inner.update_value(|inner| inner.on_moved = Some(Rc::new(listener)));
    }

    /// A chat was deleted elsewhere.
    pub fn deleted(self, session: &SessionId) {
        if self.read(|chat| chat.is_session(session)) {
            self.moved(None);
        }
    }

    /// What to do when events are missing.
    pub fn on_gap(self, listener: impl Fn() + 'static) {
        self.inner.update_value(|inner| inner.on_gap = Some(Rc::new(listener)));
    }

    /// Whether there is more above; tracked.
    #[must_use]
    pub fn has_older(self) -> bool {
        self.changed.track();
        self.read(Conversation::has_older)
    }

    /// Reads the plain state; not tracked.
    pub fn read<T>(self, read: impl FnOnce(&Conversation) -> T) -> T {
        self.inner.with_value(|inner| read(&inner.chat))
    }

    /// Reads the plain state and follows the text of one answer, a frame at a time.
    pub fn follow<T>(self, message: &MessageId, read: impl FnOnce(&Conversation) -> T) -> T {
        if let Some(trigger) = self.inner.try_update_value(|inner| inner.frames.trigger(message)) {
            trigger.track();
        }
        self.read(read)
    }

    /// Calls `listener` in every frame in which the answer has grown, as long as the caller lives.
    pub fn listen(self, message: MessageId, listener: impl Fn() + 'static) {
        let number = self.inner.try_update_value(|inner| inner.frames.add(&message, listener));
        on_cleanup(move || {
            if let Some(number) = number {
                self.inner.try_update_value(|inner| inner.frames.remove(&message, number));
            }
        });
    }

    fn update(self, change: impl FnOnce(&mut Conversation) -> Vec<Effect>) {
        let effects = self.inner.try_update_value(|inner| change(&mut inner.chat));
        self.run(effects.unwrap_or_default());
    }

    fn run(self, effects: Vec<Effect>) {
        for effect in effects {
            match effect {
                Effect::RowsChanged => self.changed.notify(),
                Effect::Grew(message) => self.grew(message),
                Effect::WorkingChanged | Effect::OutboxChanged => {
                    self.changed.notify();
                    self.inner.update_value(|inner| inner.memory.remember(&inner.chat));
                }
                Effect::Load { session, generation } => spawn_local(self.load(session, generation)),
                Effect::LoadOlder { session, after, generation } => {
                    spawn_local(self.load_older(session, after, generation));
                }
                Effect::OlderFailed(error) => self.chats.fail_page(error, move || self.want_older()),
                Effect::Send(body) => spawn_local(self.send(body)),
                Effect::SendLater { client_id, attempts } => self.send_later(client_id, attempts),
                Effect::Stop(run) => spawn_local(self.send_stop(run)),
                Effect::Opened(session) => self.opened(&session),
                Effect::ReturnText(session, text) => self.composer.give_back(session.as_ref(), &text),
                Effect::Unread(session) => self.chats.mark_unread(session),
                Effect::Resync => self.missed_events(),
            }
        }
    }

    async fn load(self, session: SessionId, generation: u64) {
        let reply = api::sessions::messages(&session, None).await;
        self.update(|chat| chat.loaded(generation, reply));
    }

    async fn load_older(self, session: SessionId, after: String, generation: u64) {
        let reply = api::sessions::messages(&session, Some(&after)).await;
        if reply.is_ok() {
            self.chats.page_came();
        }
        self.update(|chat| chat.loaded_older(generation, reply));
    }

    async fn send(self, body: SendMessage) {
        let client_id = body.client_message_id.clone().unwrap_or_default();
        let reply = api::chat::send(&body).await;
        self.update(|chat| match reply {
            Ok(reply) => chat.accepted(&client_id, &reply),
            Err(error) => chat.refused(&client_id, error),
        });
    }

    fn send_later(self, client_id: String, attempts: u32) {
        let wait = (Duration::from_millis(500) * (1 << attempts.min(6))).min(LONGEST_WAIT);
        set_timeout(move || self.update(|chat| chat.send_again(&client_id)), wait);
    }

    async fn send_stop(self, run: RunId) {
        match api::chat::stop(&run).await {
            Ok(()) => {}
            Err(ApiError { code, .. }) => self.update(|chat| {
                chat.stop_failed(&run);
                // A run that is not there has ended, and the messages know how.
                let gone = code == shared::ErrorCode::RunNotFound.as_str();
                let reload = chat.reload().filter(|_| gone);
                reload.into_iter().chain([Effect::RowsChanged]).collect()
            }),
        }
    }

    fn opened(self, session: &SessionId) {
        self.composer.moved(session);
        self.chats.mark_read(session);
        self.changed.notify();
        self.moved(Some(session));
    }

    /// However many tokens arrive, an answer is painted once a frame. Its end does not wait for the next one: what comes
    /// after an answer is drawn at once, and its last words would push that.
    fn grew(self, message: MessageId) {
        let streams = self.read(|chat| chat.answer(&message).is_some_and(|answer| answer.status == Status::Streaming));
        let ask = self.inner.try_update_value(|inner| inner.frames.grew(message));
        if !streams {
            self.tell();
        } else if ask == Some(true) {
            request_animation_frame(move || self.tell());
        }
    }

    fn tell(self) {
        if let Some(due) = self.inner.try_update_value(|inner| inner.frames.take()) {
            due.tell();
        }
    }

    // Listeners come back here to change things, so they are called when nothing is borrowed any more.
    fn missed_events(self) {
        let on_gap = self.inner.with_value(|inner| inner.on_gap.clone());
        if let Some(on_gap) = on_gap {
            on_gap();
        }
    }

    fn moved(self, session: Option<&SessionId>) {
        let on_moved = self.inner.with_value(|inner| inner.on_moved.clone());
        if let Some(on_moved) = on_moved {
            on_moved(session);
        }
    }
}

fn derived<T: PartialEq + Send + Sync + 'static>(
    inner: StoredValue<Backstage, LocalStorage>,
    changed: Trigger,
    read: fn(&Conversation) -> T,
) -> Memo<T> {
    memo(move || {
        changed.track();
        inner.with_value(|inner| read(&inner.chat))
    })
}

/// Makes the chat on the screen available below. Expects nothing; the list and the composer are handed in.
pub fn provide_chat(chats: Chats, composer: Composer) -> ChatStore {
    let store = ChatStore::new(chats, composer);
    provide_context(store);
    store
}

/// The chat on the screen.
#[must_use]
pub fn use_chat() -> ChatStore {
    expect_context()
}

#[cfg(test)]
mod tests {
    use super::{ChatStore, Effect, Owner};
    use crate::state::chats::provide_chats;
    use crate::state::composer::provide_composer;

    #[test]
    fn a_listener_may_change_what_it_hears_of() {
        Owner::new().with(|| {
            let store = ChatStore::new(provide_chats(), provide_composer());
            store.on_gap(move || store.disconnected());
            store.run(vec![Effect::Resync]);
            assert!(store.read(|chat| chat.missed));
        });
    }
}
