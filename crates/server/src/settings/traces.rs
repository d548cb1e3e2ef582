//! What the settings say about task traces: whose answers are traced, and how long traces are kept. Pure.

use super::registry::Values;
use shared::accounts::{User, UserRole};
use shared::settings::{TRACE_API, TRACE_SPA};
use shared::trace::Via;

/// Whose answers are traced.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TraceRule {
    /// Whether there are traces at all.
    pub enabled: bool,
    /// Whether an answer is traced of which nobody says so.
    pub by_default: bool,
    /// Whether only administrators have traces.
    pub admins_only: bool,
    /// Where requests are traced from: one of the words of [`shared::settings::fields::TRACE_VIA`].
    pub via: String,
}

impl Default for TraceRule {
    fn default() -> Self {
        Self::of(&Values::default())
    }
}

impl TraceRule {
    pub(super) fn of(values: &Values) -> Self {
        Self {
            enabled: values.trace_enabled,
            by_default: values.trace_default,
            admins_only: values.trace_admins_only,
            via: values.trace_via.clone(),
        }
    }

    /// Whether this person may have answers traced that they ask for in this way.
    #[must_use]
    pub fn allows(&self, who: &User, via: Via) -> bool {
        let other = match via {
            Via::Spa => TRACE_API,
            Via::Api => TRACE_SPA,
        };
        self.enabled && self.via != other && (!self.admins_only || who.role == UserRole::Admin)
    }

    /// Whether an answer is traced for which the person wishes this, or nothing.
    #[must_use]
    pub fn wants(&self, who: &User, via: Via, wish: Option<bool>) -> bool {
        wish.unwrap_or(self.by_default) && self.allows(who, via)
    }
}
