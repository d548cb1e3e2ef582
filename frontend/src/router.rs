//! The address bar: which page is open, links, going elsewhere, Back and Forward.
//!
//! Small on purpose: pages are chosen by [`crate::pages::Page`], so this knows addresses and nothing of what they show.
//! Links are ordinary `<a href>`; those that lead to no page of ours (`/docs`, other sites) are left to the browser.

pub mod address;

use crate::pages::Page;
use crate::reactive::memo;
use crate::{back, dom};
use address::Address;
use leptos::ev;
use leptos::prelude::*;
use std::cell::RefCell;
use wasm_bindgen::{JsCast, JsValue};
use web_sys::{Element, HtmlAnchorElement, MouseEvent};

thread_local! {
    // A tab has one address, so going elsewhere needs no owner: handlers and spawned tasks may do it too.
    static ADDRESS: RefCell<Option<ArcRwSignal<Address>>> = const { RefCell::new(None) };
}

fn signal() -> ArcRwSignal<Address> {
    ADDRESS.with_borrow_mut(|slot| slot.get_or_insert_with(|| ArcRwSignal::new(current())).clone())
}

/// The address as the browser shows it.
fn current() -> Address {
    let location = web_sys::window().map(|window| window.location());
    location.and_then(|location| location.href().ok()).map(|href| Address::from_href(&href)).unwrap_or_default()
}

/// The parts of the present address.
#[derive(Clone, Copy)]
pub struct Location {
    /// `/c/1`.
    pub pathname: Memo<String>,
    /// `a=b`, without the question mark.
    pub search: Memo<String>,
    /// `theme`, without the `#`.
    pub hash: Memo<String>,
}

/// The present address.
#[must_use]
pub fn use_location() -> Location {
    let part = |read: fn(&Address) -> &String| {
        let address = signal();
        memo(move || address.with(|address| read(address).clone()))
    };
    Location {
        pathname: part(|address| &address.path),
        search: part(|address| &address.query),
        hash: part(|address| &address.hash),
    }
}

/// A value of the present query (`?name=value`); none if it is not there.
#[must_use]
pub fn use_query(name: &'static str) -> Memo<Option<String>> {
    let search = use_location().search;
    memo(move || {
        let parameters = web_sys::UrlSearchParams::new_with_str(&search.get()).ok()?;
        parameters.get(name)
    })
}

/// How to go.
#[derive(Clone, Copy, Debug)]
pub struct NavigateOptions {
    /// Whether the present address is forgotten, so that Back skips it.
    pub replace: bool,
    /// Whether the page begins at its top.
    pub scroll: bool,
}

impl Default for NavigateOptions {
    fn default() -> Self {
        Self { replace: false, scroll: true }
    }
}

/// Goes to a path of this site. What lies above the page is no place to come back to, so the path takes its place.
pub fn navigate(path: &str, options: NavigateOptions) {
    let path = path.to_owned();
    back::after_leaving(move || go(&path, options));
}

fn go(path: &str, options: NavigateOptions) {
    let before = signal().get_untracked();
    let Some(history) = web_sys::window().and_then(|window| window.history().ok()) else { return };
    let wanted = Address::parse(path);
    if before == wanted {
        return;
    }
    let written = if options.replace || back::is_above() {
        history.replace_state_with_url(&JsValue::NULL, "", Some(path))
    } else {
        history.push_state_with_url(&JsValue::NULL, "", Some(path))
    };
    // A browser that limits how often a page may do this keeps its address; the page follows all the same.
    let address = if written.is_ok() { current() } else { Address::parse(path) };
    let is_other_page = (&before.path, &before.query) != (&address.path, &address.query);
    let has_place = !address.hash.is_empty();
    signal().set(address);
    if options.scroll && is_other_page && !has_place {
        dom::scroll_to_top();
    }
}

/// Goes elsewhere in place of drawing something, once the present drawing is done.
#[must_use]
pub fn redirect(path: String) -> AnyView {
    queue_microtask(move || navigate(&path, NavigateOptions { replace: true, scroll: true }));
    ().into_any()
}

/// Follows links, Back and Forward from now on. Once, at the root.
pub fn listen() {
    let back = window_event_listener(ev::popstate, |_| {
        back::returned();
        signal().set(current());
        back::go_on();
    });
    let click = window_event_listener(ev::click, |event| {
        if let Some(path) = followed(&event) {
            event.prevent_default();
            navigate(&path, NavigateOptions::default());
        }
    });
    on_cleanup(move || [back, click].into_iter().for_each(WindowListenerHandle::remove));
    back::begin();
}

/// The path that a click leads to, if it is a plain click on a link to a page of this client.
fn followed(event: &MouseEvent) -> Option<String> {
    let is_plain =
        event.button() == 0 && !event.meta_key() && !event.ctrl_key() && !event.shift_key() && !event.alt_key();
    if !is_plain || event.default_prevented() {
        return None;
    }
    let target: Element = event.target()?.dyn_into().ok()?;
    let link: HtmlAnchorElement = target.closest("a[href]").ok()??.dyn_into().ok()?;
    let is_here = link.target().is_empty() && !link.has_attribute("download");
    let origin = web_sys::window()?.location().origin().ok()?;
    let href = link.href();
    let path = address::within(&href, &origin)?;
    let page = Page::at(&Address::parse(path).path);
    (is_here && page != Page::NotFound).then(|| path.to_owned())
}
