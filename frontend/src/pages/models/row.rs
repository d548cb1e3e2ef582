//! One model of the catalogue: what it is called, what it can do, whether people see it.

use super::sheet::ModelSheet;
use crate::components::setting_row::{SavedMark, Saving, note};
use crate::components::ui::{Dialog, ErrorCard, Glyph, IconButton, Switch};
use crate::i18n::{Text, fill, models as words, say, t};
use crate::reactive::{draw, memo};
use crate::state::catalog::reach::Reach;
use crate::state::catalog::use_catalog;
use crate::state::models::window_size;
use crate::t;
use leptos::prelude::*;
use leptos::task::spawn_local;
use shared::ModelId;
use shared::models::{CatalogModel, Currency, Facts, Price, UpdateModel};

/// What a model can do, in words: `C · 128K context · pictures · tools`; tracked.
fn abilities(facts: &Facts) -> Vec<String> {
    let can = |known: Option<bool>, text: Text| (known == Some(true)).then(|| say(text).to_owned());
    let known = [
        facts.context_window.map(|tokens| fill(words::CONTEXT, &[("size", &window_size(tokens))])),
        can(facts.vision, words::SEES),
        can(facts.tools, words::CALLS),
        can(facts.reasoning, words::THINKS),
        can(facts.web_search, words::SEARCHES),
        facts.price.map(price),
    ];
    known.into_iter().flatten().collect()
}

fn price(price: Price) -> String {
    let sign = match price.currency {
        Currency::Usd => '$',
        Currency::Cny => '¥',
    };
    let money = |amount: f64| format!("{sign}{amount}");
    fill(words::PRICE, &[("input", &money(price.input)), ("output", &money(price.output))])
}

/// The name that people see.
pub(super) fn name(model: &CatalogModel) -> String {
    model.overrides.label.clone().unwrap_or_else(|| model.public_name.clone())
}

/// One model.
#[component]
pub fn ModelRow(
    /// Which.
    id: ModelId,
) -> AnyView {
    let catalog = use_catalog();
    let wanted = id.clone();
    let model = memo(move || catalog.find(&wanted));
    let (editing, saving) = (RwSignal::new(false), RwSignal::new(Saving::Idle));
    let own = id.clone();
    let chosen = move || catalog.state.with(|state| state.chosen.contains(&own));
    let own = id.clone();
    let choose = move |event: web_sys::Event| {
        let checked = event_target_checked(&event);
        catalog.state.update(|state| state.choose(&own, checked));
    };
    let shown = Signal::derive(move || model.read().as_ref().is_some_and(|model| model.shown));
    let id = StoredValue::new(id);
    let show = move |shown: bool| {
        spawn_local(async move {
            let change = UpdateModel { shown: Some(shown), ..UpdateModel::default() };
            note(saving, catalog.update(&id.get_value(), &change).await);
        });
    };
    let title = move || model.read().as_ref().map(name).unwrap_or_default();
    let about = move || model.get().map(|model| [vec![model.connection], abilities(&model.facts)].concat().join(" · "));
    let failure = move || match saving.get() {
        Saving::Failed(error) => Some(view! { <ErrorCard error/> }),
        Saving::Idle | Saving::Saved => None,
    };
    view! {
        <li class="row model">
            <label class="check">
                <input type="checkbox" aria-label=t!(words::CHOOSE_ONE, name = title()) prop:checked=chosen on:change=choose/>
            </label>
            <div class="row-words">
                <p class="row-title">
                    <strong>{title}</strong>
                    {move || model.get().map(|model| view! { <Chips model/> })}
                </p>
                <p class="row-note">{about}</p>
            </div>
            <div class="row-actions">
                <SavedMark saving/>
                <Switch label=t!(words::SHOW_ONE, name = title()) on=shown on_toggle=show/>
                <IconButton
                    name=t!(words::EDIT_ONE, name = title())
                    glyph=Glyph::SlidersHorizontal
                    popup="dialog"
                    on_press=move || editing.set(true)
                />
            </div>
            {draw(failure)}
            <Dialog open=editing on_close=move || editing.set(false) title=title>
                {move || untrack(|| model.get()).map(|model| view! { <ModelSheet model open=editing/> })}
            </Dialog>
        </li>
    }
    .into_any()
}

/// What is out of the ordinary about it.
#[component]
fn Chips(model: CatalogModel) -> AnyView {
    let chip = |text: Text| view! { <span class="chip">{t(text)}</span> };
    view! {
        {Some(Reach::of(&model.access)).filter(|reach| *reach != Reach::Everybody).map(|reach| chip(reach.words()))}
        {(!model.listed).then(|| chip(words::DROPPED))}
    }
    .into_any()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::i18n::set_language;
    use shared::error::Language;

    #[test]
    fn what_is_unknown_is_not_said() {
        set_language(Language::En);
        assert!(abilities(&Facts { vision: Some(false), ..Facts::default() }).is_empty());
        let price = Some(Price { input: 0.5, output: 2.0, ..Price::default() });
        let facts = Facts { context_window: Some(128_000), tools: Some(true), price, ..Facts::default() };
        assert_eq!(abilities(&facts), ["128K context", "tools", "$0.5 / $2 per million tokens"]);
    }
}
