//! One model of the list: its name, what is worth knowing before choosing it, and what it can do.

use super::DemoTag;
use super::company::Ticks;
use crate::components::ui::{Glyph, Icon};
use crate::i18n::{Text, chat, error_message, fill, organize, say};
use crate::reactive::{draw, memo};
use crate::state::models::{money, monogram, shown_name, use_models, window_size};
use leptos::prelude::*;
use shared::chat::Model;
use shared::models::{Facts, Price};
use shared::{ApiError, ModelId};
use std::sync::Arc;

/// What an icon stands for, and where it is known from.
type Ability = (fn(&Facts) -> Option<bool>, Glyph, Text);

const ABILITIES: [Ability; 4] = [
    (|facts| facts.vision, Glyph::Eye, chat::SEES),
    (|facts| facts.tools, Glyph::Wrench, chat::USES_TOOLS),
    (|facts| facts.reasoning, Glyph::Lightbulb, chat::THINKS),
    (|facts| facts.web_search, Glyph::Globe, chat::SEARCHES),
];

/// The id of a row.
pub(super) fn row_id(place: usize) -> String {
    format!("picker-{place}")
}

/// One model. Its connection is named only where the heading does not name it. What pins it is for pointers alone: an option
/// of a list has no buttons, so the keyboard finds the same at the foot.
#[component]
pub fn PickerRow(
    /// The model.
    model: Arc<Model>,
    /// Whether its connection has to be named here.
    names_connection: bool,
    /// Its place among all models of the list.
    place: usize,
    /// How many these are.
    count: usize,
    /// Where it stands.
    style: String,
    /// What is chosen.
    ticks: Ticks,
    /// The place that Enter takes.
    marked: Memo<Option<usize>>,
    /// Says that it was chosen.
    choose: Callback<ModelId>,
    /// Pins it, or does so no more.
    pin: Callback<Arc<Model>>,
) -> AnyView {
    let models = use_models();
    let (own, pins) = (model.id.clone(), model.clone());
    let pinnable = models.has_groups().then(|| pin_button(pins, pin));
    let chosen = memo(move || ticks.ticked.with(|ticked| ticked.contains(&own)));
    // One more does not fit; those that are chosen can be taken away.
    let refused = move || (ticks.is_full() && !chosen.get()).then_some("true");
    let mark = move || {
        match (ticks.several.get(), chosen.get()) {
        (true, is_on) => view! {
            <span class="tick" class:on=is_on aria-hidden="true">{is_on.then(|| view! { <Icon glyph=Glyph::Check/> })}</span>
        }
        .into_any(),
        (false, true) => view! { <Icon glyph=Glyph::Check/> }.into_any(),
        (false, false) => ().into_any(),
    }
    };
    let (told, pressed) = (model.clone(), model.clone());
    let about = move || about(&told, names_connection);
    let able = move |(knows, glyph, name): Ability| (knows(&model.facts) == Some(true)).then(|| ability(glyph, name));
    let name = shown_name(&pressed).to_owned();
    let demo = pressed.demo.then(|| view! { <DemoTag name=pressed.name.clone()/> });
    let troubled = pressed.trouble.is_some();
    view! {
        <div class="picker-line" role="presentation" style=style>
        <button
            id=row_id(place)
            class="picker-row"
            class:marked=move || marked.get() == Some(place)
            class:troubled=troubled
            type="button"
            role="option"
            tabindex="-1"
            aria-selected=move || chosen.get().to_string()
            aria-disabled=refused
            aria-posinset=(place + 1).to_string()
            aria-setsize=count.to_string()
            on:click=move |_| choose.run(pressed.id.clone())
        >
            <span class="model-sign" aria-hidden="true">{monogram(&name)}</span>
            <span class="picker-words">
                <span class="picker-name"><span>{name}</span>{demo}</span>
                <span class="picker-about">{about}</span>
            </span>
            <span class="picker-able">{ABILITIES.into_iter().filter_map(able).collect_view()}</span>
            {draw(mark)}
        </button>
        {pinnable}
        </div>
    }
    .into_any()
}

fn pin_button(model: Arc<Model>, pin: Callback<Arc<Model>>) -> AnyView {
    let models = use_models();
    let id = model.id.clone();
    let pinned = memo(move || models.is_pinned(&id));
    let tip = move || say(if pinned.get() { organize::UNPIN } else { organize::PIN });
    view! {
        <button
            class="picker-pin"
            class:on=move || pinned.get()
            type="button"
            tabindex="-1"
            aria-hidden="true"
            data-tip=tip
            // The search keeps the focus.
            on:pointerdown=|event| event.prevent_default()
            on:click=move |_| pin.run(model.clone())
        >
            <Icon glyph=Glyph::Pin/>
        </button>
    }
    .into_any()
}

fn ability(glyph: Glyph, name: Text) -> AnyView {
    let name = move || say(name);
    view! { <span role="img" aria-label=name data-tip=name><Icon glyph/></span> }.into_any()
}

/// The line below the name: why it cannot answer now, else what it reads, costs and is good for. Tracked by language.
fn about(model: &Model, names_connection: bool) -> String {
    let trouble = model.trouble.as_ref().map(|code| {
        error_message(&ApiError { code: code.clone(), message: code.clone(), ..ApiError::default() }).replace('`', "")
    });
    let facts = &model.facts;
    let known = [
        trouble,
        names_connection.then(|| model.connection.clone()),
        facts.context_window.map(|tokens| fill(chat::CONTEXT, &[("size", &window_size(tokens))])),
        facts.price.map(price),
        model.demo.then(|| say(chat::DEMO_NOTE).to_owned()),
        model.description.clone(),
    ];
    known.into_iter().flatten().collect::<Vec<_>>().join(" · ")
}

fn price(price: Price) -> String {
    let [input, output] = [price.input, price.output].map(|amount| money(price.currency, amount));
    fill(chat::PRICE, &[("input", &input), ("output", &output)])
}
