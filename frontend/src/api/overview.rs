//! Calls about how the system stands; administrators only.

use super::stream::Abort;
use super::{ApiResult, Method, get, open, post, with_query};
use shared::diagnosis::{Diagnose, Diagnosis};
use shared::error::Language;
use shared::overview::Overview;
use shared::settings::Health;
use web_sys::Response;

/// Who and what is there.
pub async fn get_overview() -> ApiResult<Overview> {
    get("/api/overview").await
}

/// Looks at the whole installation, which takes some seconds.
pub async fn diagnose(language: Language) -> ApiResult<Diagnosis> {
    post("/api/diagnosis", &Diagnose { language }).await
}

/// What works worse than it should, in this language.
pub async fn health(language: Language) -> ApiResult<Health> {
    let values = [("detail", Some("1".to_owned())), ("language", Some(language.tag().to_owned()))];
    get(&with_query("/api/health", values)).await
}

/// Opens a stream of a few events at known times.
pub async fn stream_test(abort: &Abort) -> ApiResult<Response> {
    open(Method::Get, "/api/diagnosis/stream", None, abort.signal()).await
}
