//! What this browser remembers. A browser that forbids storage forgets; nothing fails because of it.

use std::cell::RefCell;
use std::collections::BTreeMap;

/// The theme chosen on this device: `system`, `light` or `dark`. The page reads it before the program has loaded.
pub const THEME: &str = "aichat.theme";
/// The language chosen on this device, as a BCP 47 tag.
pub const LANGUAGE: &str = "aichat.language";
/// Who is signed in here, by id. As long as it is present, an expired cookie is worth a refresh, and the page begins with the
/// frame of the chat: `build/frame.js` finds the draft of that person by it.
pub const SIGNED_IN: &str = "aichat.signed-in";
/// Present while that person has no model to talk to: then the page does not begin with a text box.
pub const NO_MODEL: &str = "aichat.no-model";

thread_local! {
    /// What a browser without storage, or without room in it, would forget: kept as long as the tab lives.
    static MEMORY: RefCell<BTreeMap<String, String>> = const { RefCell::new(BTreeMap::new()) };
}

fn local() -> Option<web_sys::Storage> {
    web_sys::window()?.local_storage().ok()?
}

fn session() -> Option<web_sys::Storage> {
    web_sys::window()?.session_storage().ok()?
}

/// A text that this tab remembers, and no other.
#[must_use]
pub fn read_here(key: &str) -> Option<String> {
    session()?.get_item(key).ok()?
}

/// Lets this tab, and no other, remember a text, or forget it.
pub fn write_here(key: &str, value: Option<&str>) {
    let Some(storage) = session() else { return };
    // What a browser refuses to remember is forgotten with the page.
    let _ = match value {
        Some(value) => storage.set_item(key, value),
        None => storage.remove_item(key),
    };
}

/// The stored text.
#[must_use]
pub fn read(key: &str) -> Option<String> {
    let here = MEMORY.with_borrow(|memory| memory.get(key).cloned());
    here.or_else(|| local()?.get_item(key).ok()?)
}

/// Stores a text; false when it will be forgotten with the tab.
pub fn write(key: &str, value: &str) -> bool {
    let kept = local().is_some_and(|storage| storage.set_item(key, value).is_ok());
    MEMORY.with_borrow_mut(
        |memory| {
            if kept { memory.remove(key) } else { memory.insert(key.to_owned(), value.to_owned()) }
        },
    );
    kept
}

/// Forgets a text.
pub fn remove(key: &str) {
    if let Some(storage) = local() {
        // A browser that refuses to forget has refused to store.
        let _ = storage.remove_item(key);
    }
    MEMORY.with_borrow_mut(|memory| memory.remove(key));
}
