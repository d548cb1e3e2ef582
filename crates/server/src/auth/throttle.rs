//! How often strangers may try. In memory, bounded, counted before the work is done so that a burst counts too.
//!
//! Failures count per account and address: guessing from one place does not lock the owner out at another. Addresses can
//! be forged by whoever may speak for a proxy, so a wider limit per account counts them from everywhere; who is known
//! where they call from is not asked for that one.

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
    /// Failed passwords from one address.
    Address(IpAddr),
    /// Registrations from one address.
    Register(IpAddr),
}

impl Key {
    fn limit(&self) -> (u32, i64) {
        match self {
            Self::Account(..) | Self::Login(_) => (10, 15 * 60_000),
            Self::Anywhere(_) => (100, 15 * 60_000),
            Self::Address(_) => (50, 15 * 60_000),
            // A whole office may come through one address on its first day, and nobody guesses anything here: what is
            // made waits for approval.
            Self::Register(_) => (60, 60 * 60_000),
        }
    }
}

struct Window {
    since: i64,
    count: u32,
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
    /// The seconds to wait when one of them has no tries left; then nothing is counted.
    pub(super) fn attempt(&self, keys: &[Key], now: i64) -> Result<(), u64> {
        let mut windows = self.windows.lock().unwrap_or_else(PoisonError::into_inner);
        let wait = keys.iter().filter_map(|key| {
            let (most, length) = key.limit();
            let window = windows.get(key).filter(|window| is_open(window, length, now))?;
            (window.count >= most).then(|| window.since + length - now)
        });
        if let Some(wait) = wait.max() {
            return Err(u64::try_from(wait).unwrap_or_default().div_ceil(1000).max(1));
        }
        for key in keys {
            make_room(&mut windows, now);
            let (_, length) = key.limit();
            let window = windows.entry(key.clone()).or_insert(Window { since: now, count: 0 });
            if !is_open(window, length, now) {
                *window = Window { since: now, count: 0 };
            }
            window.count += 1;
        }
        Ok(())
    }

    /// Whether this key has no tries left.
    pub(super) fn is_closed(&self, key: &Key, now: i64) -> bool {
        let windows = self.windows.lock().unwrap_or_else(PoisonError::into_inner);
        let (most, length) = key.limit();
        windows.get(key).is_some_and(|window| is_open(window, length, now) && window.count >= most)
    }

    /// Takes back the try: it was none. Windows of one place or login are forgotten; those that count strangers too get
    /// their try back.
    pub(super) fn success(&self, keys: &[Key]) {
        let mut windows = self.windows.lock().unwrap_or_else(PoisonError::into_inner);
        for key in keys {
            if let Key::Account(..) | Key::Login(_) = key {
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

fn make_room(windows: &mut HashMap<Key, Window>, now: i64) {
    if windows.len() < MAX_WINDOWS {
        return;
    }
    windows.retain(|key, window| is_open(window, key.limit().1, now));
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

    const HERE: IpAddr = IpAddr::V4(std::net::Ipv4Addr::new(203, 0, 113, 5));
    const THERE: IpAddr = IpAddr::V4(std::net::Ipv4Addr::new(203, 0, 113, 6));

    fn keys(name: &str, address: IpAddr) -> [Key; 2] {
        [Key::Account(name.to_owned(), address), Key::Address(address)]
    }

    #[test]
    fn ten_failures_close_the_account_here_but_not_elsewhere() {
        let throttle = Throttle::default();
        for _ in 0..10 {
            throttle.attempt(&keys("ada", HERE), 0).expect("free");
        }
        assert_eq!(throttle.attempt(&keys("ada", HERE), 60_000), Err(14 * 60));
        throttle.attempt(&keys("ada", THERE), 60_000).expect("another address");
        throttle.attempt(&keys("bob", HERE), 60_000).expect("another account");
        throttle.attempt(&keys("ada", HERE), 15 * 60_000).expect("the window is over");
    }

    #[test]
    fn fifty_failures_close_the_address() {
        let throttle = Throttle::default();
        for number in 0..50 {
            throttle.attempt(&keys(&number.to_string(), HERE), 0).expect("free");
        }
        assert_eq!(throttle.attempt(&keys("x", HERE), 1), Err(900));
    }

    #[test]
    fn success_clears_the_pair_and_gives_the_try_back() {
        let throttle = Throttle::default();
        for _ in 0..100 {
            throttle.attempt(&keys("ada", HERE), 0).expect("free");
            throttle.success(&keys("ada", HERE));
        }
    }

    #[test]
    fn a_hundred_failures_close_the_account_everywhere_and_success_does_not_forget_them() {
        let throttle = Throttle::default();
        let ada = || [Key::Anywhere("ada".to_owned())];
        for _ in 0..99 {
            throttle.attempt(&ada(), 0).expect("free");
        }
        for _ in 0..10 {
            throttle.attempt(&ada(), 0).expect("free");
            throttle.success(&ada());
        }
        assert!(!throttle.is_closed(&ada()[0], 0));
        throttle.attempt(&ada(), 0).expect("the hundredth");
        assert!(throttle.is_closed(&ada()[0], 1) && !throttle.is_closed(&ada()[0], 15 * 60_000));
        assert_eq!(throttle.attempt(&ada(), 1), Err(900));
    }

    #[test]
    fn a_clock_that_is_set_back_locks_nobody_out_for_longer() {
        let throttle = Throttle::default();
        for _ in 0..10 {
            throttle.attempt(&keys("ada", HERE), 1_000_000_000).expect("free");
        }
        throttle.attempt(&keys("ada", HERE), 0).expect("the window is void");
    }

    #[test]
    fn the_table_stays_bounded_and_keeps_the_offender() {
        let throttle = Throttle::default();
        for _ in 0..50 {
            throttle.attempt(&[Key::Address(HERE)], 0).expect("free");
        }
        for number in 0..2 * u32::try_from(MAX_WINDOWS).expect("small") {
            let address = IpAddr::V4(number.into());
            throttle.attempt(&[Key::Address(address)], 1).expect("free");
        }
        assert!(throttle.windows.lock().expect("whole").len() <= MAX_WINDOWS);
        assert!(throttle.attempt(&[Key::Address(HERE)], 2).is_err());
    }
}
