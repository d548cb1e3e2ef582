//! Who has to have a second factor.

use crate::components::setting_row::{Saving, SettingRow, note};
use crate::components::ui::Select;
use crate::i18n::{Text, factor as words, t};
use crate::state::settings::use_settings;
use leptos::prelude::*;
use leptos::task::spawn_local;
use leptos::text_prop::TextProp;
use shared::second_factor::SecondFactorRule;
use shared::settings::{SECOND_FACTOR, SetSetting};

fn name(rule: SecondFactorRule) -> Text {
    match rule {
        SecondFactorRule::Off => words::RULE_OFF,
        SecondFactorRule::Admins => words::RULE_ADMINS,
        SecondFactorRule::Everybody => words::RULE_EVERYBODY,
    }
}

/// The setting.
#[component]
pub fn FactorRuleRow() -> AnyView {
    let store = use_settings();
    let setting = store.find(SECOND_FACTOR);
    let saving = RwSignal::new(Saving::Idle);
    let stored = move || {
        let stored = setting.get().and_then(|setting| setting.value.as_str().map(str::to_owned));
        stored.unwrap_or_else(|| SecondFactorRule::Off.as_str().to_owned())
    };
    let choose = move |value: String| {
        spawn_local(async move { note(saving, store.set(SECOND_FACTOR, SetSetting { value: value.into() }).await) });
    };
    let option = |rule: SecondFactorRule| (rule.as_str().to_owned(), TextProp::from(t(name(rule))));
    view! {
        <SettingRow id="second-factor-rule" label=t(words::RULE) text=t(words::RULE_TEXT) saving>
            <Select
                id="second-factor-rule-choice"
                label=t(words::RULE)
                label_hidden=true
                options=SecondFactorRule::ALL.map(option).to_vec()
                value=Signal::derive(stored)
                on_change=choose
            />
        </SettingRow>
    }
    .into_any()
}
