//! Language and colours: chosen on this device, before and after sign-in, and kept with the account.

use crate::api;
use crate::{dom, i18n, storage};
use leptos::prelude::*;
use leptos::task::spawn_local;
use shared::accounts::{Theme, UpdateMe, User};
use shared::error::Language;

/// What one person prefers.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Choice {
    /// The language, or the browser's.
    pub language: Option<Language>,
    /// The colours.
    pub theme: Theme,
}

impl Choice {
    /// What this device remembers.
    #[must_use]
    pub fn from_stored(language: Option<&str>, theme: Option<&str>) -> Self {
        let theme = [Theme::Light, Theme::Dark].into_iter().find(|known| theme == Some(known.as_str()));
        Self { language: language.map(Language::from_tag), theme: theme.unwrap_or_default() }
    }

    /// The account's choice wins over the device's where it made one.
    #[must_use]
    pub fn with_account(self, user: &User) -> Self {
        Self { language: user.language.or(self.language), theme: user.theme }
    }

    /// The account's choice, but for what was just chosen at the door.
    #[must_use]
    pub fn with_chosen(self, user: &User, chosen: &UpdateMe) -> Self {
        let Self { language, theme } = self.with_account(user);
        Self { language: chosen.language.or(language), theme: chosen.theme.unwrap_or(theme) }
    }

    /// The language to speak: the chosen one, else the first of the browser's.
    #[must_use]
    pub fn spoken(self, browser: &str) -> Language {
        self.language.unwrap_or_else(|| Language::from_tag(browser))
    }
}

/// Preferences as the interface reads and changes them.
#[derive(Clone, Copy)]
pub struct Preferences {
    choice: RwSignal<Choice>,
    signed_in: RwSignal<bool>,
    /// Whether the language was chosen at the door: then the account takes it over, not the other way round.
    language_at_the_door: RwSignal<bool>,
    /// Whether the colours were.
    theme_at_the_door: RwSignal<bool>,
}

impl Preferences {
    /// The language now; tracked.
    #[must_use]
    pub fn language(self) -> Language {
        i18n::language()
    }

    /// The chosen colours; tracked.
    #[must_use]
    pub fn theme(self) -> Theme {
        self.choice.get().theme
    }

    /// Changes the language at once, on this device and in the account.
    pub fn set_language(self, language: Language) {
        self.keep(Choice { language: Some(language), ..self.choice.get_untracked() });
        self.save(UpdateMe { language: Some(language), ..UpdateMe::default() });
    }

    /// Changes the colours at once, on this device and in the account.
    pub fn set_theme(self, theme: Theme) {
        self.keep(Choice { theme, ..self.choice.get_untracked() });
        self.save(UpdateMe { theme: Some(theme), ..UpdateMe::default() });
    }

    /// Takes over what the account prefers, unless the person has just chosen something else at the door.
    pub fn adopt(self, user: Option<&User>) {
        self.signed_in.set(user.is_some());
        let Some(user) = user else { return };
        let here = self.choice.get_untracked();
        let chosen = UpdateMe {
            language: here.language.filter(|_| self.language_at_the_door.get_untracked()),
            theme: self.theme_at_the_door.get_untracked().then_some(here.theme),
            ..UpdateMe::default()
        };
        self.keep(here.with_chosen(user, &chosen));
        if chosen != UpdateMe::default() {
            self.language_at_the_door.set(false);
            self.theme_at_the_door.set(false);
            self.save(chosen);
        }
    }

    fn keep(self, choice: Choice) {
        if self.choice.get_untracked() != choice {
            self.choice.set(choice);
        }
        show(choice);
        storage::write(storage::THEME, choice.theme.as_str());
        if let Some(language) = choice.language {
            storage::write(storage::LANGUAGE, language.tag());
        }
    }

    /// The device keeps the choice either way, so a failure to store it elsewhere needs no word.
    fn save(self, change: UpdateMe) {
        if self.signed_in.get_untracked() {
            spawn_local(async move { drop(api::auth::update_me(&change).await) });
        } else {
            let chosen = if change.language.is_some() { self.language_at_the_door } else { self.theme_at_the_door };
            chosen.set(true);
        }
    }
}

/// Puts the choice on the page. `data-theme` is absent for the device's own colours, which the style sheet follows.
fn show(choice: Choice) {
    let browser = web_sys::window().and_then(|window| window.navigator().language()).unwrap_or_default();
    let language = choice.spoken(&browser);
    i18n::set_language(language);
    dom::set_root_attribute("lang", if language == Language::ZhCn { "zh-Hans" } else { "en" });
    dom::set_root_attribute("data-theme", choice.theme.as_str());
}

/// Reads this device's choice, applies it, and makes it available below.
pub fn provide_preferences() -> Preferences {
    let choice =
        Choice::from_stored(storage::read(storage::LANGUAGE).as_deref(), storage::read(storage::THEME).as_deref());
    show(choice);
    let preferences = Preferences {
        choice: RwSignal::new(choice),
        signed_in: RwSignal::new(false),
        language_at_the_door: RwSignal::new(false),
        theme_at_the_door: RwSignal::new(false),
    };
    provide_context(preferences);
    preferences
}

/// Language and colours.
#[must_use]
pub fn use_preferences() -> Preferences {
    expect_context()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_unknown_stored_theme_follows_the_device() {
        assert_eq!(Choice::from_stored(None, Some("sepia")), Choice::default());
        assert_eq!(Choice::from_stored(Some("zh-CN"), Some("dark")).theme, Theme::Dark);
    }

    #[test]
    fn without_a_choice_the_browser_decides_the_language() {
        assert_eq!(Choice::default().spoken("zh-TW"), Language::ZhCn);
        assert_eq!(Choice::default().spoken("fr"), Language::En);
        assert_eq!(Choice { language: Some(Language::En), theme: Theme::Dark }.spoken("zh-CN"), Language::En);
    }

    #[test]
    fn a_language_chosen_at_the_door_leaves_the_accounts_colours_alone() {
        let user = User {
            id: "u".into(),
            username: "ada".into(),
            role: shared::accounts::UserRole::User,
            status: shared::accounts::UserStatus::Active,
            reason: None,
            must_change_password: false,
            second_factor: false,
            passwordless: false,
            language: Some(Language::En),
            theme: Theme::Dark,
            about: None,
            default_model: None,
            avatar: None,
            created_at: String::new(),
            last_login_at: None,
        };
        let chosen = UpdateMe { language: Some(Language::ZhCn), ..UpdateMe::default() };
        let choice = Choice::default().with_chosen(&user, &chosen);
        assert_eq!(choice, Choice { language: Some(Language::ZhCn), theme: Theme::Dark });
    }
}
