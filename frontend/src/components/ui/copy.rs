//! A button that copies a text and says so in its own place.

use super::{Glyph, IconButton};
use crate::clipboard::Copying;
use crate::i18n::Text;
use leptos::html;
use leptos::prelude::*;
use std::sync::Arc;

/// Copies a text and says so in its own place.
#[component]
pub fn CopyButton(
    /// The text.
    text: Arc<dyn Fn() -> String + Send + Sync>,
    /// What it is called.
    label: Text,
    /// How it looks.
    #[prop(default = "icon-button")]
    class: &'static str,
    /// The button itself.
    #[prop(optional)]
    node_ref: NodeRef<html::Button>,
) -> AnyView {
    let copying = Copying::default();
    let name = move || copying.label(label);
    let glyph = Signal::derive(move || if copying.is_done() { Glyph::Check } else { Glyph::Copy });
    view! {
        <IconButton node_ref name glyph class on_press=move || copying.start(text())/>
        <span class="visually-hidden" role="status">{move || copying.news()}</span>
    }
    .into_any()
}
