//! settings.
use leptos::prelude::*;

/// SettingsPage.
#[component]
pub fn SettingsPage() -> AnyView {
    ().into_any()
}
/// Index.
#[component]
pub fn SettingsIndex() -> AnyView {
    ().into_any()
}
