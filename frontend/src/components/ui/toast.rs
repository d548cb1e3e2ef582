//! Where notices appear: at the foot of the page, read aloud politely, kept while somebody points at them.

use super::{Button, ButtonKind, Glyph, IconButton};
use crate::i18n::{common, t};
use crate::state::toasts::{Toast, Toasts, use_toasts};
use leptos::prelude::*;

/// Shows the notices. Once, at the root.
#[component]
pub fn ToastHost() -> AnyView {
    let toasts = use_toasts();
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
            <For each=move || toasts.items() key=|toast| toast.id children=move |toast| view! { <Notice toast toasts/> }/>
        </div>
    }
    .into_any()
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
