//! Task traces as the page reads them: filters, pages, one trace.

pub mod waterfall;

use crate::api::{self, ApiResult};
use crate::state::listing::{Listing, Source, typed};
use crate::time;
use shared::events::Status;
use shared::trace::{TraceBrief, TraceQuery};
use shared::{MessageId, Page};

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

/// The list as the interface reads it.
pub type Traces = Listing<Briefs>;

/// Traces, the latest first.
pub struct Briefs;

impl Source for Briefs {
    type Item = TraceBrief;
    type Filter = Filter;

    fn page(filter: &Filter, after: Option<String>) -> impl Future<Output = ApiResult<Page<TraceBrief>>> + 'static {
        let query = query(filter, after);
        async move { api::traces::list(&query).await }
    }

    /// A trace is stored a moment after its answer has ended, and whoever asks why is quicker.
    fn is_on_its_way(filter: &Filter) -> bool {
        filter.message.is_some()
    }
}

/// What is asked for.
fn query(filter: &Filter, after: Option<String>) -> TraceQuery {
    TraceQuery {
        status: filter.status,
        model: typed(&filter.model),
        person: typed(&filter.person),
        code: typed(&filter.code),
        message: filter.message.clone(),
        from: time::day_begin(&filter.from, 0),
        // The last day counts whole.
        to: time::day_begin(&filter.to, 1),
        after,
        limit: None,
    }
}
