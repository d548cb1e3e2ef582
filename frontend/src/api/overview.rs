//! Calls about how the system stands; administrators only.

use super::{ApiResult, get, post};
use shared::diagnosis::{Diagnose, Diagnosis};
use shared::error::Language;
use shared::overview::Overview;

/// Who and what is there.
pub async fn get_overview() -> ApiResult<Overview> {
    get("/api/overview").await
}

/// Looks at the whole installation, which takes some seconds.
pub async fn diagnose(language: Language) -> ApiResult<Diagnosis> {
    post("/api/diagnosis", &Diagnose { language }).await
}
