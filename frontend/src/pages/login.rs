//! login.
use leptos::prelude::*;

/// LoginPage.
#[component]
pub fn LoginPage() -> AnyView {
    ().into_any()
}
