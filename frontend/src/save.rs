//! Gives something to the browser to be saved. It keeps nothing and reads nothing.

use crate::dom;
use js_sys::Array;
use leptos::prelude::set_timeout;
use std::time::Duration;
use wasm_bindgen::{JsCast, JsValue};
use web_sys::{Blob, HtmlAnchorElement, Url};

/// How long a text stays for the browser to read.
const WHILE: Duration = Duration::from_secs(10);

/// Lets the browser save what is at an address of this site. It names the file as the server says.
pub fn address(href: &str) {
    press(href, "");
}

/// Lets the browser save a text under a name.
pub fn text(text: &str, name: &str) {
    let Ok(blob) = Blob::new_with_str_sequence(&Array::of1(&JsValue::from_str(text))) else { return };
    let Ok(href) = Url::create_object_url_with_blob(&blob) else { return };
    press(&href, name);
    // Not every browser has begun to read it when the press returns.
    let release = move || {
        // Nothing is lost but memory, should it be gone.
        let _ = Url::revoke_object_url(&href);
    };
    set_timeout(release, WHILE);
}

fn press(href: &str, name: &str) {
    let link = dom::document().and_then(|document| document.create_element("a").ok());
    let Some(link) = link.and_then(|link| link.dyn_into::<HtmlAnchorElement>().ok()) else { return };
    link.set_href(href);
    link.set_download(name);
    link.click();
}
