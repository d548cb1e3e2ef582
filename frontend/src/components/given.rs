//! A password that was just made: shown once, for handing it over.

use crate::clipboard::Copying;
use crate::components::ui::{Button, ButtonKind, Glyph};
use crate::dom;
use crate::i18n::{common, people as words, t};
use crate::reactive::effect;
use leptos::prelude::*;

/// The copy button's id: it takes the focus, as what was pressed before is gone.
const COPY: &str = "given-copy";

/// Shows a password with a button that copies it.
#[component]
pub fn Given(
    /// The password.
    password: String,
    /// What Done does.
    #[prop(into)]
    on_done: Callback<()>,
) -> AnyView {
    let copying = Copying::default();
    let shown = password.clone();
    effect(|| dom::focus_id(COPY));
    view! {
        <p>{t(words::GIVEN_TEXT)}</p>
        <p class="given"><code>{shown}</code></p>
        <span class="visually-hidden" role="status">{move || copying.news()}</span>
        <div class="dialog-actions">
            <Button
                id=COPY
                label=move || copying.label(common::COPY)
                glyph=Glyph::Copy
                on_press=move || copying.start(password.clone())
            />
            <Button label=t(words::DONE) kind=ButtonKind::Primary on_press=on_done/>
        </div>
    }
    .into_any()
}
