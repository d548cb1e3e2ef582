//! How the system stands, for administrators: who and what is there, and what is left to set up.

use serde::{Deserialize, Serialize};

/// Answer of `GET /api/overview`.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub struct Overview {
    /// People who may sign in.
    pub people: u64,
    /// People who wait for approval.
    pub waiting: u64,
    /// Administrators among those who may sign in.
    pub admins: u64,
    /// Everybody's connections.
    pub connections: u64,
    /// Models of those that can be used, the demo's left out.
    pub models: u64,
    /// The address that people use, where the operator said so.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub public_url: Option<String>,
    /// Whether this request came over HTTPS, as far as that is known.
    pub secure: bool,
    /// Whether strangers may register.
    pub registration: bool,
    /// Whether somebody decided that, in the settings or by a variable.
    pub registration_decided: bool,
}

/// One thing that a new installation needs, or is better with.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Step {
    /// A model is connected.
    Model,
    /// Whether strangers may register is decided.
    Registration,
    /// Nobody waits for approval.
    Waiting,
    /// The address is known.
    Address,
    /// What is sent cannot be read on the way.
    Https,
    /// There is somebody who can help when the only administrator is away.
    SecondAdmin,
}

impl Step {
    /// Every step, in the order in which they are taken.
    pub const ALL: &'static [Self] =
        &[Self::Model, Self::Registration, Self::Waiting, Self::Address, Self::Https, Self::SecondAdmin];

    /// Whether it is taken.
    #[must_use]
    pub fn is_done(self, of: &Overview) -> bool {
        match self {
            Self::Model => of.models > 0,
            Self::Registration => of.registration_decided,
            Self::Waiting => of.waiting == 0,
            Self::Address => of.public_url.is_some(),
            Self::Https => of.secure,
            Self::SecondAdmin => of.admins > 1,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_fresh_system_has_everything_but_people_who_wait_to_do() {
        let fresh = Overview { people: 1, admins: 1, ..Overview::default() };
        let done: Vec<Step> = Step::ALL.iter().copied().filter(|step| step.is_done(&fresh)).collect();
        assert_eq!(done, [Step::Waiting]);
        let whole = Overview {
            people: 3,
            waiting: 0,
            admins: 2,
            connections: 1,
            models: 4,
            public_url: Some("https://chat.example".to_owned()),
            secure: true,
            registration: false,
            registration_decided: true,
        };
        assert!(Step::ALL.iter().all(|step| step.is_done(&whole)));
    }
}
