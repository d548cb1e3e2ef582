//! Small steps in the document that no component owns: titles, focus, attributes of the root. Never holds state.

use wasm_bindgen::JsCast;
use web_sys::{Document, Element, HtmlElement, KeyboardEvent};

/// The document, in a browser.
#[must_use]
pub fn document() -> Option<Document> {
    web_sys::window()?.document()
}

/// Whether nobody can see this tab.
#[must_use]
pub fn is_hidden() -> bool {
    document().is_some_and(|document| document.hidden())
}

/// Names the page: `Profile · AIChat`.
pub fn set_title(page: &str, brand: &str) {
    if let Some(document) = document() {
        document.set_title(&page_title(page, brand));
    }
}

fn page_title(page: &str, brand: &str) -> String {
    if page.is_empty() { brand.to_owned() } else { format!("{page} · {brand}") }
}

/// Sets an attribute of `<html>`.
pub fn set_root_attribute(name: &str, value: &str) {
    if let Some(root) = document().and_then(|document| document.document_element()) {
        // Fails only for a malformed name, and ours are literals.
        let _ = root.set_attribute(name, value);
    }
}

/// What the `<meta>` that this selector finds says.
#[must_use]
pub fn meta(selector: &str) -> Option<String> {
    document()?.query_selector(selector).ok()??.get_attribute("content")
}

/// The element with this id.
#[must_use]
pub fn by_id(id: &str) -> Option<HtmlElement> {
    document()?.get_element_by_id(id)?.dyn_into().ok()
}

/// Focuses the element with this id, if it is there.
pub fn focus_id(id: &str) {
    if let Some(element) = by_id(id) {
        focus(&element);
    }
}

/// Focuses an element, if it can be.
pub fn focus(element: &HtmlElement) {
    // A disabled element refuses; the focus then stays where it is.
    let _ = element.focus();
}

/// Focuses the first element that this selector finds, if it can be.
pub fn focus_first(selector: &str) {
    let found = document().and_then(|document| document.query_selector(selector).ok()?);
    if let Some(element) = found.and_then(|element| element.dyn_into().ok()) {
        focus(&element);
    }
}

/// The focused element.
#[must_use]
pub fn focused() -> Option<HtmlElement> {
    document()?.active_element()?.dyn_into().ok()
}

/// The elements inside `root` that match, in order.
#[must_use]
pub fn all(root: &Element, selector: &str) -> Vec<HtmlElement> {
    let Ok(list) = root.query_selector_all(selector) else { return Vec::new() };
    (0..list.length()).filter_map(|index| list.item(index)?.dyn_into().ok()).collect()
}

/// Scrolls the page to its beginning.
pub fn scroll_to_top() {
    if let Some(window) = web_sys::window() {
        window.scroll_to_with_x_and_y(0.0, 0.0);
    }
}

/// Whether a key belongs to an input method. Safari ends the composition before the key that ended it, and tells only by
/// the old code of that key.
#[must_use]
pub fn is_composing(event: &KeyboardEvent) -> bool {
    event.is_composing() || event.key_code() == 229
}

/// Whether the screen is a phone's: drawers and sheets, no autofocus.
#[must_use]
pub fn is_phone() -> bool {
    matches_media("(max-width: 767px)")
}

/// Whether a media query holds now.
#[must_use]
pub fn matches_media(query: &str) -> bool {
    web_sys::window().and_then(|window| window.match_media(query).ok()?).is_some_and(|list| list.matches())
}

#[cfg(test)]
mod tests {
    use super::page_title;

    #[test]
    fn a_title_names_the_page_before_the_brand() {
        assert_eq!(page_title("Profile", "AIChat"), "Profile · AIChat");
        assert_eq!(page_title("", "AIChat"), "AIChat");
    }
}
