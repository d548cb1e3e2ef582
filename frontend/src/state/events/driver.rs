//! Reads the event stream and hands each event to whom it concerns.

use super::{Act, Link};
use crate::api::stream::{self, Abort};
use crate::reactive::{effect, memo};
use crate::state::account::{Account, use_account};
use crate::state::build;
use crate::state::chats::{Chats, provide_chats};
use crate::state::composer::{Composer, provide_composer};
use crate::state::conversation::{ChatStore, Conversation, provide_chat};
use crate::state::models::{Models, provide_models};
use crate::state::news::{News, use_news};
use crate::state::people::{People, use_people};
use crate::state::settings::{Settings, use_settings};
use crate::state::start;
use crate::{dom, finished};
use leptos::ev;
use leptos::prelude::*;
use leptos::task::spawn_local;
use shared::events::UserEvent;
use shared::sse::{Decoder, Frame};
use shared::{Build, Event, UserId};
use std::time::Duration;
use web_sys::Response;

/// How often the link looks at the clock.
const TICK: Duration = Duration::from_millis(500);

#[derive(Default)]
struct Backstage {
    link: Link,
    abort: Abort,
    /// Counts connections, so that a late byte of an old one is known.
    connection: u64,
    /// Whether something may have happened that nobody here heard of.
    missed: bool,
    /// Where the stream stood before the lists were read; none once it is connected.
    mark: Option<String>,
    /// The build of the server, as far as it was heard.
    server: Option<Build>,
}

/// The event stream of this tab.
#[derive(Clone, Copy)]
pub struct Events {
    inner: StoredValue<Backstage, LocalStorage>,
    lost: RwSignal<bool>,
    outdated: RwSignal<bool>,
    account: Account,
    people: People,
    settings: Settings,
    chats: Chats,
    composer: Composer,
    models: Models,
    news: News,
    chat: ChatStore,
}

impl Events {
    /// Whether to say that the connection is lost; tracked.
    #[must_use]
    pub fn is_lost(self) -> bool {
        self.lost.get()
    }

    /// Whether the server is another build than this page; tracked.
    #[must_use]
    pub fn is_outdated(self) -> bool {
        self.outdated.get()
    }

    /// Loads the page that belongs to the server.
    pub fn reload(self) {
        self.inner.with_value(|inner| inner.server.as_ref().map(build::reload));
    }

    /// The person changed: forget one, follow the other.
    fn switch(self, user: Option<&UserId>) {
        self.act(Link::stop);
        let mark = user.and_then(|_| start::mark());
        // Lists that are asked for beside the stream may be older than it.
        self.inner.update_value(|inner| (inner.missed, inner.mark) = (user.is_some() && mark.is_none(), mark));
        self.chats.reset(user);
        self.models.reset(user);
        self.composer.reset(user);
        self.chat.reset(user);
        if user.is_some() {
            self.chats.reload();
            self.models.reload();
            self.act(|link| link.start(now()));
        }
    }

    fn act(self, step: impl FnOnce(&mut Link) -> Act) {
        let Some((act, lost)) = self.inner.try_update_value(|inner| {
            let act = step(&mut inner.link);
            if act != Act::Wait {
                inner.connection += 1;
                inner.abort.abort();
            }
            inner.missed |= act == Act::Drop;
            (act, inner.link.is_lost(now()))
        }) else {
            return;
        };
        if act == Act::Drop {
            self.chat.disconnected();
        }
        if act == Act::Connect {
            spawn_local(self.connect());
        }
        if self.lost.get_untracked() != lost {
            self.lost.set(lost);
        }
    }

    async fn connect(self) {
        let abort = Abort::new();
        let Some(mine) = self.inner.try_update_value(|inner| {
            inner.abort = abort.clone();
            inner.connection
        }) else {
            return;
        };
        let current = move || self.inner.try_with_value(|inner| inner.connection) == Some(mine);
        match stream::events(&abort).await {
            _ if !current() => return abort.abort(),
            Ok(response) => {
                self.opened();
                self.read(&response, current).await;
                abort.abort();
            }
            Err(error) => self.account.expire(error),
        }
        if current() {
            self.act(|link| link.closed(now(), luck()));
        }
    }

    async fn read(self, response: &Response, current: impl Fn() -> bool) {
        let mut decoder = Decoder::default();
        stream::read(response, |bytes| {
            current() && {
                self.inner.update_value(|inner| inner.link.heard(now()));
                decoder.push(bytes, |frame| self.take(&frame)).is_ok()
            }
        })
        .await;
    }

    fn opened(self) {
        self.act(|link| {
            link.opened(now());
            Act::Wait
        });
    }

    /// An event that this build does not know is none of its business.
    fn take(self, frame: &Frame) {
        match stream::event(&frame.data) {
            Some(Event::Run(event)) => {
                if let Some((status, _)) = event.body.terminal() {
                    finished::ended(&event.run_id, status);
                }
                self.chat.hear(&event);
            }
            Some(Event::User(event)) => self.news(event),
            None => {}
        }
    }

    fn news(self, event: UserEvent) {
        match event {
            UserEvent::Hello { build, running, mark } => self.hello(build, &running, &mark),
            UserEvent::SessionChanged { session } => self.chats.changed(session),
            UserEvent::SessionDeleted { session_id } => {
                // What was typed there stays: whoever takes the deletion back finds it again.
                self.chats.removed(&session_id);
                self.chat.deleted(&session_id);
            }
            UserEvent::SessionsChanged => self.chats.reload(),
            UserEvent::FoldersChanged => self.chats.folders.reload(),
            UserEvent::MessagesChanged { session_id } => self.chat.messages_changed(&session_id),
            UserEvent::ModelsChanged => {
                self.models.reload();
                self.news.models_changed();
            }
            UserEvent::SettingsChanged => self.settings.invalidate(),
            UserEvent::UserChanged { user } => self.account.set_user(user),
            UserEvent::PeopleChanged => self.people.invalidate(),
        }
    }

    fn hello(self, server: Build, running: &[shared::RunId], mark: &str) {
        self.outdated.set(build::is_outdated(build::of_page().as_ref(), &server, build::reloaded().as_deref()));
        let missed = self.inner.try_update_value(|inner| {
            inner.server = Some(server);
            let before = inner.mark.take();
            std::mem::take(&mut inner.missed) || before.is_some_and(|before| before != mark)
        });
        self.chat.hello(running);
        if missed == Some(true) {
            self.make_up();
        }
    }

    /// Reads again whatever may have changed while nobody listened.
    fn make_up(self) {
        self.chats.reload();
        self.models.reload();
        self.news.models_changed();
        self.settings.invalidate();
        self.people.invalidate();
        spawn_local(self.account.ask_again());
    }

    /// Whether somebody looks at the tab may have changed.
    fn looked(self) {
        finished::looked(self.chat.read(Conversation::running));
        self.account.notice_sign_out();
        if dom::is_hidden() {
            self.act(|link| {
                link.hidden(now());
                Act::Wait
            });
        } else {
            self.chats.looked_at();
            self.composer.looked_at();
            self.act(|link| link.shown(now()));
        }
    }

    fn follow_window(self) {
        let online = window_event_listener(ev::online, move |_| self.act(|link| link.wake(now())));
        // Nothing arrives any more, and nothing says so before the silence has lasted too long.
        let offline = window_event_listener(ev::offline, move |_| self.act(|link| link.resync(now(), luck())));
        let visible = window_event_listener(ev::visibilitychange, move |_| self.looked());
        let shown = window_event_listener(ev::pageshow, move |_| self.looked());
        let left = window_event_listener(ev::pagehide, move |_| self.composer.flush());
        // Leaving the page ends what is on its way; the browser asks first, in its own words.
        let leaving = window_event_listener(ev::beforeunload, move |event| {
            if self.composer.files.is_sending() {
                event.prevent_default();
            }
        });
        let ticking = set_interval_with_handle(move || self.act(|link| link.tick(now(), luck())), TICK);
        on_cleanup(move || {
            [online, offline, visible, shown, left, leaving].into_iter().for_each(WindowListenerHandle::remove);
            if let Ok(handle) = ticking {
                handle.clear();
            }
        });
    }
}

/// Spreads the clients of a server that comes back.
fn luck() -> f64 {
    js_sys::Math::random()
}

fn now() -> f64 {
    web_sys::window().and_then(|window| window.performance()).map_or_else(js_sys::Date::now, |clock| clock.now())
}

/// Follows the signed-in person, and makes everything that the stream feeds available below: the list of chats, the chat
/// on the screen, its text box, the models. Expects account, people, settings
/// and news.
pub fn provide_events() {
    let account = use_account();
    let chats = provide_chats();
    let models = provide_models(chats);
    let composer = provide_composer();
    let chat = provide_chat(chats, composer);
    let events = Events {
        inner: StoredValue::new_local(Backstage::default()),
        lost: RwSignal::new(false),
        outdated: RwSignal::new(false),
        account,
        people: use_people(),
        settings: use_settings(),
        chats,
        composer,
        models,
        news: use_news(),
        chat,
    };
    provide_context(events);
    chat.on_gap(move || events.act(|link| link.resync(now(), luck())));
    // Who has to replace their password first has nothing to hear and nothing to see yet.
    let user = memo(move || {
        account
            .user
            .with(|user| user.as_ref().filter(|user| !user.must_change_password).map(|user| user.id.clone()))
            .filter(|_| !account.must_set_up.get())
    });
    // The stream is outside of the page, and so is what this starts and ends.
    effect(move || events.switch(user.get().as_ref()));
    events.looked();
    events.follow_window();
}

/// The event stream.
#[must_use]
pub fn use_events() -> Events {
    expect_context()
}
