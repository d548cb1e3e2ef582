//! people.
use leptos::prelude::*;

/// PeoplePage.
#[component]
pub fn PeoplePage() -> AnyView {
    ().into_any()
}
