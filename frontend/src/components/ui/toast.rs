//! Where notices appear: at the foot of the page, read aloud politely, kept while somebody points at them.

use super::{Button, ButtonKind, Glyph, IconButton};
use crate::i18n::{common, t};
use crate::reactive::list;
use crate::state::toasts::{Toast, Toasts, use_toasts};
use leptos::prelude::*;

/// Shows the notices. Once, at the root.
#[component]
pub fn ToastHost() -> AnyView {
    let toasts = use_toasts();
    let ids = move || toasts.items().iter().map(|toast| toast.id.to_string()).collect();
    view! {
        <div
            class="toasts"
            role="region"
            aria-live="polite"
            aria-label=t(common::NOTIFICATIONS)
            on:pointerenter=move |_| toasts.hold(true)
            on:pointerleave=move |_| toasts.hold(false)
            on:focusin=move |_| toasts.hold(true)
            on:focusout=move |_| toasts.hold(false)
        >
            {list(ids, move |id| notice(toasts, &id))}
        </div>
    }
    .into_any()
}

/// The notice with this number; nothing when it has just gone.
fn notice(toasts: Toasts, id: &str) -> AnyView {
    let found = untrack(|| toasts.items()).into_iter().find(|toast| toast.id.to_string() == id);
    found.map(|toast| view! { <Notice toast toasts/> }).into_any()
}

#[component]
fn Notice(toast: Toast, toasts: Toasts) -> AnyView {
    let id = toast.id;
    let leave = move || {
        // The pointer is over a notice that is about to vanish; no leave event will follow.
        toasts.hold(false);
        toasts.dismiss(id);
    };
    let undo = move || {
        toasts.hold(false);
        toasts.press_undo(id);
    };
    view! {
        <div class="toast">
            <p>{toast.text}</p>
            {toast.undo.map(|_| view! { <Button label=t(common::UNDO) kind=ButtonKind::Quiet on_press=undo/> })}
            <IconButton name=t(common::CLOSE) glyph=Glyph::X on_press=leave/>
        </div>
    }
    .into_any()
}
