//! The one tooltip of the page. It names whatever carries `data-tip` (and `data-keys`, a shortcut) after 500 ms of
//! hover or keyboard focus, and goes with the pointer, a key or a press. It repeats a name and never adds one.

use leptos::ev;
use leptos::prelude::*;
use std::time::Duration;
use wasm_bindgen::JsCast;
use web_sys::{DomRect, Element, EventTarget};

const DELAY: Duration = Duration::from_millis(500);
/// Room between the tooltip and its owner, and between it and the edge of the window, in pixels.
const GAP: f64 = 8.0;

#[derive(Clone, PartialEq)]
struct Tip {
    text: String,
    keys: Option<String>,
    left: f64,
    top: f64,
    above: bool,
}

/// Where the tooltip of `target` stands: under it, above it near the lower edge, and never beyond a side.
fn place(target: &DomRect, window_width: f64, window_height: f64) -> (f64, f64, bool) {
    placed(target.left() + target.width() / 2.0, target.top(), target.bottom(), window_width, window_height)
}

fn placed(middle: f64, top: f64, bottom: f64, width: f64, height: f64) -> (f64, f64, bool) {
    const HALF_WIDTH: f64 = 60.0;
    const HEIGHT: f64 = 40.0;
    let above = bottom + GAP + HEIGHT > height;
    let left = middle.clamp(HALF_WIDTH + GAP, (width - HALF_WIDTH - GAP).max(HALF_WIDTH + GAP));
    (left, if above { top - GAP } else { bottom + GAP }, above)
}

fn owner(target: Option<EventTarget>) -> Option<Element> {
    target?.dyn_into::<Element>().ok()?.closest("[data-tip]").ok()?
}

fn tip_of(element: &Element) -> Option<Tip> {
    let window = web_sys::window()?;
    let size = |value: Result<wasm_bindgen::JsValue, _>| value.ok().and_then(|value| value.as_f64());
    let (width, height) = (size(window.inner_width())?, size(window.inner_height())?);
    let (left, top, above) = place(&element.get_bounding_client_rect(), width, height);
    let is_open = element.get_attribute("aria-expanded").as_deref() == Some("true");
    let text =
        element.get_attribute("data-tip").filter(|text| !text.is_empty() && element.is_connected() && !is_open)?;
    let keys = element.get_attribute("data-keys").filter(|keys| !keys.is_empty());
    Some(Tip { text, keys, left, top, above })
}

/// Shows the tooltip of the page. Once, at the root.
#[component]
pub fn TooltipHost() -> AnyView {
    let shown = RwSignal::new(None::<Tip>);
    let waiting = StoredValue::new(None::<TimeoutHandle>);
    let hide = move || {
        waiting.update_value(|handle| {
            if let Some(handle) = handle.take() {
                handle.clear();
            }
        });
        if shown.with_untracked(Option::is_some) {
            shown.set(None);
        }
    };
    let wait = move |element: Option<Element>| {
        hide();
        let Some(element) = element else { return };
        let handle = set_timeout_with_handle(move || shown.set(tip_of(&element)), DELAY);
        waiting.set_value(handle.ok());
    };
    let over = window_event_listener(ev::pointerover, move |event| {
        if event.pointer_type() == "mouse" {
            wait(owner(event.target()));
        }
    });
    let focus = window_event_listener(ev::focusin, move |event| {
        let element = owner(event.target());
        // Focus that a press brought needs no name; only the keyboard's does.
        wait(element.filter(|element| element.matches(":focus-visible").unwrap_or(false)));
    });
    let down = window_event_listener(ev::pointerdown, move |_| hide());
    let key = window_event_listener(ev::keydown, move |_| hide());
    on_cleanup(move || [over, focus, down, key].into_iter().for_each(WindowListenerHandle::remove));
    view! { {move || shown.get().map(|tip| view! { <Bubble tip/> })} }.into_any()
}

#[component]
fn Bubble(tip: Tip) -> AnyView {
    view! {
        <div
            class="tooltip"
            class:above=tip.above
            role="presentation"
            style=format!("left:{}px;top:{}px", tip.left, tip.top)
        >
            {tip.text}
            {tip.keys.map(|keys| view! { <kbd>{keys}</kbd> })}
        </div>
    }
    .into_any()
}

#[cfg(test)]
mod tests {
    use super::placed;

    #[test]
    fn a_tooltip_stands_under_its_owner_and_above_near_the_edge() {
        assert_eq!(placed(400.0, 100.0, 136.0, 800.0, 600.0), (400.0, 144.0, false));
        assert_eq!(placed(400.0, 560.0, 596.0, 800.0, 600.0), (400.0, 552.0, true));
    }

    #[test]
    fn a_tooltip_never_leaves_the_window() {
        assert_eq!(placed(4.0, 0.0, 36.0, 800.0, 600.0).0, 68.0);
        assert_eq!(placed(796.0, 0.0, 36.0, 800.0, 600.0).0, 732.0);
    }
}
