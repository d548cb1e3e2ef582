//! The choice of language and of colours, as it stands at the door and on the profile page.

use crate::components::ui::Segmented;
use crate::i18n::{common, t};
use crate::state::preferences::use_preferences;
use leptos::prelude::*;
use leptos::text_prop::TextProp;
use shared::accounts::Theme;
use shared::error::Language;

/// Chooses the language. Each is named in itself.
#[component]
pub fn LanguageChoice(
    /// Its id.
    id: &'static str,
) -> AnyView {
    let preferences = use_preferences();
    let options = vec![(Language::ZhCn.tag(), TextProp::from("中文")), (Language::En.tag(), TextProp::from("English"))];
    let value = Signal::derive(move || preferences.language().tag());
    let choose = move |tag: &'static str| preferences.set_language(Language::from_tag(tag));
    view! { <Segmented id label=t(common::LANGUAGE) options value on_change=choose/> }.into_any()
}

/// Chooses the colours.
#[component]
pub fn ThemeChoice(
    /// Its id.
    id: &'static str,
) -> AnyView {
    let preferences = use_preferences();
    let themes =
        [(Theme::System, common::THEME_SYSTEM), (Theme::Light, common::THEME_LIGHT), (Theme::Dark, common::THEME_DARK)];
    let options = themes.iter().map(|(theme, text)| (theme.as_str(), TextProp::from(t(*text)))).collect();
    let value = Signal::derive(move || preferences.theme().as_str());
    let choose = move |word: &'static str| {
        let chosen = themes.iter().find(|(theme, _)| theme.as_str() == word);
        preferences.set_theme(chosen.map(|(theme, _)| *theme).unwrap_or_default());
    };
    view! { <Segmented id label=t(common::THEME) options value on_change=choose/> }.into_any()
}
