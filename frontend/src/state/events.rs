//! The one event stream of this tab.

/// Follows the events of the signed-in person.
pub fn provide_events() {}
