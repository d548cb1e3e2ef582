//! In what budgets count: currency, exchange rate, time zone.

use crate::components::setting_row::{Saving, SettingRow, note};
use crate::components::ui::{Button, ErrorCard, Select, Skeleton, TextField};
use crate::i18n::{Text, budgets as words, common, t};
use crate::reactive::{draw, memo};
use crate::state::load::Load;
use crate::state::settings::use_settings;
use crate::state::typed::{follows, settle};
use leptos::prelude::*;
use leptos::task::spawn_local;
use leptos::text_prop::TextProp;
use serde_json::Value;
use shared::models::Currency;
use shared::settings::{BUDGET_CURRENCY, BUDGET_ZONE, SetSetting, USD_IN_CNY};

/// The rows.
#[component]
pub fn BasisRows() -> AnyView {
    let store = use_settings();
    store.watch();
    let load = store.load();
    let body = move || match load.get() {
        Load::Waiting => view! { <Skeleton rows=3/> }.into_any(),
        Load::Failed(error) => view! { <ErrorCard error on_retry=move || store.reload()/> }.into_any(),
        Load::Ready => view! {
            <CurrencyRow/>
            <ValueRow id="usd-in-cny" key=USD_IN_CNY label=words::RATE text=words::RATE_TEXT read=number/>
            <ValueRow id="budget-zone" key=BUDGET_ZONE label=words::ZONE text=words::ZONE_TEXT read=text/>
        }
        .into_any(),
    };
    view! { <div class="rows-after">{draw(body)}</div> }.into_any()
}

/// What is typed as a number is sent as one; what is none is left to the server, which names the rule.
fn number(typed: &str) -> Value {
    typed.parse::<f64>().map_or_else(|_| typed.into(), Value::from)
}

fn text(typed: &str) -> Value {
    typed.into()
}

/// The value as it stands in its field.
fn shown(value: &Value) -> String {
    value.as_str().map_or_else(|| value.to_string(), str::to_owned)
}

#[component]
fn CurrencyRow() -> AnyView {
    let store = use_settings();
    let setting = store.find(BUDGET_CURRENCY);
    let saving = RwSignal::new(Saving::Idle);
    let value = Signal::derive(move || setting.get().map(|setting| shown(&setting.value)).unwrap_or_default());
    let names = [(Currency::Usd, words::USD), (Currency::Cny, words::CNY)];
    let options = names.map(|(currency, text)| (currency.as_str().to_owned(), TextProp::from(t(text)))).to_vec();
    let choose = move |code: String| {
        spawn_local(async move { note(saving, store.set(BUDGET_CURRENCY, SetSetting { value: code.into() }).await) });
    };
    view! {
        <SettingRow id="budget-currency" label=t(words::CURRENCY) text=t(words::CURRENCY_TEXT) saving>
            <Select id="budget-currency-field" label=t(words::CURRENCY) label_hidden=true options value on_change=choose/>
        </SettingRow>
    }
    .into_any()
}

/// A setting on one line. Typing shows a button; nothing is stored before it is pressed.
#[component]
fn ValueRow(id: &'static str, key: &'static str, label: Text, text: Text, read: fn(&str) -> Value) -> AnyView {
    let store = use_settings();
    let setting = store.find(key);
    let stored = memo(move || setting.get().map(|setting| shown(&setting.value)).unwrap_or_default());
    let typed = follows(id, stored);
    let (saving, busy) = (RwSignal::new(Saving::Idle), RwSignal::new(false));
    let changed = memo(move || typed.with(|typed| typed.trim() != stored.read().as_str()));
    let save = move |event: web_sys::SubmitEvent| {
        event.prevent_default();
        if busy.get_untracked() {
            return;
        }
        let sent = typed.get_untracked();
        busy.set(true);
        spawn_local(async move {
            let result = store.set(key, SetSetting { value: read(sent.trim()) }).await;
            busy.try_set(false);
            if result.is_ok() {
                settle(typed, &sent, &stored.try_get_untracked().unwrap_or_else(|| sent.clone()));
            }
            note(saving, result);
        });
    };
    view! {
        <SettingRow id label=t(label) text=t(text) saving>
            <form class="setting-line" novalidate on:submit=save>
                <TextField id=format!("{id}-field") label=t(label) value=typed/>
                {move || changed.get().then(|| view! { <Button label=t(common::SAVE) submit=true busy/> })}
            </form>
        </SettingRow>
    }
    .into_any()
}

#[cfg(test)]
mod tests {
    use super::{number, shown};

    #[test]
    fn a_number_is_sent_as_one_and_shown_as_it_is_typed() {
        assert_eq!((number("7.1"), number("seven")), (7.1.into(), "seven".into()));
        assert_eq!(
            (shown(&7.into()), shown(&7.1.into()), shown(&"UTC".into())),
            ("7".into(), "7.1".into(), "UTC".into())
        );
    }
}
