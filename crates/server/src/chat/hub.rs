//! Who watches: the open tabs of every person, and the runs they should hear of.
//!
//! A tab that cannot keep up is dropped, never waited for; it connects again and gets snapshots. What one person's tabs
//! hear here, the servers that share the database are told of, so that theirs hear it too.

mod calls;

pub use calls::OpenCall;

use super::run::RunHandle;
use crate::auth::keys::key_of;
use crate::clock::new_id;
use crate::db::Notice;
use crate::db::notices::Notices;
use crate::version;
use bytes::Bytes;
use dashmap::DashMap;
use shared::accounts::UserRole;
use shared::events::{Reach, UserEvent};
use shared::{LoginId, UserId};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use tokio::sync::mpsc;

/// Frames that may wait for a slow reader before it is dropped.
pub const CHANNEL_FRAMES: usize = 256;
/// Frames that bring a new tab up to date with a run: a snapshot, and the end of one that is not saved yet.
const FRAMES_A_RUN: usize = 2;
/// Most tabs of one person.
const MAX_TABS: usize = 64;

/// Everybody who watches.
pub struct Hub {
    people: DashMap<UserId, Arc<Audience>>,
    others: Notices,
    /// Another one after each start and on each server.
    name: String,
    /// How often everybody was told something.
    told: AtomicU64,
}

/// One person's tabs and runs.
#[derive(Default)]
pub struct Audience {
    inner: Mutex<Inner>,
    /// How often this person was told something beside the events of runs.
    told: AtomicU64,
}

#[derive(Default)]
struct Inner {
    tabs: Vec<Tab>,
    runs: Vec<Arc<RunHandle>>,
    /// Calls of programs that are answered.
    calls: calls::Calls,
    reserved: usize,
}

struct Tab {
    login: LoginId,
    role: UserRole,
    /// Whether it hears of people, as administrators do.
    governs: bool,
    sender: mpsc::Sender<Bytes>,
}

/// The right to one running answer; given back when dropped.
pub struct Slot {
    audience: Arc<Audience>,
}

impl Drop for Slot {
    fn drop(&mut self) {
        let mut inner = self.audience.lock();
        inner.reserved = inner.reserved.saturating_sub(1);
    }
}

impl Audience {
    fn lock(&self) -> MutexGuard<'_, Inner> {
        self.inner.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Takes one of `limit` places for a running answer.
    pub fn reserve(self: &Arc<Self>, limit: usize) -> Option<Slot> {
        let mut inner = self.lock();
        if inner.reserved >= limit {
            return None;
        }
        inner.reserved += 1;
        drop(inner);
        Some(Slot { audience: Arc::clone(self) })
    }

    /// A run begins: tabs that connect from now on get a snapshot of it.
    pub fn add_run(&self, run: Arc<RunHandle>) {
        self.lock().runs.push(run);
    }

    /// A run is over and stored.
    pub fn remove_run(&self, run: &RunHandle) {
        self.lock().runs.retain(|other| !std::ptr::eq(Arc::as_ptr(other), run));
    }

    /// Whether anybody watches.
    pub fn has_tabs(&self) -> bool {
        self.lock().tabs.iter().any(|tab| !tab.sender.is_closed())
    }

    /// Sends an encoded event to every tab.
    pub fn send(&self, frame: &Bytes) {
        self.send_to(frame, usize::MAX);
    }

    /// Sends a frame to the tabs for which fewer than `most` wait; the others are dropped.
    pub fn send_to(&self, frame: &Bytes, most: usize) {
        self.lock().tabs.retain(|tab| waiting(&tab.sender) < most && tab.sender.try_send(frame.clone()).is_ok());
    }
}

/// How many frames a reader has not taken yet.
pub fn waiting(sender: &mpsc::Sender<Bytes>) -> usize {
    sender.max_capacity() - sender.capacity()
}

impl Hub {
    /// Nobody watches yet.
    pub(super) fn new(others: Notices) -> Self {
        Self { people: DashMap::new(), others, name: new_id(), told: AtomicU64::new(0) }
    }

    /// Whether anybody has a tab open here.
    pub fn is_watched(&self) -> bool {
        self.people.iter().any(|audience| audience.has_tabs())
    }

    /// Whether a person has a tab open here.
    pub fn is_watched_by(&self, user: &UserId) -> bool {
        self.people.get(user).is_some_and(|audience| audience.has_tabs())
    }

    /// The audience of a person.
    pub fn audience(&self, user: &UserId) -> Arc<Audience> {
        if let Some(audience) = self.people.get(user) {
            return Arc::clone(&audience);
        }
        Arc::clone(&self.people.entry(user.clone()).or_default())
    }

    /// Where a person's streams stand, for [`shared::settings::Start::mark`].
    pub fn mark(&self, user: &UserId) -> String {
        self.mark_of(&self.audience(user))
    }

    fn mark_of(&self, audience: &Audience) -> String {
        let told = |count: &AtomicU64| count.load(Ordering::SeqCst);
        format!("{}-{}-{}", self.name, told(&audience.told), told(&self.told))
    }

    /// Opens a tab's stream: `hello`, a snapshot of every running answer, then everything. Closes the oldest tab when
    /// there are too many.
    pub fn open_tab(&self, user: &UserId, login: &LoginId, role: UserRole, governs: bool) -> mpsc::Receiver<Bytes> {
        let audience = self.audience(user);
        let mut inner = audience.lock();
        let running: Vec<_> = inner.runs.iter().map(|run| run.id.clone()).collect();
        let (sender, receiver) = mpsc::channel(CHANNEL_FRAMES + FRAMES_A_RUN * running.len());
        let hello = UserEvent::Hello { build: version::build(), running, mark: self.mark_of(&audience) };
        // The channel is new and empty: the first frame always fits.
        let _ = sender.try_send(encode(&hello));
        inner.tabs.retain(|tab| !tab.sender.is_closed());
        if inner.tabs.len() >= MAX_TABS {
            inner.tabs.remove(0);
        }
        inner.tabs.push(Tab { login: login.clone(), role, governs, sender: sender.clone() });
        let runs = inner.runs.clone();
        // Released before the runs are locked: they lock this while they hold their own lock.
        drop(inner);
        for run in runs {
            // One that ended stays in the list until it is saved: its end belongs to what the tab has to hear.
            for frame in run.so_far() {
                // There is room for all of them; if events filled it meanwhile, the tab is dropped by the next one.
                let _ = sender.try_send(frame.data());
            }
        }
        receiver
    }

    /// Tells all tabs of a person, wherever they are connected.
    pub fn publish(&self, user: &UserId, event: &UserEvent) {
        self.show(user, event);
        self.others.tell(|| notice_of(user, event));
    }

    /// Tells the tabs that a person has here.
    pub fn show(&self, user: &UserId, event: &UserEvent) {
        debug_assert_ne!(event.reach(), Reach::Administrators, "{event:?} is for administrators alone");
        if let Some(audience) = self.people.get(user) {
            // Counted first: a tab that opens in between hears of it twice rather than never.
            audience.told.fetch_add(1, Ordering::SeqCst);
            audience.send(&encode(event));
        }
    }

    /// Tells everybody who is connected here.
    pub fn publish_all(&self, event: &UserEvent) {
        debug_assert_eq!(event.reach(), Reach::Everybody, "{event:?} is not for everybody");
        let frame = encode(event);
        self.told.fetch_add(1, Ordering::SeqCst);
        self.people.iter().for_each(|audience| audience.send(&frame));
    }

    /// Tells administrators, wherever they are connected, that the list of people changed.
    pub fn publish_people(&self) {
        self.show_people();
        self.others.tell(|| Notice::People);
    }

    /// Tells the administrators who are connected here that the list of people changed.
    pub fn show_people(&self) {
        let event = &UserEvent::PeopleChanged;
        let frame = encode(event);
        for audience in &self.people {
            audience.lock().tabs.retain(|tab| !tab.governs || tab.sender.try_send(frame.clone()).is_ok());
        }
    }

    /// Ends every stream of a person, for instance because the account was disabled.
    pub fn close_user(&self, user: &UserId) {
        self.close_everywhere(user, |_| true);
    }

    /// Ends the streams of one login, for instance because it signed out, or of one key, see [`CurrentUser::login`].
    ///
    /// [`CurrentUser::login`]: crate::auth::CurrentUser
    pub fn close_login(&self, user: &UserId, login: &LoginId) {
        self.close_everywhere(user, |open| open == login);
    }

    /// Ends the streams of a login that somebody else ended.
    pub fn drop_login(&self, user: &UserId, login: &LoginId) {
        self.close(user, |open| open == login);
    }

    /// Ends a person's streams that were opened with another role: they come back with the rights of this one.
    pub fn drop_other_roles(&self, user: &UserId, role: UserRole) {
        if let Some(audience) = self.people.get(user) {
            let mut inner = audience.lock();
            inner.tabs.retain(|tab| tab.role == role);
            inner.calls.end_views(Some(role));
        }
    }

    /// Ends the streams of a person's logins except perhaps one, for instance because the password changed. Those of keys
    /// go on: keys stand by themselves.
    pub fn close_logins(&self, user: &UserId, keep: Option<&LoginId>) {
        self.close_everywhere(user, |open| Some(open) != keep && key_of(open).is_none());
    }

    /// Ends every stream of a tab: the server goes down, or does not know what its tabs missed. They come again and begin
    /// with the whole.
    pub fn close_everybody(&self) {
        for audience in &self.people {
            let mut inner = audience.lock();
            inner.tabs.clear();
            inner.calls.end_views(None);
        }
    }

    /// Everybody who has a stream open, login by login.
    pub fn open_logins(&self) -> Vec<(UserId, LoginId)> {
        let mut open = Vec::new();
        for person in &self.people {
            let inner = person.lock();
            let mut logins: Vec<LoginId> = inner.tabs.iter().map(|tab| tab.login.clone()).collect();
            logins.extend(inner.calls.logins());
            let runs = inner.runs.clone();
            // Released before the runs are locked: they lock this while they hold their own lock.
            drop(inner);
            logins.extend(runs.iter().flat_map(|run| run.readers()));
            logins.sort();
            logins.dedup();
            open.extend(logins.into_iter().map(|login| (person.key().clone(), login)));
        }
        open
    }

    /// The other servers look by themselves which logins still stand.
    fn close_everywhere(&self, user: &UserId, ends: impl Fn(&LoginId) -> bool) {
        self.close(user, ends);
        self.others.tell(|| Notice::Person { user: user.clone() });
    }

    fn close(&self, user: &UserId, ends: impl Fn(&LoginId) -> bool) {
        let Some(audience) = self.people.get(user).map(|audience| Arc::clone(&audience)) else { return };
        let mut inner = audience.lock();
        inner.tabs.retain(|tab| !ends(&tab.login));
        inner.calls.end(&ends);
        let runs = inner.runs.clone();
        drop(inner);
        for run in runs {
            run.close_readers(&ends);
        }
    }
}

/// What to look at again after an event.
fn notice_of(user: &UserId, event: &UserEvent) -> Notice {
    let user = user.clone();
    match event {
        UserEvent::SessionChanged { session } => Notice::Chat { user, session: session.id.clone() },
        UserEvent::SessionDeleted { session_id } => Notice::Chat { user, session: session_id.clone() },
        UserEvent::SessionsChanged => Notice::Chats { user },
        UserEvent::FoldersChanged => Notice::Folders { user },
        UserEvent::MessagesChanged { session_id } => Notice::Messages { user, session: session_id.clone() },
        _ => Notice::Person { user },
    }
}

fn encode(event: &UserEvent) -> Bytes {
    let mut frame = b"data: ".to_vec();
    // Our own types always serialise.
    let _ = serde_json::to_writer(&mut frame, event);
    frame.extend_from_slice(b"\n\n");
    frame.into()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::chat::run::RunIds;
    use shared::events::{RunEventBody, Status};
    use shared::message::LiveAnswer;
    use shared::{AssistantMessage, Event};

    #[test]
    fn a_tab_that_connects_before_an_ended_answer_is_saved_hears_of_its_end() {
        let hub = Hub::new(Notices::default());
        let user = UserId::from("u");
        let ids = RunIds {
            run: "r".into(),
            user: user.clone(),
            session: "s".into(),
            message: "m".into(),
            user_message: None,
        };
        let run = Arc::new(RunHandle::new(ids, AssistantMessage::default(), hub.audience(&user)));
        hub.audience(&user).add_run(Arc::clone(&run));
        run.emit(RunEventBody::Started {
            session_id: "s".into(),
            message_id: "m".into(),
            user_message_id: None,
            model: "ok".into(),
            parts_before: 0,
        });
        run.emit(RunEventBody::Failed(Box::default()));
        let mut tab = hub.open_tab(&user, &"l".into(), UserRole::User, false);
        let (mut decoder, mut live) = (shared::sse::Decoder::default(), LiveAnswer::default());
        while let Ok(frame) = tab.try_recv() {
            let take = |frame: shared::sse::Frame| match serde_json::from_str(&frame.data).expect("an event") {
                Event::Run(event) => drop(live.apply(&event)),
                Event::User(_) => {}
            };
            decoder.push(&frame, take).expect("short");
        }
        assert_eq!(live, run.live());
        assert_eq!(live.message.status, Status::Failed);
    }
}
