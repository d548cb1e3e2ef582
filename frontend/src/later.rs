//! Parts of the program that are fetched when they are first needed. Each is a function marked by `#[wasm_split(NAME)]`
//! that gives a [`Draw`]; all of one name are one file, which `build/split.mjs` takes out of the program.

use crate::api;
use crate::components::ui::ErrorCard;
use crate::reactive::{draw, memo};
use leptos::prelude::*;
use shared::ApiError;
use std::future::Future;
use std::pin::Pin;
pub use wasm_split_helpers::SplitLoaderError;

/// Draws what a part brings, from what it is given.
pub type Draw<P> = fn(P) -> AnyView;

/// What a fetched part answers.
pub type Part<P> = Result<Draw<P>, SplitLoaderError>;

/// Fetches a part.
pub type Fetch<P> = fn() -> Pin<Box<dyn Future<Output = Part<P>>>>;

/// What a part draws, once it is there. Until then nothing: it comes from the same server as the page, and a moment later.
/// One that does not come is said, and fetched again when asked to.
#[must_use]
pub fn later<P: Clone + Send + Sync + 'static>(fetch: Fetch<P>, given: P) -> AnyView {
    let part = RwSignal::new_local(None::<Result<Draw<P>, ApiError>>);
    let load = move || {
        part.set(None);
        leptos::task::spawn_local(async move {
            let fetched = fetch().await.map_err(|_| api::offline());
            // Whoever asked may be gone by now.
            part.try_set(Some(fetched));
        });
    };
    load();
    draw(move || match part.get() {
        None => ().into_any(),
        Some(Ok(draw)) => draw(given.clone()),
        Some(Err(error)) => view! { <ErrorCard error on_retry=load/> }.into_any(),
    })
}

/// The same for a part that waits until somebody asks for it, and stays from then on: dialogs.
#[must_use]
pub fn when<P: Clone + Send + Sync + 'static>(
    asked: impl Fn() -> bool + Send + Sync + 'static,
    fetch: Fetch<P>,
    given: P,
) -> AnyView {
    let was = StoredValue::new(false);
    let wanted = memo(move || {
        let wanted = was.get_value() || asked();
        was.set_value(wanted);
        wanted
    });
    draw(move || wanted.get().then(|| later(fetch, given.clone())))
}
