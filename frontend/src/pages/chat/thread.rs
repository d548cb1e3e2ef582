//! The messages in their scrolled box. The view follows the end only from there; otherwise what the reader looks at stays
//! where it is, whatever changes above or below.

use super::follow::{self, Follow, Scroll};
use crate::components::message::MessageRow;
use crate::components::ui::{ErrorCard, Glyph, IconButton, LinkButton, Skeleton};
use crate::i18n::{chat, say, t};
use crate::reactive::{draw, effect};
use crate::state::conversation::{Phase, use_chat};
use leptos::html;
use leptos::prelude::*;
use shared::ErrorCode;
use wasm_bindgen::JsCast;
use wasm_bindgen::closure::Closure;
use web_sys::{Element, ResizeObserver};

/// What may serve as the mark that stays in place.
const MARKS: &str = ".markdown > *, .turn > *";
/// How far below the upper edge the mark is looked for, in pixels.
const READING_LINE: f32 = 24.0;

/// The place in the text that the reader looks at, and where it stands on the screen.
#[derive(Clone)]
struct Mark {
    element: Element,
    top: f64,
}

/// The scrolled box, outside of what is drawn.
#[derive(Clone, Copy)]
struct View {
    node: NodeRef<html::Div>,
    follow: StoredValue<Follow>,
    mark: StoredValue<Option<Mark>, LocalStorage>,
    far: RwSignal<bool>,
}

/// The messages in their scrolled box.
#[component]
pub fn Thread() -> AnyView {
    let store = use_chat();
    let view = View {
        node: NodeRef::new(),
        follow: StoredValue::new(Follow::default()),
        mark: StoredValue::new_local(None),
        far: RwSignal::new(false),
    };
    let content = NodeRef::<html::Div>::new();
    // Scrolling reaches outward.
    effect(move || {
        store.session.track();
        store.sent.track();
        view.to_end();
    });
    watch_sizes(view, content);
    let scrolled = move |_| {
        if view.scrolled() {
            store.want_older();
        }
    };
    let rows = move || store.rows.get().into_iter().map(|row| row.key).collect::<Vec<_>>();
    view! {
        <div class="thread-place">
            <div node_ref=view.node class="thread" tabindex="-1" on:scroll=scrolled>
                <div node_ref=content class="thread-column" role="log" aria-live="off">
                    <Waiting/>
                    <For each=rows key=Clone::clone children=|key| view! { <MessageRow key/> }/>
                </div>
            </div>
            <Progress/>
            <div class="to-end" class:away=move || !view.far.get()>
                <IconButton name=t(chat::TO_END) glyph=Glyph::ArrowDown on_press=move || view.to_end()/>
            </div>
        </div>
    }
    .into_any()
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

impl View {
    fn scroll(self) -> Option<Scroll> {
        let node = self.node.get_untracked()?;
        Some(Scroll {
            top: f64::from(node.scroll_top()),
            content: f64::from(node.scroll_height()),
            window: f64::from(node.client_height()),
        })
    }

    fn to_end(self) {
        self.follow.update_value(Follow::pin);
        self.jump_to_end();
    }

    fn jump_to_end(self) {
        if let Some(node) = self.node.get_untracked() {
            node.set_scroll_top(node.scroll_height());
        }
    }

    /// Takes note of where the reader is; true when it is time for older messages.
    fn scrolled(self) -> bool {
        let Some(scroll) = self.scroll() else { return false };
        self.follow.update_value(|follow| follow.scrolled(scroll));
        self.offer_end(scroll);
        // At the end it is the end that is kept, and looking for a mark costs time in every frame.
        if self.follow.with_value(|follow| follow.is_reading()) {
            self.take_mark();
        }
        follow::is_early(scroll)
    }

    /// Something has another size: keeps the end at the end, or the reader's place in its place.
    fn resized(self) {
        let Some(scroll) = self.scroll() else { return };
        if self.follow.try_update_value(|follow| follow.resized(scroll)) == Some(true) {
            self.jump_to_end();
        } else {
            self.keep_mark();
        }
        if let Some(scroll) = self.scroll() {
            self.offer_end(scroll);
        }
    }

    fn offer_end(self, scroll: Scroll) {
        let far = follow::is_far(scroll) && self.follow.with_value(|follow| follow.is_reading());
        if self.far.get_untracked() != far {
            self.far.set(far);
        }
    }

    fn take_mark(self) {
        let mark = self.node.get_untracked().and_then(|node| {
            let box_ = node.get_bounding_client_rect();
            let middle = (box_.left() + box_.width() / 2.0) as f32;
            let hit = crate::dom::document()?.element_from_point(middle, box_.top() as f32 + READING_LINE)?;
            let element = hit.closest(MARKS).ok()??;
            Some(Mark { top: element.get_bounding_client_rect().top(), element })
        });
        // Between two rows there is nothing to hit; the mark before is still good.
        if mark.is_some() {
            self.mark.set_value(mark);
        }
    }

    fn keep_mark(self) {
        let moved = self.mark.with_value(|mark| {
            let mark = mark.as_ref().filter(|mark| mark.element.is_connected())?;
            Some(mark.element.get_bounding_client_rect().top() - mark.top)
        });
        if let (Some(moved), Some(node)) = (moved.filter(|moved| moved.abs() >= 1.0), self.node.get_untracked()) {
            node.set_scroll_top(node.scroll_top() + moved.round() as i32);
        }
    }
}

/// Watches the box and its content, as long as the caller lives. The observer runs after layout and before painting, so
/// what it moves was never seen elsewhere.
fn watch_sizes(view: View, content: NodeRef<html::Div>) {
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
