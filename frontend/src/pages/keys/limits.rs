//! The limits of a key of its own, in its form and in its row.

use crate::components::limit_fields::{LimitFields, Limits};
use crate::components::meter::{Meter, limit_words, reset_words};
use crate::components::ui::{Button, ButtonKind, Glyph, IconButton};
use crate::i18n::{budgets as words, fill, t};
use crate::reactive::{draw, list};
use crate::state::budgets::amount;
use crate::t;
use crate::{api, dom};
use leptos::prelude::*;
use leptos::task::spawn_local;
use shared::budgets::{KeyBudget, KeyLimit};
use shared::limits::MAX_KEY_LIMITS;
use shared::models::Currency;

/// The limits in the form, each with a number of its own.
#[derive(Clone, Copy)]
pub struct KeyLimits {
    rows: RwSignal<Vec<(u32, Limits)>>,
    next: StoredValue<u32>,
    /// Whose the fields are that are added later: the button that adds one is drawn anew by it.
    owner: StoredValue<Option<Owner>>,
    currency: RwSignal<Currency>,
}

fn name(number: u32) -> String {
    format!("key-{number}")
}

impl KeyLimits {
    /// Those that a key has; the currency of new ones is asked for.
    pub(super) fn of(limits: &[KeyBudget]) -> Self {
        let fields = |(number, limit): (u32, &KeyBudget)| {
            let KeyBudget { unit, window, limit, .. } = *limit;
            (number, Limits::of(&name(number), KeyLimit { unit, window, limit }))
        };
        let rows: Vec<_> = (0..).zip(limits).map(fields).collect();
        let currency = RwSignal::new(limits.iter().find_map(|limit| limit.currency).unwrap_or_default());
        if limits.is_empty() {
            spawn_local(async move {
                if let Ok(budgets) = api::budgets::mine().await {
                    currency.try_set(budgets.currency);
                }
            });
        }
        let next = StoredValue::new(u32::try_from(rows.len()).unwrap_or(0));
        Self { rows: RwSignal::new(rows), next, owner: StoredValue::new(Owner::current()), currency }
    }

    /// All limits, or the id of the field that breaks the rule.
    pub(super) fn wish(self) -> Result<Vec<KeyLimit>, String> {
        self.rows.with_untracked(|rows| rows.iter().map(|(_, row)| row.limit().ok_or_else(|| row.id())).collect())
    }

    fn add(self) {
        let number = self.next.get_value();
        self.next.set_value(number + 1);
        let make = || Limits::new(&name(number));
        let fields = self.owner.get_value().map_or_else(make, |owner| owner.with(make));
        self.rows.update(|rows| rows.push((number, fields)));
        request_animation_frame(move || dom::focus_id(&format!("{}-unit", name(number))));
    }

    fn remove(self, number: u32) {
        self.rows.update(|rows| rows.retain(|(known, _)| *known != number));
        dom::focus_id("key-add-limit");
    }
}

/// The fields of all limits.
#[component]
pub fn LimitRows(
    /// What was filled in.
    limits: KeyLimits,
    /// Whether what is wrong is said.
    pressed: RwSignal<bool>,
) -> AnyView {
    let numbers = move || limits.rows.with(|rows| rows.iter().map(|(number, _)| number.to_string()).collect());
    let row = move |number: String| {
        let number: u32 = number.parse().unwrap_or(0);
        let fields =
            limits.rows.with_untracked(|rows| rows.iter().find(|(known, _)| *known == number).map(|(_, row)| *row));
        let place = move || {
            limits.rows.with(|rows| rows.iter().position(|(known, _)| *known == number).map_or(0, |place| place + 1))
        };
        fields.map(|fields| view! {
            <li class="key-limit">
                <LimitFields limits=fields pressed currency=limits.currency/>
                <IconButton name=t!(words::REMOVE_LIMIT, number = place()) glyph=Glyph::X on_press=move || limits.remove(number)/>
            </li>
        }).into_any()
    };
    let more = move || {
        limits.rows.with(|rows| rows.len() < MAX_KEY_LIMITS).then(|| view! {
            <Button id="key-add-limit" label=t(words::ADD_LIMIT) glyph=Glyph::Plus kind=ButtonKind::Quiet on_press=move || limits.add()/>
        })
    };
    view! {
        <fieldset class="parts">
            <legend class="field-label">{t(words::KEY_LIMITS)}</legend>
            <p class="field-note">{t(words::KEY_LIMITS_TEXT)}</p>
            <ul>{list(numbers, row)}</ul>
            {draw(more)}
        </fieldset>
    }
    .into_any()
}

/// What was used of a key's limits.
pub fn meters(limits: &[KeyBudget]) -> AnyView {
    limits.iter().map(meter).collect_view().into_any()
}

fn meter(of: &KeyBudget) -> AnyView {
    let shown = |number| amount(of.unit, of.currency, number);
    let limit = limit_words(of.unit, of.window, of.currency, of.limit);
    let used = fill(words::USED, &[("used", &shown(of.used.spent)), ("limit", &limit)]);
    let reset = reset_words(&of.used).map(|words| format!(" · {words}"));
    let label = used.clone();
    view! {
        <Meter label=move || label.clone() spent=of.used.spent reserved=of.used.reserved limit=of.limit/>
        <p class="row-note">{used}{reset}</p>
    }
    .into_any()
}
