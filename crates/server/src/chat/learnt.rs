//! How much models turned out to read when a provider refused a conversation as too long, so that the next one fits at
//! once. In memory, per server; forgotten after a day, since windows grow and servers are set up anew.

use crate::catalog::Route;
use dashmap::DashMap;
use shared::ConnectionId;

/// How long a limit is believed, in milliseconds.
const LIFE_MS: i64 = 24 * 3_600_000;
/// Most limits that are remembered.
const MAX_MODELS: usize = 10_000;

/// The limits, by connection and the model's name there: the same model may read less elsewhere.
#[derive(Default)]
pub(super) struct Learnt(DashMap<(ConnectionId, String), (u64, i64)>);

fn place(route: &Route) -> (ConnectionId, String) {
    (route.connection_id.clone(), route.model.clone())
}

impl Learnt {
    /// How many tokens the model reads and writes together on this way, if it was found out.
    pub(super) fn window(&self, route: &Route, now: i64) -> Option<u64> {
        let (window, at) = *self.0.get(&place(route))?;
        (0..LIFE_MS).contains(&(now - at)).then_some(window)
    }

    /// Remembers what a provider said, or what it did not refuse.
    pub(super) fn learn(&self, route: &Route, window: u64, now: i64) {
        if self.0.len() >= MAX_MODELS {
            self.0.clear();
        }
        self.0.insert(place(route), (window, now));
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::chat::failover::tests::routes;

    #[test]
    fn a_limit_is_believed_for_a_day_where_it_was_met() {
        let (learnt, routes) = (Learnt::default(), routes("ab"));
        assert_eq!(learnt.window(&routes[0], 0), None);
        learnt.learn(&routes[0], 4_096, 5);
        assert_eq!(learnt.window(&routes[0], LIFE_MS + 4), Some(4_096));
        assert_eq!(learnt.window(&routes[0], LIFE_MS + 5), None);
        assert_eq!(learnt.window(&routes[0], 4), None, "the clock was set back");
        assert_eq!(learnt.window(&routes[1], 6), None, "another connection has its own");
    }
}
