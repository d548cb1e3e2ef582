//! Codes that were given out and not yet redeemed, and what access tokens open. Bounded: the oldest are forgotten.

use super::key;
use serde_json::Value;
use std::collections::VecDeque;
use std::sync::{Mutex, MutexGuard, PoisonError};

/// Codes and access tokens remembered, of each.
const MAX_ENTRIES: usize = 1_000;

/// What a code stands for.
#[derive(Clone, Debug)]
pub(super) struct Grant {
    pub(super) person: String,
    pub(super) client: String,
    pub(super) redirect: String,
    pub(super) challenge: Option<String>,
    pub(super) nonce: Option<String>,
    pub(super) scope: String,
}

impl Grant {
    /// Whether the client wants tokens as Casdoor writes them.
    pub(super) fn is_casdoor(&self) -> bool {
        self.client.starts_with("casdoor")
    }
}

#[derive(Default)]
pub(super) struct Store {
    codes: VecDeque<(String, Grant)>,
    profiles: VecDeque<(String, Value)>,
}

impl Store {
    /// Keeps a grant under a new code.
    pub(super) fn grant(&mut self, grant: Grant) -> String {
        let code = key::secret();
        push(&mut self.codes, code.clone(), grant);
        code
    }

    /// Takes the grant of a code away.
    pub(super) fn redeem(&mut self, code: &str) -> Option<Grant> {
        let at = self.codes.iter().position(|(known, _)| known == code)?;
        self.codes.remove(at).map(|(_, grant)| grant)
    }

    /// Lets an access token open a profile.
    pub(super) fn admit(&mut self, token: String, profile: Value) {
        push(&mut self.profiles, token, profile);
    }

    /// What an access token opens.
    pub(super) fn profile(&self, token: &str) -> Option<Value> {
        self.profiles.iter().find(|(known, _)| known == token).map(|(_, profile)| profile.clone())
    }
}

fn push<T>(entries: &mut VecDeque<(String, T)>, name: String, value: T) {
    if entries.len() == MAX_ENTRIES {
        entries.pop_front();
    }
    entries.push_back((name, value));
}

pub(super) fn lock(store: &Mutex<Store>) -> MutexGuard<'_, Store> {
    store.lock().unwrap_or_else(PoisonError::into_inner)
}
