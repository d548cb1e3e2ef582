//! Requests by route: the pattern of the table and never the path, which may hold ids and is without end.

use crate::routes::{self, TABLE};
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

/// Classes of statuses, `1xx` to `5xx`.
const CLASSES: usize = 5;

/// Counts for each line of the table, and for whatever is not in it.
pub struct Requests {
    routes: Box<[Route]>,
}

#[derive(Default)]
struct Route {
    classes: [AtomicU64; CLASSES],
    micros: AtomicU64,
}

/// What is known of one route.
pub(super) struct Counted {
    /// Method and pattern; none for what is not in the table.
    pub(super) route: Option<(&'static str, &'static str)>,
    /// How many answers there were of each class of statuses.
    pub(super) classes: [u64; CLASSES],
    /// How long their heads took together, in microseconds.
    pub(super) micros: u64,
}

impl Default for Requests {
    fn default() -> Self {
        Self { routes: (0..=TABLE.len()).map(|_| Route::default()).collect() }
    }
}

impl Requests {
    /// A request was answered. `pattern` is what the router matched, `took` the time until the head of the answer.
    pub fn count(&self, method: &str, pattern: Option<&str>, status: u16, took: Duration) {
        let at = pattern.and_then(|pattern| routes::place(method, pattern)).unwrap_or(TABLE.len());
        let class = usize::from(status / 100).clamp(1, CLASSES) - 1;
        let route = &self.routes[at];
        route.classes[class].fetch_add(1, Ordering::Relaxed);
        route.micros.fetch_add(u64::try_from(took.as_micros()).unwrap_or(u64::MAX), Ordering::Relaxed);
    }

    /// Every route that was ever called.
    pub(super) fn read(&self) -> impl Iterator<Item = Counted> {
        let counted = self.routes.iter().enumerate().map(|(at, route)| Counted {
            route: TABLE.get(at).map(|line| (line.method, line.path)),
            classes: std::array::from_fn(|class| route.classes[class].load(Ordering::Relaxed)),
            micros: route.micros.load(Ordering::Relaxed),
        });
        counted.filter(|counted| counted.classes.iter().any(|count| *count > 0))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn requests_are_counted_by_route_and_class_and_strangers_together() {
        let requests = Requests::default();
        let took = Duration::from_millis(2);
        requests.count("GET", Some("/api/sessions/{id}"), 200, took);
        requests.count("GET", Some("/api/sessions/{id}"), 404, took);
        requests.count("GET", Some("/api/sessions/{id}"), 204, took);
        for (method, pattern) in [("GET", None), ("BREW", Some("/api/sessions/{id}")), ("GET", Some("/wp-admin"))] {
            requests.count(method, pattern, 404, took);
        }
        let read: Vec<_> = requests.read().map(|counted| (counted.route, counted.classes, counted.micros)).collect();
        let known = (Some(("GET", "/api/sessions/{id}")), [0, 2, 0, 1, 0], 6_000);
        assert_eq!(read, [known, (None, [0, 0, 0, 3, 0], 6_000)]);
    }
}
