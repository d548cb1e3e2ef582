//! The Back button of a phone closes what is open before it leaves the page, where the browser offers that
//! (`CloseWatcher`). Never writes history entries: they would outlive what they stand for.

use js_sys::{Array, Function, Reflect};
use leptos::prelude::{StoredValue, UpdateValue, on_cleanup};
use wasm_bindgen::closure::Closure;
use wasm_bindgen::{JsCast, JsValue};

/// Lets Back close something as long as the caller's owner lives. Dialogs do so by themselves.
pub fn closes(close: impl Fn() + 'static) {
    let Some(watcher) = watcher() else { return };
    let handler = Closure::<dyn Fn()>::new(close);
    // Objects of the browser take these properties.
    let _ = Reflect::set(&watcher, &"onclose".into(), handler.as_ref());
    let kept = StoredValue::new_local(Some((watcher, handler)));
    on_cleanup(move || {
        kept.try_update_value(|kept| {
            if let Some((watcher, handler)) = kept.take() {
                destroy(&watcher);
                drop(handler);
            }
        });
    });
}

/// A new watcher, in browsers that have it.
fn watcher() -> Option<JsValue> {
    let class: Function = Reflect::get(&js_sys::global(), &"CloseWatcher".into()).ok()?.dyn_into().ok()?;
    Reflect::construct(&class, &Array::new()).ok()
}

fn destroy(watcher: &JsValue) {
    let method = Reflect::get(watcher, &"destroy".into()).ok().and_then(|method| method.dyn_into::<Function>().ok());
    if let Some(method) = method {
        // It has nothing to refuse: destroying twice is allowed.
        let _ = method.call0(watcher);
    }
}
