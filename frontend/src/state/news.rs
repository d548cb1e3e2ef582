//! What the server told about connections and models, for pages that are open: they look again. Keeps nothing but a count.

use crate::reactive::effect;
use leptos::prelude::*;

/// News about models.
#[derive(Clone, Copy)]
pub struct News {
    models: RwSignal<u32>,
}

impl News {
    /// Something about models changed, or may have while nobody listened.
    pub fn models_changed(self) {
        self.models.update(|count| *count = count.wrapping_add(1));
    }

    /// Looks now, and again after each change, for as long as the caller lives.
    pub fn follow(self, look: impl Fn() + 'static) {
        effect(move || {
            self.models.track();
            untrack(&look);
        });
    }
}

/// Makes news available below.
pub fn provide_news() -> News {
    let news = News { models: RwSignal::new(0) };
    provide_context(news);
    news
}

/// News.
#[must_use]
pub fn use_news() -> News {
    expect_context()
}
