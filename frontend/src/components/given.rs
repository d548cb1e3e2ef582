//! A secret that was just made: shown once, for handing it over or putting it away.

use crate::clipboard::Copying;
use crate::components::ui::{Button, ButtonKind, Glyph};
use crate::dom;
use crate::i18n::{Text, common, people, t};
use crate::reactive::effect;
use leptos::prelude::*;

/// The copy button's id: it takes the focus, as what was pressed before is gone.
const COPY: &str = "given-copy";

/// Shows a secret with a button that copies it.
#[component]
pub fn Given(
    /// What to do with it.
    text: Text,
    /// The secret.
    secret: String,
    /// What Done does.
    #[prop(into)]
    on_done: Callback<()>,
    /// What stands below it.
    #[prop(optional)]
    children: Option<Children>,
) -> AnyView {
    let copying = Copying::default();
    let shown = secret.clone();
    effect(|| dom::focus_id(COPY));
    view! {
        <p>{t(text)}</p>
        <p class="given"><code>{shown}</code></p>
        <span class="visually-hidden" role="status">{move || copying.news()}</span>
        {children.map(|children| children())}
        <div class="dialog-actions">
            <Button
                id=COPY
                label=move || copying.label(common::COPY)
                glyph=Glyph::Copy
                on_press=move || copying.start(secret.clone())
            />
            <Button label=t(people::DONE) kind=ButtonKind::Primary on_press=on_done/>
        </div>
    }
    .into_any()
}
