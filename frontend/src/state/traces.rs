//! Task traces as the page reads them: filters, pages, one trace.

pub mod waterfall;

use crate::state::load::Load;
use crate::{api, time};
use leptos::prelude::*;
use leptos::task::spawn_local;
use shared::events::Status;
use shared::trace::{TraceBrief, TraceQuery};
use shared::{ApiError, MessageId, Page};
use std::time::Duration;

/// How long typing has to pause before a search is sent.
const PAUSE: Duration = Duration::from_millis(200);

/// How often the traces of an answer are asked for again while there are none, after [`PAUSE`], twice that, and so on: one
/// is stored a moment after its answer has ended, and whoever asks why is quicker.
const ASKED_AGAIN: u32 = 4;

/// What is listed.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Filter {
    /// Where the answer stands.
    pub status: Option<Status>,
    /// A part of the model's name.
    pub model: String,
    /// A part of the person's name.
    pub person: String,
    /// A code or its beginning.
    pub code: String,
    /// The answer.
    pub message: Option<MessageId>,
    /// The first day, `2026-11-30`.
    pub from: String,
    /// The last day.
    pub to: String,
}

/// The plain state.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct TracesState {
    /// Where the list stands.
    pub load: Load,
    /// The traces, the latest first.
    pub items: Vec<TraceBrief>,
    /// Cursor of the next page.
    pub next: Option<String>,
    /// What is listed.
    pub filter: Filter,
    /// Number of the last question; an answer to an earlier one is not wanted any more.
    asked: u64,
}

impl TracesState {
    /// Begins a question and gives its number.
    pub fn ask(&mut self) -> u64 {
        self.asked += 1;
        self.asked
    }

    /// Takes in the list from its beginning.
    pub fn replace(&mut self, asked: u64, answer: Result<Page<TraceBrief>, ApiError>) {
        if asked != self.asked {
            return;
        }
        match answer {
            Ok(page) => (self.load, self.items, self.next) = (Load::Ready, page.items, page.next),
            Err(error) => self.load = Load::Failed(error),
        }
    }

    /// Takes in the next page.
    pub fn append(&mut self, asked: u64, page: Page<TraceBrief>) {
        if asked == self.asked {
            self.items.extend(page.items);
            self.next = page.next;
        }
    }
}

/// The list as the interface reads it.
#[derive(Clone, Copy)]
pub struct Traces {
    /// The state; tracked.
    pub state: RwSignal<TracesState>,
}

impl Traces {
    /// Asks for the list, for as long as the caller lives; for the traces of one answer where one is named.
    #[must_use]
    pub fn load(message: Option<MessageId>) -> Self {
        let filter = Filter { message, ..Filter::default() };
        let traces = Self { state: RwSignal::new(TracesState { filter, ..TracesState::default() }) };
        traces.reload();
        traces
    }

    /// Asks for the list from its beginning.
    pub fn reload(self) {
        if let Some(asked) = self.state.try_update(TracesState::ask) {
            self.read(asked, 0);
        }
    }

    fn read(self, asked: u64, before: u32) {
        if self.state.try_with_untracked(|state| state.asked) != Some(asked) {
            return;
        }
        let query = self.state.with_untracked(|state| query(&state.filter, None));
        spawn_local(async move {
            let answer = api::traces::list(&query).await;
            let may_come = query.message.is_some() && answer.as_ref().is_ok_and(|page| page.items.is_empty());
            if may_come && before < ASKED_AGAIN {
                set_timeout(move || self.read(asked, before + 1), PAUSE * 2_u32.pow(before));
            } else {
                self.state.try_update(|state| state.replace(asked, answer));
            }
        });
    }

    /// Asks for the next page.
    ///
    /// # Errors
    /// As the server refuses.
    pub async fn load_more(self) -> api::ApiResult<()> {
        let known = self.state.with_untracked(|state| (state.asked, state.filter.clone(), state.next.clone()));
        let (asked, filter, Some(after)) = known else { return Ok(()) };
        let page = api::traces::list(&query(&filter, Some(after))).await?;
        self.state.try_update(|state| state.append(asked, page));
        Ok(())
    }

    /// Lists something else, once typing pauses.
    pub fn filter(self, filter: Filter) {
        if self.state.with_untracked(|state| state.filter == filter) {
            return;
        }
        self.state.update(|state| state.filter = filter);
        let Some(number) = self.state.try_update(TracesState::ask) else { return };
        set_timeout(move || self.read(number, 0), PAUSE);
    }
}

/// What is asked for.
fn query(filter: &Filter, after: Option<String>) -> TraceQuery {
    let text = |text: &str| Some(text.trim().to_owned()).filter(|text| !text.is_empty());
    TraceQuery {
        status: filter.status,
        model: text(&filter.model),
        person: text(&filter.person),
        code: text(&filter.code),
        message: filter.message.clone(),
        from: time::day_begin(&filter.from, 0),
        // The last day counts whole.
        to: time::day_begin(&filter.to, 1),
        after,
        limit: None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_page_that_comes_late_is_not_taken() {
        let mut state = TracesState::default();
        let old = state.ask();
        let new = state.ask();
        state.replace(old, Ok(Page { items: Vec::new(), next: Some("1".to_owned()) }));
        assert_eq!((state.load.clone(), state.next.clone()), (Load::Waiting, None));
        state.replace(new, Ok(Page { items: Vec::new(), next: Some("2".to_owned()) }));
        assert_eq!((state.load, state.next.as_deref()), (Load::Ready, Some("2")));
    }
}
