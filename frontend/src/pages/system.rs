//! `/settings/system`: what applies to everybody on this server.

use crate::components::model_setting::DefaultModelRow;
use crate::components::setting_row::{Saving, SettingRow, note};
use crate::components::text_row::{Done, TextRow};
use crate::components::ui::{Button, ErrorCard, FieldKind, Skeleton, Switch, TextField};
use crate::i18n::{Text, common, fill, say, settings, t};
use crate::pages::settings::SectionHead;
use crate::reactive::{draw, memo};
use crate::state::load::Load;
use crate::state::settings::use_settings;
use crate::state::typed::{follows, settle};
use brand::{ColourRow, LogoRow};
use factor_rule::FactorRuleRow;
use leptos::prelude::*;
use leptos::task::spawn_local;
use public_url::PublicUrlRow;
use shared::limits::MAX_NAME_CHARS;
use shared::settings::{
    BRAND_NAME, CONTEXT_TOKENS, CONTEXT_TOKENS_RANGE, FILE_QUOTA_MIB, FILE_QUOTA_MIB_RANGE, PERSONAL_CONNECTIONS,
    REFRESH_HOURS, REFRESH_HOURS_RANGE, REGISTRATION, RUNS_PER_USER, RUNS_PER_USER_RANGE, SYSTEM_PROMPT, SetSetting,
    SettingView,
};
use std::ops::RangeInclusive;
use titles::TitlesRow;

pub mod brand;
pub mod factor_rule;
pub mod public_url;
pub mod titles;

/// The settings of the system.
#[component]
pub fn SystemPage() -> AnyView {
    let store = use_settings();
    store.watch();
    let load = store.load();
    let body = move || match load.get() {
        Load::Waiting => view! { <Skeleton rows=4/> }.into_any(),
        Load::Failed(error) => view! { <ErrorCard error on_retry=move || store.reload()/> }.into_any(),
        Load::Ready => view! { <Rows/> }.into_any(),
    };
    view! {
        <SectionHead title=settings::SYSTEM text=settings::SYSTEM_TEXT/>
        {draw(body)}
    }
    .into_any()
}

#[component]
fn Rows() -> AnyView {
    view! {
        <LineRow id="brand-name" key=BRAND_NAME label=settings::BRAND_NAME text=settings::BRAND_NAME_TEXT range=None/>
        <LogoRow/>
        <ColourRow/>
        <SwitchRow id="registration" key=REGISTRATION label=settings::REGISTRATION text=settings::REGISTRATION_TEXT/>
        <LineRow
            id="context-tokens"
            key=CONTEXT_TOKENS
            label=settings::CONTEXT_TOKENS
            text=settings::CONTEXT_TOKENS_TEXT
            range=Some(CONTEXT_TOKENS_RANGE)
        />
        <LineRow
            id="runs-per-user"
            key=RUNS_PER_USER
            label=settings::RUNS_PER_USER
            text=settings::RUNS_PER_USER_TEXT
            range=Some(RUNS_PER_USER_RANGE)
        />
        <InstructionsRow/>
        <DefaultModelRow/>
        <TitlesRow/>
        <SwitchRow id="personal" key=PERSONAL_CONNECTIONS label=settings::PERSONAL text=settings::PERSONAL_TEXT/>
        <FactorRuleRow/>
        <LineRow
            id="file-quota"
            key=FILE_QUOTA_MIB
            label=settings::FILE_QUOTA
            text=settings::FILE_QUOTA_TEXT
            range=Some(FILE_QUOTA_MIB_RANGE)
        />
        <LineRow
            id="refresh-hours"
            key=REFRESH_HOURS
            label=settings::REFRESH_HOURS
            text=settings::REFRESH_HOURS_TEXT
            range=Some(REFRESH_HOURS_RANGE)
        />
        <PublicUrlRow/>
    }
    .into_any()
}

/// A setting that is on or off, saved at once.
#[component]
fn SwitchRow(id: &'static str, key: &'static str, label: Text, text: Text) -> AnyView {
    let store = use_settings();
    let setting = store.find(key);
    let saving = RwSignal::new(Saving::Idle);
    let on = Signal::derive(move || setting.get().and_then(|setting| setting.value.as_bool()).unwrap_or(false));
    let toggle = move |wish: bool| {
        spawn_local(async move { note(saving, store.set(key, SetSetting { value: wish.into() }).await) });
    };
    view! {
        <SettingRow id label=t(label) text=t(text) saving>
            <Switch label=t(label) on on_toggle=toggle/>
        </SettingRow>
    }
    .into_any()
}

/// What every model is told in every chat.
#[component]
fn InstructionsRow() -> AnyView {
    let store = use_settings();
    let setting = store.find(SYSTEM_PROMPT);
    let stored = memo(move || setting.get().as_ref().map(shown).unwrap_or_default());
    let save = Callback::new(move |(text, done): (String, Done)| {
        spawn_local(async move { done.run(store.set(SYSTEM_PROMPT, SetSetting { value: text.into() }).await) });
    });
    view! {
        <TextRow id="instructions" label=settings::INSTRUCTIONS text=settings::INSTRUCTIONS_TEXT stored on_save=save/>
    }
    .into_any()
}

/// The value as it stands in its field.
fn shown(setting: &SettingView) -> String {
    setting.value.as_str().map_or_else(|| setting.value.to_string(), str::to_owned)
}

/// What to send for a typed value: a name, or a number within `range`. None breaks the rule.
fn parsed(typed: &str, range: Option<&RangeInclusive<u32>>) -> Option<SetSetting> {
    let typed = typed.trim();
    match range {
        None => (1..=MAX_NAME_CHARS).contains(&typed.chars().count()).then(|| SetSetting { value: typed.into() }),
        Some(range) => {
            // Digits are often grouped when they are pasted.
            let plain: String = typed.chars().filter(|c| !matches!(c, ' ' | ',' | '_')).collect();
            let number = plain.parse().ok().filter(|number| range.contains(number))?;
            Some(SetSetting { value: number.into() })
        }
    }
}

/// A number with its digits in groups of three.
fn grouped(number: u32) -> String {
    let digits = number.to_string();
    let mut out = String::with_capacity(digits.len() + 3);
    for (index, digit) in digits.chars().enumerate() {
        if index > 0 && (digits.len() - index).is_multiple_of(3) {
            out.push(',');
        }
        out.push(digit);
    }
    out
}

fn rule(range: Option<&RangeInclusive<u32>>) -> String {
    match range {
        None => say(settings::NAME_RULE).to_owned(),
        Some(range) => {
            fill(settings::NUMBER_RULE, &[("low", &grouped(*range.start())), ("high", &grouped(*range.end()))])
        }
    }
}

/// A setting that is a name or a number. Typing shows a button; nothing is stored before it is pressed.
#[component]
fn LineRow(
    id: &'static str,
    key: &'static str,
    label: Text,
    text: Text,
    range: Option<RangeInclusive<u32>>,
) -> AnyView {
    let store = use_settings();
    let setting = store.find(key);
    let stored = memo(move || setting.get().as_ref().map(shown).unwrap_or_default());
    let typed = follows(id, stored);
    let (saving, busy) = (RwSignal::new(Saving::Idle), RwSignal::new(false));
    let changed = memo(move || typed.with(|typed| typed.trim() != stored.read().as_str()));
    let range = StoredValue::new(range);
    let wish = move || typed.with(|typed| range.with_value(|range| parsed(typed, range.as_ref())));
    let error = Signal::derive(move || {
        (changed.get() && wish().is_none()).then(|| range.with_value(|range| rule(range.as_ref())))
    });
    let save = move |event: web_sys::SubmitEvent| {
        event.prevent_default();
        let Some(change) = untrack(wish).filter(|_| !busy.get_untracked()) else { return };
        let sent = typed.get_untracked();
        busy.set(true);
        spawn_local(async move {
            let result = store.set(key, change).await;
            busy.try_set(false);
            if result.is_ok() {
                settle(typed, &sent, &stored.try_get_untracked().unwrap_or_else(|| sent.clone()));
            }
            note(saving, result);
        });
    };
    let kind = range.with_value(|range| if range.is_some() { FieldKind::Number } else { FieldKind::Text });
    view! {
        <SettingRow id label=t(label) text=t(text) saving>
            <form class="setting-line" novalidate on:submit=save>
                <TextField id=format!("{id}-field") label=t(label) kind value=typed error/>
                {move || changed.get().then(|| view! { <Button label=t(common::SAVE) submit=true busy/> })}
            </form>
        </SettingRow>
    }
    .into_any()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_taken_grouped_and_held_inside_their_range() {
        let range = 1_000..=10_000_000;
        assert_eq!(parsed(" 32,000 ", Some(&range)), Some(SetSetting { value: 32_000.into() }));
        for bad in ["", "999", "10000001", "many", "1.5", "-1"] {
            assert_eq!(parsed(bad, Some(&range)), None, "{bad}");
        }
    }

    #[test]
    fn digits_are_grouped_by_three() {
        assert_eq!([1, 1_000, 10_000_000].map(grouped), ["1", "1,000", "10,000,000"]);
    }

    #[test]
    fn a_name_is_trimmed_and_never_empty() {
        assert_eq!(parsed(" Team ", None), Some(SetSetting { value: "Team".into() }));
        assert_eq!(parsed("  ", None), None);
        assert_eq!(parsed(&"x".repeat(101), None), None);
    }

    #[test]
    fn a_value_is_shown_as_it_is_typed() {
        let setting = |value| SettingView { key: String::new(), value, default: true.into() };
        assert_eq!(shown(&setting("Team".into())), "Team");
        assert_eq!(shown(&setting(32_000.into())), "32000");
    }
}
