//! What can be done with several chats at once: stands in place of the list's own buttons while somebody chooses.

use super::actions::use_actions;
use crate::components::ui::{Button, ButtonKind, Glyph, IconButton};
use crate::dom;
use crate::i18n::{fill, organize, say, t};
use crate::later::{Part, later};
use crate::reactive::memo;
use crate::state::chats::Asking;
use leptos::ev;
use leptos::prelude::*;
use shared::SessionId;
use wasm_split_helpers::wasm_split;

/// What can be done with those that are chosen; fetched when somebody begins to choose.
#[component]
pub fn Chosen() -> AnyView {
    later(|| Box::pin(chosen_part()), ())
}

#[wasm_split(more, fallible)]
fn chosen_part() -> Part<()> {
    Ok(|()| chosen())
}

fn chosen() -> AnyView {
    let actions = use_actions();
    let chosen = actions.chats.chosen;
    let count = memo(move || chosen.with(|chosen| chosen.as_ref().map_or(0, Vec::len)));
    let words = move || match count.get() {
        0 => say(organize::CHOOSE_NONE).to_owned(),
        count => fill(organize::CHOSEN, &[("count", &count.to_string())]),
    };
    let none = Signal::derive(move || count.get() == 0);
    let end = move || chosen.set(None);
    // Takes those that are chosen, and ends choosing.
    let take = move |act: &dyn Fn(Vec<SessionId>)| {
        if let Some(ids) = chosen.get_untracked().filter(|ids| !ids.is_empty()) {
            chosen.set(None);
            act(ids);
        }
    };
    let escape = window_event_listener(ev::keydown, move |event| {
        // A dialog that is open closes first.
        let is_covered =
            dom::document().is_some_and(|page| page.query_selector("dialog[open]").is_ok_and(|open| open.is_some()));
        if event.key() == "Escape" && !event.default_prevented() && !is_covered {
            event.prevent_default();
            end();
        }
    });
    on_cleanup(move || escape.remove());
    view! {
        <div class="chosen">
            <p class="chosen-count" role="status">{words}</p>
            <div class="chosen-actions">
                <IconButton name=t(organize::ARCHIVE_CHAT) glyph=Glyph::Archive disabled=none
                    on_press=move || take(&|ids| actions.archive(&ids, true))/>
                <IconButton name=t(organize::MOVE) glyph=Glyph::FolderInput disabled=none
                    on_press=move || take(&|ids| actions.chats.asking.set(Some(Asking::Move(ids))))/>
                <IconButton name=t(crate::i18n::chat::DELETE) glyph=Glyph::Trash disabled=none
                    on_press=move || take(&|ids| actions.delete(ids))/>
                <Button label=t(organize::DONE) kind=ButtonKind::Quiet on_press=end/>
            </div>
        </div>
    }
    .into_any()
}
