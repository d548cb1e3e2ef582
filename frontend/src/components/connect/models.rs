//! Which of the listed models are used: all, or some of them, found by typing.

use crate::components::ui::Segmented;
use crate::i18n::{connections as words, t};
use crate::reactive::{list, memo};
use crate::t;
use leptos::prelude::*;
use leptos::text_prop::TextProp;
use std::collections::BTreeSet;

/// Most rows that are drawn; typing narrows a longer list.
const MOST_ROWS: usize = 200;

/// The names that contain what was typed.
fn matching<'a>(models: &'a [String], typed: &str) -> impl Iterator<Item = &'a String> {
    let wanted = typed.trim().to_lowercase();
    models.iter().filter(move |name| name.to_lowercase().contains(&wanted)).take(MOST_ROWS)
}

/// Chooses models. `None` stands for all of them, also for those that the provider adds later.
#[component]
pub fn ModelChoice(
    /// Their names.
    models: Vec<String>,
    /// The choice.
    chosen: RwSignal<Option<BTreeSet<String>>>,
) -> AnyView {
    let count = models.len();
    let models = StoredValue::new(models);
    let options = vec![
        ("all", TextProp::from(t!(words::ALL_MODELS, count = count))),
        ("some", TextProp::from(t(words::SOME_MODELS))),
    ];
    let value = Signal::derive(move || if chosen.read().is_some() { "some" } else { "all" });
    let change = move |mode: &'static str| chosen.set((mode == "some").then(BTreeSet::new));
    let is_some = memo(move || chosen.read().is_some());
    view! {
        <fieldset class="model-choice">
            <legend class="field-label">{t(words::WHICH_MODELS)}</legend>
            <Segmented id="which-models" label=t(words::WHICH_MODELS) options value on_change=change/>
            {move || is_some.get().then(|| view! { <List models chosen/> })}
        </fieldset>
    }
    .into_any()
}

#[component]
fn List(models: StoredValue<Vec<String>>, chosen: RwSignal<Option<BTreeSet<String>>>) -> AnyView {
    let typed = RwSignal::new(String::new());
    let shown = move || models.with_value(|models| matching(models, &typed.read()).cloned().collect::<Vec<_>>());
    let count = move || chosen.with(|chosen| chosen.as_ref().map_or(0, BTreeSet::len));
    view! {
        <input
            class="input"
            type="search"
            autocomplete="off"
            aria-label=t(words::FILTER_MODELS)
            placeholder=t(words::FILTER_MODELS)
            prop:value=typed
            on:input:target=move |event| typed.set(event.target().value())
        />
        <ul class="model-list">
            {list(shown, move |name| view! { <Choice name chosen/> }.into_any())}
        </ul>
        <p class="field-note" role="status">{move || t!(words::CHOSEN, count = count())}</p>
    }
    .into_any()
}

#[component]
fn Choice(name: String, chosen: RwSignal<Option<BTreeSet<String>>>) -> AnyView {
    let own = name.clone();
    let is_chosen = move || chosen.with(|chosen| chosen.as_ref().is_some_and(|chosen| chosen.contains(&own)));
    let label = name.clone();
    let toggle = move |_| {
        chosen.update(|chosen| {
            if let Some(chosen) = chosen
                && !chosen.remove(&name)
            {
                chosen.insert(name.clone());
            }
        });
    };
    view! {
        <li>
            <label class="model-row">
                <input type="checkbox" prop:checked=is_chosen on:change=toggle/>
                <span>{label}</span>
            </label>
        </li>
    }
    .into_any()
}

#[cfg(test)]
mod tests {
    use super::{MOST_ROWS, matching};

    #[test]
    fn typing_narrows_the_list_whatever_the_case() {
        let models = ["qwen-max", "Qwen-Plus", "deepseek-chat"].map(str::to_owned);
        assert_eq!(matching(&models, " QWEN ").collect::<Vec<_>>(), ["qwen-max", "Qwen-Plus"]);
    }

    #[test]
    fn a_list_of_thousands_draws_a_part() {
        let models: Vec<_> = (0..1_000).map(|number| number.to_string()).collect();
        assert_eq!(matching(&models, "").count(), MOST_ROWS);
    }
}
