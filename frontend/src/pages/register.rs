//! register.
use leptos::prelude::*;

/// RegisterPage.
#[component]
pub fn RegisterPage() -> AnyView {
    ().into_any()
}
