//! What this browser remembers. A browser that forbids storage forgets; nothing fails because of it.

/// The theme chosen on this device: `system`, `light` or `dark`. The page reads it before the program has loaded.
pub const THEME: &str = "aichat.theme";
/// The language chosen on this device, as a BCP 47 tag.
pub const LANGUAGE: &str = "aichat.language";
/// Present while somebody is signed in here, so that an expired cookie is worth a refresh.
pub const SIGNED_IN: &str = "aichat.signed-in";

fn local() -> Option<web_sys::Storage> {
    web_sys::window()?.local_storage().ok()?
}

/// The stored text.
#[must_use]
pub fn read(key: &str) -> Option<String> {
    local()?.get_item(key).ok()?
}

/// Stores a text; false when the browser refused.
pub fn write(key: &str, value: &str) -> bool {
    local().is_some_and(|storage| storage.set_item(key, value).is_ok())
}

/// Forgets a text.
pub fn remove(key: &str) {
    if let Some(storage) = local() {
        // A browser that refuses to forget has refused to store.
        let _ = storage.remove_item(key);
    }
}
