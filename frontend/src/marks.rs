//! Marks on `<html>` for the style sheets: what the page shows that changes something outside of it. A selector that looked
//! for that itself (`:root:has(…)`) would make the browser search the whole page after every change of it, in every frame
//! of an answer.

use crate::dom;
use crate::reactive::effect;
use leptos::prelude::*;
use std::cell::RefCell;
use std::collections::HashMap;

/// The page may become longer than the window.
pub const SCROLLS: &str = "data-scrolls";
/// A dialog is open.
pub const DIALOG: &str = "data-dialog";
/// The text box is at the foot of the page.
pub const DOCK: &str = "data-dock";

thread_local! {
    /// How many hold each mark: of two pages the new one is there before the old one has gone.
    static HELD: RefCell<HashMap<&'static str, usize>> = RefCell::default();
}

/// Counts one more or one less, and says whether somebody holds the mark now.
fn count(name: &'static str, more: bool) -> bool {
    HELD.with_borrow_mut(|held| {
        let count = held.entry(name).or_default();
        *count = if more { *count + 1 } else { count.saturating_sub(1) };
        *count > 0
    })
}

fn change(name: &'static str, more: bool) {
    if count(name, more) {
        dom::set_root_attribute(name, "");
    } else {
        dom::remove_root_attribute(name);
    }
}

/// Holds a mark while `when` says so, as long as the caller lives.
pub fn hold(name: &'static str, when: impl Fn() -> bool + 'static) {
    let held = StoredValue::new(false);
    effect(move || {
        let wanted = when();
        if held.try_update_value(|held| std::mem::replace(held, wanted)).is_some_and(|before| before != wanted) {
            change(name, wanted);
        }
    });
    on_cleanup(move || {
        if held.try_get_value() == Some(true) {
            change(name, false);
        }
    });
}

#[cfg(test)]
mod tests {
    use super::count;

    #[test]
    fn a_mark_stays_until_the_last_one_lets_go() {
        assert!(count("data-test", true));
        assert!(count("data-test", true));
        assert!(count("data-test", false), "the new page still holds it");
        assert!(!count("data-test", false));
        assert!(!count("data-test", false));
    }
}
