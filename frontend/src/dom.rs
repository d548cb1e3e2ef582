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

/// Names the page: `Profile · AIChat`, with the number of answers that nobody has seen before it.
pub fn set_title(page: &str, brand: &str, unseen: usize) {
    if let Some(document) = document() {
        document.set_title(&page_title(page, brand, unseen));
    }
}

fn page_title(page: &str, brand: &str, unseen: usize) -> String {
    let count = if unseen > 0 { format!("({unseen}) ") } else { String::new() };
    let dot = if page.is_empty() { "" } else { " · " };
    [&count, page, dot, brand].concat()
}

/// Sets an attribute of `<html>`.
pub fn set_root_attribute(name: &str, value: &str) {
    if let Some(root) = document().and_then(|document| document.document_element()) {
        // Fails only for a malformed name, and ours are literals.
        let _ = root.set_attribute(name, value);
    }
}

/// Takes an attribute of `<html>` away.
pub fn remove_root_attribute(name: &str) {
    if let Some(root) = document().and_then(|document| document.document_element()) {
        // Fails only where there is nothing to take away.
        let _ = root.remove_attribute(name);
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

/// Focuses an element without bringing it into view.
pub fn focus_in_place(element: &HtmlElement) {
    let options = js_sys::Object::new();
    // A plain object takes any property, and an element that cannot be focused leaves the focus where it is.
    let _ = js_sys::Reflect::set(&options, &"preventScroll".into(), &true.into());
    let focus =
        js_sys::Reflect::get(element, &"focus".into()).ok().and_then(|focus| focus.dyn_into::<js_sys::Function>().ok());
    let _ = focus.map(|focus| focus.call1(element, &options));
}

/// Presses a button or a field that is not shown itself.
pub fn press(element: &HtmlElement) {
    element.click();
}

/// The first element that this selector finds.
#[must_use]
pub fn query(selector: &str) -> Option<HtmlElement> {
    document()?.query_selector(selector).ok()??.dyn_into().ok()
}

/// Focuses the first element that this selector finds, if it can be.
pub fn focus_first(selector: &str) {
    if let Some(element) = query(selector) {
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

/// The elements of the page that match, in order.
#[must_use]
pub fn find_all(selector: &str) -> Vec<HtmlElement> {
    document().and_then(|document| document.document_element()).map(|root| all(&root, selector)).unwrap_or_default()
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

/// How large everything is that follows the chosen size; 1 as a rule.
#[must_use]
pub fn scale() -> f64 {
    let root = document().and_then(|document| document.document_element());
    let style = root.and_then(|root| web_sys::window()?.get_computed_style(&root).ok()?);
    let size = style.and_then(|style| style.get_property_value("font-size").ok());
    size.and_then(|size| size.trim_end_matches("px").parse::<f64>().ok()).map_or(1.0, |size| size / 16.0)
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

/// Leaves this site for another address.
pub fn leave_for(address: &str) {
    if let Some(window) = web_sys::window() {
        // Fails only for what is no address; the server checked that it is one.
        let _ = window.location().assign(address);
    }
}

#[cfg(test)]
mod tests {
    use super::page_title;

    #[test]
    fn a_title_names_the_page_before_the_brand() {
        assert_eq!(page_title("Profile", "AIChat", 0), "Profile · AIChat");
        assert_eq!(page_title("", "AIChat", 0), "AIChat");
    }

    #[test]
    fn answers_that_nobody_has_seen_are_counted_before_the_title() {
        assert_eq!(page_title("Cats", "AIChat", 2), "(2) Cats · AIChat");
    }
}
