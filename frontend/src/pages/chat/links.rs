//! Addresses that begin a chat: `/?q=…&model=…&temporary-chat=true`. They fill the text box and send nothing, and are
//! forgotten at once, so that a reload does not fill it again.

use crate::reactive::effect;
use crate::router::{NavigateOptions, navigate, use_location};
use crate::state::composer::{Wish, use_composer};
use crate::state::models::use_models;
use leptos::prelude::*;
use shared::limits::MAX_CONTENT_BYTES;

/// Does what the address asks for, as long as the caller lives.
pub(super) fn follow() {
    let (composer, models) = (use_composer(), use_models());
    let location = use_location();
    effect(move || {
        let search = location.search.get();
        let Some((wish, model)) = asked(&search).filter(|_| location.pathname.with(|path| path == "/")) else { return };
        if let Some(model) = model {
            models.choose_named(model);
        }
        composer.wish(wish);
        navigate("/", NavigateOptions { replace: true, scroll: false });
    });
}

/// What a query asks for; none where it is not one of ours.
fn asked(search: &str) -> Option<(Wish, Option<String>)> {
    let parameters = web_sys::UrlSearchParams::new_with_str(search).ok()?;
    let value = |name| parameters.get(name);
    let text = value("q").filter(|text| text.len() <= MAX_CONTENT_BYTES).unwrap_or_default();
    let wish = Wish { text, temporary: value("temporary-chat").as_deref() == Some("true") };
    let model = value("model").filter(|model| !model.is_empty());
    (wish != Wish::default() || model.is_some()).then_some((wish, model))
}
