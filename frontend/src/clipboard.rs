//! Copying text. `navigator.clipboard` exists only in secure contexts; on plain `http` a hidden text area does it.

use crate::dom;
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::JsFuture;
use web_sys::{HtmlDocument, HtmlTextAreaElement};

/// Copies `text`; false when the browser allowed neither way.
pub async fn copy(text: &str) -> bool {
    if let Some(promise) = modern(text)
        && JsFuture::from(promise).await.is_ok()
    {
        return true;
    }
    fallback(text).is_some_and(|copied| copied)
}

fn modern(text: &str) -> Option<js_sys::Promise> {
    let navigator = web_sys::window()?.navigator();
    // web-sys declares the property as always there; on an insecure origin it is undefined.
    let present = js_sys::Reflect::has(&navigator, &JsValue::from_str("clipboard")).unwrap_or(false);
    let clipboard = present.then(|| navigator.clipboard())?;
    (!clipboard.is_undefined()).then(|| clipboard.write_text(text))
}

fn fallback(text: &str) -> Option<bool> {
    let document = dom::document()?;
    let focused = dom::focused();
    let area: HtmlTextAreaElement = document.create_element("textarea").ok()?.dyn_into().ok()?;
    area.set_value(text);
    area.set_attribute("readonly", "").ok()?;
    area.set_class_name("visually-hidden");
    // Inside a modal dialog everything outside is inert, so the text area has to be inside too.
    let home = document.query_selector("dialog[open]").ok()?.or_else(|| document.body().map(Into::into))?;
    home.append_child(&area).ok()?;
    area.select();
    let copied = document.dyn_ref::<HtmlDocument>()?.exec_command("copy").unwrap_or(false);
    area.remove();
    if let Some(element) = focused {
        dom::focus(&element);
    }
    Some(copied)
}
