//! Who stands behind a login, remembered so that a request needs no database. What this process changes is forgotten
//! at once, and so is what another server says that it changed; what nobody tells (the command line) is seen after five
//! seconds at the latest.

use dashmap::DashMap;
use shared::accounts::User;
use shared::{LoginId, UserId};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

/// How long an entry is believed.
const LIFE_MS: i64 = 5_000;
/// Most entries kept.
const MAX_ENTRIES: usize = 10_000;

#[derive(Default)]
pub(super) struct Cache {
    entries: DashMap<LoginId, Entry>,
    /// Counts the times something was forgotten; see [`Cache::put`].
    epoch: AtomicU64,
}

struct Entry {
    user: Arc<User>,
    expires_at: i64,
    loaded: i64,
}

impl Cache {
    /// The person behind a login that was looked up a moment ago. A clock that was set back makes entries old.
    pub(super) fn get(&self, login: &LoginId, now: i64) -> Option<Arc<User>> {
        let entry = self.entries.get(login)?;
        let fresh = (0..LIFE_MS).contains(&(now - entry.loaded)) && now < entry.expires_at;
        fresh.then(|| Arc::clone(&entry.user))
    }

    /// To be called before the database is read for [`Cache::put`].
    pub(super) fn epoch(&self) -> u64 {
        self.epoch.load(Ordering::SeqCst)
    }

    /// Remembers what was read since `epoch`, unless something was forgotten meanwhile: the reading may be older than
    /// that. The entry's lock is held while this is decided, so a forgetting that comes now removes what is put here.
    pub(super) fn put(&self, login: &LoginId, user: &Arc<User>, expires_at: i64, now: i64, epoch: u64) {
        if self.entries.len() >= MAX_ENTRIES {
            self.make_room(now);
        }
        let place = self.entries.entry(login.clone());
        if self.epoch() == epoch {
            place.insert(Entry { user: Arc::clone(user), expires_at, loaded: now });
        }
    }

    pub(super) fn forget_login(&self, login: &LoginId) {
        self.epoch.fetch_add(1, Ordering::SeqCst);
        self.entries.remove(login);
    }

    pub(super) fn forget_user(&self, user: &UserId) {
        self.epoch.fetch_add(1, Ordering::SeqCst);
        self.entries.retain(|_, entry| entry.user.id != *user);
    }

    fn make_room(&self, now: i64) {
        self.entries.retain(|_, entry| (0..LIFE_MS).contains(&(now - entry.loaded)));
        if self.entries.len() >= MAX_ENTRIES {
            self.entries.clear();
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn person(id: &str) -> Arc<User> {
        Arc::new(User {
            about: None,
            default_model: None,
            avatar: None,
            id: id.into(),
            username: id.to_owned(),
            role: shared::accounts::UserRole::User,
            status: shared::accounts::UserStatus::Active,
            reason: None,
            must_change_password: false,
            language: None,
            theme: shared::accounts::Theme::System,
            created_at: String::new(),
            last_login_at: None,
        })
    }

    #[test]
    fn an_entry_is_believed_for_five_seconds_and_not_past_the_login() {
        let cache = Cache::default();
        cache.put(&"a".into(), &person("u"), 9_000, 1_000, cache.epoch());
        assert!(cache.get(&"a".into(), 5_999).is_some());
        assert!(cache.get(&"a".into(), 6_000).is_none());
        assert!(cache.get(&"a".into(), 999).is_none(), "the clock was set back");
        cache.put(&"a".into(), &person("u"), 9_000, 8_000, cache.epoch());
        assert!(cache.get(&"a".into(), 9_000).is_none());
    }

    #[test]
    fn what_was_read_before_a_change_is_not_remembered_after_it() {
        let cache = Cache::default();
        let epoch = cache.epoch();
        cache.forget_user(&"u".into());
        cache.put(&"a".into(), &person("u"), i64::MAX, 1_000, epoch);
        assert!(cache.get(&"a".into(), 1_000).is_none());
    }

    #[test]
    fn forgetting_a_person_forgets_all_their_logins_and_nobody_elses() {
        let cache = Cache::default();
        for (login, user) in [("a", "u"), ("b", "u"), ("c", "w")] {
            cache.put(&login.into(), &person(user), i64::MAX, 0, cache.epoch());
        }
        cache.forget_user(&"u".into());
        let left = |login: &str| cache.get(&login.into(), 0).is_some();
        assert_eq!((left("a"), left("b"), left("c")), (false, false, true));
        cache.forget_login(&"c".into());
        assert!(cache.get(&"c".into(), 0).is_none());
    }

    #[test]
    fn the_cache_stays_bounded() {
        let cache = Cache::default();
        for number in 0..=MAX_ENTRIES {
            cache.put(&number.to_string().into(), &person("u"), i64::MAX, 0, cache.epoch());
        }
        assert!(cache.entries.len() <= MAX_ENTRIES);
    }
}
