//! The drawn rows in the document. A row is put in and taken out, and never touched in between when others come above it: a
//! list that moves what stays would take selection, focus and sideways scrolling along.

use super::reading::Reading;
use crate::components::message::MessageRow;
use crate::reactive::effect;
use leptos::prelude::*;
use leptos::tachys::view::any_view::AnyViewState;
use std::collections::HashMap;
use web_sys::Element;

/// A row in the document.
struct Row {
    /// Which place it had among the rows.
    index: usize,
    owner: Owner,
    state: AnyViewState,
}

/// Draws the rows in front of the lower pad, as long as the caller lives.
pub(super) fn draw_rows(view: Reading) {
    let Some(owner) = Owner::current() else { return };
    let mut drawn = HashMap::new();
    effect(move || {
        if let Some(pad) = view.pads.1.get() {
            let keys = view.slice.with(|slice| slice.keys.clone());
            untrack(|| bring_up_to_date(&mut drawn, keys, &owner, &pad));
        }
    });
}

fn bring_up_to_date(drawn: &mut HashMap<String, Row>, keys: Vec<String>, owner: &Owner, pad: &Element) {
    let Some(column) = pad.parent_element() else { return };
    let mut before = std::mem::take(drawn);
    let in_order = keys.iter().filter_map(|key| before.get(key)).is_sorted_by_key(|row| row.index);
    let mut next: Option<String> = None;
    for (index, key) in keys.into_iter().enumerate().rev() {
        let known = before.remove(&key);
        let stays = known.is_some() && in_order;
        let mut row = known.unwrap_or_else(|| made(&key, owner));
        row.index = index;
        if !stays {
            let below = next.as_ref().and_then(|next| drawn.get(next));
            if !below.is_some_and(|below| below.state.insert_before_this(&mut row.state)) {
                row.state.mount(&column, Some(pad));
            }
        }
        drawn.insert(key.clone(), row);
        next = Some(key);
    }
    for mut row in before.into_values() {
        row.state.unmount();
        row.owner.cleanup();
    }
}

fn made(key: &str, owner: &Owner) -> Row {
    let owner = owner.child();
    let key = key.to_owned();
    let state = owner.with(|| view! { <MessageRow key/> }.into_any().build());
    Row { index: 0, owner, state }
}
