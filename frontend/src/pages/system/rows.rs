//! Rows of settings, one for each type: a switch, a number or a line, a text, a choice, and what a variable fixes.

use crate::components::setting_row::{Lock, Saving, SettingRow, note};
use crate::components::text_row::{Done, TextRow};
use crate::components::ui::{Button, FieldKind, Select, Switch, TextField};
use crate::i18n::{Text, common, fill, language, settings, t};
use crate::reactive::memo;
use crate::state::settings::use_settings;
use crate::state::typed::{follows, settle};
use leptos::prelude::*;
use leptos::task::spawn_local;
use leptos::text_prop::TextProp;
use shared::budgets::parse_money;
use shared::settings::fields::{Field, SYSTEM_PROMPT};
use shared::settings::kind::decimal;
use shared::settings::{Kind, SetSetting, SettingView};

/// A setting that is on or off, saved at once.
#[component]
pub fn SwitchRow(
    /// Which one.
    field: &'static Field,
) -> AnyView {
    let store = use_settings();
    let setting = store.find(field.key);
    let saving = RwSignal::new(Saving::Idle);
    let on = Signal::derive(move || setting.get().and_then(|setting| setting.value.as_bool()).unwrap_or(false));
    let toggle = move |wish: bool| {
        spawn_local(async move { note(saving, store.set(field.key, SetSetting { value: wish.into() }).await) });
    };
    let label = t(Text::name(field));
    view! {
        <SettingRow id=field.id label text=t(Text::sentence(field)) saving>
            <Switch label on on_toggle=toggle/>
        </SettingRow>
    }
    .into_any()
}

/// A setting that is one of a few words, saved at once.
#[component]
pub fn ChoiceRow(
    /// Which one.
    field: &'static Field,
    /// The words.
    words: Vec<String>,
) -> AnyView {
    let store = use_settings();
    let setting = store.find(field.key);
    let saving = RwSignal::new(Saving::Idle);
    let value = Signal::derive(move || setting.get().as_ref().map(shown).unwrap_or_default());
    let choose = move |value: String| {
        spawn_local(async move { note(saving, store.set(field.key, SetSetting { value: value.into() }).await) });
    };
    let label = t(Text::name(field));
    let options = words.into_iter().map(|word| (word.clone(), worded(field, word))).collect::<Vec<_>>();
    view! {
        <SettingRow id=field.id label text=t(Text::sentence(field)) saving>
            <Select id=format!("{}-field", field.id) label label_hidden=true options value on_change=choose/>
        </SettingRow>
    }
    .into_any()
}

/// A word as people read it.
fn worded(field: &Field, word: String) -> TextProp {
    match field.words.iter().find(|known| known.value == word) {
        Some(known) => TextProp::from(t(Text::word(known))),
        None => TextProp::from(word),
    }
}

/// A setting that is a text of several lines.
#[component]
pub fn ParagraphRow(
    /// Which one.
    field: &'static Field,
    /// Most characters.
    most: u32,
) -> AnyView {
    let store = use_settings();
    let setting = store.find(field.key);
    let stored = memo(move || setting.get().as_ref().map(shown).unwrap_or_default());
    let save = Callback::new(move |(text, done): (String, Done)| {
        spawn_local(async move { done.run(store.set(field.key, SetSetting { value: text.into() }).await) });
    });
    let is_told = field.key == SYSTEM_PROMPT.key;
    view! {
        <TextRow
            id=field.id
            label=Text::name(field)
            text=Text::sentence(field)
            stored
            on_save=save
            most=most as usize
            is_told
        />
    }
    .into_any()
}

/// A setting that a variable fixes: its value, and who says so.
#[component]
pub fn FixedRow(
    /// Which one.
    field: &'static Field,
    /// What it holds.
    kind: Kind,
    /// The variable.
    variable: String,
) -> AnyView {
    let setting = use_settings().find(field.key);
    let value = move || {
        let value = setting.get().as_ref().map(shown).unwrap_or_default();
        match unit(&kind) {
            Some(unit) => format!("{value} {unit}"),
            None => value,
        }
    };
    view! {
        <SettingRow id=field.id label=t(Text::name(field)) text=t(Text::sentence(field))>
            <div class="setting-facts">
                <p>{value}</p>
                <Lock variable/>
            </div>
        </SettingRow>
    }
    .into_any()
}

/// A setting that is a line or a number. Typing shows a button; nothing is stored before it is pressed.
#[component]
pub fn LineRow(
    /// Which one.
    field: &'static Field,
    /// What it holds.
    kind: Kind,
) -> AnyView {
    let store = use_settings();
    let setting = store.find(field.key);
    let stored = memo(move || setting.get().as_ref().map(shown).unwrap_or_default());
    let typed = follows(field.id, stored);
    let (saving, busy) = (RwSignal::new(Saving::Idle), RwSignal::new(false));
    let changed = memo(move || typed.with(|typed| typed.trim() != stored.read().as_str()));
    let kind = StoredValue::new(kind);
    let wish = move || typed.with(|typed| kind.with_value(|kind| parsed(typed, kind)));
    let error = Signal::derive(move || (changed.get() && wish().is_none()).then(|| kind.with_value(rule)));
    let save = move |event: web_sys::SubmitEvent| {
        event.prevent_default();
        let Some(change) = untrack(wish).filter(|_| !busy.get_untracked()) else { return };
        let sent = typed.get_untracked();
        busy.set(true);
        spawn_local(async move {
            let result = store.set(field.key, change).await;
            busy.try_set(false);
            if result.is_ok() {
                settle(typed, &sent, &stored.try_get_untracked().unwrap_or_else(|| sent.clone()));
            }
            note(saving, result);
        });
    };
    let takes = kind.with_value(|kind| match kind {
        Kind::Number { .. } => FieldKind::Number,
        _ => FieldKind::Text,
    });
    let label = t(Text::name(field));
    view! {
        <SettingRow id=field.id label text=t(Text::sentence(field)) saving>
            <form class="setting-line" novalidate on:submit=save>
                <TextField id=format!("{}-field", field.id) label kind=takes value=typed error/>
                {move || kind.with_value(unit).map(|unit| view! { <span class="setting-unit">{unit}</span> })}
                {move || changed.get().then(|| view! { <Button label=t(common::SAVE) submit=true busy/> })}
            </form>
        </SettingRow>
    }
    .into_any()
}

/// What a number counts, in the reader's language; tracked.
fn unit(kind: &Kind) -> Option<&'static str> {
    match kind {
        Kind::Number { unit, .. } => Some(unit.name(language())),
        _ => None,
    }
}

/// The value as it stands in its field.
fn shown(setting: &SettingView) -> String {
    setting.value.as_str().map_or_else(|| setting.value.to_string(), str::to_owned)
}

/// What to send for a typed value. None breaks the rule.
fn parsed(typed: &str, kind: &Kind) -> Option<SetSetting> {
    let typed = typed.trim();
    match kind {
        Kind::Number { least, most, .. } => {
            // Digits are often grouped when they are pasted.
            let plain: String = typed.chars().filter(|c| !matches!(c, ' ' | ',' | '_')).collect();
            let number: u32 = plain.parse().ok().filter(|number| (*least..=*most).contains(number))?;
            Some(SetSetting { value: number.into() })
        }
        Kind::Decimal { least, most } => {
            let number = parse_money(typed).filter(|nano| nano % 1_000 == 0)?;
            (*least..=*most).contains(&(number / 1_000)).then_some(())?;
            Some(SetSetting { value: typed.parse::<f64>().ok()?.into() })
        }
        // Which zones there are the server knows.
        Kind::Zone => Some(SetSetting { value: typed.into() }),
        Kind::Line { least, most } => {
            let count = u32::try_from(typed.chars().count()).ok()?;
            (*least..=*most).contains(&count).then(|| SetSetting { value: typed.into() })
        }
        _ => None,
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

fn rule(kind: &Kind) -> String {
    match kind {
        Kind::Number { least, most, .. } => {
            fill(settings::NUMBER_RULE, &[("low", &grouped(*least)), ("high", &grouped(*most))])
        }
        Kind::Decimal { least, most } => {
            fill(settings::NUMBER_RULE, &[("low", &decimal(*least)), ("high", &decimal(*most))])
        }
        Kind::Line { least, most } => {
            fill(settings::LINE_RULE, &[("low", &grouped(*least)), ("high", &grouped(*most))])
        }
        _ => String::new(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use shared::settings::kind::Unit;

    #[test]
    fn numbers_are_taken_grouped_and_held_inside_their_range() {
        let kind = Kind::Number { least: 1_000, most: 10_000_000, unit: Unit::Tokens };
        assert_eq!(parsed(" 32,000 ", &kind), Some(SetSetting { value: 32_000.into() }));
        for bad in ["", "999", "10000001", "many", "1.5", "-1"] {
            assert_eq!(parsed(bad, &kind), None, "{bad}");
        }
    }

    #[test]
    fn a_rate_has_six_decimals_at_most() {
        let kind = Kind::Decimal { least: 10_000, most: 1_000_000_000 };
        assert_eq!(parsed("7.1", &kind), Some(SetSetting { value: 7.1.into() }));
        for bad in ["", "0", "0.001", "1001", "seven", "7.1234567", "-7"] {
            assert_eq!(parsed(bad, &kind), None, "{bad}");
        }
        assert_eq!(rule(&kind).matches("1000").count(), 1);
    }

    #[test]
    fn digits_are_grouped_by_three() {
        assert_eq!([1, 1_000, 10_000_000].map(grouped), ["1", "1,000", "10,000,000"]);
    }

    #[test]
    fn a_line_is_trimmed_and_held_inside_its_limits() {
        let kind = Kind::Line { least: 1, most: 100 };
        assert_eq!(parsed(" Team ", &kind), Some(SetSetting { value: "Team".into() }));
        assert_eq!(parsed("  ", &kind), None);
        assert_eq!(parsed(&"x".repeat(101), &kind), None);
    }

    #[test]
    fn a_value_is_shown_as_it_is_typed() {
        let setting =
            |value| SettingView { key: String::new(), kind: Kind::Switch, value, default: true.into(), locked: None };
        assert_eq!(shown(&setting("Team".into())), "Team");
        assert_eq!(shown(&setting(32_000.into())), "32000");
    }
}
