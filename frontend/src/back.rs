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
    /// Whether the entry is being left by this program and not by a press of Back.
    static LEAVING: Cell<Option<u32>> = const { Cell::new(None) };
    /// What waits until it is left.
    static WAITING: RefCell<Vec<Box<dyn FnOnce()>>> = const { RefCell::new(Vec::new()) };
}

/// How long a browser may take to leave the entry. One that does not leave it at all, as after too many ways in a moment, is
/// not waited for.
const PATIENCE: Duration = Duration::from_secs(1);

/// The state that marks the entry; others have none.
const MARK: JsValue = JsValue::TRUE;

/// The program starts: what lay above the page before a reload is gone, and its entry goes as well.
pub fn begin() {
    leave();
}

/// Lets Back close something as long as the caller's owner lives.
pub fn closes(close: impl Fn() + 'static) {
    let number = numbered();
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

/// Does something at once, or once the entry is left: a way that began while the browser is on its way back would be undone
/// by it.
pub fn after_leaving(act: impl FnOnce() + 'static) {
    if LEAVING.get().is_some() {
        WAITING.with_borrow_mut(|waiting| waiting.push(Box::new(act)));
    } else {
        act();
    }
}

/// Does what waited. For the router, once it knows the address.
pub fn go_on() {
    if LEAVING.get().is_none() {
        WAITING.take().into_iter().for_each(|act| act());
    }
}

/// Back or Forward was pressed, or the entry was left. For the router, which listens.
pub fn returned() {
    let by_itself = LEAVING.take().is_some();
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
    let is_due = LEAVING.get().is_none() && LAYERS.with_borrow(Vec::is_empty) && is_above();
    if let Some(history) = history().filter(|_| is_due) {
        if history.back().is_err() {
            return;
        }
        // Comes back as `popstate`.
        let number = numbered();
        LEAVING.set(Some(number));
        let give_up = move || {
            if LEAVING.get() == Some(number) {
                LEAVING.set(None);
                go_on();
            }
        };
        set_timeout(give_up, PATIENCE);
    }
}

/// A number that nothing else here has.
fn numbered() -> u32 {
    MADE.replace(MADE.get() + 1)
}

fn history() -> Option<web_sys::History> {
    web_sys::window()?.history().ok()
}
