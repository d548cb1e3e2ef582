//! Calls under way that are no runs: nobody else renews the lease of what is set aside for them.

use std::collections::HashSet;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

/// The calls.
#[derive(Default)]
pub(super) struct Calls(Mutex<HashSet<String>>);

/// One of them, until it is dropped.
pub struct Kept {
    calls: Arc<Calls>,
    call: String,
}

impl Calls {
    fn lock(&self) -> MutexGuard<'_, HashSet<String>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(super) fn keep(self: &Arc<Self>, call: &str) -> Kept {
        self.lock().insert(call.to_owned());
        Kept { calls: Arc::clone(self), call: call.to_owned() }
    }

    pub(super) fn list(&self) -> Vec<String> {
        self.lock().iter().cloned().collect()
    }
}

impl Drop for Kept {
    fn drop(&mut self) {
        self.calls.lock().remove(&self.call);
    }
}
