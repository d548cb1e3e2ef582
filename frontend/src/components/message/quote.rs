//! Quoting: what somebody selected in a message, or all of one, goes into the text box as `> …`. A small button stands at
//! the selection as long as there is one.

use crate::components::ui::{Glyph, Icon};
use crate::dom;
use crate::i18n::{messages, t};
use crate::state::composer::{Composer, use_composer};
use leptos::ev;
use leptos::prelude::*;
use wasm_bindgen::JsCast;
use wasm_bindgen::closure::Closure;
use web_sys::{Element, Node, Selection};

/// Room between the button and what is selected, in pixels, and the least distance to the upper edge.
const GAP: f64 = 8.0;
const HEIGHT: f64 = 36.0;
const HEAD: f64 = 60.0;

/// Puts a text into the text box as a quotation, below what is typed there.
pub fn quote(composer: Composer, text: &str) {
    let typed = composer.text.get_untracked();
    composer.fill(&with_quotation(&typed, text));
}

fn with_quotation(typed: &str, text: &str) -> String {
    let lines = text.trim().lines().map(|line| format!("> {line}").trim_end().to_owned());
    let quoted = lines.collect::<Vec<_>>().join("\n");
    let before = if typed.trim().is_empty() { String::new() } else { format!("{}\n\n", typed.trim_end()) };
    format!("{before}{quoted}\n\n")
}

/// What is selected within one message: the message, and the words.
fn selected() -> Option<(Selection, Element, String)> {
    let selection = web_sys::window()?.get_selection().ok()??;
    if selection.is_collapsed() {
        return None;
    }
    let turn = |node: Option<Node>| {
        let node = node?;
        let element = node.dyn_ref::<Element>().cloned().or_else(|| node.parent_element())?;
        element.closest("article.turn").ok()?
    };
    let message = turn(selection.anchor_node()).filter(|one| turn(selection.focus_node()).as_ref() == Some(one))?;
    let words = String::from(selection.to_string());
    (!words.trim().is_empty()).then_some((selection, message, words))
}

/// What is selected in this message, if anything is.
pub(super) fn selected_in(message: &str) -> Option<String> {
    let (_, row, words) = selected()?;
    (row.get_attribute("data-message").as_deref() == Some(message)).then_some(words)
}

/// Where the button stands: above the selection, or below where that is too near to the upper edge.
fn place(left: f64, right: f64, top: f64, bottom: f64) -> (f64, f64) {
    let above = top - GAP - HEIGHT;
    ((left + right) / 2.0, if above < HEAD { bottom + GAP } else { above })
}

fn stand() -> Option<(f64, f64)> {
    let (selection, ..) = selected()?;
    let box_ = selection.get_range_at(0).ok()?.get_bounding_client_rect();
    (box_.width() > 0.0).then(|| place(box_.left(), box_.right(), box_.top(), box_.bottom()))
}

/// The button at the selection. Once, on the chat screen.
#[component]
pub fn QuoteButton() -> AnyView {
    let composer = use_composer();
    let at = RwSignal::new(None::<(f64, f64)>);
    let look = move || {
        // The press may have led to another page, with the frame still to come.
        let Some(before) = at.try_get_untracked() else { return };
        let stand = stand();
        if before != stand {
            at.set(stand);
        }
    };
    // The selection is whole when the pointer or the key is up; before that a button would be in the way.
    let up = window_event_listener(ev::pointerup, move |_| request_animation_frame(look));
    let key = window_event_listener(ev::keyup, move |event| {
        if event.shift_key() || at.get_untracked().is_some() {
            look();
        }
    });
    let resized = window_event_listener(ev::resize, move |_| look_away(at));
    on_cleanup(move || [up, key, resized].into_iter().for_each(WindowListenerHandle::remove));
    follow_scrolling(move || look_away(at));
    let press = move |_| {
        if let Some((selection, _, words)) = selected() {
            quote(composer, &words);
            // What is quoted needs no selection any more. A browser that keeps it does no harm.
            let _ = selection.remove_all_ranges();
        }
        at.set(None);
    };
    let body = move || {
        at.get().map(|(left, top)| {
            view! {
                <button
                    class="quote-button"
                    type="button"
                    style=format!("--quote-left:{left}px;--quote-top:{top}px")
                    // A press would collapse the selection before it is read.
                    on:pointerdown=|event| event.prevent_default()
                    on:click=press
                >
                    <Icon glyph=Glyph::TextQuote/>
                    {t(messages::QUOTE)}
                </button>
            }
        })
    };
    crate::reactive::draw(body)
}

/// Scrolling does not bubble, so it is listened to on its way down, as long as the caller lives.
fn follow_scrolling(scrolled: impl Fn() + 'static) {
    let Some(document) = dom::document() else { return };
    let listener = Closure::<dyn Fn()>::new(scrolled);
    // A listener of a known kind cannot be refused.
    let _ = document.add_event_listener_with_callback_and_bool("scroll", listener.as_ref().unchecked_ref(), true);
    let kept = StoredValue::new_local((document, listener));
    on_cleanup(move || {
        kept.with_value(|(document, listener)| {
            let callback = listener.as_ref().unchecked_ref();
            let _ = document.remove_event_listener_with_callback_and_bool("scroll", callback, true);
        });
    });
}

fn look_away(at: RwSignal<Option<(f64, f64)>>) {
    if at.get_untracked().is_some() {
        at.set(None);
    }
}

/// All that is written in a message, as it reads, for a quotation of the whole.
pub(super) fn quote_message(composer: Composer, id: &str, text: &str) {
    let words = selected_in(id);
    quote(composer, words.as_deref().unwrap_or(text));
}

#[cfg(test)]
mod tests {
    use super::{place, with_quotation};

    #[test]
    fn a_quotation_stands_below_what_is_typed() {
        assert_eq!(with_quotation("", "one\n\ntwo\n"), "> one\n>\n> two\n\n");
        assert_eq!(with_quotation("typed \n", "一"), "typed\n\n> 一\n\n");
    }

    #[test]
    fn the_button_stands_above_the_selection_where_there_is_room() {
        assert_eq!(place(100.0, 200.0, 300.0, 320.0), (150.0, 256.0));
        assert_eq!(place(100.0, 200.0, 70.0, 90.0), (150.0, 98.0));
    }
}
