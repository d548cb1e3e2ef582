//! How many uploads one person may have under way: a few at work, some more in line behind them, and no others. Nobody
//! waits for other people here.

use crate::error::{AppError, AppResult};
use dashmap::DashMap;
use shared::{ErrorCode, UserId};
use std::sync::Arc;
use tokio::sync::{OwnedSemaphorePermit, Semaphore};

/// The lines of everybody.
pub(super) struct Line {
    /// Uploads of one person that are worked on at once.
    at_once: usize,
    /// Those that may wait behind them.
    waiting: usize,
    people: DashMap<UserId, Person>,
}

struct Person {
    at_work: Arc<Semaphore>,
    here: usize,
}

/// A place among those at work. Work that goes on when its caller is gone takes it along.
pub(super) struct Slot {
    _permit: OwnedSemaphorePermit,
    _place: Place,
}

/// A place in the line, until this value goes.
struct Place {
    line: Arc<Line>,
    person: UserId,
}

impl Drop for Place {
    fn drop(&mut self) {
        if let Some(mut person) = self.line.people.get_mut(&self.person) {
            person.here = person.here.saturating_sub(1);
        }
        self.line.people.remove_if(&self.person, |_, person| person.here == 0);
    }
}

impl Line {
    /// Lines with this many at work, and this many behind them.
    pub(super) fn new(at_once: usize, waiting: usize) -> Arc<Self> {
        Arc::new(Self { at_once, waiting, people: DashMap::new() })
    }

    /// Waits for a place among those at work.
    pub(super) async fn enter(self: &Arc<Self>, owner: &UserId) -> AppResult<Arc<Slot>> {
        let (at_work, place) = self.queue(owner)?;
        let permit = at_work.acquire_owned().await.map_err(AppError::internal)?;
        Ok(Arc::new(Slot { _permit: permit, _place: place }))
    }

    fn queue(self: &Arc<Self>, owner: &UserId) -> AppResult<(Arc<Semaphore>, Place)> {
        let new = || Person { at_work: Arc::new(Semaphore::new(self.at_once)), here: 0 };
        let mut person = self.people.entry(owner.clone()).or_insert_with(new);
        let most = self.at_once + self.waiting;
        if person.here >= most {
            return Err(AppError::new(ErrorCode::FileBusy).with("limit", most));
        }
        person.here += 1;
        Ok((Arc::clone(&person.at_work), Place { line: Arc::clone(self), person: owner.clone() }))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use futures_util::FutureExt as _;

    #[tokio::test]
    async fn a_few_work_some_wait_others_are_refused_and_nobody_waits_for_somebody_else() {
        let line = Line::new(2, 1);
        let (me, other) = (UserId("me".into()), UserId("other".into()));
        let (first, _second) = (line.enter(&me).await.expect("works"), line.enter(&me).await.expect("works"));
        let mut third = Box::pin(line.enter(&me));
        assert!(third.as_mut().now_or_never().is_none(), "waits");
        let refused = line.enter(&me).await.err().expect("is refused");
        assert_eq!((refused.code, refused.params["limit"].as_str()), (ErrorCode::FileBusy, "3"));
        line.enter(&other).await.expect("works");
        // Work that goes on without its caller keeps the place.
        let goes_on = Arc::clone(&first);
        drop(first);
        assert!(third.as_mut().now_or_never().is_none());
        drop(goes_on);
        third.await.expect("has its turn");
    }

    #[tokio::test]
    async fn those_who_leave_are_forgotten() {
        let line = Line::new(1, 1);
        let me = UserId("me".into());
        let first = line.enter(&me).await.expect("works");
        let mut gone = Box::pin(line.enter(&me));
        assert!(gone.as_mut().now_or_never().is_none());
        drop(gone);
        let mut next = Box::pin(line.enter(&me));
        assert!(next.as_mut().now_or_never().is_none(), "there is a place to wait");
        drop((next, first));
        assert!(line.people.is_empty());
    }
}
