//! What is left for the person of the budgets that hold for them.

use crate::api;
use crate::components::meter::{Meter, limit_words, reset_words};
use crate::components::setting_row::SettingRow;
use crate::components::ui::{ButtonKind, ErrorCard, LinkButton};
use crate::i18n::{budgets as words, fill, say, t, usage};
use crate::reactive::draw;
use crate::state::budgets::amount;
use leptos::prelude::*;
use leptos::task::spawn_local;
use shared::budgets::{Budgets, MyBudget, Whose};

/// The row.
#[component]
pub fn LeftRow() -> AnyView {
    let left = RwSignal::new(None::<api::ApiResult<Budgets<MyBudget>>>);
    let ask = move || {
        spawn_local(async move {
            let answer = api::budgets::mine().await;
            left.try_set(Some(answer));
        });
    };
    ask();
    let body = move || match left.get() {
        None => ().into_any(),
        Some(Err(error)) => view! { <ErrorCard error on_retry=ask/> }.into_any(),
        Some(Ok(list)) if list.items.is_empty() => {
            view! { <span class="quiet">{t(words::LEFT_NONE)}</span> }.into_any()
        }
        Some(Ok(list)) => {
            view! { <ul class="left-list">{list.items.into_iter().map(one).collect_view()}</ul> }.into_any()
        }
    };
    view! {
        <SettingRow id="left" label=t(words::LEFT) text=t(words::LEFT_TEXT)>
            {draw(body)}
            <LinkButton label=t(usage::SEE) href="/settings/usage" kind=ButtonKind::Quiet/>
        </SettingRow>
    }
    .into_any()
}

fn one(budget: MyBudget) -> AnyView {
    let budget = StoredValue::new(budget);
    let words = move || budget.with_value(left_words);
    let note = move || budget.with_value(note_words);
    let (used, limit) = budget.with_value(|budget| (budget.used.clone(), budget.limit));
    view! {
        <li>
            <p>{words}</p>
            <Meter label=words spent=used.spent reserved=used.reserved limit/>
            <p class="row-note">{note}</p>
        </li>
    }
    .into_any()
}

/// `12 of 100 requests a day left`.
fn left_words(budget: &MyBudget) -> String {
    let left = amount(budget.unit, budget.currency, budget.remaining);
    let limit = limit_words(budget.unit, budget.window, budget.currency, budget.limit);
    fill(words::LEFT_OF, &[("left", &left), ("limit", &limit)])
}

/// With whom it is shared, for which model it is, and when it starts anew.
fn note_words(budget: &MyBudget) -> String {
    let shared = (budget.whose == Whose::Everyone).then(|| say(words::WITH_EVERYBODY).to_owned());
    let model = budget.model.as_ref().map(|model| fill(words::ONLY_MODEL, &[("model", model)]));
    [shared, model, reset_words(&budget.used)].into_iter().flatten().collect::<Vec<_>>().join(" · ")
}
