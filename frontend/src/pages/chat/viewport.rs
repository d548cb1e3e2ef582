//! The part of the window that a phone's keyboard leaves: the page is as high as that, so the text box stays above it.

use crate::dom;
use leptos::prelude::*;
use wasm_bindgen::JsCast;
use wasm_bindgen::closure::Closure;
use web_sys::{HtmlElement, VisualViewport};

/// Keeps the height of the page at what can be seen, as long as the caller lives.
pub(super) fn follow_keyboard() {
    let Some(viewport) = web_sys::window().and_then(|window| window.visual_viewport()) else { return };
    let seen = viewport.clone();
    let listener = Closure::<dyn Fn()>::new(move || tell(&seen));
    for name in ["resize", "scroll"] {
        // A listener of a known kind cannot be refused.
        let _ = viewport.add_event_listener_with_callback(name, listener.as_ref().unchecked_ref());
    }
    tell(&viewport);
    let kept = StoredValue::new_local((viewport, listener));
    on_cleanup(move || {
        kept.with_value(|(viewport, listener)| {
            for name in ["resize", "scroll"] {
                let _ = viewport.remove_event_listener_with_callback(name, listener.as_ref().unchecked_ref());
            }
        });
    });
}

/// Somebody who looks closer with two fingers does not want the page to become smaller.
fn tell(viewport: &VisualViewport) {
    let root = dom::document().and_then(|document| document.document_element());
    let Some(root) = root.and_then(|root| root.dyn_into::<HtmlElement>().ok()) else { return };
    if viewport.scale() > 1.01 {
        return;
    }
    let style = HtmlElement::style(&root);
    for (name, value) in [("--seen-height", viewport.height()), ("--seen-top", viewport.offset_top())] {
        // A custom property takes any value.
        let _ = style.set_property(name, &format!("{}px", value.round() as i32));
    }
}
