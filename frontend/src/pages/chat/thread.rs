//! The messages in their scrolled box. Only those near what is seen are drawn; where the others stand is in `reading.rs`.

use super::reading::Reading;
use super::rows::draw_rows;
use crate::components::ui::{ErrorCard, Glyph, IconButton, LinkButton, Skeleton};
use crate::i18n::{chat, reading as words, say, t};
use crate::later::{Part, later};
use crate::reactive::{draw, effect};
use crate::sentences;
use crate::state::conversation::{Phase, use_chat};
use leptos::html;
use leptos::prelude::*;
use leptos::task::spawn_local;
use shared::ErrorCode;
use std::cell::Cell;
use wasm_bindgen::JsCast;
use wasm_bindgen::closure::Closure;
use wasm_split_helpers::wasm_split;
use web_sys::{
    AddEventListenerOptions, KeyboardEvent, MutationObserver, MutationObserverInit, ResizeObserver, TouchEvent,
    WheelEvent,
};

/// The messages in their scrolled box. A new chat has none: they are fetched with the page of a chat that has, or as soon
/// as somebody begins to write.
#[component]
pub fn Thread() -> AnyView {
    // Its place does not wait, so that the text box stands where it will stand.
    view! { <div class="thread-place">{later(|| Box::pin(thread_part()), ())}</div> }.into_any()
}

#[wasm_split(thread, fallible, preload(fetch_thread))]
fn thread_part() -> Part<()> {
    sentences::bring();
    Ok(|()| thread())
}

/// Fetches what draws messages, for whoever is about to send one. Where that fails it is said when a message is there.
pub fn prepare() {
    spawn_local(async {
        let _ = fetch_thread().await;
    });
}

fn thread() -> AnyView {
    let store = use_chat();
    let view = Reading::new(store);
    let content = NodeRef::<html::Div>::new();
    // Scrolling reaches outward, once the rows are drawn.
    effect(move || {
        view.slice.with(|_| ());
        store.moved.track();
        queue_microtask(move || view.settle());
    });
    let mut is_first = true;
    effect(move || {
        store.sent.track();
        if !std::mem::take(&mut is_first) {
            queue_microtask(move || view.to_end());
        }
    });
    store.on_leave(move || view.place());
    watch_changes(view, content);
    watch_sizes(view, content);
    watch_hands(view);
    draw_rows(view);
    let name = move || if view.news.get() { say(words::NEWS_BELOW) } else { say(chat::TO_END) };
    view! {
        <div
            node_ref=view.node
            class="thread"
            tabindex="-1"
            on:scroll=move |_| view.scrolled()
            on:keydown=move |event| pressed(view, &event)
        >
            <div node_ref=content class="thread-column" role="log" aria-live="off">
                <Waiting/>
                {above(view)}
                <div
                    node_ref=view.pads.1
                    class="pad"
                    aria-hidden="true"
                    style:height=move || view.slice.with(|slice| format!("{}px", slice.below))
                ></div>
            </div>
        </div>
        <Progress/>
        <div class="to-end" class:away=move || !view.far.get() class:news=move || view.news.get()>
            <IconButton name=name glyph=Glyph::ArrowDown on_press=move || view.to_end()/>
        </div>
    }
    .into_any()
}

/// What stands for the rows above those that are drawn: as high, and followed at the same distance.
fn above(view: Reading) -> AnyView {
    let after = move |question: bool| view.slice.with(|slice| slice.question_above == Some(question));
    view! {
        <div
            node_ref=view.pads.0
            class="pad"
            class:turn=move || view.slice.with(|slice| slice.question_above.is_some())
            class:question=move || after(true)
            class:answer=move || after(false)
            aria-hidden="true"
            style:height=move || view.slice.with(|slice| format!("{}px", slice.above))
        ></div>
    }
    .into_any()
}

/// Keys that scroll: the beginning and the end are those of the chat, not of what is here of it.
fn pressed(view: Reading, event: &KeyboardEvent) {
    if event.default_prevented() || event.alt_key() || event.shift_key() {
        return;
    }
    match event.key().as_str() {
        "End" => {
            event.prevent_default();
            view.to_end();
        }
        "Home" => {
            view.hold();
            if view.to_start() {
                event.prevent_default();
            }
        }
        "PageUp" | "ArrowUp" => view.hold(),
        _ => {}
    }
}

/// Says to whoever listens rather than looks that an answer is being written, and that it has ended.
#[component]
fn Progress() -> AnyView {
    let store = use_chat();
    // The chat in which the beginning was said: of no other one is the end worth a word.
    let mut begun = None;
    let words = move || {
        let session = store.session.get();
        if store.is_busy.get() {
            begun = Some(session);
            return say(chat::WRITING);
        }
        if begun == Some(session) { say(chat::ENDED) } else { "" }
    };
    view! { <p class="visually-hidden" role="status">{draw(words)}</p> }.into_any()
}

/// What stands in the place of messages that are not here.
#[component]
fn Waiting() -> AnyView {
    let store = use_chat();
    let body = move || match store.phase.get() {
        // Asking again for a chat that is not there helps nobody.
        Phase::Failed(error) if error.known() == Some(ErrorCode::ChatNotFound) => view! {
            <ErrorCard error>
                <LinkButton label=t(chat::NEW_CHAT) href="/"/>
            </ErrorCard>
        }
        .into_any(),
        Phase::Failed(error) => view! { <ErrorCard error on_retry=move || store.reload()/> }.into_any(),
        Phase::Loading => view! { <Skeleton rows=4/> }.into_any(),
        _ => ().into_any(),
    };
    draw(body)
}

/// Watches what comes and goes among the messages, as long as the caller lives, and puts the view right at once: what waits
/// for the layout of the frame has the browser look over the whole page a second time.
fn watch_changes(view: Reading, content: NodeRef<html::Div>) {
    let callback = Closure::<dyn Fn()>::new(move || view.resized());
    let Ok(observer) = MutationObserver::new(callback.as_ref().unchecked_ref()) else { return };
    let kept = StoredValue::new_local((observer, callback));
    effect(move || {
        let Some(content) = content.get() else { return };
        let wanted = MutationObserverInit::new();
        wanted.set_child_list(true);
        wanted.set_character_data(true);
        wanted.set_subtree(true);
        // Fails only where nothing at all is wanted.
        let _ = kept.with_value(|(observer, _)| observer.observe_with_options(&content, &wanted));
    });
    on_cleanup(move || kept.with_value(|(observer, _)| observer.disconnect()));
}

/// Watches the sizes of the box and its content for everything else: fonts, pictures, the window. The observer runs after
/// layout and before painting, so what it moves was never seen elsewhere.
fn watch_sizes(view: Reading, content: NodeRef<html::Div>) {
    let callback = Closure::<dyn Fn()>::new(move || view.resized());
    let Ok(observer) = ResizeObserver::new(callback.as_ref().unchecked_ref()) else { return };
    let kept = StoredValue::new_local((observer, callback));
    effect(move || {
        if let (Some(node), Some(content)) = (view.node.get(), content.get()) {
            kept.with_value(|(observer, _)| {
                observer.observe(&node);
                observer.observe(&content);
            });
        }
    });
    on_cleanup(move || kept.with_value(|(observer, _)| observer.disconnect()));
}

/// Lets a wheel or a finger that moves upwards stop the following before the view has moved. Both listeners let the browser
/// scroll without waiting for them.
fn watch_hands(view: Reading) {
    let start = Cell::new(0);
    let wheel = Closure::<dyn Fn(WheelEvent)>::new(move |event: WheelEvent| {
        if event.delta_y() < 0.0 {
            view.hold();
        }
    });
    let touch = Closure::<dyn Fn(TouchEvent)>::new(move |event: TouchEvent| {
        let Some(finger) = event.touches().item(0) else { return };
        let y = finger.client_y();
        if event.type_() == "touchmove" && y > start.get() {
            view.hold();
        }
        start.set(y);
    });
    let kept = StoredValue::new_local((wheel, touch));
    effect(move || {
        let Some(node) = view.node.get() else { return };
        let options = AddEventListenerOptions::new();
        options.set_passive(true);
        kept.with_value(|(wheel, touch)| {
            let (wheel, touch) = (wheel.as_ref().unchecked_ref(), touch.as_ref().unchecked_ref());
            for (name, listener) in [("wheel", wheel), ("touchstart", touch), ("touchmove", touch)] {
                // A listener of a known kind cannot be refused; it leaves with the node.
                let _ = node.add_event_listener_with_callback_and_add_event_listener_options(name, listener, &options);
            }
        });
    });
}
