//! Which of the listed models are used: all, or some of them, found by typing.

use crate::components::ui::{Button, ButtonKind, Segmented};
use crate::i18n::{connections as words, t};
use crate::reactive::{draw, list, memo};
use crate::t;
use leptos::prelude::*;
use leptos::text_prop::TextProp;
use std::collections::BTreeSet;

/// Most rows that are drawn; typing narrows a longer list.
const MOST_ROWS: usize = 200;
/// A list longer than this is a relay's: the server shows the well-known ones of it.
const LONG: usize = 50;

/// The names that contain what was typed.
fn matching<'a>(models: &'a [String], typed: &str) -> impl Iterator<Item = &'a String> {
    let wanted = typed.trim().to_lowercase();
    models.iter().filter(move |name| name.to_lowercase().contains(&wanted))
}

/// Chooses models. `None` leaves it to the server: all of a short list, the well-known ones of a long one.
#[component]
pub fn ModelChoice(
    /// Their names.
    models: Vec<String>,
    /// The choice.
    chosen: RwSignal<Option<BTreeSet<String>>>,
) -> AnyView {
    let count = models.len();
    let is_long = count > LONG;
    let models = StoredValue::new(models);
    let usual = if is_long {
        TextProp::from(t(words::USUAL_MODELS))
    } else {
        TextProp::from(t!(words::ALL_MODELS, count = count))
    };
    let options = vec![("all", usual), ("some", TextProp::from(t(words::SOME_MODELS)))];
    let value = Signal::derive(move || if chosen.read().is_some() { "some" } else { "all" });
    let change = move |mode: &'static str| chosen.set((mode == "some").then(BTreeSet::new));
    let is_some = memo(move || chosen.read().is_some());
    let below = move || match is_some.get() {
        true => view! { <List models chosen/> }.into_any(),
        false if is_long => view! { <p class="field-note">{t!(words::USUAL_NOTE, count = count)}</p> }.into_any(),
        false => ().into_any(),
    };
    view! {
        <fieldset class="model-choice">
            <legend class="field-label">{t(words::WHICH_MODELS)}</legend>
            <Segmented id="which-models" label=t(words::WHICH_MODELS) options value on_change=change/>
            {draw(below)}
        </fieldset>
    }
    .into_any()
}

#[component]
fn List(models: StoredValue<Vec<String>>, chosen: RwSignal<Option<BTreeSet<String>>>) -> AnyView {
    let typed = RwSignal::new(String::new());
    let shown = move || {
        models.with_value(|models| matching(models, &typed.read()).take(MOST_ROWS).cloned().collect::<Vec<_>>())
    };
    let count = move || chosen.with(|chosen| chosen.as_ref().map_or(0, BTreeSet::len));
    // Both mean what was found, also what is not drawn of it.
    let choose_all = move |all: bool| {
        models.with_value(|models| {
            let found = matching(models, &typed.read_untracked()).cloned().collect::<BTreeSet<_>>();
            chosen.update(|chosen| {
                let before = chosen.take().unwrap_or_default();
                *chosen = Some(if all { &before | &found } else { &before - &found });
            });
        });
    };
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
        <div class="model-choice-foot">
            <p class="field-note" role="status">{move || t!(words::CHOSEN, count = count())}</p>
            <Button label=t(words::CHOOSE_ALL) kind=ButtonKind::Quiet on_press=move || choose_all(true)/>
            <Button label=t(words::CHOOSE_NONE) kind=ButtonKind::Quiet on_press=move || choose_all(false)/>
        </div>
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
    use super::matching;

    #[test]
    fn typing_narrows_the_list_whatever_the_case() {
        let models = ["qwen-max", "Qwen-Plus", "deepseek-chat"].map(str::to_owned);
        assert_eq!(matching(&models, " QWEN ").collect::<Vec<_>>(), ["qwen-max", "Qwen-Plus"]);
    }
}
