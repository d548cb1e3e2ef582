//! How the page is dressed: colours and icon of the brand, and the dot on the icon. The page's own script does it, because
//! it wears the same before the program is here (`build/boot.js`); this only tells it.

use shared::settings::Branding;
use wasm_bindgen::{JsCast, JsValue};

/// What this browser keeps of the brand, for the next page and for other tabs.
pub const KEPT: &str = "aichat.look";

/// Dresses the page, and every other tab of this browser.
pub fn dress(branding: &Branding) {
    call("dress", &serde_json::to_string(branding).unwrap_or_default().into());
}

/// Puts a dot on the icon of the page, or takes it away.
pub fn mark(on: bool) {
    call("mark", &on.into());
}

/// Sizes the page as this browser keeps it.
pub fn size() {
    call("size", &JsValue::UNDEFINED);
}

fn call(name: &str, value: &JsValue) {
    let of = |object: &JsValue, name: &str| js_sys::Reflect::get(object, &name.into()).ok();
    let boot = web_sys::window().and_then(|window| of(&window.into(), "aichatBoot"));
    let function = boot.and_then(|boot| of(&boot, name)?.dyn_into::<js_sys::Function>().ok());
    if let Some(function) = function {
        // A page that cannot be dressed can still be used.
        let _ = function.call1(&JsValue::NULL, value);
    }
}
