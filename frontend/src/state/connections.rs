//! The connections to model providers, as administrators see them.

use crate::api;
use crate::state::load::Load;
use leptos::prelude::*;
use leptos::task::spawn_local;
use shared::connections::{Connection, NewConnection, UpdateConnection};
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

/// Connections as the interface reads and changes them.
#[derive(Clone, Copy)]
pub struct Connections {
    state: RwSignal<ConnectionsState>,
}

impl Connections {
    /// The state; tracked.
    #[must_use]
    pub fn state(self) -> RwSignal<ConnectionsState> {
        self.state
    }

    /// Asks for the list.
    pub fn reload(self) {
        spawn_local(async move {
            let answer = api::connections::list().await;
            self.state.update(|state| state.replace(answer));
        });
    }

    /// Saves a new connection.
    ///
    /// # Errors
    /// As the server refuses, for instance an address that cannot be used.
    pub async fn create(self, connection: &NewConnection) -> api::ApiResult<Connection> {
        let created = api::connections::create(connection).await?;
        self.state.update(|state| state.put(created.clone()));
        // The demo model leaves when a real one arrives.
        self.reload();
        Ok(created)
    }

    /// Turns the demo model on.
    ///
    /// # Errors
    /// As the server refuses.
    pub async fn create_demo(self) -> api::ApiResult<Connection> {
        let created = api::connections::demo().await?;
        self.state.update(|state| state.put(created.clone()));
        Ok(created)
    }

    /// Changes a connection.
    ///
    /// # Errors
    /// As the server refuses.
    pub async fn update(self, id: &ConnectionId, change: &UpdateConnection) -> api::ApiResult<()> {
        let changed = api::connections::update(id, change).await?;
        self.state.update(|state| state.put(changed));
        Ok(())
    }

    /// Fetches the list of models of a connection again; gives how many there are.
    ///
    /// # Errors
    /// As the provider or the server refuses.
    pub async fn refresh(self, id: &ConnectionId) -> api::ApiResult<usize> {
        let changed = api::connections::refresh(id).await?;
        let count = changed.models.len();
        self.state.update(|state| state.put(changed));
        Ok(count)
    }

    /// Deletes a connection.
    ///
    /// # Errors
    /// As the server refuses.
    pub async fn delete(self, id: &ConnectionId) -> api::ApiResult<()> {
        api::connections::delete(id).await?;
        self.state.update(|state| state.remove(id));
        Ok(())
    }
}

/// Makes connections available below.
pub fn provide_connections() -> Connections {
    let connections = Connections { state: RwSignal::new(ConnectionsState::default()) };
    provide_context(connections);
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
    fn a_deleted_connection_is_gone() {
        let mut state = ConnectionsState::default();
        state.put(connection("a", true));
        state.remove(&"a".into());
        assert!(state.items.is_empty());
    }
}
