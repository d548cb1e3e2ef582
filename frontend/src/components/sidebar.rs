//! The list of chats, and the person at its foot.

pub mod actions;
pub mod chosen;
pub mod dialogs;
pub mod drag;
pub mod folder;
pub mod lines;
pub mod list;
pub mod person;
pub mod resize;
pub mod row;

use crate::components::brand::Brand;
use crate::components::ui::{ErrorCard, Glyph, Icon, IconButton, Menu, MenuItem, Skeleton};
use crate::dom;
use crate::i18n::{chat, language, organize, search, t};
use crate::reactive::{draw, memo};
use crate::router::{NavigateOptions, navigate};
use crate::shortcuts::hint;
use crate::state::chats::{Asking, ChatList, Shelf, use_chats};
use crate::state::composer::use_composer;
use crate::state::load::Load;
use crate::state::search::use_search;
use crate::time::{self, Age};
use chosen::Chosen;
use leptos::prelude::*;
use lines::{Frame, Heading, Lines};
use list::{LineList, Scrolled, heights};
use person::PersonMenu;
use resize::ResizeHandle;
use shared::chat::{NewChat, Session};
use std::sync::Arc;
use wasm_bindgen::JsCast;

pub use actions::{chat_actions, path, use_actions};
pub use dialogs::Dialogs;
pub use row::Rename;

/// How near to its end the list asks for more, in pixels.
const NEAR: i32 = 600;
/// What the arrow keys go through.
const STOPS: &str = ".sidebar-list .chat-link";

/// The list of chats.
#[component]
pub fn Sidebar(
    /// The wish to hide it.
    #[prop(into)]
    on_fold: Callback<()>,
    /// The wish for a new chat.
    #[prop(into)]
    on_new: Callback<()>,
    /// A chat was chosen.
    #[prop(into)]
    on_chosen: Callback<()>,
) -> AnyView {
    let chats = use_chats();
    let drag = drag::use_drag();
    let actions = actions::use_actions();
    let box_ = Scrolled::default();
    let scrolled = move |event: web_sys::Event| {
        let Some(list) = event.target().and_then(|target| target.dyn_into::<web_sys::Element>().ok()) else { return };
        box_.to(&list);
        if list.scroll_height() - list.scroll_top() - list.client_height() < NEAR {
            chats.want_more(Shelf::Loose);
        }
    };
    let is_choosing = memo(move || chats.chosen.with(Option::is_some));
    let top = move || if is_choosing.get() { view! { <Chosen/> }.into_any() } else { buttons(on_new, on_chosen) };
    view! {
        <div class="sidebar-head">
            <span class="brand"><Brand/></span>
            <ListMenu on_chosen/>
            <IconButton name=t(chat::FOLD_LIST) glyph=Glyph::PanelLeft on_press=on_fold shortcut=hint("sidebar")/>
        </div>
        {draw(top)}
        <nav
            class="sidebar-list"
            class:dragging=move || drag.is_on()
            aria-label=t(chat::CHATS)
            on:scroll=scrolled
            on:keydown=|event| step(&event)
            on:pointerenter=move |_| chats.hold(true)
            on:pointerleave=move |_| chats.hold(false)
            on:dragover=move |event| drag.above(&event)
            on:drop=move |event| drag.dropped(&event, actions)
        >
            <List scrolled=box_ on_chosen/>
        </nav>
        <PersonMenu/>
        <ResizeHandle/>
    }
    .into_any()
}

/// New chat, and the search.
fn buttons(on_new: Callback<()>, on_chosen: Callback<()>) -> AnyView {
    let search_store = use_search();
    let find = move |_| {
        on_chosen.run(());
        search_store.show();
    };
    view! {
        <button class="sidebar-new" type="button" on:click=move |_| on_new.run(())>
            <Icon glyph=Glyph::SquarePen/>
            <span>{t(chat::NEW_CHAT)}</span>
        </button>
        <button class="sidebar-search" type="button" aria-haspopup="dialog" on:click=find>
            <Icon glyph=Glyph::Search/>
            <span>{t(search::SEARCH)}</span>
            <kbd aria-hidden="true">{hint("search")}</kbd>
        </button>
    }
    .into_any()
}

/// What concerns the list as a whole.
#[component]
fn ListMenu(on_chosen: Callback<()>) -> AnyView {
    let (chats, composer) = (use_chats(), use_composer());
    let go = move |path: &'static str, fresh: NewChat| {
        move || {
            on_chosen.run(());
            composer.begin_as(fresh.clone());
            navigate(path, NavigateOptions::default());
        }
    };
    let items = Arc::new(move || {
        let folder = move || chats.asking.set(Some(Asking::Folder { id: None, instructions: false }));
        vec![
            MenuItem::new(t(organize::TEMPORARY), go("/", NewChat { temporary: true, ..NewChat::default() }))
                .glyph(Glyph::Hourglass),
            MenuItem::new(t(organize::NEW_FOLDER), folder).glyph(Glyph::FolderPlus),
            MenuItem::new(t(organize::CHOOSE_CHATS), move || chats.choose(None)).glyph(Glyph::ListChecks),
            MenuItem::new(t(organize::ARCHIVE), go("/archive", NewChat::default())).glyph(Glyph::Archive),
        ]
    });
    view! { <Menu name=t(organize::LIST_MENU) items/> }.into_any()
}

/// Goes through the chats and folders with the arrow keys.
fn step(event: &web_sys::KeyboardEvent) {
    let by = match event.key().as_str() {
        "ArrowDown" => 1,
        "ArrowUp" => -1,
        _ => return,
    };
    let Some(root) = dom::document().and_then(|document| document.document_element()) else { return };
    let stops = dom::all(&root, STOPS);
    let here = dom::focused().and_then(|focused| stops.iter().position(|stop| stop.contains(Some(&focused))));
    let next = here.and_then(|here| here.checked_add_signed(by)).and_then(|next| stops.get(next));
    if let Some(next) = next {
        event.prevent_default();
        let box_ = dom::all(next, "input");
        dom::focus(box_.first().unwrap_or(next));
    }
}

#[component]
fn List(scrolled: Scrolled, on_chosen: Callback<()>) -> AnyView {
    let chats = use_chats();
    let lines = memo(move || {
        let (folders, open) = (chats.folders.all(), chats.folders.open());
        let frame = Frame { folders: &folders, folders_load: chats.folders.load(), open: &open };
        let (now, language) = (time::now_ms(), language());
        Lines::of(chats.with(|list| lines::build(list, &frame, |session| heading(session, now, language))), heights())
    });
    // Whether there are chats or folders, and whether there is anything to draw.
    let there = memo(move || lines.with(|lines| (lines.has_rows(), !lines.lines.is_empty())));
    let list = move || view! { <LineList lines scrolled on_chosen/> };
    let body = move || match (chats.load.get(), there.get()) {
        (Load::Failed(error), (false, _)) => view! { <ErrorCard error on_retry=move || chats.reload()/> }.into_any(),
        (Load::Waiting, (false, _)) => view! { <Skeleton rows=6/> }.into_any(),
        (Load::Ready, (_, false)) => view! { <p class="sidebar-empty">{t(chat::NO_CHATS)}</p> }.into_any(),
        (Load::Failed(error), _) => view! {
            {list()}
            <ErrorCard error on_retry=move || chats.reload()/>
        }
        .into_any(),
        _ => list().into_any(),
    };
    draw(body)
}

/// The heading of a chat, and the moment with which it begins.
fn heading(session: &Session, now: f64, language: shared::error::Language) -> (Heading, String) {
    let at = &session.last_activity_at;
    let age = time::parse(at).map_or(Age::Today, |then| time::age(then, now));
    let days = match age {
        Age::Today => 0,
        Age::Yesterday => 1,
        Age::Week => 7,
        Age::Month => 30,
        Age::Older => return (Heading::Month(time::month(at, language)), time::month_start(at)),
    };
    (Heading::Recent(age), time::day_start(now, days))
}

/// The chats of a list that are not archived; the newest first. For whoever offers the last few.
pub fn recent(list: &ChatList, most: usize) -> Vec<Arc<Session>> {
    let listed = |session: &&Arc<Session>| !matches!(Shelf::of(session), None | Some(Shelf::Archive));
    list.items().iter().filter(listed).take(most).cloned().collect()
}
