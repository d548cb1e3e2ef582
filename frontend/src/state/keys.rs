//! API keys: the signed-in person's, or for administrators another person's.

use crate::api;
use crate::state::load::Load;
use leptos::prelude::*;
use leptos::task::spawn_local;
use shared::keys::{ApiKey, CreateKey, CreatedKey, UpdateKey};
use shared::{ApiError, ApiKeyId, ErrorCode, ModelId, Page, UserId};

/// The plain state.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct KeysState {
    /// Where the list stands.
    pub load: Load,
    /// The keys, newest first.
    pub items: Vec<ApiKey>,
}

impl KeysState {
    /// Takes in the list.
    pub fn replace(&mut self, answer: Result<Page<ApiKey>, ApiError>) {
        match answer {
            Ok(page) => (self.load, self.items) = (Load::Ready, page.items),
            Err(error) => self.load = Load::Failed(error),
        }
    }

    /// Takes in a key that is new, or changed: that one stays in its place.
    pub fn put(&mut self, key: ApiKey) {
        match self.items.iter_mut().find(|known| known.id == key.id) {
            Some(known) => *known = key,
            None => self.items.insert(0, key),
        }
    }

    /// Takes out a key that was revoked.
    pub fn remove(&mut self, id: &ApiKeyId) {
        self.items.retain(|key| key.id != *id);
    }
}

/// What stands in the lines of a text: without empty ones and without white space around.
#[must_use]
pub fn lines(text: &str) -> Vec<String> {
    text.lines().map(str::trim).filter(|line| !line.is_empty()).map(str::to_owned).collect()
}

/// The models that the lines of a text name. What a key is held to already is known by what was shown of it, so that a
/// name that two connections share, or one that is gone, stays the model that it was.
#[must_use]
pub fn named(text: &str, before: &[(ModelId, String)]) -> Vec<ModelId> {
    let id = |line: String| {
        let known = before.iter().find(|(_, shown)| *shown == line).map(|(id, _)| id.clone());
        known.unwrap_or(ModelId(line))
    };
    lines(text).into_iter().map(id).collect()
}

/// The keys as the interface reads and changes them.
#[derive(Clone, Copy)]
pub struct Keys {
    /// The state; tracked.
    pub state: RwSignal<KeysState>,
    /// Whose they are; none for those of the signed-in person.
    owner: StoredValue<Option<UserId>>,
}

impl Keys {
    /// Asks for the list of the signed-in person, for as long as the caller lives.
    #[must_use]
    pub fn load() -> Self {
        Self::of(None)
    }

    /// Asks for the list of somebody, as administrators may.
    #[must_use]
    pub fn of(owner: Option<UserId>) -> Self {
        let keys = Self { state: RwSignal::new(KeysState::default()), owner: StoredValue::new(owner) };
        keys.reload();
        keys
    }

    /// Whether they are the signed-in person's, who alone may change one.
    #[must_use]
    pub fn are_own(self) -> bool {
        self.owner.with_value(Option::is_none)
    }

    /// Asks for the list again.
    pub fn reload(self) {
        let owner = self.owner.get_value();
        spawn_local(async move {
            let answer = api::keys::list(owner.as_ref()).await;
            self.state.try_update(|state| state.replace(answer));
        });
    }

    /// Makes a key. Answers it with its secret.
    ///
    /// # Errors
    /// As the server refuses, for instance for a model that is not there.
    pub async fn create(self, wish: &CreateKey) -> api::ApiResult<CreatedKey> {
        let made = api::keys::create(wish).await?;
        self.state.try_update(|state| state.put(made.key.clone()));
        Ok(made)
    }

    /// Changes a key.
    ///
    /// # Errors
    /// As the server refuses.
    pub async fn update(self, id: &ApiKeyId, change: &UpdateKey) -> api::ApiResult<()> {
        let key = api::keys::update(id, change).await?;
        self.state.try_update(|state| state.put(key));
        Ok(())
    }

    /// Revokes a key. One that was revoked already is taken out as well.
    ///
    /// # Errors
    /// As the server refuses.
    pub async fn revoke(self, id: &ApiKeyId) -> api::ApiResult<()> {
        match api::keys::revoke(self.owner.get_value().as_ref(), id).await {
            Err(error) if error.known() != Some(ErrorCode::ApiKeyNotFound) => return Err(error),
            _ => {}
        }
        self.state.try_update(|state| state.remove(id));
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use shared::keys::Scope;

    fn key(id: &str, name: &str) -> ApiKey {
        ApiKey {
            id: id.into(),
            name: name.to_owned(),
            prefix: "sk-aichat-Ab3_".to_owned(),
            scopes: vec![Scope::Chat],
            models: Vec::new(),
            addresses: Vec::new(),
            limits: Vec::new(),
            created_at: String::new(),
            expires_at: None,
            expired: false,
            last_used_at: None,
            last_address: None,
        }
    }

    #[test]
    fn a_new_key_comes_on_top_and_a_changed_one_stays_in_its_place() {
        let mut state = KeysState::default();
        state.replace(Ok(Page { items: vec![key("a", "a"), key("b", "b")], next: None }));
        state.put(key("c", "c"));
        state.put(key("b", "other"));
        let names: Vec<_> = state.items.iter().map(|key| key.name.as_str()).collect();
        assert_eq!(names, ["c", "a", "other"]);
        state.remove(&"a".into());
        assert_eq!(state.items.len(), 2);
        state.replace(Err(api::offline()));
        assert_eq!((state.load, state.items.len()), (Load::Failed(api::offline()), 2));
    }

    #[test]
    fn lines_are_read_without_what_is_around_them() {
        assert_eq!(lines(" 10.0.0.0/8 \n\n\t::1\r\n"), ["10.0.0.0/8", "::1"]);
        assert!(lines(" \n").is_empty());
    }

    #[test]
    fn a_model_that_a_key_has_is_known_by_what_was_shown_of_it() {
        let before = [(ModelId::from("1"), "gpt".to_owned()), (ModelId::from("2"), "2".to_owned())];
        let wanted: Vec<ModelId> = ["1", "2", "qwen"].map(ModelId::from).to_vec();
        assert_eq!(named("gpt\n2\nqwen\n", &before), wanted);
    }
}
