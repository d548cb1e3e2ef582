//! The archived chats in place of a chat: a list like that beside it, and the way back for each.

use super::drawer::Drawer;
use crate::components::sidebar::lines::{self, Lines};
use crate::components::sidebar::list::{LineList, Scrolled, heights};
use crate::components::ui::{Button, ButtonKind, EmptyState, ErrorCard, Glyph, IconButton, Skeleton};
use crate::i18n::{chat, organize, t};
use crate::later::{Part, later};
use crate::reactive::{draw, memo};
use crate::state::chats::{Shelf, use_chats};
use crate::state::load::Load;
use crate::state::search::use_search;
use leptos::prelude::*;
use wasm_bindgen::JsCast;
use wasm_split_helpers::wasm_split;

/// How near to its end the list asks for more, in pixels.
const NEAR: i32 = 600;
/// What the search begins with here.
const SEARCH: &str = "archived:yes ";

/// The address of the archive.
pub const ARCHIVE: &str = "/archive";

/// The archived chats, fetched when somebody looks for them.
#[component]
pub fn Archive(
    /// The list of chats, which it can show.
    drawer: Drawer,
) -> AnyView {
    later(|| Box::pin(archive_part()), drawer)
}

#[wasm_split(more, fallible)]
fn archive_part() -> Part<Drawer> {
    Ok(archive)
}

fn archive(drawer: Drawer) -> AnyView {
    let (chats, search) = (use_chats(), use_search());
    chats.want_shelf(Shelf::Archive);
    let lines = memo(move || Lines::of(chats.with(lines::archived), heights()));
    let load = memo(move || chats.with(|list| list.load(&Shelf::Archive).cloned().unwrap_or_default()));
    let scrolled = Scrolled::default();
    let on_scroll = move |event: web_sys::Event| {
        let Some(list) = event.target().and_then(|target| target.dyn_into::<web_sys::Element>().ok()) else { return };
        scrolled.to(&list);
        if list.scroll_height() - list.scroll_top() - list.client_height() < NEAR {
            chats.want_more(Shelf::Archive);
        }
    };
    let body = move || match (load.get(), lines.with(|lines| lines.lines.is_empty())) {
        (Load::Failed(error), _) => view! { <ErrorCard error on_retry=move || chats.read(Shelf::Archive)/> }.into_any(),
        (Load::Waiting, true) => view! { <Skeleton rows=6/> }.into_any(),
        (_, true) => view! { <EmptyState text=t(organize::ARCHIVE_EMPTY)/> }.into_any(),
        (_, false) => view! { <LineList lines scrolled on_chosen=Callback::new(|()| ())/> }.into_any(),
    };
    view! {
        <header class="head">
            <div class="head-list"><IconButton name=t(chat::OPEN_LIST) glyph=Glyph::PanelLeft on_press=move || drawer.show()/></div>
            <h1 class="head-title">{t(organize::ARCHIVE)}</h1>
            <div class="head-end">
                <Button label=t(organize::ARCHIVE_SEARCH) glyph=Glyph::Search kind=ButtonKind::Quiet on_press=move || search.show_with(SEARCH)/>
            </div>
        </header>
        <div class="archive" on:scroll=on_scroll>{draw(body)}</div>
    }
    .into_any()
}
