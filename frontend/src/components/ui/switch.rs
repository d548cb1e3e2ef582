//! A switch: on or off, saved at once.

use leptos::prelude::*;
use leptos::text_prop::TextProp;

/// A switch. It shows what `on` says and reports the wish; it does not turn by itself.
#[component]
pub fn Switch(
    /// What it turns on.
    #[prop(into)]
    label: TextProp,
    /// Whether it is on.
    #[prop(into)]
    on: Signal<bool>,
    /// What turning it does.
    #[prop(into)]
    on_toggle: Callback<bool>,
    /// Whether it is fixed.
    #[prop(optional, into)]
    disabled: Signal<bool>,
    /// Its id.
    #[prop(optional, into)]
    id: Option<String>,
) -> AnyView {
    view! {
        <button
            id=id
            class="switch"
            type="button"
            role="switch"
            aria-label=move || label.get()
            aria-checked=move || on.get().to_string()
            disabled=move || disabled.get()
            on:click=move |_| on_toggle.run(!on.get_untracked())
        >
            <span class="switch-thumb"></span>
        </button>
    }
    .into_any()
}
