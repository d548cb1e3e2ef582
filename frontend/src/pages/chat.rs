//! The chat screen.

use leptos::prelude::*;

/// The chat screen.
#[component]
pub fn ChatPage() -> AnyView {
    view! { <main class="boot"><a href="/settings">"Settings"</a></main> }.into_any()
}
