//! Choosing a model: a button that opens a list with a search, the recent ones first, then by connection. It opens at the
//! present model. Arrow keys move while the search keeps the focus; Enter chooses, Esc closes.

use crate::components::ui::{Button, ButtonKind, ErrorCard, Glyph, Icon, Placement, Popover, popover};
use crate::dom;
use crate::i18n::{chat, fill, say, t};
use crate::reactive::{draw, effect, memo};
use crate::state::models::{Group, monogram, use_models, window_size};
use leptos::html;
use leptos::prelude::*;
use leptos::text_prop::TextProp;
use shared::ModelId;
use shared::chat::Model;
use web_sys::{ScrollIntoViewOptions, ScrollLogicalPosition};

/// The chip that names the chosen model and opens the list.
#[component]
pub fn ModelChip(
    /// The chosen model; without one its place stays empty.
    #[prop(into)]
    chosen: Signal<Option<Model>>,
    /// Says which one was chosen.
    #[prop(into)]
    on_choose: Callback<ModelId>,
) -> AnyView {
    let open = RwSignal::new(false);
    let anchor = NodeRef::<html::Button>::new();
    let failure = use_models().failure;
    // Without the list there is nothing to name, but a place to ask for it again.
    let is_away = move || chosen.with(Option::is_none) && failure.with(Option::is_none);
    let name = move || {
        let failed = || failure.with(Option::is_some).then(|| say(chat::CHOOSE_MODEL).to_owned());
        chosen.get().map(|model| model.name).or_else(failed).unwrap_or_default()
    };
    view! {
        <button
            node_ref=anchor
            class="model-chip"
            class:away=is_away
            type="button"
            aria-haspopup="dialog"
            aria-expanded=move || open.get().to_string()
            aria-label=move || format!("{}: {}", say(chat::MODEL), name())
            on:click=move |_| open.update(|open| *open = !*open)
        >
            <span>{name}</span>
            <Icon glyph=Glyph::ChevronDown/>
        </button>
        <Picker open anchor chosen on_choose/>
    }
    .into_any()
}

/// A button with words that opens the list.
#[component]
pub fn PickerButton(
    /// Its words.
    #[prop(into)]
    label: TextProp,
    /// Says which one was chosen.
    #[prop(into)]
    on_choose: Callback<ModelId>,
) -> AnyView {
    let open = RwSignal::new(false);
    let anchor = NodeRef::<html::Button>::new();
    view! {
        <button
            node_ref=anchor
            class="button"
            type="button"
            aria-haspopup="dialog"
            aria-expanded=move || open.get().to_string()
            on:click=move |_| open.update(|open| *open = !*open)
        >
            <span class="button-label">{move || label.get()}</span>
        </button>
        <Picker open anchor chosen=Signal::stored(None) on_choose/>
    }
    .into_any()
}

#[component]
fn Picker(
    open: RwSignal<bool>,
    anchor: NodeRef<html::Button>,
    chosen: Signal<Option<Model>>,
    on_choose: Callback<ModelId>,
) -> AnyView {
    view! {
        <Popover open anchor name=t(chat::CHOOSE_MODEL) placement=Placement::End class="picker">
            <List open anchor chosen on_choose/>
        </Popover>
    }
    .into_any()
}

#[component]
fn List(
    open: RwSignal<bool>,
    anchor: NodeRef<html::Button>,
    chosen: Signal<Option<Model>>,
    on_choose: Callback<ModelId>,
) -> AnyView {
    let models = use_models();
    let search = RwSignal::new(String::new());
    let groups = memo(move || models.groups(&search.get()));
    // Enter takes the marked one: the present model, until an arrow is pressed or something is searched.
    let steps = RwSignal::new(None::<usize>);
    let marked = memo(move || {
        let count: usize = groups.with(|groups| groups.iter().map(|group| group.models.len()).sum());
        let present = chosen.with(|chosen| chosen.as_ref().map(|model| model.id.clone()));
        let best = groups.with(|groups| search.with(|search| best(groups, search, present.as_ref())));
        steps.get().or(best).filter(|_| count > 0).map(|place| place.min(count - 1))
    });
    let choose = move |model: &ModelId| {
        popover::close(open, anchor);
        on_choose.run(model.clone());
    };
    let keydown = move |event: web_sys::KeyboardEvent| {
        let count: usize = groups.with_untracked(|groups| groups.iter().map(|group| group.models.len()).sum());
        match event.key().as_str() {
            _ if dom::is_composing(&event) => {}
            "ArrowDown" | "ArrowUp" if count > 0 => {
                event.prevent_default();
                steps.set(Some(step(marked.get_untracked(), count, event.key() == "ArrowDown")));
                reveal(marked.get_untracked(), ScrollLogicalPosition::Nearest);
            }
            "Enter" => {
                event.prevent_default();
                let model = marked.get_untracked().and_then(|place| groups.with_untracked(|groups| at(groups, place)));
                if let Some(model) = model {
                    choose(&model.id);
                }
            }
            _ => {}
        }
    };
    // As high as all models, also while a search shows fewer: a panel that jumps is hard to read.
    let extent = memo(move || {
        let all = models.groups("");
        let rows: usize = all.iter().map(|group| group.models.len()).sum();
        format!("--rows: {rows}; --groups: {}", all.len())
    });
    let input = NodeRef::<html::Input>::new();
    effect(move || {
        if input.get().is_some() {
            reveal(marked.get_untracked(), ScrollLogicalPosition::Center);
            take_focus(input);
        }
    });
    // Retry leaves with the error, and the focus must not leave with it.
    let again = move || {
        take_focus(input);
        models.reload();
    };
    view! {
        <div class="picker-search">
            <Icon glyph=Glyph::Search/>
            <input
                node_ref=input
                type="search"
                role="combobox"
                aria-expanded="true"
                aria-controls="picker-list"
                aria-activedescendant=move || marked.get().map(row_id)
                aria-label=t(chat::SEARCH_MODELS)
                placeholder=t(chat::SEARCH_MODELS)
                autocomplete="off"
                prop:value=move || search.get()
                on:input:target=move |event| {
                    steps.set(None);
                    search.set(event.target().value());
                }
                on:keydown=keydown
            />
        </div>
        {move || models.failure.get().map(|error| view! { <ErrorCard error on_retry=again/> })}
        <div
            id="picker-list"
            class="picker-list"
            role="listbox"
            aria-label=t(chat::CHOOSE_MODEL)
            style=move || extent.get()
        >
            {move || groups.with(|groups| groups_view(groups, chosen, marked, choose))}
            <Nothing groups search/>
        </div>
    }
    .into_any()
}

/// On a phone the keyboard would cover half of the list.
fn take_focus(input: NodeRef<html::Input>) {
    if let Some(input) = input.get_untracked().filter(|_| !dom::is_phone()) {
        dom::focus(&input);
    }
}

fn groups_view(
    groups: &[Group],
    chosen: Signal<Option<Model>>,
    marked: Memo<Option<usize>>,
    choose: impl Fn(&ModelId) + Copy + Send + Sync + 'static,
) -> AnyView {
    let mut place = 0;
    let mut views = Vec::with_capacity(groups.len());
    for group in groups {
        let rows: Vec<AnyView> = group
            .models
            .iter()
            .map(|model| {
                let row = row(model.clone(), group.connection.is_none(), place, chosen, marked, choose);
                place += 1;
                row
            })
            .collect();
        let connection = group.connection.clone();
        let name = move || connection.clone().unwrap_or_else(|| say(chat::RECENT).to_owned());
        views.push(view! { <p class="picker-group" role="presentation">{name}</p> {rows} }.into_any());
    }
    views.into_any()
}

/// One model. Its connection is named only where the heading does not name it.
fn row(
    model: Model,
    names_connection: bool,
    place: usize,
    chosen: Signal<Option<Model>>,
    marked: Memo<Option<usize>>,
    choose: impl Fn(&ModelId) + Copy + Send + Sync + 'static,
) -> AnyView {
    let id = model.id.clone();
    let own = model.id.clone();
    let is_chosen = move || chosen.with(|chosen| chosen.as_ref().is_some_and(|chosen| chosen.id == own));
    let is_checked = is_chosen.clone();
    let (demo, window, connection) = (model.demo, model.context_window, model.connection.clone());
    let about = move || {
        let context = window.map(|tokens| fill(chat::CONTEXT, &[("size", &window_size(tokens))]));
        let note = demo.then(|| say(chat::DEMO_NOTE).to_owned());
        let known = [names_connection.then(|| connection.clone()), context, note];
        known.into_iter().flatten().collect::<Vec<_>>().join(" · ")
    };
    view! {
        <button
            id=row_id(place)
            class="picker-row"
            class:marked=move || marked.get() == Some(place)
            type="button"
            role="option"
            tabindex="-1"
            aria-selected=move || is_chosen().to_string()
            on:click=move |_| choose(&id)
        >
            <span class="model-sign" aria-hidden="true">{monogram(&model.name)}</span>
            <span class="picker-words">
                <span class="picker-name">{model.name.clone()}{demo.then(|| view! { <DemoTag name=model.name/> })}</span>
                <span class="picker-about">{about}</span>
            </span>
            {move || is_checked().then(|| view! { <Icon glyph=Glyph::Check/> })}
        </button>
    }
    .into_any()
}

/// Says that a model is the demo, unless its name does.
#[component]
pub fn DemoTag(
    /// The model's name.
    name: String,
) -> AnyView {
    let body = move || (name != say(chat::DEMO)).then(|| view! { <span class="tag">{t(chat::DEMO)}</span> });
    draw(body)
}

/// What was searched and not found, and the one way to widen it.
#[component]
fn Nothing(groups: Memo<Vec<Group>>, search: RwSignal<String>) -> AnyView {
    let models = use_models();
    let body = move || {
        let is_known = models.failure.with(Option::is_none);
        (is_known && groups.with(Vec::is_empty)).then(|| {
            let words = move || fill(chat::NO_MODEL_FOUND, &[("search", search.get().trim())]);
            view! {
                <div class="empty">
                    <p>{words}</p>
                    <Button label=t(chat::CLEAR_SEARCH) kind=ButtonKind::Quiet on_press=move || search.set(String::new())/>
                </div>
            }
        })
    };
    draw(body)
}

fn row_id(place: usize) -> String {
    format!("picker-{place}")
}

fn at(groups: &[Group], place: usize) -> Option<Model> {
    groups.iter().flat_map(|group| &group.models).nth(place).cloned()
}

/// The place that a search means: the model of that very name, else one whose name begins like it, else the first.
/// Without a search, that of the present model.
fn best(groups: &[Group], search: &str, present: Option<&ModelId>) -> Option<usize> {
    let search = search.trim().to_lowercase();
    let mut models = groups.iter().flat_map(|group| &group.models);
    if search.is_empty() {
        return models.position(|model| Some(&model.id) == present);
    }
    let place =
        |fits: fn(&str, &str) -> bool| models.clone().position(|model| fits(&model.name.to_lowercase(), &search));
    place(|name, search| name == search).or_else(|| place(|name, search| name.starts_with(search))).or(Some(0))
}

/// The place after or before the marked one; arrows go round.
fn step(marked: Option<usize>, count: usize, down: bool) -> usize {
    match (marked, down) {
        (None, true) => 0,
        (None, false) => count - 1,
        (Some(place), true) => (place + 1) % count,
        (Some(place), false) => (place + count - 1) % count,
    }
}

fn reveal(place: Option<usize>, position: ScrollLogicalPosition) {
    if let Some(row) = place.and_then(|place| dom::by_id(&row_id(place))) {
        let options = ScrollIntoViewOptions::new();
        options.set_block(position);
        row.scroll_into_view_with_scroll_into_view_options(&options);
    }
}

#[cfg(test)]
mod tests {
    use super::{best, step};
    use crate::state::models::Group;
    use shared::chat::Model;

    fn groups(names: &[&str]) -> Vec<Group> {
        let model = |name: &&str| Model {
            id: (*name).into(),
            name: (*name).to_owned(),
            connection_id: "c".into(),
            connection: "C".to_owned(),
            context_window: None,
            demo: false,
        };
        vec![Group { connection: None, models: names.iter().map(model).collect() }]
    }

    #[test]
    fn enter_takes_the_model_that_was_meant() {
        let groups = groups(&["tokens", "OK-large", "ok"]);
        let best = |search: &str, present: Option<&str>| best(&groups, search, present.map(Into::into).as_ref());
        assert_eq!(best("ok", None), Some(2));
        assert_eq!(best(" ok-", Some("tokens")), Some(1));
        assert_eq!(best("en", None), Some(0));
        assert_eq!((best("", Some("OK-large")), best("", Some("gone")), best("", None)), (Some(1), None, None));
    }

    #[test]
    fn arrows_start_at_an_end_and_go_round() {
        assert_eq!((step(None, 3, true), step(None, 3, false)), (0, 2));
        assert_eq!((step(Some(2), 3, true), step(Some(0), 3, false)), (0, 2));
    }
}
