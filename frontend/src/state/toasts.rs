//! Short notices that confirm something or offer to undo it. Errors never come here: they stand where the result would be.

use leptos::prelude::*;
use std::time::Duration;

/// How long a notice stays.
pub const LIFE: Duration = Duration::from_secs(6);
/// Most notices at once; the oldest makes room.
const MOST: usize = 3;

/// One notice.
#[derive(Clone, Debug)]
pub struct Toast {
    /// Its number.
    pub id: u64,
    /// What it says, in the language of its moment.
    pub text: String,
    /// What undoes it.
    pub undo: Option<Callback<()>>,
}

/// The notices on the screen, oldest first.
#[derive(Clone, Debug, Default)]
pub struct ToastList {
    /// The notices.
    pub items: Vec<Toast>,
    made: u64,
}

impl ToastList {
    /// Adds a notice and gives its number.
    pub fn push(&mut self, text: String, undo: Option<Callback<()>>) -> u64 {
        self.made += 1;
        self.items.push(Toast { id: self.made, text, undo });
        if self.items.len() > MOST {
            self.items.remove(0);
        }
        self.made
    }

    /// Takes a notice away; gives it back if it was still there.
    pub fn take(&mut self, id: u64) -> Option<Toast> {
        let index = self.items.iter().position(|toast| toast.id == id)?;
        Some(self.items.remove(index))
    }
}

/// The notices as the interface uses them.
#[derive(Clone, Copy)]
pub struct Toasts {
    list: RwSignal<ToastList>,
    /// True while the pointer or the focus is on a notice: none leaves meanwhile.
    held: RwSignal<bool>,
    owner: StoredValue<Owner>,
}

impl Toasts {
    /// Confirms something: "Copied".
    pub fn confirm(self, text: impl Into<String>) {
        self.add(text.into(), None);
    }

    /// Says what was done and offers to undo it. `action` runs when Undo is pressed; it may be called from any handler.
    pub fn undo(self, text: impl Into<String>, action: impl Fn() + Send + Sync + 'static) {
        // The callback belongs to the list, not to the row that asked, which is often gone by then.
        let action = self.owner.with_value(|owner| owner.with(|| Callback::new(move |()| action())));
        self.add(text.into(), Some(action));
    }

    /// The notices; tracked.
    #[must_use]
    pub fn items(self) -> Vec<Toast> {
        self.list.with(|list| list.items.clone())
    }

    /// Takes a notice away.
    pub fn dismiss(self, id: u64) {
        drop(self.list.try_update(|list| list.take(id)));
    }

    /// Undoes what a notice is about, once.
    pub fn press_undo(self, id: u64) {
        let undo = self.list.try_update(|list| list.take(id)).flatten().and_then(|toast| toast.undo);
        if let Some(undo) = undo {
            undo.run(());
        }
    }

    /// Keeps the notices while somebody reads or reaches for them.
    pub fn hold(self, held: bool) {
        self.held.set(held);
    }

    fn add(self, text: String, undo: Option<Callback<()>>) {
        if let Some(id) = self.list.try_update(|list| list.push(text, undo)) {
            self.expire(id);
        }
    }

    fn expire(self, id: u64) {
        set_timeout(move || if self.held.get_untracked() { self.expire(id) } else { self.dismiss(id) }, LIFE);
    }
}

/// Makes the notices available below.
pub fn provide_toasts() -> Toasts {
    let owner = Owner::current().unwrap_or_default();
    let toasts = Toasts {
        list: RwSignal::new(ToastList::default()),
        held: RwSignal::new(false),
        owner: StoredValue::new(owner),
    };
    provide_context(toasts);
    toasts
}

/// The notices.
#[must_use]
pub fn use_toasts() -> Toasts {
    expect_context()
}

#[cfg(test)]
mod tests {
    use super::ToastList;

    #[test]
    fn a_fourth_notice_takes_the_place_of_the_oldest() {
        let mut list = ToastList::default();
        for text in ["a", "b", "c", "d"] {
            list.push(text.to_owned(), None);
        }
        let texts: Vec<_> = list.items.iter().map(|toast| toast.text.as_str()).collect();
        assert_eq!(texts, ["b", "c", "d"]);
    }

    #[test]
    fn a_notice_is_taken_once() {
        let mut list = ToastList::default();
        let id = list.push("a".to_owned(), None);
        assert!(list.take(id).is_some());
        assert!(list.take(id).is_none());
    }
}
