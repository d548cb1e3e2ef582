//! One budget: for whom it is, how much of it is used, and what can be done with it.

use super::form::LimitForm;
use crate::components::meter::{Meter, limit_words, reset_words};
use crate::components::ui::{Confirm, Dialog, ErrorCard, Glyph, Menu, MenuItem};
use crate::i18n::{budgets as words, fill, say, t};
use crate::reactive::{draw, memo};
use crate::state::budgets::{Budgets, amount};
use crate::state::models::{Models, use_models};
use crate::state::toasts::use_toasts;
use crate::t;
use leptos::prelude::*;
use leptos::task::spawn_local;
use shared::budgets::{Budget, Subject, UpdateBudget};
use shared::{ApiError, BudgetId};
use std::sync::Arc;

/// One budget.
#[component]
pub fn BudgetRow(
    /// Where it is kept.
    budgets: Budgets,
    /// Which one.
    id: BudgetId,
) -> AnyView {
    let (editing, asking, failure) = (RwSignal::new(false), RwSignal::new(false), RwSignal::new(None::<ApiError>));
    let models = use_models();
    let wanted = id.clone();
    let budget = memo(move || budgets.state.with(|state| state.items.iter().find(|known| known.id == wanted).cloned()));
    let called = move || budget.with(|budget| budget.as_ref().map(subject_words)).unwrap_or_default();
    let is_off = move || budget.with(|budget| budget.as_ref().is_some_and(|budget| !budget.enabled));
    let stored = StoredValue::new(id.clone());
    let toggle = move || {
        let change = UpdateBudget { enabled: Some(untrack(is_off)), limit: None };
        spawn_local(async move { _ = failure.try_set(budgets.update(&stored.get_value(), &change).await.err()) });
    };
    let items = move || {
        let switch = if is_off() { words::SWITCH_ON } else { words::SWITCH_OFF };
        vec![
            MenuItem::new(t(words::EDIT), move || editing.set(true)).glyph(Glyph::Pencil),
            MenuItem::new(t(switch), toggle),
            MenuItem::new(t(words::REMOVE), move || asking.set(true)).glyph(Glyph::Trash).danger(),
        ]
    };
    let close = move || editing.set(false);
    let form =
        move || budget.get_untracked().map(|budget| view! { <LimitForm budgets budget on_close=move |()| close()/> });
    let body = move || budget.get().map(|budget| details(&budget, models));
    view! {
        <li class="row">
            <div class="row-words">
                <p class="row-title">
                    <strong>{called}</strong>
                    {move || is_off().then(|| view! { <span class="chip">{t(words::OFF)}</span> })}
                </p>
                {draw(body)}
            </div>
            <div class="row-actions">
                <Menu name=t!(words::ACTIONS, name = called()) items=Arc::new(items)/>
            </div>
            {move || failure.get().map(|error| view! { <ErrorCard error/> })}
            <Dialog open=editing on_close=close title=t(words::EDIT)>{draw(form)}</Dialog>
            <Remove budgets id asking/>
        </li>
    }
    .into_any()
}

/// For whom it is.
fn subject_words(budget: &Budget) -> String {
    let name = budget.subject_name.clone().unwrap_or_default();
    match budget.subject {
        Subject::Each => say(words::EACH).to_owned(),
        Subject::Everyone => say(words::EVERYONE).to_owned(),
        Subject::Person { .. } => name,
        Subject::Key { .. } => fill(words::OF_KEY, &[("name", &name)]),
    }
}

/// How much there is, and how much of it is used.
fn details(budget: &Budget, models: Models) -> AnyView {
    let shown = |number| amount(budget.unit, budget.currency, number);
    let limit = limit_words(budget.unit, budget.window, budget.currency, budget.limit);
    let model = budget.model_id.as_ref().map(|id| {
        let name = models.get(id).map_or_else(|| id.to_string(), |model| model.label.unwrap_or(model.name));
        fill(words::ONLY_MODEL, &[("model", &name)])
    });
    let used = fill(words::USED, &[("used", &shown(budget.used.spent)), ("limit", &shown(budget.limit))]);
    let most = budget.most_by.as_ref().map(|name| fill(words::MOST_BY, &[("name", name)]));
    let reserved =
        (budget.used.reserved > 0).then(|| fill(words::UNDER_WAY, &[("amount", &shown(budget.used.reserved))]));
    let joined = |parts: Vec<Option<String>>| parts.into_iter().flatten().collect::<Vec<_>>().join(" · ");
    let head = joined(vec![Some(limit), model]);
    let foot = joined(vec![Some(used.clone()), most, reserved, reset_words(&budget.used)]);
    view! {
        <p class="row-note">{head}</p>
        <Meter label=move || used.clone() spent=budget.used.spent reserved=budget.used.reserved limit=budget.limit/>
        <p class="row-note">{foot}</p>
    }
    .into_any()
}

#[component]
fn Remove(budgets: Budgets, id: BudgetId, asking: RwSignal<bool>) -> AnyView {
    let toasts = use_toasts();
    let (busy, failure) = (RwSignal::new(false), RwSignal::new(None::<ApiError>));
    let id = StoredValue::new(id);
    let remove = move || {
        busy.set(true);
        failure.set(None);
        let id = id.get_value();
        spawn_local(async move {
            let result = budgets.remove(&id).await;
            busy.try_set(false);
            if result.is_ok() {
                asking.try_set(false);
                toasts.confirm(say(words::REMOVED));
            }
            failure.try_set(result.err());
        });
    };
    view! {
        <Confirm
            open=asking
            on_close=move || asking.set(false)
            title=t(words::REMOVE_TITLE)
            text=t(words::REMOVE_TEXT)
            action=t(words::REMOVE)
            busy
            error=failure
            on_confirm=remove
        />
    }
    .into_any()
}
