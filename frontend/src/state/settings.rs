//! The settings of the system, as administrators see them. Values stay JSON, which is what the server types them from.

use crate::reactive::memo;
use crate::state::account::Account;
use crate::state::load::Load;
use crate::{api, look};
use leptos::ev;
use leptos::prelude::*;
use leptos::task::spawn_local;
use shared::settings::{SetSetting, SettingView};
use shared::{ApiError, Page};

/// The plain state.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct SettingsState {
    /// Where the list stands.
    pub load: Load,
    /// Every setting.
    pub items: Vec<SettingView>,
}

impl SettingsState {
    /// Takes in the list.
    pub fn replace(&mut self, answer: Result<Page<SettingView>, ApiError>) {
        match answer {
            Ok(page) => {
                self.load = Load::Ready;
                self.items = page.items;
            }
            // What is on the screen, and what is typed there, is still right; the next connection asks again.
            Err(_) if self.load == Load::Ready => {}
            Err(error) => self.load = Load::Failed(error),
        }
    }

    /// Takes in one changed setting.
    pub fn put(&mut self, setting: SettingView) {
        match self.items.iter_mut().find(|known| known.key == setting.key) {
            Some(known) => *known = setting,
            None => self.items.push(setting),
        }
    }

    /// The setting with this key.
    #[must_use]
    pub fn find(&self, key: &str) -> Option<&SettingView> {
        self.items.iter().find(|setting| setting.key == key)
    }
}

/// Settings as the interface reads and changes them.
#[derive(Clone, Copy)]
pub struct Settings {
    state: RwSignal<SettingsState>,
    /// Asks for the list, while somebody looks at it.
    again: StoredValue<Option<fn(Self)>>,
    /// Counts questions.
    asked: StoredValue<u32>,
    account: Account,
}

impl Settings {
    /// Where the list stands; tracked.
    #[must_use]
    pub fn load(self) -> Memo<Load> {
        memo(move || self.state.with(|state| state.load.clone()))
    }

    /// One setting; tracked.
    #[must_use]
    pub fn find(self, key: &'static str) -> Memo<Option<SettingView>> {
        memo(move || self.state.with(|state| state.find(key).cloned()))
    }

    /// Loads the list and keeps it fresh as long as the caller lives.
    pub fn watch(self) {
        // Kept as an address, so that reading the list is fetched with the pages that show it (`crate::later`).
        self.again.set_value(Some(Self::reload));
        on_cleanup(move || self.again.set_value(None));
        self.reload();
    }

    /// Something changed elsewhere (`settings.changed`): the name for everybody, the list for whoever looks at it.
    pub fn invalidate(self) {
        self.look();
        if let Some(again) = self.again.get_value() {
            again(self);
        }
    }

    /// What everybody sees of the settings: the name of the server, what is announced, whether people may connect models or
    /// have answers traced.
    fn look(self) {
        spawn_local(self.account.ask_again());
    }

    /// Asks for the list.
    pub fn reload(self) {
        let number = self.asked.get_value() + 1;
        self.asked.set_value(number);
        spawn_local(async move {
            let answer = api::settings::list().await;
            // Only the answer to the last question counts.
            if self.asked.get_value() == number {
                self.state.update(|state| state.replace(answer));
            }
        });
    }

    /// Changes one setting.
    ///
    /// # Errors
    /// As the server refuses: out of range, or fixed by the environment.
    pub async fn set(self, key: &str, change: SetSetting) -> api::ApiResult<()> {
        let setting = api::settings::set(key, &change).await?;
        self.state.update(|state| state.put(setting));
        self.look();
        Ok(())
    }
}

/// Makes settings available below. Expects the account.
pub fn provide_settings(account: Account) -> Settings {
    let state = RwSignal::new(SettingsState::default());
    let settings = Settings { state, again: StoredValue::new(None), asked: StoredValue::new(0), account };
    // A tab at the door, or one that hears nothing just now, learns of a new brand from the others of this browser.
    let told = window_event_listener(ev::storage, move |event| {
        if event.key().as_deref() == Some(look::KEPT) {
            settings.look();
        }
    });
    on_cleanup(move || told.remove());
    provide_context(settings);
    settings
}

/// Settings.
#[must_use]
pub fn use_settings() -> Settings {
    expect_context()
}

#[cfg(test)]
mod tests {
    use super::*;
    use shared::settings::Kind;

    fn setting(key: &str, value: bool) -> SettingView {
        SettingView { key: key.to_owned(), kind: Kind::Switch, value: value.into(), default: true.into(), locked: None }
    }

    #[test]
    fn a_changed_setting_takes_its_old_place() {
        let mut state = SettingsState::default();
        state.replace(Ok(Page { items: vec![setting("a", true), setting("b", true)], next: None }));
        state.put(setting("a", false));
        assert_eq!(state.items, [setting("a", false), setting("b", true)]);
    }

    #[test]
    fn a_failed_question_keeps_what_is_known() {
        let mut state = SettingsState::default();
        state.replace(Ok(Page { items: vec![setting("a", true)], next: None }));
        state.replace(Err(ApiError::default()));
        assert!(state.find("a").is_some() && state.load == Load::Ready, "no form leaves the screen for it");
        let mut state = SettingsState::default();
        state.replace(Err(ApiError::default()));
        assert!(matches!(state.load, Load::Failed(_)));
    }
}
