//! What the settings say about signing in: how long logins live, and how many wrong passwords are taken. Pure.

use super::registry::Values;
use crate::db::logins::Standing;

const DAY_MS: i64 = 24 * 60 * 60 * 1000;

/// How long a login lives.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct LoginLife {
    idle_days: u32,
    /// 0 for as long as it is used.
    max_days: u32,
}

impl Default for LoginLife {
    fn default() -> Self {
        Self::of(&Values::default())
    }
}

impl LoginLife {
    pub(super) fn of(values: &Values) -> Self {
        Self { idle_days: values.login_idle_days, max_days: values.login_max_days }
    }

    /// Days without use after which it ends.
    #[must_use]
    pub fn idle_days(self) -> u32 {
        self.idle_days
    }

    /// Days after which it ends in any case; 0 for never.
    #[must_use]
    pub fn max_days(self) -> u32 {
        self.max_days
    }

    /// The same in milliseconds: how long it lives without being used.
    #[must_use]
    pub fn idle_ms(self) -> i64 {
        i64::from(self.idle_days) * DAY_MS
    }

    /// When a login ends that began and was last used at these moments, if it is not used again.
    #[must_use]
    pub fn end(self, began: i64, used: i64) -> i64 {
        let idle_end = used + self.idle_ms();
        if self.max_days == 0 { idle_end } else { idle_end.min(began + i64::from(self.max_days) * DAY_MS) }
    }

    /// Which logins stand now, for asking the database.
    #[must_use]
    pub fn standing(self, now: i64) -> Standing {
        let began_after = if self.max_days == 0 { i64::MIN } else { now - i64::from(self.max_days) * DAY_MS };
        Standing { now, used_after: now - self.idle_ms(), began_after }
    }
}

/// How many wrong passwords are taken for one account from one place.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SignInLimit {
    /// How many.
    pub tries: u32,
    /// How long the pause is after them, in milliseconds.
    pub pause_ms: i64,
}

impl SignInLimit {
    pub(super) fn of(values: &Values) -> Self {
        Self { tries: values.sign_in_tries, pause_ms: i64::from(values.sign_in_pause_minutes) * 60_000 }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_login_ends_when_it_is_not_used_or_too_old_whichever_comes_first() {
        let life = |idle_days, max_days| LoginLife { idle_days, max_days };
        assert_eq!(life(30, 0).end(0, 5 * DAY_MS), 35 * DAY_MS);
        assert_eq!(life(30, 7).end(0, 5 * DAY_MS), 7 * DAY_MS);
        assert_eq!(life(1, 7).end(0, 5 * DAY_MS), 6 * DAY_MS);
        assert_eq!(life(30, 0).standing(DAY_MS).began_after, i64::MIN);
        assert_eq!(
            life(2, 7).standing(10 * DAY_MS),
            Standing { now: 10 * DAY_MS, used_after: 8 * DAY_MS, began_after: 3 * DAY_MS }
        );
    }
}
