//! What works worse than it should at this moment, above everything else; nothing where all is well.

use super::diagnosis::row;
use crate::api;
use crate::i18n::{language_untracked, overview as words, t};
use crate::reactive::draw;
use leptos::prelude::*;
use leptos::task::spawn_local;
use shared::diagnosis::Finding;

/// What the server says of itself.
#[component]
pub fn StandingRows() -> AnyView {
    let found = RwSignal::new(Vec::<Finding>::new());
    let language = language_untracked();
    spawn_local(async move {
        // Where that cannot be asked, the page below says why.
        if let Ok(health) = api::overview::health(language).await {
            let _ = found.try_set(health.checks.unwrap_or_default());
        }
    });
    let body = move || {
        let found = found.get();
        if found.is_empty() {
            return ().into_any();
        }
        view! {
            <h2 class="setting-group">{t(words::DEGRADED)}</h2>
            <ul class="rows" id="degraded">{found.into_iter().map(row).collect_view()}</ul>
        }
        .into_any()
    };
    draw(body)
}
