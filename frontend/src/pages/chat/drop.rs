//! Files that are dragged over the window: the whole chat takes them, and says so as long as they hang above it. Dropped
//! beside it they are taken, too; otherwise the browser would leave the page to show them.

use crate::components::composer::attach::{brings_files, dropped};
use crate::components::ui::{Glyph, Icon};
use crate::i18n::{chat, t};
use crate::reactive::draw;
use leptos::ev;
use leptos::prelude::*;
use web_sys::{DragEvent, File};

/// Where dragged files can be dropped.
#[component]
pub fn DropTarget(
    /// Files were dropped.
    #[prop(into)]
    on_files: Callback<Vec<File>>,
) -> AnyView {
    let above = RwSignal::new(false);
    let is_ours = |event: &DragEvent| event.data_transfer().is_some_and(|data| brings_files(&data));
    let over = window_event_listener(ev::dragover, move |event| {
        if is_ours(&event) {
            event.prevent_default();
            if !above.get_untracked() {
                above.set(true);
            }
        }
    });
    let left = window_event_listener(ev::dragleave, move |event| {
        // Inside the window the pointer always enters something else.
        if event.related_target().is_none() {
            above.set(false);
        }
    });
    let fallen = window_event_listener(ev::drop, move |event| {
        if is_ours(&event) {
            event.prevent_default();
            on_files.run(event.data_transfer().map(|data| dropped(&data)).unwrap_or_default());
        }
        above.set(false);
    });
    on_cleanup(move || [over, left, fallen].into_iter().for_each(WindowListenerHandle::remove));
    let body = move || {
        above.get().then(|| {
            view! { <div class="drop-target"><p><Icon glyph=Glyph::Paperclip/>{t(chat::DROP_HERE)}</p></div> }
        })
    };
    draw(body)
}
