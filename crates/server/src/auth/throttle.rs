//! How often strangers may try. In memory, bounded, counted before the work is done so that a burst counts too.
//!
//! Failures count per account and address: guessing from one place does not lock the owner out at another. Addresses can
//! be forged by whoever may speak for a proxy, so a wider limit per account counts them from everywhere; who is known
//! where they call from is not asked for that one. Many share an address, so a browser in which somebody signed in to the
//! account before is counted by itself, and by nothing else.

use crate::settings::SignInLimit;
use shared::LoginId;
use std::collections::HashMap;
use std::net::IpAddr;
use std::sync::{Mutex, PoisonError};

/// What is counted.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(super) enum Key {
    /// Failed passwords for one account from one address.
    Account(String, IpAddr),
    /// Failed passwords for one account from everywhere.
    Anywhere(String),
    /// Failed passwords of somebody who is signed in, by their login.
    Login(LoginId),
    /// Failed passwords for an account from a browser in which somebody signed in to it before.
    Device(String),
    /// Failed passwords from one address.
    Address(IpAddr),
    /// Registrations from one address.
    Register(IpAddr),
}

/// How much wider the limit of an account from everywhere is than the one from one place.
const ANYWHERE: u32 = 10;
/// The same for all accounts from one address.
const ADDRESS: u32 = 5;

impl Key {
    /// How many tries there are, and the length of their window in milliseconds.
    fn limit(&self, set: SignInLimit) -> (u32, i64) {
        match self {
            Self::Account(..) | Self::Login(_) | Self::Device(_) => (set.tries, set.pause_ms),
            Self::Anywhere(_) => (set.tries * ANYWHERE, set.pause_ms),
            Self::Address(_) => (set.tries * ADDRESS, set.pause_ms),
            // A whole office may come through one address on its first day, and nobody guesses anything here: what is
            // made waits for approval.
            Self::Register(_) => (60, 60 * 60_000),
        }
    }
}

struct Window {
    since: i64,
    count: u32,
    /// Whether somebody was refused in it.
    refused: bool,
}

/// A try that is not taken.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Refused {
    /// How long to wait.
    pub(super) seconds: u64,
    /// Whether it is the first one of its window.
    pub(super) first: bool,
}

/// Most windows kept.
const MAX_WINDOWS: usize = 10_000;

#[derive(Default)]
pub(super) struct Throttle {
    windows: Mutex<HashMap<Key, Window>>,
}

impl Throttle {
    /// Counts one try under each key.
    ///
    /// # Errors
    /// How long to wait when one of them has no tries left; then nothing is counted.
    pub(super) fn attempt(&self, keys: &[Key], set: SignInLimit, now: i64) -> Result<(), Refused> {
        let mut windows = self.windows.lock().unwrap_or_else(PoisonError::into_inner);
        let mut longest: Option<(i64, bool)> = None;
        for key in keys {
            let (most, length) = key.limit(set);
            let Some(window) = windows.get_mut(key).filter(|window| is_open(window, length, now)) else { continue };
            if window.count >= most {
                let first = !std::mem::replace(&mut window.refused, true);
                let (wait, others) = longest.unwrap_or((0, false));
                longest = Some((wait.max(window.since + length - now), first || others));
            }
        }
        if let Some((wait, first)) = longest {
            return Err(Refused { seconds: u64::try_from(wait).unwrap_or_default().div_ceil(1000).max(1), first });
        }
        for key in keys {
            make_room(&mut windows, set, now);
            let (_, length) = key.limit(set);
            let fresh = || Window { since: now, count: 0, refused: false };
            let window = windows.entry(key.clone()).or_insert_with(fresh);
            if !is_open(window, length, now) {
                *window = fresh();
            }
            window.count += 1;
        }
        Ok(())
    }

    /// Whether this key has no tries left.
    pub(super) fn is_closed(&self, key: &Key, set: SignInLimit, now: i64) -> bool {
        let windows = self.windows.lock().unwrap_or_else(PoisonError::into_inner);
        let (most, length) = key.limit(set);
        windows.get(key).is_some_and(|window| is_open(window, length, now) && window.count >= most)
    }

    /// Takes back the try: it was none. Windows of one place or login are forgotten; those that count strangers too get
    /// their try back.
    pub(super) fn success(&self, keys: &[Key]) {
        let mut windows = self.windows.lock().unwrap_or_else(PoisonError::into_inner);
        for key in keys {
            if let Key::Account(..) | Key::Login(_) | Key::Device(_) = key {
                windows.remove(key);
            } else if let Some(window) = windows.get_mut(key) {
                window.count = window.count.saturating_sub(1);
            }
        }
    }
}

/// A clock that was set back closes a window rather than making it longer.
fn is_open(window: &Window, length: i64, now: i64) -> bool {
    (0..length).contains(&(now - window.since))
}

fn make_room(windows: &mut HashMap<Key, Window>, set: SignInLimit, now: i64) {
    if windows.len() < MAX_WINDOWS {
        return;
    }
    windows.retain(|key, window| is_open(window, key.limit(set).1, now));
    if windows.len() >= MAX_WINDOWS {
        // Full of fresh windows: the fuller half stays, for those are the ones that matter.
        let mut counts: Vec<u32> = windows.values().map(|window| window.count).collect();
        counts.sort_unstable();
        let middle = counts[counts.len() / 2];
        windows.retain(|_, window| window.count > middle);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const SET: SignInLimit = SignInLimit { tries: 10, pause_ms: 15 * 60_000 };
    const HERE: IpAddr = IpAddr::V4(std::net::Ipv4Addr::new(203, 0, 113, 5));
    const THERE: IpAddr = IpAddr::V4(std::net::Ipv4Addr::new(203, 0, 113, 6));

    fn keys(name: &str, address: IpAddr) -> [Key; 2] {
        [Key::Account(name.to_owned(), address), Key::Address(address)]
    }

    #[test]
    fn ten_failures_close_the_account_here_but_not_elsewhere() {
        let throttle = Throttle::default();
        for _ in 0..10 {
            throttle.attempt(&keys("ada", HERE), SET, 0).expect("free");
        }
        assert_eq!(throttle.attempt(&keys("ada", HERE), SET, 60_000), Err(Refused { seconds: 14 * 60, first: true }));
        throttle.attempt(&keys("ada", THERE), SET, 60_000).expect("another address");
        throttle.attempt(&keys("bob", HERE), SET, 60_000).expect("another account");
        throttle.attempt(&keys("ada", HERE), SET, 15 * 60_000).expect("the window is over");
    }

    #[test]
    fn only_the_first_refusal_of_a_window_is_one_to_write_down() {
        let throttle = Throttle::default();
        for _ in 0..10 {
            throttle.attempt(&keys("ada", HERE), SET, 0).expect("free");
        }
        let first = |now| throttle.attempt(&keys("ada", HERE), SET, now).map_err(|refused| refused.first);
        assert_eq!([first(1), first(2), first(15 * 60_000)], [Err(true), Err(false), Ok(())]);
    }

    #[test]
    fn the_limits_are_those_of_the_settings() {
        let (throttle, set) = (Throttle::default(), SignInLimit { tries: 3, pause_ms: 60_000 });
        for _ in 0..3 {
            throttle.attempt(&keys("ada", HERE), set, 0).expect("free");
        }
        assert!(throttle.attempt(&keys("ada", HERE), set, 59_999).is_err());
        throttle.attempt(&keys("ada", HERE), set, 60_000).expect("the pause is over");
    }

    #[test]
    fn fifty_failures_close_the_address() {
        let throttle = Throttle::default();
        for number in 0..50 {
            throttle.attempt(&keys(&number.to_string(), HERE), SET, 0).expect("free");
        }
        assert_eq!(throttle.attempt(&keys("x", HERE), SET, 1), Err(Refused { seconds: 900, first: true }));
    }

    #[test]
    fn success_clears_the_pair_and_gives_the_try_back() {
        let throttle = Throttle::default();
        for _ in 0..100 {
            throttle.attempt(&keys("ada", HERE), SET, 0).expect("free");
            throttle.success(&keys("ada", HERE));
        }
    }

    #[test]
    fn a_hundred_failures_close_the_account_everywhere_and_success_does_not_forget_them() {
        let throttle = Throttle::default();
        let ada = || [Key::Anywhere("ada".to_owned())];
        for _ in 0..99 {
            throttle.attempt(&ada(), SET, 0).expect("free");
        }
        for _ in 0..10 {
            throttle.attempt(&ada(), SET, 0).expect("free");
            throttle.success(&ada());
        }
        assert!(!throttle.is_closed(&ada()[0], SET, 0));
        throttle.attempt(&ada(), SET, 0).expect("the hundredth");
        assert!(throttle.is_closed(&ada()[0], SET, 1) && !throttle.is_closed(&ada()[0], SET, 15 * 60_000));
        assert_eq!(throttle.attempt(&ada(), SET, 1), Err(Refused { seconds: 900, first: true }));
    }

    #[test]
    fn a_clock_that_is_set_back_locks_nobody_out_for_longer() {
        let throttle = Throttle::default();
        for _ in 0..10 {
            throttle.attempt(&keys("ada", HERE), SET, 1_000_000_000).expect("free");
        }
        throttle.attempt(&keys("ada", HERE), SET, 0).expect("the window is void");
    }

    #[test]
    fn the_table_stays_bounded_and_keeps_the_offender() {
        let throttle = Throttle::default();
        for _ in 0..50 {
            throttle.attempt(&[Key::Address(HERE)], SET, 0).expect("free");
        }
        for number in 0..2 * u32::try_from(MAX_WINDOWS).expect("small") {
            let address = IpAddr::V4(number.into());
            throttle.attempt(&[Key::Address(address)], SET, 1).expect("free");
        }
        assert!(throttle.windows.lock().expect("whole").len() <= MAX_WINDOWS);
        assert!(throttle.attempt(&[Key::Address(HERE)], SET, 2).is_err());
    }
}
