//! Keys of a message that has the focus: left and right choose a version, up and down another message.

use crate::dom;
use crate::state::conversation::ChatStore;
use leptos::prelude::*;
use shared::MessageId;
use wasm_bindgen::JsCast;
use web_sys::{Element, HtmlElement, KeyboardEvent};

/// What takes the arrow keys for itself.
const OWN: &str = "textarea, input, select, pre, .table-scroll, [contenteditable]";

/// Does what a key means.
pub(super) fn pressed(event: &KeyboardEvent, store: ChatStore, siblings: &[MessageId], own: Option<&MessageId>) {
    let is_plain = !(event.ctrl_key() || event.meta_key() || event.alt_key() || event.shift_key());
    let Some(target) = event.target().and_then(|target| target.dyn_into::<Element>().ok()).filter(|_| is_plain) else {
        return;
    };
    let is_taken = target.closest(OWN).is_ok_and(|found| found.is_some());
    let step: isize = match event.key().as_str() {
        "ArrowLeft" | "ArrowUp" => -1,
        "ArrowRight" | "ArrowDown" => 1,
        _ => return,
    };
    if is_taken || event.default_prevented() {
        return;
    }
    if event.key().ends_with("Up") || event.key().ends_with("Down") {
        // The row of buttons has no use for these keys, but scrolling has: only the message itself takes them.
        if target.class_list().contains("turn") && go(&target, step) {
            event.prevent_default();
        }
    } else if let Some(version) = beside(siblings, own, step).filter(|_| !store.is_busy.get_untracked()) {
        event.prevent_default();
        store.show_version(version);
    }
}

fn beside(siblings: &[MessageId], own: Option<&MessageId>, step: isize) -> Option<MessageId> {
    let place = siblings.iter().position(|sibling| Some(sibling) == own)?;
    siblings.get(place.checked_add_signed(step)?).cloned()
}

/// Focuses the message before or after this one.
fn go(message: &Element, step: isize) -> bool {
    let Ok(Some(column)) = message.closest(".thread-column") else { return false };
    let all: Vec<HtmlElement> = dom::all(&column, "article.turn");
    let place = all.iter().position(|other| Element::eq(other, message));
    let next = place.and_then(|place| all.get(place.checked_add_signed(step)?));
    next.map(dom::focus).is_some()
}

#[cfg(test)]
mod tests {
    use super::beside;

    #[test]
    fn versions_end_at_both_ends() {
        let versions = ["a".into(), "b".into()];
        let at = |own: &str, step| beside(&versions, Some(&own.into()), step);
        assert_eq!([at("a", 1), at("b", -1)], [Some("b".into()), Some("a".into())]);
        assert_eq!([at("a", -1), at("b", 1), at("c", 1)], [None, None, None]);
    }
}
