//! A long press by touch, which opens the actions of a message. Holds no more than the timer.

use crate::components::ui::popover::Point;
use leptos::html;
use leptos::prelude::*;
use std::time::Duration;

/// How long a press is long.
const LONG: Duration = Duration::from_millis(500);
/// How far a finger may drift, in pixels, before it is a scroll.
const DRIFT: i32 = 10;

#[derive(Clone, Copy, Default)]
struct Finger {
    at: Option<(i32, i32)>,
    timer: Option<TimeoutHandle>,
}

/// A long press by touch.
#[derive(Clone, Copy)]
pub struct LongPress {
    finger: StoredValue<Finger>,
    /// Whether its actions are shown.
    pub(crate) open: RwSignal<bool>,
    /// Where the finger was.
    pub(crate) at: StoredValue<Option<Point>>,
}

impl LongPress {
    /// Sets `open` when somebody presses long.
    pub(crate) fn new() -> Self {
        Self { finger: StoredValue::new(Finger::default()), open: RwSignal::new(false), at: StoredValue::new(None) }
    }

    pub(crate) fn down(self, event: &web_sys::PointerEvent) {
        self.up();
        if event.pointer_type() != "touch" {
            return;
        }
        let open = self.open;
        let timer = set_timeout_with_handle(move || _ = open.try_set(true), LONG).ok();
        let at = Some((event.client_x(), event.client_y()));
        self.at.set_value(at);
        self.finger.set_value(Finger { at, timer });
    }

    pub(crate) fn moved(self, event: &web_sys::PointerEvent) {
        let drifted = self.finger.with_value(|finger| {
            finger.at.is_some_and(|(x, y)| (event.client_x() - x).abs() + (event.client_y() - y).abs() > DRIFT)
        });
        if drifted {
            self.up();
        }
    }

    pub(crate) fn up(self) {
        self.finger.update_value(|finger| {
            if let Some(timer) = std::mem::take(finger).timer {
                timer.clear();
            }
        });
    }

    /// The browser's own menu of a long press gives way to ours; that of a mouse stays.
    pub(crate) fn menu(self, event: &web_sys::MouseEvent) {
        if self.finger.with_value(|finger| finger.at.is_some()) {
            event.prevent_default();
        }
    }
}

/// An action that presses a button which is there already, if perhaps not on the screen.
pub(super) fn press_button(button: NodeRef<html::Button>) -> impl Fn() + Send + Sync + 'static {
    move || {
        if let Some(button) = button.get_untracked() {
            button.click();
        }
    }
}
