//! Several models for one message: those that answer beside the first, and the foot of the list where they are asked for.

use crate::components::ui::{Button, ButtonKind, Glyph};
use crate::i18n::{compare, fill, t};
use crate::reactive::draw;
use crate::state::models::several::{MOST, toggled};
use leptos::prelude::*;
use shared::ModelId;
use shared::chat::Model;

/// The models that answer beside the first.
#[derive(Clone, Copy)]
pub struct Company {
    /// Which they are.
    pub also: Memo<Vec<Model>>,
    /// Says which they are to be.
    pub set: Callback<Vec<ModelId>>,
}

/// A choice of several, if it is one.
#[derive(Clone, Copy)]
pub struct Ticks {
    company: Option<Company>,
    /// Whether several are being chosen.
    pub several: RwSignal<bool>,
    /// All that are chosen, the first one first.
    pub ticked: Memo<Vec<ModelId>>,
}

impl Ticks {
    pub(super) fn new(company: Option<Company>, chosen: Signal<Option<Model>>) -> Self {
        let several = company.is_some_and(|company| company.also.with_untracked(|also| !also.is_empty()));
        let ticked = Memo::new(move |_| {
            let first = chosen.with(|chosen| chosen.as_ref().map(|model| model.id.clone()));
            let also = company.map(|company| company.also.get()).unwrap_or_default();
            first.into_iter().chain(also.into_iter().map(|model| model.id)).collect()
        });
        Self { company, several: RwSignal::new(several), ticked }
    }

    /// Ticks a model, or not any more; false where one is chosen instead.
    pub(super) fn toggle(self, model: &ModelId, on_choose: Callback<ModelId>) -> bool {
        let Some(company) = self.company.filter(|_| self.several.get_untracked()) else { return false };
        let before = self.ticked.get_untracked();
        let mut all = toggled(before.clone(), model);
        let first = all.remove(0);
        company.set.run(all);
        if before.first() != Some(&first) {
            on_choose.run(first);
        }
        true
    }

    /// Whether no further model can be ticked.
    pub(super) fn is_full(self) -> bool {
        self.several.get() && self.ticked.with(|ticked| ticked.len() >= MOST)
    }
}

/// The foot of the list: the way to a choice of several, and the way back. `on_done` closes the list, `on_changed` gives the
/// focus back to it.
#[component]
pub fn CompareFoot(
    /// What is chosen.
    ticks: Ticks,
    /// The choice is made.
    #[prop(into)]
    on_done: Callback<()>,
    /// Another kind of choice has begun.
    #[prop(into)]
    on_changed: Callback<()>,
    /// What else can be done, while one is chosen.
    children: ChildrenFn,
) -> AnyView {
    let Some(company) = ticks.company else {
        return view! { <div class="picker-foot">{children()}</div> }.into_any();
    };
    let begin = move || {
        ticks.several.set(true);
        on_changed.run(());
    };
    let leave = move || {
        company.set.run(Vec::new());
        ticks.several.set(false);
        on_changed.run(());
    };
    let count = move || {
        let count = ticks.ticked.with(Vec::len).to_string();
        fill(compare::CHOSEN, &[("count", &count), ("most", &MOST.to_string())])
    };
    let body = move || {
        if !ticks.several.get() {
            return view! {
                <Button label=t(compare::COMPARE) glyph=Glyph::Columns kind=ButtonKind::Quiet on_press=begin/>
                {children()}
            }
            .into_any();
        }
        view! {
            <p class="picker-count" role="status">{count}</p>
            <Button label=t(compare::ONE) kind=ButtonKind::Quiet on_press=leave/>
            <Button label=t(compare::DONE) on_press=move || on_done.run(())/>
        }
        .into_any()
    };
    view! { <div class="picker-foot">{draw(body)}</div> }.into_any()
}
