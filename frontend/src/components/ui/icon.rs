//! An icon as inline SVG: decoration beside words, never the only name of anything.

use super::Glyph;
use leptos::prelude::*;

/// An icon of the set, 18 px (20 px on touch screens), in the colour of the text around it.
#[component]
pub fn Icon(
    /// Which one.
    glyph: Glyph,
) -> AnyView {
    view! {
        <svg class="icon" viewBox="0 0 24 24" aria-hidden="true" focusable="false">
            <path d=glyph.path()></path>
        </svg>
    }
    .into_any()
}
