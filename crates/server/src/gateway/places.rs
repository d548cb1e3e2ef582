//! How many requests of one person are answered at once. What fills gaps while somebody types has places of its own, so
//! that it never takes those of answers, nor the other way round.

use super::Standard;
use shared::UserId;
use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

/// Requests that have their places together.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(super) enum Pool {
    /// Answers.
    Answers,
    /// Gaps in texts.
    Gaps,
    /// Vectors, rankings, counts.
    Numbers,
}

impl Pool {
    pub(super) fn of(standard: Standard) -> Self {
        match standard {
            Standard::Chat | Standard::Messages => Self::Answers,
            Standard::Completions => Self::Gaps,
            Standard::Embeddings | Standard::Rerank | Standard::CountTokens => Self::Numbers,
        }
    }
}

/// The places that are taken.
#[derive(Default)]
pub(super) struct Places(Mutex<HashMap<(UserId, Pool), usize>>);

/// A place; it is free again when this is dropped.
pub(super) struct Place {
    places: Arc<Places>,
    of: (UserId, Pool),
}

impl Places {
    fn lock(&self) -> MutexGuard<'_, HashMap<(UserId, Pool), usize>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Takes one of `limit` places of a person.
    pub(super) fn take(self: &Arc<Self>, user: &UserId, pool: Pool, limit: usize) -> Option<Place> {
        let of = (user.clone(), pool);
        let mut taken = self.lock();
        let count = taken.entry(of.clone()).or_default();
        if *count >= limit {
            return None;
        }
        *count += 1;
        Some(Place { places: Arc::clone(self), of })
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        let mut taken = self.places.lock();
        if let Some(count) = taken.get_mut(&self.of) {
            *count -= 1;
            if *count == 0 {
                taken.remove(&self.of);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_pool_has_its_places_and_they_come_back() {
        let places = Arc::new(Places::default());
        let (one, other) = (UserId::from("a"), UserId::from("b"));
        let first = places.take(&one, Pool::Answers, 1).expect("a place");
        assert!(places.take(&one, Pool::Answers, 1).is_none());
        assert!(places.take(&one, Pool::Gaps, 1).is_some() && places.take(&other, Pool::Answers, 1).is_some());
        drop(first);
        assert!(places.take(&one, Pool::Answers, 1).is_some());
        assert!(places.lock().is_empty(), "nobody is remembered who has no place");
    }
}
