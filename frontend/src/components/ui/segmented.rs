//! A choice of few, all visible: radio buttons that look like one control. Arrow keys move, as in every radio group.

use leptos::prelude::*;
use leptos::text_prop::TextProp;

/// A choice between two to four values.
#[component]
pub fn Segmented(
    /// Its id; the chosen radio button has it as a prefix.
    #[prop(into)]
    id: String,
    /// What is chosen here.
    #[prop(into)]
    label: TextProp,
    /// Values and their words.
    options: Vec<(&'static str, TextProp)>,
    /// The chosen value.
    #[prop(into)]
    value: Signal<&'static str>,
    /// What choosing does.
    #[prop(into)]
    on_change: Callback<&'static str>,
) -> AnyView {
    let group = id.clone();
    let options = options.into_iter().map(|(option, words)| {
        let own = format!("{group}-{option}");
        view! {
            <span class="segment">
                <input
                    id=own.clone()
                    type="radio"
                    name=group.clone()
                    value=option
                    prop:checked=move || value.get() == option
                    on:change=move |_| on_change.run(option)
                />
                <label for=own>{move || words.get()}</label>
            </span>
        }
    });
    view! {
        <div id=id class="segmented" role="radiogroup" aria-label=move || label.get()>
            {options.collect_view()}
        </div>
    }
    .into_any()
}
