//! A face: the person's picture, or the first letter of their name.

use crate::reactive::draw;
use leptos::prelude::*;

/// A face; decoration beside a name.
#[component]
pub fn Avatar(
    /// Where the picture is; none means the initial.
    #[prop(into)]
    picture: Signal<Option<String>>,
    /// The name.
    #[prop(into)]
    name: Signal<String>,
) -> AnyView {
    // Which picture could not be shown; another one gets its chance.
    let lost = RwSignal::new(None::<String>);
    let body = move || match picture.get().filter(|picture| lost.get().as_ref() != Some(picture)) {
        Some(picture) => {
            let own = picture.clone();
            view! { <img src=picture alt="" on:error=move |_| lost.set(Some(own.clone()))/> }.into_any()
        }
        None => name.get().chars().next().map(|first| first.to_uppercase().collect::<String>()).into_any(),
    };
    view! { <span class="avatar" aria-hidden="true">{draw(body)}</span> }.into_any()
}
