//! The right edge of the list: drags its width, by pointer or arrow keys, and remembers it on this device.

use crate::i18n::{chat, t};
use crate::reactive::effect;
use crate::{dom, storage};
use leptos::prelude::*;
use wasm_bindgen::JsCast;

/// Where the width is kept.
const WIDTH: &str = "aichat.sidebar-width";
/// The widths that are allowed, and the one to begin with, in pixels.
const LEAST: i32 = 224;
const MOST: i32 = 400;
const USUAL: i32 = 272;
/// How far an arrow key goes.
const STEP: i32 = 16;

/// The edge.
#[component]
pub fn ResizeHandle() -> AnyView {
    let stored = storage::read(WIDTH).and_then(|text| text.parse().ok()).unwrap_or(USUAL);
    let width = RwSignal::new(allowed(stored));
    // The width is the style sheet's business; this only tells it.
    effect(move || apply(width.get()));
    let dragging = StoredValue::new(false);
    let down = move |event: web_sys::PointerEvent| {
        let handle = event.current_target().and_then(|target| target.dyn_into::<web_sys::Element>().ok());
        let captured = handle.is_some_and(|handle| handle.set_pointer_capture(event.pointer_id()).is_ok());
        dragging.set_value(captured);
        event.prevent_default();
    };
    let moved = move |event: web_sys::PointerEvent| {
        if dragging.get_value() {
            width.set(allowed(event.client_x()));
        }
    };
    let up = move |_| {
        if dragging.try_update_value(std::mem::take) == Some(true) {
            storage::write(WIDTH, &width.get_untracked().to_string());
        }
    };
    let keydown = move |event: web_sys::KeyboardEvent| {
        let step = match event.key().as_str() {
            "ArrowLeft" => -STEP,
            "ArrowRight" => STEP,
            _ => return,
        };
        event.prevent_default();
        width.update(|width| *width = allowed(*width + step));
        storage::write(WIDTH, &width.get_untracked().to_string());
    };
    view! {
        <div
            class="resize"
            role="separator"
            aria-orientation="vertical"
            tabindex="0"
            aria-label=t(chat::RESIZE_LIST)
            aria-valuemin=LEAST.to_string()
            aria-valuemax=MOST.to_string()
            aria-valuenow=move || width.get().to_string()
            on:pointerdown=down
            on:pointermove=moved
            on:pointerup=up
            on:keydown=keydown
            on:dblclick=move |_| width.set(USUAL)
        ></div>
    }
    .into_any()
}

fn allowed(width: i32) -> i32 {
    width.clamp(LEAST, MOST)
}

fn apply(width: i32) {
    let root = dom::document().and_then(|document| document.document_element());
    if let Some(root) = root.and_then(|root| root.dyn_into::<web_sys::HtmlElement>().ok()) {
        // A custom property takes any value.
        let _ = web_sys::HtmlElement::style(&root).set_property("--sidebar-width", &format!("{width}px"));
    }
}

#[cfg(test)]
mod tests {
    use super::allowed;

    #[test]
    fn the_width_stays_within_reason() {
        assert_eq!([10, 300, 900].map(allowed), [224, 300, 400]);
    }
}
