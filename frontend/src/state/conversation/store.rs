//! The chat on the screen as signals. It runs the effects of [`Conversation`] and paints at most once a frame: the text of
//! an answer has a trigger of its own, so that a token wakes the one block that shows it and no list.

mod acts;
mod edits;
mod pages;

pub use edits::Edit;

use super::frames::Frames;
use super::memory::Memory;
use super::places::{Landing, Place, Places};
use super::{Ask, Conversation, Effect, Outgoing, Phase, Row, RowKind, Wish};
use crate::api;
use crate::dom;
use crate::reactive::memo;
use crate::state::chats::Chats;
use crate::state::composer::attachments::Attachments;
use crate::state::composer::{Composer, Draft};
use leptos::prelude::*;
use leptos::task::spawn_local;
use shared::chat::{Model, SendMessage};
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
    places: Places,
    /// Where the view is to begin, until it has.
    landing: Option<Landing>,
    on_leave: Option<Rc<dyn Fn() -> Option<Place>>>,
    /// What the page asked for last.
    wanted: Option<(Option<SessionId>, Option<MessageId>)>,
    /// Who is signed in.
    user: Option<UserId>,
    /// The message that takes the focus as soon as it is here.
    sought: Option<MessageId>,
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
    /// The messages that are being changed in their places.
    edits: RwSignal<Vec<Edit>>,
    /// Something was asked for: the end of the chat is what matters now.
    pub sent: Trigger,
    /// Another place in the chat is what matters now.
    pub moved: Trigger,
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
            edits: RwSignal::new(Vec::new()),
            sent: Trigger::new(),
            moved: Trigger::new(),
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

    /// Shows a chat, or a new one; with a message, at that one, else where somebody read in it last.
    pub fn open(self, session: Option<SessionId>, at: Option<&MessageId>) {
        if let Some(session) = &session {
            self.chats.mark_read(session);
        }
        self.chats.want(session.clone());
        let same = self.session.get_untracked() == session;
        if !same {
            self.leave();
        }
        let effects = self.inner.try_update_value(|inner| {
            inner.sought = None;
            // The address forgets the message as soon as it was named, which may be before anybody is signed in.
            let named = inner.wanted.take().filter(|(known, _)| *known == session).and_then(|(_, named)| named);
            inner.wanted = Some((session.clone(), at.cloned().or(named)));
            if !same || at.is_some() {
                let place = session.as_ref().filter(|_| at.is_none()).and_then(|session| inner.places.of(session));
                inner.landing = Some(Landing::of(at.cloned(), place));
            }
            let message = inner.landing.as_ref().and_then(Landing::message).cloned();
            let effects = inner.chat.open_at(session.clone(), message.as_ref().filter(|_| !same || at.is_some()));
            if !same && !effects.is_empty() {
                inner.frames.clear();
            }
            effects
        });
        self.composer.open(session);
        self.run(effects.unwrap_or_default());
        self.moved.notify();
    }

    /// Sends what is in the text box, as soon as its files are here; while an answer is being written it waits for that.
    pub fn say(self, model: Option<Model>, also: Vec<String>) {
        if self.composer.files.shown.with_untracked(Attachments::is_sending) {
            self.composer.files.wait(move || self.say(model.clone(), also.clone()));
            return;
        }
        if self.is_busy.get_untracked() {
            return self.queue(model.as_ref(), also);
        }
        if let Some(draft) = self.composer.take() {
            self.ask_all(Wish::Say(draft), model.as_ref(), also);
        }
    }

    /// Asks for another answer, or for more of one.
    pub fn ask(self, wish: Wish, model: Option<&Model>) {
        self.ask_all(wish, model, Vec::new());
    }

    /// Asks a model and further ones; in the way that was chosen, as far as the model understands it.
    pub(super) fn ask_all(self, wish: Wish, model: Option<&Model>, also: Vec<String>) {
        let wished = self.composer.manner.get_untracked();
        let manner = model.map(|model| wished.for_model(&model.facts)).unwrap_or_default();
        let model = model.map(|model| model.id.to_string());
        let fresh = self.composer.fresh.get_untracked();
        self.update(|chat| {
            chat.plan(fresh);
            chat.plan_also(also);
            chat.send(wish, model, manner, crate::ids::random_id())
        });
        self.sent.notify();
    }

    /// Sends once more what was refused or got lost.
    pub fn retry(self) {
        let draft = self.inner.with_value(|inner| inner.chat.outgoing().and_then(Outgoing::draft));
        if let Some(draft) = draft {
            self.composer.take_back(&draft);
        }
        if let Some(edited) = self.read(Conversation::refused_edit) {
            self.close_edit(&edited);
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

    /// Another person is signed in, or nobody: nothing of before may be seen.
    pub fn reset(self, user: Option<&UserId>) {
        let wanted = self.inner.try_update_value(|inner| {
            inner.chat = inner.memory.recall(user);
            inner.places = Places::recall(user);
            inner.landing = None;
            inner.frames.clear();
            inner.user = user.cloned();
            inner.wanted.take()
        });
        self.recall_edits();
        self.changed.notify();
        // The page may have named its chat before it was known who reads it.
        if let (Some(Some((session, at))), true) = (wanted, user.is_some()) {
            self.open(session, at.as_ref());
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

    pub(super) fn composer(self) -> Composer {
        self.composer
    }

    pub(super) fn update(self, change: impl FnOnce(&mut Conversation) -> Vec<Effect>) {
        let effects = self.inner.try_update_value(|inner| change(&mut inner.chat));
        self.run(effects.unwrap_or_default());
    }

    fn run(self, effects: Vec<Effect>) {
        // A token changes none of these, so nobody's turn is looked for while an answer streams.
        let moved = |effect: &Effect| matches!(effect, Effect::RowsChanged | Effect::WorkingChanged);
        let may_be_next = effects.iter().any(moved);
        for effect in effects {
            match effect {
                Effect::RowsChanged => self.changed.notify(),
                Effect::Grew(message) => self.grew(message),
                Effect::WorkingChanged | Effect::OutboxChanged => {
                    self.changed.notify();
                    self.inner.update_value(|inner| inner.memory.remember(&inner.chat));
                }
                Effect::Load { session, generation } => spawn_local(self.load(session, generation)),
                Effect::Reread { session, after, generation } => {
                    spawn_local(self.reread(session, after, generation));
                }
                Effect::LoadPage { session, ask, generation } => spawn_local(self.load_page(session, ask, generation)),
                Effect::PageFailed(ask, error) => self.chats.fail_page(error, move || self.want_again(ask.clone())),
                Effect::ShowBranch(session, message) => spawn_local(self.show_branch(session, message)),
                Effect::Send(body) => spawn_local(self.send(body)),
                Effect::SendLater { client_id, attempts } => self.send_later(client_id, attempts),
                Effect::Stop(run) => spawn_local(self.send_stop(run)),
                Effect::Opened(session) => self.opened(&session),
                Effect::Reopen(message, Draft { text, files }) => self.reopen_edit(Edit { message, text, files }),
                Effect::Return(session, draft) => self.composer.give_back(session.as_ref(), &draft),
                Effect::Unread(session) => self.chats.mark_unread(&session),
                Effect::Finished(session, completed) => self.advance_elsewhere(&session, completed),
                Effect::Resync => self.missed_events(),
            }
        }
        if may_be_next {
            self.advance();
        }
    }

    async fn load(self, session: SessionId, generation: u64) {
        let reply = api::sessions::messages(&session, &Ask::Newest).await;
        self.update(|chat| chat.loaded(generation, reply));
        self.seek();
    }

    async fn reread(self, session: SessionId, after: String, generation: u64) {
        let reply = api::sessions::messages(&session, &Ask::Older(after)).await;
        self.update(|chat| chat.reread_older(generation, reply));
    }

    async fn send(self, body: SendMessage) {
        let client_id = body.client_message_id.clone().unwrap_or_default();
        let reply = api::chat::send(&body).await;
        self.update(|chat| match reply {
            Ok(reply) => {
                let also = reply.also.iter().filter_map(|one| one.run_id.as_ref());
                std::iter::once(&reply.run_id).chain(also).for_each(crate::finished::asked);
                chat.accepted(&client_id, &reply)
            }
            Err(error) => chat.refused(&client_id, error),
        });
        self.update(|chat| chat.date(&crate::time::now()));
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
