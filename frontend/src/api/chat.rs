//! Calls about runs. What they write arrives on the event stream.

use super::{ApiResult, escape, get, post};
use serde::de::IgnoredAny;
use shared::RunId;
use shared::chat::{RunAccepted, RunInfo, SendMessage};

/// Sends a message: answers as soon as it is on disk.
pub async fn send(message: &SendMessage) -> ApiResult<RunAccepted> {
    post("/api/chat/runs", message).await
}

/// Where a run stands.
pub async fn run(run: &RunId) -> ApiResult<RunInfo> {
    get(&format!("/api/chat/runs/{}", escape(run.as_str()))).await
}

/// Stops a run. Stopping one that is over is no error.
pub async fn stop(run: &RunId) -> ApiResult<()> {
    let path = format!("/api/chat/runs/{}/stop", escape(run.as_str()));
    post::<IgnoredAny>(&path, &()).await.map(|_| ())
}
