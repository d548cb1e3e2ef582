//! Choosing a model: a button that opens a list with a search, the recent ones first, then by connection. It opens at the
//! present model. Arrow keys move while the search keeps the focus; Enter chooses, Esc closes.

pub mod company;
pub mod list;
pub mod row;

use crate::components::ui::popover::{self, Point};
use crate::components::ui::{Glyph, Icon, Placement, Popover};
use crate::i18n::{chat, compare, fill, say, t};
use crate::later::{Part, when};
use crate::reactive::{draw, memo};
use crate::sentences;
use crate::state::models::{shown_name, use_models};
pub use company::Company;
use leptos::html;
use leptos::prelude::*;
use leptos::text_prop::TextProp;
use list::List;
use shared::ModelId;
use shared::chat::Model;
use wasm_split_helpers::wasm_split;

/// The chip that names the chosen model and opens the list.
#[component]
pub fn ModelChip(
    /// The chosen model; without one its place stays empty.
    #[prop(into)]
    chosen: Signal<Option<Model>>,
    /// Says which one was chosen.
    #[prop(into)]
    on_choose: Callback<ModelId>,
    /// Those that answer, too.
    company: Company,
    /// Takes the focus once the choice is made; until then, and where nothing does, the chip has it.
    #[prop(into)]
    on_done: Callback<()>,
) -> AnyView {
    let open = RwSignal::new(false);
    let anchor = NodeRef::<html::Button>::new();
    let failure = use_models().failure;
    // Without the list there is nothing to name, but a place to ask for it again.
    let is_away = move || chosen.with(Option::is_none) && failure.with(Option::is_none);
    let name = move || {
        let failed = || failure.with(Option::is_some).then(|| say(chat::CHOOSE_MODEL).to_owned());
        let one = chosen.get().map(|model| shown_name(&model).to_owned()).or_else(failed).unwrap_or_default();
        let others = company.also.get();
        let count = others.len() + 1;
        let several = (count > 1).then(|| {
            let names = others.iter().map(shown_name).fold(one.clone(), |names, name| format!("{names}, {name}"));
            (fill(compare::MODELS, &[("count", &count.to_string())]), names)
        });
        several.map_or((one, None), |(words, names)| (words, Some(names)))
    };
    let name = memo(name);
    let label = move || match name.get() {
        (words, Some(names)) => format!("{}: {words} ({names})", say(chat::MODEL)),
        (words, None) => format!("{}: {words}", say(chat::MODEL)),
    };
    view! {
        <button
            node_ref=anchor
            class="model-chip"
            data-shortcut="model"
            class:away=is_away
            type="button"
            aria-haspopup="dialog"
            aria-expanded=move || open.get().to_string()
            aria-label=label
            data-tip=move || name.get().1
            on:click=move |_| open.update(|open| *open = !*open)
        >
            <span>{move || name.get().0}</span>
            <Icon glyph=Glyph::ChevronDown/>
        </button>
        <Picker open anchor chosen on_choose company on_done/>
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

/// The list beside a button that is made elsewhere; fetched when it is first opened.
#[component]
pub fn Picker(
    /// Whether it is open.
    open: RwSignal<bool>,
    /// The button that opens it.
    anchor: NodeRef<html::Button>,
    /// The present model.
    chosen: Signal<Option<Model>>,
    /// Says which one was chosen.
    on_choose: Callback<ModelId>,
    /// Where to stand while the button is not on the screen.
    #[prop(optional)]
    press: StoredValue<Option<Point>>,
    /// Those that answer, too, where several may be chosen.
    #[prop(optional)]
    company: Option<Company>,
    /// Takes the focus once the choice is made.
    #[prop(optional)]
    on_done: Option<Callback<()>>,
) -> AnyView {
    let given = Given { open, anchor, chosen, on_choose, press, company, on_done };
    when(move || open.get(), || Box::pin(picker_part()), given)
}

/// What the list needs.
#[derive(Clone, Copy)]
struct Given {
    open: RwSignal<bool>,
    anchor: NodeRef<html::Button>,
    chosen: Signal<Option<Model>>,
    on_choose: Callback<ModelId>,
    press: StoredValue<Option<Point>>,
    company: Option<Company>,
    on_done: Option<Callback<()>>,
}

#[wasm_split(more, fallible)]
fn picker_part() -> Part<Given> {
    sentences::bring();
    Ok(picker)
}

fn picker(given: Given) -> AnyView {
    let Given { open, anchor, chosen, on_choose, press, company, on_done } = given;
    let leave = Callback::new(move |()| {
        popover::close(open, anchor);
        if let Some(on_done) = on_done {
            on_done.run(());
        }
    });
    view! {
        <Popover open anchor name=t(chat::CHOOSE_MODEL) placement=Placement::End press class="picker">
            <List chosen on_choose company on_done=leave/>
        </Popover>
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
