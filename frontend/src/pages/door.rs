//! The frame of the pages at the door: the name of the place, one form, language and colours.

use crate::components::brand::Brand;
use crate::components::preferences::{LanguageChoice, ThemeChoice};
use crate::reactive::effect;
use crate::{dom, marks};
use leptos::prelude::*;
use leptos::text_prop::TextProp;

/// The frame of a page at the door.
#[component]
pub fn Door(
    /// Its title.
    #[prop(into)]
    title: TextProp,
    /// Its form.
    children: Children,
) -> AnyView {
    marks::hold(marks::SCROLLS, || true);
    view! {
        <div class="door">
            <header class="door-brand"><Brand/></header>
            <main class="door-main">
                <h1>{move || title.get()}</h1>
                {children()}
            </main>
            <footer class="door-foot">
                <LanguageChoice id="language"/>
                <ThemeChoice id="theme"/>
            </footer>
        </div>
    }
    .into_any()
}

/// Focuses the first field once it is on the page. Not on phones, where the keyboard would cover the page.
pub fn focus_first(id: &'static str) {
    effect(move || {
        if !dom::is_phone() {
            dom::focus_id(id);
        }
    });
}
