//! What this browser remembers. A browser that forbids storage forgets; nothing fails because of it.

use std::cell::RefCell;
use std::collections::BTreeMap;

/// The theme chosen on this device: `system`, `light` or `dark`. The page reads it before the program has loaded.
pub const THEME: &str = "aichat.theme";
/// The language chosen on this device, as a BCP 47 tag.
pub const LANGUAGE: &str = "aichat.language";
/// Present while somebody is signed in here, so that an expired cookie is worth a refresh.
pub const SIGNED_IN: &str = "aichat.signed-in";

thread_local! {
    /// What a browser without storage would forget, kept as long as the tab lives.
    static MEMORY: RefCell<BTreeMap<String, String>> = const { RefCell::new(BTreeMap::new()) };
}

fn local() -> Option<web_sys::Storage> {
    web_sys::window()?.local_storage().ok()?
}

/// The stored text.
#[must_use]
pub fn read(key: &str) -> Option<String> {
    match local() {
        Some(storage) => storage.get_item(key).ok()?,
        None => MEMORY.with_borrow(|memory| memory.get(key).cloned()),
    }
}

/// Stores a text; false when it will be forgotten with the tab.
pub fn write(key: &str, value: &str) -> bool {
    if let Some(storage) = local() {
        return storage.set_item(key, value).is_ok();
    }
    MEMORY.with_borrow_mut(|memory| memory.insert(key.to_owned(), value.to_owned()));
    false
}

/// Forgets a text.
pub fn remove(key: &str) {
    if let Some(storage) = local() {
        // A browser that refuses to forget has refused to store.
        let _ = storage.remove_item(key);
    }
    MEMORY.with_borrow_mut(|memory| memory.remove(key));
}
