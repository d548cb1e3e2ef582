//! Starts the client in the page. Everything else is in the library.

use wasm_bindgen::JsValue;

fn main() {
    // What a defect leaves behind: without this the browser says "unreachable", which helps nobody.
    std::panic::set_hook(Box::new(|defect| web_sys::console::error_1(&JsValue::from_str(&defect.to_string()))));
    frontend::program::mount();
}
