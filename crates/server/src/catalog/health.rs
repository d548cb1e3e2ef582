//! How keys have done lately: one that was refused is left alone for a while, then tried again. What a provider refuses
//! may be one model alone, so a refusal that can mean either holds for that model, until a second one meets it. In
//! memory, per server.

use crate::db::rfc3339;
use llm::Error;
use shared::connections::KeyState;
use shared::{ErrorCode, KeyId};
use std::collections::{HashMap, HashSet};
use std::sync::{Mutex, MutexGuard, PoisonError};

/// A key that the provider does not accept is looked at again after this time: people mend keys at the provider, too.
const REFUSED_MS: i64 = 10 * 60_000;
/// An account without credit is looked at again after this time.
const BROKE_MS: i64 = 30 * 60_000;
/// The first rest of a key that was told to slow down, and the longest; it doubles from one to the other.
const RESTS_MS: (i64, i64) = (15_000, 10 * 60_000);
/// Most models of a key that are remembered; the one whose rest ends first gives way.
const MAX_MODELS: usize = 16;

/// The keys of this server.
#[derive(Default)]
pub(crate) struct Health {
    keys: Mutex<HashMap<KeyId, Lately>>,
}

/// How a key has done.
#[derive(Clone, Debug, Default)]
struct Lately {
    whole: Spell,
    of_models: Vec<(String, Spell)>,
    worked_at: Option<i64>,
}

/// How a key has done as a whole, or with one model.
#[derive(Clone, Copy, Debug, Default)]
struct Spell {
    rest: Option<Rest>,
    /// How often in a row it was told to slow down.
    slowed: u32,
}

/// Why it rests, since when and until when, in unix milliseconds.
#[derive(Clone, Copy, Debug)]
struct Rest {
    code: ErrorCode,
    since: i64,
    until: i64,
}

/// What rests at one moment, and why.
#[derive(Debug, Default)]
pub(crate) struct Resting {
    keys: HashMap<KeyId, ErrorCode>,
    of_models: HashMap<KeyId, Vec<(String, ErrorCode)>>,
}

impl Resting {
    /// Why a key rests for every model, if it does.
    pub(crate) fn key(&self, key: &KeyId) -> Option<ErrorCode> {
        self.keys.get(key).copied()
    }

    /// Why a key rests for a model, if it does.
    pub(crate) fn of(&self, key: &KeyId, model: &str) -> Option<ErrorCode> {
        let of_model = || self.of_models.get(key)?.iter().find(|(name, _)| name == model).map(|(_, code)| *code);
        self.key(key).or_else(of_model)
    }
}

impl Health {
    /// Takes note of what became of a call with a key, which began at `began`: a call that began before a rest says
    /// nothing against it. Answers whether the key rests now for this model and did not before, or the other way round.
    pub(crate) fn note(&self, key: &KeyId, model: &str, outcome: Result<(), &Error>, began: i64, now: i64) -> bool {
        let mut keys = self.lock();
        let lately = keys.entry(key.clone()).or_default();
        let before = lately.state(model, now);
        match outcome {
            Ok(()) => lately.work(model, began, now),
            Err(error) => lately.fail(model, error, now),
        }
        before != lately.state(model, now)
    }

    /// Forgets a key, because it was replaced.
    pub(crate) fn forget(&self, key: &KeyId) {
        self.lock().remove(key);
    }

    /// Forgets all keys but these.
    pub(crate) fn keep(&self, known: &HashSet<&KeyId>) {
        self.lock().retain(|key, _| known.contains(key));
    }

    /// What rests, and why.
    pub(crate) fn resting(&self, now: i64) -> Resting {
        let mut resting = Resting::default();
        for (key, lately) in self.lock().iter() {
            if let Some(code) = lately.whole.code(now) {
                resting.keys.insert(key.clone(), code);
            }
            let of_models = lately.of_models.iter().filter_map(|(name, spell)| Some((name.clone(), spell.code(now)?)));
            let of_models: Vec<_> = of_models.collect();
            if !of_models.is_empty() {
                resting.of_models.insert(key.clone(), of_models);
            }
        }
        resting
    }

    /// Whether some key has rested enough since this was asked last.
    pub(crate) fn any_revived(&self, now: i64) -> bool {
        let mut revived = false;
        for lately in self.lock().values_mut() {
            let spells = lately.of_models.iter_mut().map(|(_, spell)| spell).chain([&mut lately.whole]);
            for spell in spells.filter(|spell| spell.rest.is_some_and(|rest| rest.until <= now)) {
                spell.rest = None;
                revived = true;
            }
        }
        revived
    }

    /// How a key has done lately, for administrators.
    pub(crate) fn state(&self, key: &KeyId, now: i64) -> KeyState {
        let keys = self.lock();
        let Some(lately) = keys.get(key) else { return KeyState::default() };
        let rest = lately.whole.rest.filter(|rest| rest.until > now);
        KeyState {
            code: rest.map(|rest| rest.code.as_str().to_owned()),
            until: rest.map(|rest| rfc3339(rest.until)),
            worked_at: lately.worked_at.map(rfc3339),
        }
    }

    fn lock(&self) -> MutexGuard<'_, HashMap<KeyId, Lately>> {
        self.keys.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Lately {
    /// Why it rests as a whole and for a model.
    fn state(&self, model: &str, now: i64) -> [Option<ErrorCode>; 2] {
        let of_model = self.of_models.iter().find(|(name, _)| name == model);
        [self.whole.code(now), of_model.and_then(|(_, spell)| spell.code(now))]
    }

    fn work(&mut self, model: &str, began: i64, now: i64) {
        self.worked_at = Some(now);
        self.whole.work(began);
        self.of_models.iter_mut().filter(|(name, _)| name == model).for_each(|(_, spell)| spell.work(began));
        self.of_models.retain(|(_, spell)| spell.slowed > 0 || spell.rest.is_some());
    }

    fn fail(&mut self, model: &str, error: &Error, now: i64) {
        match error.code {
            ErrorCode::ProviderUnauthorized | ErrorCode::ProviderBalance => self.whole.fail(error, now),
            ErrorCode::ProviderForbidden | ErrorCode::ProviderRateLimited => {
                let same = |(name, spell): &(String, Spell)| name != model && spell.code(now) == Some(error.code);
                if self.whole.code(now).is_some() || self.of_models.iter().any(same) {
                    self.whole.fail(error, now);
                } else {
                    self.of_model(model).fail(error, now);
                }
            }
            // Whatever else went wrong says nothing about the key.
            _ => {}
        }
    }

    fn of_model(&mut self, model: &str) -> &mut Spell {
        let at = self.of_models.iter().position(|(name, _)| name == model).unwrap_or_else(|| {
            if self.of_models.len() == MAX_MODELS {
                let until = |at: &usize| self.of_models[*at].1.rest.map(|rest| rest.until);
                let first = (0..MAX_MODELS).min_by_key(until).unwrap_or(0);
                self.of_models.swap_remove(first);
            }
            self.of_models.push((model.to_owned(), Spell::default()));
            self.of_models.len() - 1
        });
        &mut self.of_models[at].1
    }
}

impl Spell {
    /// Why it rests, if it does.
    fn code(&self, now: i64) -> Option<ErrorCode> {
        self.rest.filter(|rest| rest.until > now).map(|rest| rest.code)
    }

    /// A call that began after the rest did shows that it is over.
    fn work(&mut self, began: i64) {
        if self.rest.is_none_or(|rest| rest.since <= began) {
            *self = Self::default();
        }
    }

    fn fail(&mut self, error: &Error, now: i64) {
        let time = match error.code {
            ErrorCode::ProviderBalance => BROKE_MS,
            ErrorCode::ProviderRateLimited => {
                self.slowed += 1;
                let own = (RESTS_MS.0 << self.slowed.min(6).saturating_sub(1)).min(RESTS_MS.1);
                error.retry_after.and_then(|asked| i64::try_from(asked.as_millis()).ok()).unwrap_or(own)
            }
            _ => REFUSED_MS,
        };
        self.rest = Some(Rest { code: error.code, since: now, until: now.saturating_add(time) });
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::time::Duration;

    fn is_ready(health: &Health, key: &KeyId, now: i64) -> bool {
        health.resting(now).of(key, "m").is_none()
    }

    /// A call of the one model that took no time.
    fn note(health: &Health, key: &KeyId, outcome: Result<(), &Error>, now: i64) -> bool {
        health.note(key, "m", outcome, now, now)
    }

    #[test]
    fn a_refused_key_rests_and_comes_back() {
        let (health, key) = (Health::default(), KeyId::from("k"));
        assert!(is_ready(&health, &key, 0));
        note(&health, &key, Err(&Error::new(ErrorCode::ProviderUnauthorized)), 1_000);
        assert!(!is_ready(&health, &key, 1_000) && is_ready(&health, &key, 1_000 + REFUSED_MS));
        assert_eq!(health.state(&key, 1_000).code.as_deref(), Some("provider.unauthorized"));
        assert_eq!(health.state(&key, 1_000 + REFUSED_MS).code, None);
        note(&health, &key, Ok(()), 2_000);
        assert!(is_ready(&health, &key, 2_000));
        note(&health, &key, Err(&Error::new(ErrorCode::ProviderUnauthorized)), 3_000);
        health.forget(&key);
        assert!(is_ready(&health, &key, 3_000));
    }

    #[test]
    fn a_key_that_was_told_to_slow_down_rests_as_long_as_it_was_told_or_longer_each_time() {
        let (health, key) = (Health::default(), KeyId::from("k"));
        let slow = Error::new(ErrorCode::ProviderRateLimited);
        let told = Error { retry_after: Some(Duration::from_secs(3)), ..slow.clone() };
        note(&health, &key, Err(&told), 0);
        assert!(!is_ready(&health, &key, 2_999) && is_ready(&health, &key, 3_000));
        note(&health, &key, Err(&slow), 3_000);
        assert!(
            !is_ready(&health, &key, 3_000 + 2 * RESTS_MS.0 - 1) && is_ready(&health, &key, 3_000 + 2 * RESTS_MS.0)
        );
        for _ in 0..20 {
            note(&health, &key, Err(&slow), 0);
        }
        assert!(is_ready(&health, &key, RESTS_MS.1));
    }

    #[test]
    fn a_call_that_began_before_a_rest_does_not_end_it() {
        let (health, key) = (Health::default(), KeyId::from("k"));
        let slow = Error { retry_after: Some(Duration::from_secs(60)), ..Error::new(ErrorCode::ProviderRateLimited) };
        note(&health, &key, Err(&slow), 1_000);
        assert!(!health.note(&key, "m", Ok(()), 500, 2_000));
        assert!(!is_ready(&health, &key, 2_000), "that answer was under way before");
        assert!(health.state(&key, 2_000).worked_at.is_some());
        assert!(health.note(&key, "m", Ok(()), 2_500, 3_000) && is_ready(&health, &key, 3_000));
    }

    #[test]
    fn what_one_model_is_refused_holds_for_it_until_a_second_one_is_refused_too() {
        for code in [ErrorCode::ProviderRateLimited, ErrorCode::ProviderForbidden] {
            let (health, key, refused) = (Health::default(), KeyId::from("k"), Error::new(code));
            let rests = |model: &str, now| health.resting(now).of(&key, model);
            health.note(&key, "m:free", Err(&refused), 0, 0);
            assert_eq!((rests("m:free", 1), rests("m", 1)), (Some(code), None));
            health.note(&key, "m", Ok(()), 1, 1);
            assert_eq!(rests("m:free", 2), Some(code), "another model says nothing of it");
            health.note(&key, "n:free", Err(&refused), 2, 2);
            assert_eq!((rests("m", 3), health.resting(3).key(&key)), (Some(code), Some(code)));
            health.note(&key, "m", Ok(()), 4, 4);
            assert_eq!(rests("m", 5), None);
        }
        let (health, key) = (Health::default(), KeyId::from("k"));
        health.note(&key, "m", Err(&Error::new(ErrorCode::ProviderUnauthorized)), 0, 0);
        assert!(health.resting(1).of(&key, "n").is_some(), "a wrong key is wrong for all");
    }

    #[test]
    fn only_so_many_models_of_a_key_are_remembered() {
        let (health, key) = (Health::default(), KeyId::from("k"));
        let slow = Error { retry_after: Some(Duration::from_millis(1)), ..Error::new(ErrorCode::ProviderRateLimited) };
        for number in 0..100 {
            health.note(&key, &format!("m{number}"), Err(&slow), number * 10, number * 10);
        }
        assert_eq!(health.lock()[&key].of_models.len(), MAX_MODELS);
        assert_eq!(health.resting(990).key(&key), None, "one after the other is not all at once");
    }

    #[test]
    fn a_change_of_rest_is_told_once() {
        let (health, key) = (Health::default(), KeyId::from("k"));
        let refused = Error::new(ErrorCode::ProviderUnauthorized);
        assert!(!note(&health, &key, Ok(()), 0));
        assert!(note(&health, &key, Err(&refused), 1) && !note(&health, &key, Err(&refused), 2));
        assert_eq!(health.resting(3).keys, HashMap::from([(key.clone(), ErrorCode::ProviderUnauthorized)]));
        assert!(!health.any_revived(3) && health.any_revived(REFUSED_MS + 2) && !health.any_revived(REFUSED_MS + 3));
        assert!(note(&health, &key, Err(&refused), REFUSED_MS + 4) && note(&health, &key, Ok(()), REFUSED_MS + 5));
        note(&health, &key, Err(&refused), REFUSED_MS + 6);
        health.keep(&HashSet::new());
        assert!(is_ready(&health, &key, REFUSED_MS + 7));
    }

    #[test]
    fn a_fault_of_the_network_says_nothing_about_a_key() {
        let (health, key) = (Health::default(), KeyId::from("k"));
        note(&health, &key, Err(&Error::new(ErrorCode::ProviderRefused)), 0);
        assert!(is_ready(&health, &key, 0));
    }
}
