//! States of a place that has nothing to show yet: working, loading, empty.

use crate::i18n::{common, t};
use leptos::prelude::*;
use leptos::text_prop::TextProp;

/// The one thing that moves: something is being worked on.
#[component]
pub fn WorkingDot() -> AnyView {
    view! { <span class="working-dot" role="status" aria-label=t(common::WORKING)></span> }.into_any()
}

/// Grey shapes in place of rows that are on their way. A wait under 300 ms shows nothing.
#[component]
pub fn Skeleton(
    /// How many rows.
    #[prop(default = 3)]
    rows: usize,
) -> AnyView {
    let rows = (0..rows).map(|_| view! { <span class="skeleton-row"></span> });
    view! {
        <div class="skeleton" role="status" aria-label=t(common::LOADING)>
            {rows.collect_view()}
        </div>
    }
    .into_any()
}

/// One sentence and at most one action, where a list has nothing to show.
#[component]
pub fn EmptyState(
    /// The sentence.
    #[prop(into)]
    text: TextProp,
    /// The action.
    #[prop(optional)]
    children: Option<Children>,
) -> AnyView {
    view! {
        <div class="empty">
            <p>{move || text.get()}</p>
            {children.map(|children| view! { <div class="empty-actions">{children()}</div> })}
        </div>
    }
    .into_any()
}
