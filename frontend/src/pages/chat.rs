//! The chat screen: the list of chats, the header, the messages, the text box. Reads state and lays out.

pub mod archive;
mod commands;
pub mod dock;
pub mod drawer;
pub mod drop;
mod follow;
pub mod fresh;
pub mod header;
pub mod instructions;
mod links;
mod reading;
mod rows;
mod sheet;
pub mod thread;
mod viewport;

use crate::components::announcement::AnnouncementBanner;
use crate::components::empty::{Greeting, NoModel, Starters};
use crate::components::message::quote::QuoteButton;
use crate::components::search::SearchDialog;
use crate::components::sidebar::{Dialogs, Sidebar, drag, path, use_actions};
use crate::components::strip::Strip;
use crate::components::ui::{Button, ButtonKind, ErrorCard};
use crate::i18n::{chat, organize, say, t};
use crate::reactive::{draw, effect, memo};
use crate::router::{NavigateOptions, navigate, use_location, use_query};
use crate::shortcuts::use_shortcuts;
use crate::state::account::{use_account, use_title};
use crate::state::chats::use_chats;
use crate::state::composer::use_composer;
use crate::state::conversation::{ChatStore, Phase, use_chat};
use crate::state::models::use_models;
use crate::state::search::provide_search;
use crate::{dom, marks, storage};
use archive::{ARCHIVE, Archive};
use dock::Dock;
use drawer::Drawer;
use fresh::KindMark;
use header::Header;
use instructions::InstructionsDialog;
use leptos::ev;
use leptos::prelude::*;
use shared::chat::NewChat;
use shared::{ErrorCode, SessionId};
use thread::Thread;

/// The chat screen.
#[component]
pub fn ChatPage() -> AnyView {
    let drawer = Drawer::new();
    drawer.follow_window();
    viewport::follow_keyboard();
    follow_address();
    links::follow();
    let (store, chats, composer) = (use_chat(), use_chats(), use_composer());
    provide_search();
    drag::provide_drag(chats);
    let location = use_location().pathname;
    let in_archive = memo(move || location.with(|path| path.trim_end_matches('/') == ARCHIVE));
    use_title(move || {
        if in_archive.get() {
            return say(organize::ARCHIVE).to_owned();
        }
        let session = store.session.get().and_then(|session| chats.get(&session));
        session.map(|session| session.title).unwrap_or_default()
    });
    let fresh = memo(move || store.phase.with(|phase| *phase == Phase::Fresh) && store.rows.with(Vec::is_empty));
    let is_begun = move || !fresh.get() && !in_archive.get();
    marks::hold(marks::DOCK, is_begun);
    let begin = move |fresh: NewChat| {
        drawer.leave();
        composer.begin_as(fresh);
        navigate("/", NavigateOptions::default());
        use_composer_focus();
    };
    let start = move || begin(NewChat::default());
    answer_shortcuts(drawer, start, move || begin(NewChat { temporary: true, ..NewChat::default() }));
    let covered = memo(move || drawer.is_open());
    effect(move || lead_focus(covered.get()));
    let top = move || {
        if in_archive.get() {
            view! { <Archive drawer/> }.into_any()
        } else {
            view! { <Header drawer on_new=start/> }.into_any()
        }
    };
    let body = move || (!in_archive.get()).then(|| view! { <KindMark/><Body fresh/> });
    view! {
        <div class="app" class:drawn=move || drawer.is_open() class:folded=move || drawer.is_folded()>
            <aside class="sidebar" tabindex="-1">
                <Sidebar on_fold=move || drawer.hide() on_new=start on_chosen=move || drawer.leave()/>
            </aside>
            {drawer.closes_with_back()}
            <div class="veil" aria-hidden="true" on:click=move |_| drawer.hide()></div>
            <main class="chat" class:fresh=move || fresh.get() && !in_archive.get() inert=move || covered.get()>
                {draw(top)}
                <Strip/>
                <AnnouncementBanner/>
                <Trouble/>
                {draw(body)}
            </main>
            <InstructionsDialog/>
            <QuoteButton/>
            <Dialogs/>
            <SearchDialog/>
        </div>
    }
    .into_any()
}

/// What the shortcuts of this page do.
fn answer_shortcuts(drawer: Drawer, start: impl Fn() + 'static, temporary: impl Fn() + 'static) {
    let (shortcuts, store, actions) = (use_shortcuts(), use_chat(), use_actions());
    let search = crate::state::search::use_search();
    shortcuts.act("new-chat", start);
    shortcuts.act("temporary", temporary);
    shortcuts.act("search", move || if search.open.get_untracked() { search.hide() } else { search.show() });
    shortcuts.act("sidebar", move || drawer.toggle());
    shortcuts.act("settings", || navigate("/settings", NavigateOptions::default()));
    shortcuts.act("delete", move || {
        if let Some(session) = store.session.get_untracked() {
            actions.delete(vec![session]);
        }
    });
}

/// What lies below the list takes neither presses nor focus, so the focus goes into the list and comes back with it.
fn lead_focus(covered: bool) {
    // By the next frame the page can take the focus again.
    request_animation_frame(move || {
        if covered {
            dom::focus_first(".sidebar");
        } else if dom::focused().is_some_and(|focused| focused.closest(".sidebar").is_ok_and(|list| list.is_some())) {
            dom::focus_first(".head-list button");
        }
    });
}

/// A new chat while one is on the screen already: the text box takes the focus.
fn use_composer_focus() {
    if let Some(composer) = use_context::<crate::state::composer::Composer>() {
        composer.focus.notify();
    }
}

/// The address names the chat. The browser changes it by itself, so there is no event but the address to follow.
fn follow_address() {
    let store = use_chat();
    let address = use_location().pathname;
    let session = memo(move || address.with(|path| session_in(path)));
    let sought = use_query("m");
    effect(move || {
        let at = sought.get().map(|message| message.as_str().into());
        store.open(session.get(), at.as_ref());
        if let (Some(_), Some(session)) = (at, session.get_untracked()) {
            // The place is found once; a reload goes back to where somebody read since.
            let options = NavigateOptions { replace: true, scroll: false };
            queue_microtask(move || navigate(&path(&session), options));
        }
    });
    remember_on_leaving(store);
    store.on_moved(move |session| {
        let options = NavigateOptions { replace: true, scroll: false };
        navigate(&session.map_or_else(|| "/".to_owned(), path), options);
    });
}

/// The page may not come back to life: where somebody reads is remembered when it is left.
fn remember_on_leaving(store: ChatStore) {
    let leaving = window_event_listener(ev::pagehide, move |_| store.leave());
    on_cleanup(move || leaving.remove());
}

/// The chat in an address.
fn session_in(path: &str) -> Option<SessionId> {
    let id = path.strip_prefix("/c/")?.trim_end_matches('/');
    (!id.is_empty()).then(|| id.into())
}

/// The messages or what stands in their place, and the text box, which stays the same node.
#[component]
fn Body(fresh: Memo<bool>) -> AnyView {
    let (account, models, composer, store) = (use_account(), use_models(), use_composer(), use_chat());
    let name = Signal::derive(move || account.user.get().map(|user| user.username).unwrap_or_default());
    let without_model = memo(move || fresh.get() && models.is_empty.get());
    effect(move || remember_model(models.is_empty.get()));
    // There is nothing to say in a chat that is not there.
    let missing = memo(move || store.phase.with(is_missing));
    let top = move || match (without_model.get(), fresh.get()) {
        (true, _) => view! { <div class="welcome"><NoModel is_admin=account.is_admin/></div> }.into_any(),
        (_, true) => view! { <div class="welcome"><Greeting name/></div> }.into_any(),
        _ => view! { <Thread/> }.into_any(),
    };
    let starters = move || {
        let wanted = fresh.get() && !without_model.get() && composer.text.with(String::is_empty);
        fresh.get().then(|| {
            view! {
                <div class="below" class:away=!wanted>
                    <Starters on_choose=move |text: &'static str| composer.fill(text)/>
                </div>
            }
        })
    };
    view! {
        {top}
        {move || (!without_model.get() && !missing.get()).then(|| view! { <Dock/> })}
        {starters}
    }
    .into_any()
}

/// The next page begins as this one went on: see `build/frame.js`.
fn remember_model(is_missing: bool) {
    if is_missing {
        storage::write(storage::NO_MODEL, "1");
    } else {
        storage::remove(storage::NO_MODEL);
    }
}

fn is_missing(phase: &Phase) -> bool {
    matches!(phase, Phase::Failed(error) if error.known() == Some(ErrorCode::ChatNotFound))
}

/// What was asked for and did not work: a title, a model, another version, a deletion or its undo. It stands above the
/// chat, where it is seen on a phone, too, whose list is hidden.
#[component]
fn Trouble() -> AnyView {
    let chats = use_chats();
    let body = move || {
        chats.failure.get().map(|error| {
            view! {
                <ErrorCard error on_retry=move || chats.retry()>
                    <Button label=t(chat::TAKE_OUT) kind=ButtonKind::Quiet on_press=move || chats.forgive()/>
                </ErrorCard>
            }
        })
    };
    draw(body)
}

#[cfg(test)]
mod tests {
    use super::session_in;

    #[test]
    fn the_address_names_the_chat() {
        assert_eq!(session_in("/c/abc"), Some("abc".into()));
        assert_eq!(session_in("/c/abc/"), Some("abc".into()));
        assert_eq!((session_in("/"), session_in("/c/"), session_in("/settings")), (None, None, None));
    }
}
