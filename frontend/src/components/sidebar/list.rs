//! The lines of the list, of which only those on the screen and near it are drawn.

use super::drag::use_drag;
use super::folder::FolderLine;
use super::lines::{Heading, Heights, Line, Lines, Part};
use super::row::ChatRow;
use crate::components::ui::{Glyph, Icon, Skeleton};
use crate::dom;
use crate::i18n::{Text, chat, common, error_message, fill, organize, say, t};
use crate::reactive::{list, memo};
use crate::state::chats::{Shelf, use_chats};
use crate::time::Age;
use leptos::prelude::*;
use shared::ApiError;
use web_sys::Element;

/// A box that is scrolled.
#[derive(Clone, Copy)]
pub struct Scrolled {
    top: RwSignal<f64>,
    window: RwSignal<f64>,
}

impl Default for Scrolled {
    fn default() -> Self {
        Self { top: RwSignal::new(0.0), window: RwSignal::new(window_height()) }
    }
}

impl Scrolled {
    /// The box was scrolled. Half a screen makes no difference to what is drawn.
    pub fn to(self, element: &Element) {
        let window = window_height();
        let step = (window / 2.0).max(1.0);
        let top = (f64::from(element.scroll_top()) / step).floor() * step;
        if (top, window) != (self.top.get_untracked(), self.window.get_untracked()) {
            self.window.set(window);
            self.top.set(top);
        }
    }
}

/// No box is higher than the window.
fn window_height() -> f64 {
    let height = web_sys::window().and_then(|window| window.inner_height().ok()?.as_f64());
    height.unwrap_or_default().max(600.0)
}

/// The heights of lines on this device, as the style sheet has them at the size that somebody chose.
#[must_use]
pub fn heights() -> Heights {
    let is_touch = dom::matches_media("(max-width: 767px), (pointer: coarse)");
    let scale = dom::scale();
    Heights { row: scale * if is_touch { 44.0 } else { 36.0 }, heading: scale * 38.0 }
}

/// The lines.
#[component]
pub fn LineList(
    /// All of them.
    lines: Memo<Lines>,
    /// The box that they are scrolled in.
    scrolled: Scrolled,
    /// A chat was chosen.
    on_chosen: Callback<()>,
) -> AnyView {
    let range = memo(move || lines.with(|lines| lines.seen(scrolled.top.get(), scrolled.window.get())));
    let seen = memo(move || {
        let keyed = |line: &Line| (line.key(), line.clone());
        lines.with(|lines| lines.lines.get(range.get()).unwrap_or_default().iter().map(keyed).collect::<Vec<_>>())
    });
    let keys = move || seen.with(|seen| seen.iter().map(|(key, _)| key.clone()).collect());
    let row = move |key: String| {
        let line =
            memo(move || seen.with(|seen| seen.iter().find(|(known, _)| *known == key).map(|(_, line)| line.clone())));
        draw_line(line, on_chosen)
    };
    let style = move || {
        lines.with(|lines| format!("height:{}px;padding-top:{}px", lines.height(), lines.top(range.get().start)))
    };
    view! { <div class="lines" style=style>{list(keys, row)}</div> }.into_any()
}

/// A line as long as it has its key: what it says may change, what it is does not.
fn draw_line(line: Memo<Option<Line>>, on_chosen: Callback<()>) -> AnyView {
    match line.get_untracked() {
        Some(Line::Heading(heading)) => draw_heading(heading),
        Some(Line::Folder(folder)) => view! { <FolderLine id=folder.id on_chosen/> }.into_any(),
        Some(Line::Chat { session, inside }) => {
            let id = session.id.clone();
            let session = memo(move || match line.get() {
                Some(Line::Chat { session, .. }) => Some(session),
                _ => None,
            });
            view! { <ChatRow id session inside on_chosen/> }.into_any()
        }
        Some(Line::Empty(folder)) => {
            view! { <p class="line-note inside" data-drop=folder.to_string()>{t(organize::FOLDER_EMPTY)}</p> }
                .into_any()
        }
        Some(Line::More(shelf)) => view! { <More shelf/> }.into_any(),
        Some(Line::Waiting(part)) => {
            view! { <div class="line-waiting" class:inside=part.is_inside()><Skeleton rows=1/></div> }.into_any()
        }
        Some(Line::Failed(part, error)) => view! { <Failed part error/> }.into_any(),
        None => ().into_any(),
    }
}

fn draw_heading(heading: Heading) -> AnyView {
    let drag = use_drag();
    let text = match heading {
        Heading::Pinned => organize::PINNED,
        Heading::Folders => organize::FOLDERS,
        Heading::Recent(age) => age_text(age),
        Heading::Month(name) => return view! { <h2 class="sidebar-group">{name}</h2> }.into_any(),
    };
    let drop = (text == organize::PINNED).then_some(super::drag::PIN);
    let over = move || drop.is_some_and(|drop| drag.is_over(drop));
    view! { <h2 class="sidebar-group" class:over=over data-drop=drop>{move || say(text)}</h2> }.into_any()
}

fn age_text(age: Age) -> Text {
    match age {
        Age::Yesterday => chat::YESTERDAY,
        Age::Week => chat::LAST_WEEK,
        Age::Month => chat::LAST_MONTH,
        Age::Today | Age::Older => chat::TODAY,
    }
}

/// A part that did not come, in one line: what happened, and the way to try again.
#[component]
fn Failed(part: Part, error: ApiError) -> AnyView {
    let chats = use_chats();
    let inside = part.is_inside();
    let error = StoredValue::new(error);
    let name = match &part {
        Part::Folders => Some(organize::FOLDERS),
        Part::Shelf(Shelf::Pinned) => Some(organize::PINNED),
        // The folder above names it.
        Part::Shelf(_) => None,
    };
    let said = move || {
        let reason = error.with_value(error_message);
        match name {
            Some(name) => fill(organize::PART_FAILED, &[("part", say(name)), ("reason", &reason)]),
            None => reason,
        }
    };
    let retry = move || match &part {
        Part::Folders => chats.folders.reload(),
        Part::Shelf(shelf) => chats.read(shelf.clone()),
    };
    view! {
        <div class="line-failed" class:inside=inside role="alert">
            <Icon glyph=Glyph::CircleAlert/>
            <span data-tip=said>{said}</span>
            <button class="action-word" type="button" on:click=move |_| retry()>{t(common::RETRY)}</button>
        </div>
    }
    .into_any()
}

#[component]
fn More(shelf: Shelf) -> AnyView {
    let chats = use_chats();
    let inside = matches!(shelf, Shelf::Folder(_));
    view! {
        <button class="line-more" class:inside=inside type="button" on:click=move |_| chats.want_more(shelf.clone())>
            {t(organize::SHOW_MORE)}
        </button>
    }
    .into_any()
}
