//! profile.
use leptos::prelude::*;

/// ProfilePage.
#[component]
pub fn ProfilePage() -> AnyView {
    ().into_any()
}
