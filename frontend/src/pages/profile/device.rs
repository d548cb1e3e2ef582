//! What a person sets for this browser alone: how large everything is, whether shortcuts work, whether answers say what
//! they took.

use crate::components::message::figures;
use crate::components::setting_row::SettingRow;
use crate::components::ui::{Button, ButtonKind, Segmented, Switch};
use crate::i18n::{brand, shortcuts as words, t, usage};
use crate::shortcuts::use_shortcuts;
use crate::{look, storage};
use leptos::prelude::*;
use leptos::text_prop::TextProp;

/// The kept size in percent; none is 100. The page's own script reads it before the program is here.
const SCALE: &str = "aichat.scale";
const SCALES: [&str; 4] = ["100", "110", "125", "150"];

fn known(stored: Option<&str>) -> &'static str {
    SCALES.into_iter().find(|scale| stored == Some(scale)).unwrap_or(SCALES[0])
}

/// How large everything is.
#[component]
pub fn ScaleRow() -> AnyView {
    let scale = RwSignal::new(known(storage::read(SCALE).as_deref()));
    let choose = move |chosen: &'static str| {
        scale.set(chosen);
        storage::write(SCALE, chosen);
        look::size();
    };
    let options = SCALES.map(|scale| (scale, TextProp::from(format!("{scale} %")))).to_vec();
    view! {
        <SettingRow id="scale" label=t(brand::SCALE) text=t(brand::SCALE_TEXT)>
            <Segmented id="choose-scale" label=t(brand::SCALE) options value=Signal::from(scale) on_change=choose/>
        </SettingRow>
    }
    .into_any()
}

/// Whether shortcuts work, and the way to all of them.
#[component]
pub fn ShortcutsRow() -> AnyView {
    let shortcuts = use_shortcuts();
    view! {
        <SettingRow id="shortcuts" label=t(words::SWITCH) text=t(words::SWITCH_TEXT)>
            <Button label=t(words::SHOW) kind=ButtonKind::Quiet on_press=move || shortcuts.overview.set(true)/>
            <Switch
                label=t(words::SWITCH)
                on=Signal::derive(move || shortcuts.is_on())
                on_toggle=move |on| shortcuts.switch(on)
            />
        </SettingRow>
    }
    .into_any()
}

/// Whether answers say what they took.
#[component]
pub fn FiguresRow() -> AnyView {
    let wanted = RwSignal::new(figures::are_wanted());
    let toggle = move |on: bool| {
        wanted.set(on);
        figures::want(on);
    };
    view! {
        <SettingRow id="usage-line" label=t(usage::LINE) text=t(usage::LINE_TEXT)>
            <Switch label=t(usage::LINE) on=Signal::from(wanted) on_toggle=toggle/>
        </SettingRow>
    }
    .into_any()
}

#[cfg(test)]
mod tests {
    use super::known;

    #[test]
    fn an_unknown_size_is_the_usual_one() {
        assert_eq!([Some("125"), Some("900"), None].map(known), ["125", "100", "100"]);
    }
}
