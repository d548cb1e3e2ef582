//! The messages that wait for the answer: each with its text in one line, and what can be done with it.

use crate::components::ui::{Glyph, Icon, IconButton};
use crate::dom;
use crate::i18n::{Text, composer as words, fill, say, t};
use crate::later::{Part, when};
use crate::reactive::{draw, list, memo};
use crate::state::composer::Composer;
use crate::state::composer::queue::Queue;
use crate::state::conversation::ChatStore;
use crate::state::toasts::use_toasts;
use leptos::html;
use leptos::prelude::*;
use wasm_split_helpers::wasm_split;

/// How much of a text its buttons are named by, in characters.
const SHORT: usize = 40;

/// The messages that wait; fetched with the first of them.
#[component]
pub fn Waiting(
    /// Where they are kept.
    composer: Composer,
    /// What sends them.
    store: ChatStore,
) -> AnyView {
    when(move || composer.queue.with(|queue| !queue.is_empty()), || Box::pin(waiting_part()), (composer, store))
}

#[wasm_split(more, fallible)]
fn waiting_part() -> Part<(Composer, ChatStore)> {
    Ok(|(composer, store)| waiting(composer, store))
}

fn waiting(composer: Composer, store: ChatStore) -> AnyView {
    let queue = composer.queue;
    let node = NodeRef::<html::Ul>::new();
    let keys = move || queue.with(|queue| queue.items.iter().map(|item| item.id.clone()).collect::<Vec<_>>());
    let row = move |id: String| view! { <Row id composer store node/> }.into_any();
    let empty = memo(move || queue.with(Queue::is_empty));
    let held = memo(move || queue.with(|queue| queue.held && !queue.is_empty()));
    let news = memo(move || match queue.with(|queue| queue.items.len()) {
        0 => String::new(),
        count => fill(words::WAITING_COUNT, &[("count", &count.to_string())]),
    });
    let word = move || held.get().then(|| view! { <p class="composer-reason" role="status">{t(words::HELD)}</p> });
    view! {
        {draw(word)}
        <ul node_ref=node class="waiting" aria-label=t(words::WAITING) hidden=move || empty.get()>{list(keys, row)}</ul>
        <span class="visually-hidden" role="status">{move || news.get()}</span>
    }
    .into_any()
}

#[component]
fn Row(id: String, composer: Composer, store: ChatStore, node: NodeRef<html::Ul>) -> AnyView {
    let toasts = use_toasts();
    let item = composer.queue.with_untracked(|queue| queue.items.iter().find(|item| item.id == id).cloned());
    let (text, files) = item.map(|item| (item.text, item.files)).unwrap_or_default();
    let shown = if text.trim().is_empty() { names(&files) } else { line(&text) };
    let id = StoredValue::new(id);
    let short = StoredValue::new(shown.chars().take(SHORT).collect::<String>());
    let name = move |words: Text| move || short.with_value(|text| fill(words, &[("text", text)]));
    let count = (!files.is_empty()).then(|| {
        let count = files.len().to_string();
        let label = move || fill(words::QUEUE_FILES, &[("count", &count)]);
        view! { <span class="waiting-files" role="img" aria-label=label.clone() data-tip=label><Icon glyph=Glyph::Paperclip/></span> }
    });
    let edit = move || composer.unqueue(&id.get_value());
    let remove = move || {
        let id = id.get_value();
        let taken = composer.queue_up(|queue| {
            let place = queue.items.iter().position(|item| item.id == id)?;
            queue.remove(&id).map(|item| (place, item))
        });
        let Some((place, item)) = taken.flatten() else { return };
        request_animation_frame(move || refocus(node, place, composer));
        let session = store.session.get_untracked();
        toasts.undo(say(words::QUEUE_REMOVED), move || {
            composer.queue_again(session.as_ref(), place, item.clone());
            store.advance();
        });
    };
    view! {
        <li class="waiting-row">
            {count}
            <span class="waiting-text">{shown}</span>
            <IconButton name=name(words::SEND_NOW) glyph=Glyph::ArrowUp on_press=move || store.send_now(id.get_value())/>
            <IconButton name=name(words::QUEUE_EDIT) glyph=Glyph::Pencil on_press=edit/>
            <IconButton name=name(words::QUEUE_REMOVE) glyph=Glyph::X on_press=remove/>
        </li>
    }
    .into_any()
}

/// A text in one line.
fn line(text: &str) -> String {
    text.split_whitespace().take(60).collect::<Vec<_>>().join(" ").chars().take(400).collect()
}

fn names(files: &[shared::files::FileInfo]) -> String {
    files.iter().map(|file| file.name.as_str()).collect::<Vec<_>>().join(", ")
}

/// The focus goes on to the message that stands where this one was.
fn refocus(node: NodeRef<html::Ul>, place: usize, composer: Composer) {
    let buttons =
        node.get_untracked().map(|list| dom::all(&list, ".waiting-row > button:last-of-type")).unwrap_or_default();
    match buttons.get(place).or(buttons.last()) {
        Some(button) => dom::focus(button),
        None => composer.focus.notify(),
    }
}

#[cfg(test)]
mod tests {
    use super::line;

    #[test]
    fn a_long_text_is_one_short_line() {
        assert_eq!(line("one\n\ntwo  three"), "one two three");
        assert_eq!(line(&"字".repeat(900)).chars().count(), 400);
    }
}
