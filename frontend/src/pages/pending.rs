//! pending.
use leptos::prelude::*;

/// PendingPage.
#[component]
pub fn PendingPage() -> AnyView {
    ().into_any()
}
