//! Answers that ended while nobody looked at this tab: their number stands before the title, and a dot on the icon, until
//! somebody looks. It concerns what this tab asked for and the chat on its screen; other tabs tell of their own.
//!
//! A hidden tab leaves its event stream to the one in front (`state/events.rs`), so it asks about its runs now and then.

use crate::{api, dom, look};
use leptos::prelude::*;
use leptos::reactive::graph::Observer;
use leptos::task::spawn_local;
use shared::events::Status;
use shared::{ErrorCode, RunId};
use std::cell::RefCell;
use std::time::Duration;

/// How often a hidden tab asks.
const PAUSE: Duration = Duration::from_secs(4);
/// How many runs are followed; of more the oldest is forgotten.
const MOST: usize = 20;

/// The plain state.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Waiting {
    runs: Vec<RunId>,
    unseen: usize,
}

impl Waiting {
    /// Somebody waits for this run.
    pub fn follow(&mut self, run: RunId) {
        self.runs.retain(|known| *known != run);
        self.runs.push(run);
        if self.runs.len() > MOST {
            self.runs.remove(0);
        }
    }

    /// A run is over; what somebody stopped is no news.
    pub fn over(&mut self, run: &RunId, status: Option<Status>, hidden: bool) {
        let before = self.runs.len();
        self.runs.retain(|known| known != run);
        let is_news = self.runs.len() < before && hidden && status.is_some_and(|status| status != Status::Stopped);
        self.unseen += usize::from(is_news);
    }

    /// Somebody looks.
    pub fn seen(&mut self) {
        self.unseen = 0;
    }
}

thread_local! {
    // A tab has one title and one icon, so this needs no owner: handlers and spawned tasks speak to it.
    static WAITING: RefCell<Waiting> = RefCell::default();
    static UNSEEN: ArcRwSignal<usize> = ArcRwSignal::new(0);
    static ASKING: RefCell<Option<IntervalHandle>> = const { RefCell::new(None) };
}

/// How many answers nobody has seen; tracked wherever something is there to track it.
#[must_use]
pub fn count() -> usize {
    UNSEEN.with(|unseen| if Observer::get().is_some() { unseen.get() } else { unseen.get_untracked() })
}

/// This tab asked for an answer.
pub fn asked(run: &RunId) {
    change(|waiting| waiting.follow(run.clone()));
}

/// A run ended.
pub fn ended(run: &RunId, status: Status) {
    change(|waiting| waiting.over(run, Some(status), dom::is_hidden()));
}

/// Somebody looks at the tab, or nobody does any more; then `here` is being written in the chat on its screen.
pub fn looked(here: Vec<RunId>) {
    let hidden = dom::is_hidden();
    change(|waiting| if hidden { here.into_iter().for_each(|run| waiting.follow(run)) } else { waiting.seen() });
    ASKING.with_borrow_mut(|asking| {
        if let Some(handle) = asking.take() {
            handle.clear();
        }
        *asking = if hidden { set_interval_with_handle(ask, PAUSE).ok() } else { None };
    });
}

fn change(change: impl FnOnce(&mut Waiting)) {
    let unseen = WAITING.with_borrow_mut(|waiting| {
        change(waiting);
        waiting.unseen
    });
    UNSEEN.with(|signal| {
        if signal.get_untracked() != unseen {
            signal.set(unseen);
            look::mark(unseen > 0);
        }
    });
}

fn ask() {
    for run in WAITING.with_borrow(|waiting| waiting.runs.clone()) {
        spawn_local(async move {
            match api::chat::run(&run).await {
                Ok(info) if info.status != Status::Streaming => ended(&run, info.status),
                Err(error) if error.known() == Some(ErrorCode::RunNotFound) => {
                    change(|waiting| waiting.over(&run, None, true));
                }
                // It is being written still, or nobody knows.
                _ => {}
            }
        });
    }
}

#[cfg(test)]
mod tests {
    use super::{MOST, Status, Waiting};

    #[test]
    fn only_what_ends_out_of_sight_counts_and_only_once() {
        let mut waiting = Waiting::default();
        for run in ["a", "b", "c", "d"] {
            waiting.follow(run.into());
        }
        waiting.over(&"a".into(), Some(Status::Completed), false);
        assert_eq!(waiting.unseen, 0, "somebody saw it");
        waiting.over(&"b".into(), Some(Status::Completed), true);
        waiting.over(&"b".into(), Some(Status::Completed), true);
        waiting.over(&"c".into(), Some(Status::Failed), true);
        waiting.over(&"d".into(), Some(Status::Stopped), true);
        waiting.over(&"of another tab".into(), Some(Status::Completed), true);
        assert_eq!(waiting.unseen, 2);
        waiting.seen();
        assert_eq!(waiting, Waiting::default());
    }

    #[test]
    fn the_list_is_bounded() {
        let mut waiting = Waiting::default();
        for run in 0..100 {
            waiting.follow(run.to_string().as_str().into());
        }
        assert_eq!(waiting.runs.len(), MOST);
    }
}
