//! Who may use a model, as it is chosen in one place. Pure.

use crate::i18n::{Text, models as words};
use shared::accounts::UserRole;

/// Who may use a model.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Reach {
    /// Everybody.
    Everybody,
    /// Administrators alone.
    Admins,
    /// Members, and no administrators.
    Members,
}

impl Reach {
    /// Every choice, in the order of the page.
    pub const ALL: [Self; 3] = [Self::Everybody, Self::Members, Self::Admins];

    /// What these roles are; none are everybody.
    #[must_use]
    pub fn of(roles: &[UserRole]) -> Self {
        match (roles.contains(&UserRole::Admin), roles.contains(&UserRole::User)) {
            (true, false) => Self::Admins,
            (false, true) => Self::Members,
            _ => Self::Everybody,
        }
    }

    /// The roles to send.
    #[must_use]
    pub fn roles(self) -> Vec<UserRole> {
        match self {
            Self::Everybody => Vec::new(),
            Self::Admins => vec![UserRole::Admin],
            Self::Members => vec![UserRole::User],
        }
    }

    /// Its value in the page.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Everybody => "all",
            Self::Admins => "admins",
            Self::Members => "members",
        }
    }

    /// As people read it.
    #[must_use]
    pub fn words(self) -> Text {
        match self {
            Self::Everybody => words::EVERYBODY,
            Self::Admins => words::ADMINS,
            Self::Members => words::MEMBERS,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_stored_is_what_is_sent_again() {
        for reach in Reach::ALL {
            assert_eq!(Reach::of(&reach.roles()), reach);
        }
        assert_eq!(Reach::of(&[UserRole::Admin, UserRole::User]), Reach::Everybody);
    }
}
