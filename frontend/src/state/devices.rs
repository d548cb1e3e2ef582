//! The logins of the signed-in person: where they are signed in.

use crate::api;
use crate::state::load::Load;
use leptos::prelude::*;
use leptos::task::spawn_local;
use shared::accounts::LoginInfo;
use shared::{ApiError, ErrorCode, LoginId, Page};

/// The plain state.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct DevicesState {
    /// Where the list stands.
    pub load: Load,
    /// The logins, last used first.
    pub items: Vec<LoginInfo>,
}

impl DevicesState {
    /// Takes in the list.
    pub fn replace(&mut self, answer: Result<Page<LoginInfo>, ApiError>) {
        match answer {
            Ok(page) => (self.load, self.items) = (Load::Ready, page.items),
            Err(error) => self.load = Load::Failed(error),
        }
    }

    /// Takes out a login that is over.
    pub fn remove(&mut self, id: &LoginId) {
        self.items.retain(|login| login.id != *id);
    }

    /// Takes out all logins but the one of this browser.
    pub fn keep_current(&mut self) {
        self.items.retain(|login| login.current);
    }

    /// Whether there is a login beside the one of this browser.
    #[must_use]
    pub fn has_others(&self) -> bool {
        self.items.iter().any(|login| !login.current)
    }
}

/// The logins as the interface reads and ends them.
#[derive(Clone, Copy)]
pub struct Devices {
    /// The state; tracked.
    pub state: RwSignal<DevicesState>,
}

impl Devices {
    /// Asks for the list, for as long as the caller lives.
    #[must_use]
    pub fn load() -> Self {
        let devices = Self { state: RwSignal::new(DevicesState::default()) };
        devices.reload();
        devices
    }

    /// Asks for the list again.
    pub fn reload(self) {
        spawn_local(async move {
            let answer = api::auth::logins().await;
            self.state.try_update(|state| state.replace(answer));
        });
    }

    /// Ends one. One that is over already is taken out as well.
    ///
    /// # Errors
    /// As the server refuses.
    pub async fn end(self, id: &LoginId) -> api::ApiResult<()> {
        match api::auth::end_login(id).await {
            Err(error) if error.known() != Some(ErrorCode::LoginNotFound) => return Err(error),
            _ => {}
        }
        self.state.try_update(|state| state.remove(id));
        Ok(())
    }

    /// Ends all but the one of this browser.
    ///
    /// # Errors
    /// As the server refuses.
    pub async fn end_others(self) -> api::ApiResult<()> {
        api::auth::end_other_logins().await?;
        self.state.try_update(DevicesState::keep_current);
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn login(id: &str, current: bool) -> LoginInfo {
        LoginInfo {
            id: id.into(),
            device: "curl".to_owned(),
            address: "203.0.113.5".to_owned(),
            created_at: String::new(),
            last_used_at: String::new(),
            current,
        }
    }

    #[test]
    fn what_is_over_is_not_listed_and_this_device_stays() {
        let mut state = DevicesState::default();
        let items = vec![login("a", false), login("b", true), login("c", false)];
        state.replace(Ok(Page { items, next: None }));
        assert!(state.has_others() && state.load == Load::Ready);
        state.remove(&"a".into());
        assert_eq!(state.items.len(), 2);
        state.keep_current();
        assert!(!state.has_others());
        assert_eq!(state.items, [login("b", true)]);
    }

    #[test]
    fn a_list_that_does_not_come_again_stays_on_the_screen() {
        let mut state = DevicesState::default();
        state.replace(Ok(Page { items: vec![login("b", true)], next: None }));
        state.replace(Err(api::offline()));
        assert_eq!((state.load, state.items.len()), (Load::Failed(api::offline()), 1));
    }
}
