//! Calls about task traces.

use super::{ApiResult, escape, get, post, with_query};
use shared::trace::{CleanUpTraces, TraceBrief, TraceDetail, TraceQuery, TracesCleaned};
use shared::{Page, TraceId};

/// One page of traces, the latest first.
pub async fn list(query: &TraceQuery) -> ApiResult<Page<TraceBrief>> {
    let values = [
        ("status", query.status.map(|status| status.as_str().to_owned())),
        ("model", query.model.clone()),
        ("person", query.person.clone()),
        ("code", query.code.clone()),
        ("message", query.message.as_ref().map(|id| id.0.clone())),
        ("from", query.from.clone()),
        ("to", query.to.clone()),
        ("after", query.after.clone()),
        ("limit", query.limit.map(|limit| limit.to_string())),
    ];
    get(&with_query("/api/task-trace", values)).await
}

/// One trace with its events.
pub async fn get_trace(id: &TraceId) -> ApiResult<TraceDetail> {
    get(&format!("/api/task-trace/{}", escape(id.as_str()))).await
}

/// Where a trace is as text.
#[must_use]
pub fn export_address(id: &TraceId) -> String {
    format!("/api/task-trace/{}/export", escape(id.as_str()))
}

/// Removes what is older than the setting says; administrators only.
pub async fn clean_up() -> ApiResult<TracesCleaned> {
    post("/api/task-trace/cleanup", &CleanUpTraces::default()).await
}
