//! Gives something to the browser to be saved. It keeps nothing and reads nothing.

use crate::dom;
use js_sys::Array;
use wasm_bindgen::{JsCast, JsValue};
use web_sys::{Blob, HtmlAnchorElement, Url};

/// Lets the browser save what is at an address of this site. It names the file as the server says.
pub fn address(href: &str) {
    press(href, "");
}

/// Lets the browser save a text under a name.
pub fn text(text: &str, name: &str) {
    let Ok(blob) = Blob::new_with_str_sequence(&Array::of1(&JsValue::from_str(text))) else { return };
    let Ok(href) = Url::create_object_url_with_blob(&blob) else { return };
    press(&href, name);
    // The press has begun the saving by now; what it needs of the address it has.
    let _ = Url::revoke_object_url(&href);
}

fn press(href: &str, name: &str) {
    let link = dom::document().and_then(|document| document.create_element("a").ok());
    let Some(link) = link.and_then(|link| link.dyn_into::<HtmlAnchorElement>().ok()) else { return };
    link.set_href(href);
    link.set_download(name);
    link.click();
}
