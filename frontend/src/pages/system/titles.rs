//! Which model names chats: one of three rules, or a model of the administrator's choice.

use crate::components::model_setting::ModelValue;
use crate::components::setting_row::{Saving, SettingRow, note};
use crate::components::ui::Select;
use crate::i18n::{Text, chat, settings, t};
use crate::reactive::{draw, memo};
use crate::state::settings::use_settings;
use leptos::prelude::*;
use leptos::task::spawn_local;
use leptos::text_prop::TextProp;
use shared::ModelId;
use shared::settings::fields::TITLE_MODEL;
use shared::settings::{SetSetting, TITLES_AUTO};

/// Stands for a model of one's choice; no id looks like it.
const OWN: &str = "own";

/// The words of the setting, and in front of the last one, which is none, a model of one's choice.
const RULES: [(&str, Text); 4] = {
    let [auto, chat, off] = TITLE_MODEL.words else { panic!("the setting has three words") };
    [
        (auto.value, Text::word(auto)),
        (chat.value, Text::word(chat)),
        (OWN, settings::TITLES_OWN),
        (off.value, Text::word(off)),
    ]
};

/// The rule that a stored value follows: itself, or a model of one's choice.
fn rule(value: &str) -> &'static str {
    RULES.iter().map(|(rule, _)| *rule).find(|rule| *rule == value).unwrap_or(OWN)
}

/// The setting.
#[component]
pub fn TitlesRow() -> AnyView {
    let store = use_settings();
    let setting = store.find(TITLE_MODEL.key);
    let (saving, choosing) = (RwSignal::new(Saving::Idle), RwSignal::new(false));
    let stored = memo(move || {
        setting.get().and_then(|setting| setting.value.as_str().map(str::to_owned)).unwrap_or(TITLES_AUTO.to_owned())
    });
    let chosen = memo(move || if choosing.get() { OWN } else { rule(&stored.read()) });
    let save = move |value: String| {
        spawn_local(async move { note(saving, store.set(TITLE_MODEL.key, SetSetting { value: value.into() }).await) });
    };
    // A model of one's choice is stored once it is chosen.
    let choose = move |rule: String| {
        choosing.set(rule == OWN);
        if rule != OWN {
            save(rule);
        }
    };
    let model = Signal::derive(move || stored.with(|stored| (rule(stored) == OWN).then(|| ModelId::from(&stored[..]))));
    let pick = move |id: Option<ModelId>| {
        choosing.set(false);
        save(id.map_or_else(|| TITLES_AUTO.to_owned(), |id| id.to_string()));
    };
    let picker = move || {
        (chosen.get() == OWN).then(|| view! { <ModelValue none=chat::CHOOSE_MODEL value=model on_choose=pick/> })
    };
    view! {
        <SettingRow id=TITLE_MODEL.id label=t(Text::name(&TITLE_MODEL)) text=t(Text::sentence(&TITLE_MODEL)) saving>
            <div class="setting-choice">
                <Select
                    id="titles-rule"
                    label=t(Text::name(&TITLE_MODEL))
                    label_hidden=true
                    options=RULES.map(|(rule, text)| (rule.to_owned(), TextProp::from(t(text)))).to_vec()
                    value=Signal::derive(move || chosen.get().to_owned())
                    on_change=choose
                />
                {draw(picker)}
            </div>
        </SettingRow>
    }
    .into_any()
}

#[cfg(test)]
mod tests {
    use super::*;
    use shared::settings::{TITLES_BY_CHAT, TITLES_OFF};

    #[test]
    fn whatever_is_no_rule_is_a_model() {
        assert_eq!(
            [TITLES_AUTO, TITLES_BY_CHAT, TITLES_OFF, "0198-abc"].map(rule),
            [TITLES_AUTO, TITLES_BY_CHAT, TITLES_OFF, OWN]
        );
    }
}
