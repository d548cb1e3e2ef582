//! The chat screen: the list of chats, the header, the messages, the text box. Reads state and lays out.

pub mod dock;
pub mod drawer;
mod follow;
pub mod header;
pub mod thread;
mod viewport;

use crate::components::empty::{Greeting, NoModel, Starters};
use crate::components::sidebar::Sidebar;
use crate::components::sidebar::path;
use crate::components::ui::{Button, ButtonKind, ErrorCard};
use crate::dom;
use crate::i18n::{chat, t};
use crate::reactive::{draw, effect, memo};
use crate::router::{NavigateOptions, navigate, use_location};
use crate::state::account::{use_account, use_title};
use crate::state::chats::use_chats;
use crate::state::composer::use_composer;
use crate::state::conversation::{Phase, use_chat};
use crate::state::events::use_events;
use crate::state::models::use_models;
use crate::t;
use dock::Dock;
use drawer::Drawer;
use header::Header;
use leptos::prelude::*;
use shared::{ErrorCode, SessionId};
use thread::Thread;

/// The chat screen.
#[component]
pub fn ChatPage() -> AnyView {
    let drawer = Drawer::new();
    drawer.follow_window();
    viewport::follow_keyboard();
    follow_address();
    let (store, chats) = (use_chat(), use_chats());
    use_title(move || {
        let session = store.session.get().and_then(|session| chats.get(&session));
        session.map(|session| session.title).unwrap_or_default()
    });
    let fresh = memo(move || store.phase.with(|phase| *phase == Phase::Fresh) && store.rows.with(Vec::is_empty));
    let start = move || {
        drawer.leave();
        navigate("/", NavigateOptions::default());
        use_composer_focus();
    };
    let covered = memo(move || drawer.is_open());
    effect(move || lead_focus(covered.get()));
    view! {
        <div class="app" class:drawn=move || drawer.is_open() class:folded=move || drawer.is_folded()>
            <aside class="sidebar" tabindex="-1">
                <Sidebar on_fold=move || drawer.hide() on_new=start on_chosen=move || drawer.leave()/>
            </aside>
            {drawer.closes_with_back()}
            <div class="veil" aria-hidden="true" on:click=move |_| drawer.hide()></div>
            <main class="chat" class:fresh=move || fresh.get() inert=move || covered.get()>
                <Header drawer on_new=start/>
                <Strip/>
                <Trouble/>
                <Body fresh/>
            </main>
        </div>
    }
    .into_any()
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
    effect(move || store.open(session.get()));
    store.on_moved(move |session| {
        let options = NavigateOptions { replace: true, scroll: false };
        navigate(&session.map_or_else(|| "/".to_owned(), path), options);
    });
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

fn is_missing(phase: &Phase) -> bool {
    matches!(phase, Phase::Failed(error) if error.known() == Some(ErrorCode::ChatNotFound))
}

/// One line for what concerns the whole page: the connection is lost, or the server was updated. It never reloads by
/// itself: somebody may be typing, and an answer may be arriving.
#[component]
fn Strip() -> AnyView {
    let (events, account) = (use_events(), use_account());
    let body = move || match (events.is_lost(), events.is_outdated()) {
        (true, _) => view! { <p class="strip">{t(chat::RECONNECTING)}</p> }.into_any(),
        (_, true) => view! {
            <p class="strip">
                {move || t!(chat::OUTDATED, brand = account.brand.get())}
                <Button label=t(chat::RELOAD) kind=ButtonKind::Quiet on_press=move || events.reload()/>
            </p>
        }
        .into_any(),
        _ => ().into_any(),
    };
    view! { <div class="strip-place" role="status">{body}</div> }.into_any()
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
