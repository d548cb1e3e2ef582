//! connections.
use leptos::prelude::*;

/// ConnectionsPage.
#[component]
pub fn ConnectionsPage() -> AnyView {
    ().into_any()
}
