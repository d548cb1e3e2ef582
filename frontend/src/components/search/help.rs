//! The line below the box: which filters there are, or what can follow the one that is being typed.

use super::View;
use super::filters::{Filter, completed, typing, with_filter};
use crate::api;
use crate::i18n::{language, search, t};
use crate::reactive::memo;
use crate::state::chats::use_chats;
use crate::state::models::use_models;
use leptos::prelude::*;
use leptos::task::spawn_local;
use shared::error::Language;

/// How many values are offered.
const MOST: usize = 8;

/// The line of filters.
#[component]
pub fn Help(
    /// What is typed and shown.
    view: View,
) -> AnyView {
    let tags = known_tags(view);
    let offers = memo(move || view.text.with(|text| offers(text, tags)));
    let chip = move |(label, next): (String, String)| {
        view! { <button class="tag-chip" type="button" on:click=move |_| view.fill(&next)>{label}</button> }
    };
    view! {
        <div class="search-help" role="group" aria-label=t(search::FILTERS)>
            {move || offers.get().into_iter().map(chip).collect_view()}
        </div>
    }
    .into_any()
}

/// The tags, asked for when somebody begins to filter by one.
fn known_tags(view: View) -> RwSignal<Option<Vec<String>>> {
    let tags = RwSignal::new(None::<Vec<String>>);
    let asked = StoredValue::new(false);
    crate::reactive::effect(move || {
        let wanted = view.text.with(|text| typing(text).is_some_and(|typing| typing.filter == Filter::Tag));
        if wanted && !asked.get_value() {
            asked.set_value(true);
            spawn_local(async move {
                match api::folders::tags().await {
                    Ok(all) => drop(tags.try_set(Some(all.into_iter().map(|tag| tag.name).collect()))),
                    // The next filter of this kind asks again.
                    Err(_) => drop(asked.try_set_value(false)),
                }
            });
        }
    });
    tags
}

/// What is offered: its words, and the whole search that it makes.
fn offers(text: &str, tags: RwSignal<Option<Vec<String>>>) -> Vec<(String, String)> {
    let Some(typing) = typing(text) else {
        let filter = |filter: Filter| {
            let word = filter.word(language());
            let colon = if language() == Language::ZhCn { '：' } else { ':' };
            (format!("{word}{colon}"), with_filter(text, word))
        };
        return Filter::ALL.into_iter().map(filter).collect();
    };
    let values = match typing.filter {
        Filter::Tag => tags.get().unwrap_or_default(),
        Filter::Folder => use_chats().folders.all().into_iter().map(|folder| folder.name).collect(),
        Filter::Model => use_models().names(),
        Filter::Pinned | Filter::Archived if language() == Language::ZhCn => vec!["是".to_owned(), "否".to_owned()],
        Filter::Pinned | Filter::Archived => vec!["yes".to_owned(), "no".to_owned()],
        Filter::Before | Filter::After => Vec::new(),
    };
    let wish = typing.value.to_lowercase();
    let fits = |value: &String| value.to_lowercase().contains(&wish) && *value != typing.value;
    let fitting = values.into_iter().filter(fits).take(MOST);
    fitting.map(|value| (value.clone(), completed(typing.head, &value))).collect()
}
