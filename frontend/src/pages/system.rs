//! system.
use leptos::prelude::*;

/// SystemPage.
#[component]
pub fn SystemPage() -> AnyView {
    ().into_any()
}
