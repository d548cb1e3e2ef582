//! Connections to model providers, as those see them who may change them.

use crate::api::ApiResult;
use crate::api::connections::{self as api, Scope};
use crate::state::load::Load;
use crate::state::news::use_news;
use leptos::prelude::*;
use leptos::task::spawn_local;
use shared::connections::{Connection, NewConnection, UpdateConnection, VerifyReport};
use shared::{ApiError, ConnectionId, Page};

/// The plain state.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct ConnectionsState {
    /// Where the list stands.
    pub load: Load,
    /// The connections, in the server's order.
    pub items: Vec<Connection>,
}

impl ConnectionsState {
    /// Takes in the list.
    pub fn replace(&mut self, answer: Result<Page<Connection>, ApiError>) {
        match answer {
            Ok(page) => {
                self.load = Load::Ready;
                self.items = page.items;
            }
            // A form that is filled in may stand on it; the next connection asks again.
            Err(_) if self.load == Load::Ready => {}
            Err(error) => self.load = Load::Failed(error),
        }
    }

    /// Takes in a new or changed connection.
    pub fn put(&mut self, connection: Connection) {
        match self.items.iter_mut().find(|known| known.id == connection.id) {
            Some(known) => *known = connection,
            None => self.items.push(connection),
        }
    }

    /// Takes a connection away.
    pub fn remove(&mut self, id: &ConnectionId) {
        self.items.retain(|known| known.id != *id);
    }
}

/// Connections as the interface reads and changes them: everybody's, or the person's own.
#[derive(Clone, Copy)]
pub struct Connections {
    scope: Scope,
    state: RwSignal<ConnectionsState>,
    /// Counts questions.
    asked: StoredValue<u32>,
}

impl Connections {
    /// Whose they are.
    #[must_use]
    pub fn scope(self) -> Scope {
        self.scope
    }

    /// The page that lists them.
    #[must_use]
    pub fn page(self) -> &'static str {
        match self.scope {
            Scope::System => "/settings/connections",
            Scope::Mine => "/settings/my-connections",
        }
    }

    /// The state; tracked.
    #[must_use]
    pub fn state(self) -> RwSignal<ConnectionsState> {
        self.state
    }

    /// One connection; tracked.
    #[must_use]
    pub fn find(self, id: &ConnectionId) -> Option<Connection> {
        self.state.with(|state| state.items.iter().find(|item| item.id == *id).cloned())
    }

    /// Asks for the list.
    pub fn reload(self) {
        let Some(number) = self.asked.try_update_value(|asked| {
            *asked += 1;
            *asked
        }) else {
            return;
        };
        spawn_local(async move {
            let answer = api::list(self.scope).await;
            // Only the answer to the last question counts.
            if self.asked.try_get_value() == Some(number) {
                self.state.try_update(|state| state.replace(answer));
            }
        });
    }

    /// Tries a connection that is not saved.
    ///
    /// # Errors
    /// As the server refuses.
    pub async fn verify_new(self, connection: &NewConnection) -> ApiResult<VerifyReport> {
        api::verify_new(self.scope, connection).await
    }

    /// Tries a saved connection. What its keys did is worth another look.
    ///
    /// # Errors
    /// As the server refuses.
    pub async fn verify(self, id: &ConnectionId) -> ApiResult<VerifyReport> {
        let report = api::verify(self.scope, id).await?;
        self.reload();
        Ok(report)
    }

    /// Saves a new connection.
    ///
    /// # Errors
    /// As the server refuses, for instance an address that cannot be used.
    pub async fn create(self, connection: &NewConnection) -> ApiResult<Connection> {
        let created = api::create(self.scope, connection).await?;
        self.put(created.clone());
        // The demo model leaves when a real one arrives.
        self.reload();
        Ok(created)
    }

    /// Turns the demo model on.
    ///
    /// # Errors
    /// As the server refuses.
    pub async fn create_demo(self) -> ApiResult<Connection> {
        let created: Connection = api::demo().await?;
        self.put(created.clone());
        Ok(created)
    }

    /// Changes a connection.
    ///
    /// # Errors
    /// As the server refuses.
    pub async fn update(self, id: &ConnectionId, change: &UpdateConnection) -> ApiResult<()> {
        let changed = api::update(self.scope, id, change).await?;
        self.put(changed);
        Ok(())
    }

    /// Fetches the list of models of a connection again; gives how many there are.
    ///
    /// # Errors
    /// As the provider or the server refuses. The list stays as it was, and the state says why.
    pub async fn refresh(self, id: &ConnectionId) -> ApiResult<usize> {
        let result = api::refresh(self.scope, id).await;
        if result.is_err() {
            self.reload();
        }
        let changed = result?;
        let count = changed.list.count;
        self.put(changed);
        Ok(count)
    }

    /// Deletes a connection.
    ///
    /// # Errors
    /// As the server refuses.
    pub async fn delete(self, id: &ConnectionId) -> ApiResult<()> {
        api::delete(self.scope, id).await?;
        self.state.try_update(|state| state.remove(id));
        Ok(())
    }

    fn put(self, connection: Connection) {
        self.state.try_update(|state| state.put(connection));
    }
}

/// Makes connections available below, and keeps them as the server has them for as long as the caller lives.
pub fn provide_connections(scope: Scope) -> Connections {
    let connections =
        Connections { scope, state: RwSignal::new(ConnectionsState::default()), asked: StoredValue::new(0) };
    provide_context(connections);
    use_news().follow(move || connections.reload());
    connections
}

/// Connections.
#[must_use]
pub fn use_connections() -> Connections {
    expect_context()
}

#[cfg(test)]
mod tests {
    use super::*;
    use shared::connections::Protocol;

    fn connection(id: &str, enabled: bool) -> Connection {
        Connection {
            id: id.into(),
            name: id.to_owned(),
            protocol: Protocol::OpenaiChat,
            base_url: String::new(),
            has_key: true,
            keys: Vec::new(),
            locked: false,
            headers: Vec::new(),
            prefix: String::new(),
            proxy: None,
            timeouts: shared::connections::ConnectionTimeouts::default(),
            personal: false,
            list: shared::connections::ModelListState::default(),
            enabled,
            variable: None,
            models: Vec::new(),
            created_at: String::new(),
        }
    }

    #[test]
    fn a_changed_connection_keeps_its_place_and_a_new_one_comes_last() {
        let mut state = ConnectionsState::default();
        state.replace(Ok(Page { items: vec![connection("a", true), connection("b", true)], next: None }));
        state.put(connection("a", false));
        state.put(connection("c", true));
        let shown: Vec<_> = state.items.iter().map(|item| (item.id.as_str(), item.enabled)).collect();
        assert_eq!(shown, [("a", false), ("b", true), ("c", true)]);
    }

    #[test]
    fn a_form_survives_a_question_that_fails() {
        let mut state = ConnectionsState::default();
        state.replace(Ok(Page { items: vec![connection("a", true)], next: None }));
        state.replace(Err(ApiError::default()));
        assert!(state.load == Load::Ready && state.items.len() == 1);
    }

    #[test]
    fn a_deleted_connection_is_gone() {
        let mut state = ConnectionsState::default();
        state.put(connection("a", true));
        state.remove(&"a".into());
        assert!(state.items.is_empty());
    }
}
