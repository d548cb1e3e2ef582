//! A panel beside the button that opened it, above everything; on phones a sheet at the foot of the screen.
//!
//! It closes with Esc, Back, a press outside and when the window changes, and gives the focus back to its button.
//! What happens inside belongs to its content.

use crate::reactive::{draw, effect};
use crate::{back, dom};
use leptos::html;
use leptos::portal::Portal;
use leptos::prelude::*;
use leptos::{ev, text_prop::TextProp};
use wasm_bindgen::JsCast;
use web_sys::{HtmlElement, Node};

/// Which edge of its button a panel keeps to.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Placement {
    /// Left edges meet.
    #[default]
    Start,
    /// Right edges meet.
    End,
}

/// Room between the panel, its button and the edge of the window, in pixels.
const GAP: f64 = 4.0;
const EDGE: f64 = 8.0;
/// So much room below is enough, in pixels: a longer panel scrolls rather than covers what stands above its button.
const ENOUGH: f64 = 360.0;

/// The box of a button and the size of panel and window, all in pixels.
#[derive(Clone, Copy, Debug)]
struct Layout {
    left: f64,
    right: f64,
    top: f64,
    bottom: f64,
    panel: (f64, f64),
    window: (f64, f64),
}

/// Where a panel stands. It is held at the edge that touches its button, so that it may grow later.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Stand {
    /// Under the button: left, top, and the height that is left.
    Under(f64, f64, f64),
    /// Above it: left, distance from the foot of the window, and the height that is left.
    Above(f64, f64, f64),
}

/// Under the button, or above it where there is more room and too little below.
fn place(layout: Layout, placement: Placement) -> Stand {
    let (width, height) = layout.panel;
    let wished = match placement {
        Placement::Start => layout.left,
        Placement::End => layout.right - width,
    };
    let left = wished.min(layout.window.0 - width - EDGE).max(EDGE);
    let (room_above, room_below) = (layout.top - GAP - EDGE, layout.window.1 - layout.bottom - GAP - EDGE);
    if height <= room_below || room_below >= room_above.min(ENOUGH) {
        Stand::Under(left, layout.bottom + GAP, room_below)
    } else {
        Stand::Above(left, layout.window.1 - layout.top + GAP, room_above)
    }
}

/// Where a press was, in pixels of the window.
pub type Point = (i32, i32);

/// Left, right, top and bottom of what a panel stands beside: its button, or the press where that is not on the screen.
fn edges(anchor: Option<&HtmlElement>, press: Option<Point>) -> [f64; 4] {
    let box_ = anchor.map(|anchor| anchor.get_bounding_client_rect()).filter(|box_| box_.width() > 0.0);
    match (box_, press.unwrap_or_default()) {
        (Some(box_), _) => [box_.left(), box_.right(), box_.top(), box_.bottom()],
        (None, (x, y)) => [x, x, y, y].map(f64::from),
    }
}

fn stand(panel: &HtmlElement, [left, right, top, bottom]: [f64; 4], placement: Placement) -> Option<()> {
    let window = web_sys::window()?;
    let size = (window.inner_width().ok()?.as_f64()?, window.inner_height().ok()?.as_f64()?);
    let panel_size = (f64::from(panel.offset_width()), f64::from(panel.offset_height()));
    let layout = Layout { left, right, top, bottom, panel: panel_size, window: size };
    let (left, edge, distance, room) = match place(layout, placement) {
        Stand::Under(left, top, room) => (left, "--popover-top", top, room),
        Stand::Above(left, bottom, room) => (left, "--popover-bottom", bottom, room),
    };
    let style = web_sys::HtmlElement::style(panel);
    for (name, value) in [("--popover-left", left), (edge, distance), ("--popover-room", room)] {
        style.set_property(name, &format!("{value}px")).ok()?;
    }
    panel.class_list().add_1("placed").ok()
}

/// A panel beside `anchor`. Its content is made when it opens.
#[component]
pub fn Popover(
    /// Whether it is open.
    open: RwSignal<bool>,
    /// The button that opens it.
    anchor: NodeRef<html::Button>,
    /// Its name, read aloud.
    #[prop(into)]
    name: TextProp,
    /// `dialog`, `menu` or `listbox`.
    #[prop(default = "dialog")]
    role: &'static str,
    /// Which edge of the button it keeps to.
    #[prop(optional)]
    placement: Placement,
    /// Where to stand while the button is not on the screen.
    #[prop(optional)]
    press: StoredValue<Option<Point>>,
    /// A class of its own.
    #[prop(optional)]
    class: &'static str,
    /// Its content.
    children: ChildrenFn,
) -> AnyView {
    let children = StoredValue::new(children);
    let name = StoredValue::new(name);
    let body = move || {
        open.get().then(|| {
            view! {
                <Portal>
                    <Panel open anchor name role placement press class content=children/>
                </Portal>
            }
        })
    };
    draw(body)
}

#[component]
fn Panel(
    open: RwSignal<bool>,
    anchor: NodeRef<html::Button>,
    name: StoredValue<TextProp>,
    role: &'static str,
    placement: Placement,
    press: StoredValue<Option<Point>>,
    class: &'static str,
    content: StoredValue<ChildrenFn>,
) -> AnyView {
    let node = NodeRef::<html::Div>::new();
    effect(move || {
        if let Some(panel) = node.get() {
            stand(&panel, edges(anchor.get().as_deref(), press.get_value()), placement);
            // What is inside may take the focus itself; otherwise Esc would not be heard here.
            request_animation_frame(move || {
                if !dom::focused().is_some_and(|focused| panel.contains(Some(&focused))) {
                    dom::focus(&panel);
                }
            });
        }
    });
    close_when_left(open, anchor, node);
    if dom::is_phone() || back::is_above() {
        back::closes(move || close(open, anchor));
    }
    let keydown = move |event: web_sys::KeyboardEvent| {
        if event.key() == "Escape" {
            event.prevent_default();
            event.stop_propagation();
            close(open, anchor);
        }
    };
    view! {
        <div class="popover-veil" aria-hidden="true"></div>
        <div
            node_ref=node
            class=format!("popover {class}")
            role=role
            tabindex="-1"
            aria-label=move || name.with_value(TextProp::get)
            on:keydown=keydown
        >
            {content.with_value(|content| content())}
        </div>
    }
    .into_any()
}

/// Closes a panel and gives the focus back to its button.
pub fn close(open: RwSignal<bool>, anchor: NodeRef<html::Button>) {
    open.set(false);
    if let Some(button) = anchor.get_untracked() {
        dom::focus(&button);
    }
}

/// Closes with a press outside, and when the window changes its size: the panel would stand in the wrong place.
fn close_when_left(open: RwSignal<bool>, anchor: NodeRef<html::Button>, panel: NodeRef<html::Div>) {
    let down = window_event_listener(ev::pointerdown, move |event| {
        let Some(target) = event.target().and_then(|target| target.dyn_into::<Node>().ok()) else { return };
        let in_panel = panel.get_untracked().is_some_and(|panel| panel.contains(Some(&target)));
        let in_button = anchor.get_untracked().is_some_and(|button| button.contains(Some(&target)));
        if !in_panel && !in_button {
            open.set(false);
        }
    });
    let resize = window_event_listener(ev::resize, move |_| {
        // On phones the keyboard changes the size, and the panel is a sheet that stays where it is.
        if !dom::is_phone() {
            open.set(false);
        }
    });
    on_cleanup(move || [down, resize].into_iter().for_each(WindowListenerHandle::remove));
}

#[cfg(test)]
mod tests {
    use super::{Layout, Placement, Stand, edges, place};

    const BUTTON: Layout =
        Layout { left: 100.0, right: 136.0, top: 50.0, bottom: 86.0, panel: (200.0, 300.0), window: (800.0, 600.0) };

    #[test]
    fn a_panel_stands_under_its_button() {
        assert_eq!(place(BUTTON, Placement::Start), Stand::Under(100.0, 90.0, 502.0));
    }

    #[test]
    fn a_panel_never_leaves_the_window() {
        assert_eq!(place(BUTTON, Placement::End), Stand::Under(8.0, 90.0, 502.0));
        let right = Layout { left: 750.0, right: 786.0, ..BUTTON };
        assert_eq!(place(right, Placement::Start), Stand::Under(592.0, 90.0, 502.0));
    }

    #[test]
    fn a_panel_without_a_button_stands_where_the_press_was() {
        let at = |x: i32, y: i32| {
            let [left, right, top, bottom] = edges(None, Some((x, y)));
            Layout { left, right, top, bottom, ..BUTTON }
        };
        assert_eq!(place(at(400, 200), Placement::Start), Stand::Under(400.0, 204.0, 388.0));
        assert_eq!(place(at(400, 500), Placement::End), Stand::Above(200.0, 104.0, 488.0));
    }

    #[test]
    fn a_panel_goes_above_where_there_is_more_room() {
        let low = Layout { top: 500.0, bottom: 536.0, ..BUTTON };
        assert_eq!(place(low, Placement::Start), Stand::Above(100.0, 104.0, 488.0));
    }
}
