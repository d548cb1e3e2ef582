//! Which connections cannot answer at the moment.

use super::Catalog;
use shared::ErrorCode;

impl Catalog {
    /// Everybody's connections whose keys all rest for every model, by name, and why the first of them does.
    #[must_use]
    pub fn resting(&self) -> Vec<(String, ErrorCode)> {
        let resting = self.health.resting(self.clock.now());
        let snapshot = self.snapshot();
        let shared = snapshot.entries.iter().filter(|entry| entry.owner.is_none() && entry.connection.enabled);
        let rests = shared.filter_map(|entry| {
            let codes: Option<Vec<ErrorCode>> = entry.keys.iter().map(|key| resting.key(&key.id)).collect();
            Some((entry.connection.name.clone(), *codes?.first()?))
        });
        rests.collect()
    }
}
