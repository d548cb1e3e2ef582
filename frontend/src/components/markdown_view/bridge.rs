//! The way to what a block can do beyond showing itself: `build/start.js` keeps the functions, and fetches them when the
//! first of them is called. Where they are not there, nothing happens.

use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::JsFuture;
use web_sys::Element;

/// Calls a function of the bridge.
fn call(name: &str, given: &[JsValue]) -> Option<JsValue> {
    let window: JsValue = web_sys::window()?.into();
    let bridge = js_sys::Reflect::get(&window, &JsValue::from_str("aichat")).ok()?;
    let function = js_sys::Reflect::get(&bridge, &JsValue::from_str(name)).ok()?;
    let given: js_sys::Array = given.iter().collect();
    function.dyn_into::<js_sys::Function>().ok()?.apply(&bridge, &given).ok()
}

/// What a function of the bridge promises.
async fn promised(name: &str, given: &[JsValue]) -> Option<JsValue> {
    JsFuture::from(call(name, given)?.dyn_into::<js_sys::Promise>().ok()?).await.ok()
}

/// The code with its colours, from a highlighter that escapes what it is given and adds only classes. None for a language
/// that it does not know, or when it could not be loaded.
pub async fn highlight(code: &str, language: &str) -> Option<String> {
    promised("highlight", &[code.into(), language.into()]).await?.as_string()
}

/// Brings a block to a newer state and keeps the formulas that are set already; false where nobody can do that yet.
pub fn grow(element: &Element, html: &str) -> bool {
    call("grow", &[element.into(), html.into()]).is_some()
}

/// Sets the formulas of a block and gives its tables their buttons; `open` says that it is still being written.
pub fn dress(element: &Element, open: bool) {
    call("dress", &[element.into(), open.into()]);
}

/// Adds to a complete block of code the tabs of its preview; `kind` is `diagram`, `svg` or `html`.
pub fn preview(figure: &Element, kind: &str, source: &str) {
    call("preview", &[figure.into(), kind.into(), source.into()]);
}

/// Hands code over as a file.
pub fn download(source: &str, language: &str) {
    call("download", &[source.into(), language.into()]);
}

/// Shows the picture behind a link whole, and comes back when it was closed.
pub async fn view(link: &Element) {
    promised("view", &[link.into()]).await;
}

/// The emoji that fit a search, as JSON: the sign, the name that fits, and a name in the other language.
pub async fn emoji(search: &str) -> Option<String> {
    promised("emoji", &[search.into()]).await?.as_string()
}

/// Closes the picture that is seen whole.
pub fn close_view() {
    call("closeView", &[]);
}
