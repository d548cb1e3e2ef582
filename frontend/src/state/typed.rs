//! Text that was typed into a setting and is not stored yet. It is kept while the person looks at other pages, asked about
//! when they leave the program, and never overwrites what changed elsewhere meanwhile without being seen.

use crate::reactive::effect;
use leptos::ev;
use leptos::prelude::*;
use shared::UserId;
use std::cell::RefCell;
use std::collections::BTreeMap;

thread_local! {
    /// What is typed and not stored, by setting.
    static KEPT: RefCell<BTreeMap<&'static str, String>> = const { RefCell::new(BTreeMap::new()) };

    /// Whose it is.
    static OWNER: RefCell<Option<UserId>> = const { RefCell::new(None) };
}

/// Somebody is signed in: what another person typed in this tab before is forgotten, what this one typed is theirs still.
pub fn belongs_to(person: &UserId) {
    let before = OWNER.replace(Some(person.clone()));
    if before.is_some_and(|before| before != *person) {
        KEPT.take();
    }
}

/// The text in the field of a setting: what was typed before, else what is stored, which it follows until somebody types.
#[must_use]
pub fn follows(id: &'static str, stored: Memo<String>) -> RwSignal<String> {
    let kept = KEPT.with_borrow(|kept| kept.get(id).cloned());
    let typed = RwSignal::new(kept.unwrap_or_else(|| stored.get_untracked()));
    let before = RefCell::new(stored.get_untracked());
    // The one place where an effect sets a signal: a field has two writers, the person and the server.
    effect(move || {
        let now = stored.get();
        let known = before.replace(now.clone());
        if known != now && typed.with_untracked(|typed| typed.trim() == known) {
            typed.set(now);
        }
    });
    effect(move || {
        let is_stored = typed.with(|typed| typed.trim() == stored.read().as_str());
        KEPT.with_borrow_mut(|kept| {
            if is_stored {
                kept.remove(id)
            } else {
                kept.insert(id, typed.get_untracked())
            };
        });
    });
    typed
}

/// What was sent is stored: the field shows it as the server has it, unless somebody has typed on meanwhile.
pub fn settle(typed: RwSignal<String>, sent: &str, stored: &str) {
    typed.try_update(|typed| {
        if typed == sent {
            stored.clone_into(typed);
        }
    });
}

/// Lets the browser ask, in its own words, before the program is left while something is typed and not stored.
pub fn guard() {
    let _as_long_as_the_program = window_event_listener(ev::beforeunload, |event| {
        if KEPT.with_borrow(|kept| !kept.is_empty()) {
            event.prevent_default();
        }
    });
}
