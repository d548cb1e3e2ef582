//! The Back button closes what lies above the page before it leaves the page: sheets and dialogs of a phone, the list of
//! chats on a narrow screen. All of them share one entry of the browser's history: the first pushes it, the last takes it
//! away again, and whoever goes elsewhere meanwhile takes its place (`router::navigate`).

use leptos::prelude::{on_cleanup, set_timeout};
use std::cell::{Cell, RefCell};
use std::rc::Rc;
use std::time::Duration;
use wasm_bindgen::JsValue;

type Close = Rc<dyn Fn()>;

thread_local! {
    /// What lies above the page, the lowest first. A tab has one history, so it has one of these.
    static LAYERS: RefCell<Vec<(u32, Close)>> = const { RefCell::new(Vec::new()) };
    static MADE: Cell<u32> = const { Cell::new(0) };
    /// Whether the entry was left by this program and not by a press of Back.
    static LEAVING: Cell<bool> = const { Cell::new(false) };
}

/// The state that marks the entry; others have none.
const MARK: JsValue = JsValue::TRUE;

/// Lets Back close something as long as the caller's owner lives.
pub fn closes(close: impl Fn() + 'static) {
    let number = MADE.get();
    MADE.set(number + 1);
    LAYERS.with_borrow_mut(|layers| layers.push((number, Rc::new(close))));
    enter();
    on_cleanup(move || {
        LAYERS.with_borrow_mut(|layers| layers.retain(|(other, _)| *other != number));
        // What closes often makes room for something else above the page, which then needs the entry.
        set_timeout(leave, Duration::ZERO);
    });
}

/// Whether the present entry stands for what lies above the page.
#[must_use]
pub fn is_above() -> bool {
    history().and_then(|history| history.state().ok()).is_some_and(|state| state == MARK)
}

/// Back or Forward was pressed, or the entry was left. For the router, which listens.
pub fn returned() {
    let by_itself = LEAVING.take();
    if is_above() {
        return;
    }
    let top = if by_itself { None } else { LAYERS.with_borrow_mut(Vec::pop) };
    if let Some((_, close)) = top {
        close();
    }
    if LAYERS.with_borrow(|layers| !layers.is_empty()) {
        enter();
    }
}

fn enter() {
    if let Some(history) = history().filter(|_| !is_above()) {
        // Refused only by a browser that was asked a hundred times in a moment; then Back leaves the page as ever.
        let _ = history.push_state_with_url(&MARK, "", None);
    }
}

fn leave() {
    let is_due = !LEAVING.get() && LAYERS.with_borrow(Vec::is_empty) && is_above();
    if let Some(history) = history().filter(|_| is_due) {
        // Comes back as `popstate`.
        LEAVING.set(history.back().is_ok());
    }
}

fn history() -> Option<web_sys::History> {
    web_sys::window()?.history().ok()
}
