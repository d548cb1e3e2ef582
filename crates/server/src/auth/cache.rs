//! Who stands behind a login or a key, remembered so that a request needs no database. What this process changes is forgotten
//! at once, and so is what another server says that it changed; what nobody tells (the command line) is seen after five
//! seconds at the latest.

use super::CurrentUser;
use dashmap::DashMap;
use shared::{LoginId, UserId};
use std::sync::atomic::{AtomicU64, Ordering};

/// How long an entry is believed.
const LIFE_MS: i64 = 5_000;
/// Most entries kept.
const MAX_ENTRIES: usize = 10_000;

#[derive(Default)]
pub(super) struct Cache {
    /// By the id of a login, or the digest of a key's secret.
    entries: DashMap<String, Entry>,
    /// Counts the times something was forgotten; see [`Cache::put`].
    epoch: AtomicU64,
}

struct Entry {
    caller: CurrentUser,
    expires_at: i64,
    loaded: i64,
}

impl Cache {
    /// Who was looked up here a moment ago. A clock that was set back makes entries old.
    pub(super) fn get(&self, place: &str, now: i64) -> Option<CurrentUser> {
        let entry = self.entries.get(place)?;
        let fresh = (0..LIFE_MS).contains(&(now - entry.loaded)) && now < entry.expires_at;
        fresh.then(|| entry.caller.clone())
    }

    /// To be called before the database is read for [`Cache::put`].
    pub(super) fn epoch(&self) -> u64 {
        self.epoch.load(Ordering::SeqCst)
    }

    /// Remembers what was read since `epoch`, unless something was forgotten meanwhile: the reading may be older than
    /// that. The entry's lock is held while this is decided, so a forgetting that comes now removes what is put here.
    pub(super) fn put(&self, place: &str, caller: &CurrentUser, expires_at: i64, now: i64, epoch: u64) {
        if self.entries.len() >= MAX_ENTRIES {
            self.make_room(now);
        }
        let place = self.entries.entry(place.to_owned());
        if self.epoch() == epoch {
            place.insert(Entry { caller: caller.clone(), expires_at, loaded: now });
        }
    }

    /// A key is forgotten with its person: it is not known here by its id.
    pub(super) fn forget_login(&self, login: &LoginId) {
        self.epoch.fetch_add(1, Ordering::SeqCst);
        self.entries.remove(login.as_str());
    }

    pub(super) fn forget_user(&self, user: &UserId) {
        self.epoch.fetch_add(1, Ordering::SeqCst);
        self.entries.retain(|_, entry| entry.caller.user.id != *user);
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
    use shared::accounts::User;
    use std::sync::Arc;

    fn person(id: &str) -> CurrentUser {
        let user = Arc::new(User {
            about: None,
            default_model: None,
            avatar: None,
            id: id.into(),
            username: id.to_owned(),
            role: shared::accounts::UserRole::User,
            status: shared::accounts::UserStatus::Active,
            reason: None,
            must_change_password: false,
            second_factor: false,
            passwordless: false,
            language: None,
            theme: shared::accounts::Theme::System,
            created_at: String::new(),
            last_login_at: None,
        });
        CurrentUser { user, login: "l".into(), key: None }
    }

    #[test]
    fn an_entry_is_believed_for_five_seconds_and_not_past_the_login() {
        let cache = Cache::default();
        cache.put("a", &person("u"), 9_000, 1_000, cache.epoch());
        assert!(cache.get("a", 5_999).is_some());
        assert!(cache.get("a", 6_000).is_none());
        assert!(cache.get("a", 999).is_none(), "the clock was set back");
        cache.put("a", &person("u"), 9_000, 8_000, cache.epoch());
        assert!(cache.get("a", 9_000).is_none());
    }

    #[test]
    fn what_was_read_before_a_change_is_not_remembered_after_it() {
        let cache = Cache::default();
        let epoch = cache.epoch();
        cache.forget_user(&"u".into());
        cache.put("a", &person("u"), i64::MAX, 1_000, epoch);
        assert!(cache.get("a", 1_000).is_none());
    }

    #[test]
    fn forgetting_a_person_forgets_all_their_logins_and_nobody_elses() {
        let cache = Cache::default();
        for (login, user) in [("a", "u"), ("b", "u"), ("c", "w")] {
            cache.put(login, &person(user), i64::MAX, 0, cache.epoch());
        }
        cache.forget_user(&"u".into());
        let left = |login: &str| cache.get(login, 0).is_some();
        assert_eq!((left("a"), left("b"), left("c")), (false, false, true));
        cache.forget_login(&"c".into());
        assert!(cache.get("c", 0).is_none());
    }

    #[test]
    fn the_cache_stays_bounded() {
        let cache = Cache::default();
        for number in 0..=MAX_ENTRIES {
            cache.put(&number.to_string(), &person("u"), i64::MAX, 0, cache.epoch());
        }
        assert!(cache.entries.len() <= MAX_ENTRIES);
    }
}
