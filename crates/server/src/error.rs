//! How a request fails: a code for programs, a sentence for people, the cause for the log.
//!
//! Handlers return `Result<_, AppError>` and use `?`. The answer's body is built by [`crate::edge`], which knows the request id and logs
//! the cause once.

pub mod standards;

use crate::db::{DbErr, engine};
use crate::redact;
use actix_web::http::StatusCode;
use actix_web::http::header::{HeaderValue, RETRY_AFTER};
use actix_web::{HttpResponse, HttpResponseBuilder, ResponseError};
use shared::error::Params;
use shared::{ApiError, ErrorCode};
use std::fmt;

/// A failed request.
#[derive(Debug)]
pub struct AppError {
    /// The stable code.
    pub code: ErrorCode,
    /// Values for its sentences.
    pub params: Params,
    /// What really happened, for the log only.
    pub cause: Option<anyhow::Error>,
}

/// Longest quotation of a provider's own words.
const MAX_DETAIL_CHARS: usize = 300;

/// What handlers return.
pub type AppResult<T> = Result<T, AppError>;

impl AppError {
    /// An error with this code.
    #[must_use]
    pub fn new(code: ErrorCode) -> Self {
        Self { code, params: Params::new(), cause: None }
    }

    /// The same with a value for its sentence.
    #[must_use]
    pub fn with(mut self, name: &str, value: impl fmt::Display) -> Self {
        self.params.insert(name.to_owned(), value.to_string());
        self
    }

    /// A request that is not valid, with a sentence that names the rule.
    #[must_use]
    pub fn invalid(detail: impl fmt::Display) -> Self {
        Self::new(ErrorCode::RequestInvalid).with("detail", detail)
    }

    /// A fault of ours: answered as "internal", logged with its cause.
    #[must_use]
    pub fn internal(cause: impl Into<anyhow::Error>) -> Self {
        Self { code: ErrorCode::Internal, params: Params::new(), cause: Some(cause.into()) }
    }

    /// The form on the wire.
    #[must_use]
    pub fn to_api(&self, request_id: &str) -> ApiError {
        ApiError { request_id: request_id.to_owned(), ..ApiError::new(self.code, self.params.clone()) }
    }
}

impl fmt::Display for AppError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.code.as_str())
    }
}

impl std::error::Error for AppError {}

impl From<ErrorCode> for AppError {
    fn from(code: ErrorCode) -> Self {
        Self::new(code)
    }
}

impl From<DbErr> for AppError {
    fn from(error: DbErr) -> Self {
        let code = match &error {
            _ if engine::is_disk_full(&error) => ErrorCode::StorageFull,
            // PostgreSQL takes no NUL in text: the request named something that cannot exist.
            _ if engine::is_bad_text(&error) => return Self::invalid("text must not contain NUL"),
            _ if engine::is_unavailable(&error) => ErrorCode::StorageUnavailable,
            _ => ErrorCode::Internal,
        };
        Self { code, params: Params::new(), cause: Some(error.into()) }
    }
}

impl From<llm::Error> for AppError {
    fn from(error: llm::Error) -> Self {
        let mut params = error.params;
        if let Some(detail) = params.remove("detail").or(error.detail) {
            // Cut last: half a secret would not be recognised.
            let detail = redact::redact(&detail).chars().take(MAX_DETAIL_CHARS).collect();
            params.insert("detail".to_owned(), detail);
        }
        Self { code: error.code, params, cause: None }
    }
}

impl ResponseError for AppError {
    fn status_code(&self) -> StatusCode {
        StatusCode::from_u16(self.code.status()).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR)
    }

    fn error_response(&self) -> HttpResponse {
        self.response("")
    }
}

impl AppError {
    /// The answer, naming the request.
    #[must_use]
    pub fn response(&self, request_id: &str) -> HttpResponse {
        head(self.code, &self.params).json(self.to_api(request_id))
    }
}

/// The head of an answer with this code: its status and, where it names a time to wait, `Retry-After`.
#[must_use]
pub fn head(code: ErrorCode, params: &Params) -> HttpResponseBuilder {
    let status = StatusCode::from_u16(code.status()).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    let mut head = HttpResponse::build(status);
    let seconds = params.get("seconds").and_then(|value| HeaderValue::from_str(value).ok());
    if let (429 | 503, Some(seconds)) = (code.status(), seconds) {
        head.insert_header((RETRY_AFTER, seconds));
    }
    if code == ErrorCode::BudgetExceeded {
        tell_limit(&mut head, params);
    }
    head
}

/// What programs read of a budget that is used up, in the headers that they know from providers.
fn tell_limit(head: &mut HttpResponseBuilder, params: &Params) {
    let Some(unit) = params.get("unit") else { return };
    let seconds = params.get("seconds").map(|seconds| format!("{seconds}s"));
    let values = [("limit", params.get("limit")), ("remaining", params.get("remaining")), ("reset", seconds.as_ref())];
    for (name, value) in values {
        if let Some(value) = value {
            head.insert_header((format!("x-ratelimit-{name}-{unit}"), value.as_str()));
        }
    }
}

/// The extractors' own failures in our envelope.
#[must_use]
pub fn json_error(error: actix_web::error::JsonPayloadError) -> AppError {
    use actix_web::error::JsonPayloadError as Json;
    match error {
        Json::OverflowKnownLength { .. } | Json::Overflow { .. } => too_large(),
        Json::ContentType => AppError::invalid("the body must be JSON, with Content-Type: application/json"),
        // The parser repeats what stood in the wrong place; that may have been a key or a password.
        Json::Deserialize(error) => AppError::invalid(redact::without_quotes(&error.to_string())),
        error => AppError::invalid(error),
    }
}

/// A body over the limit.
#[must_use]
pub fn too_large() -> AppError {
    let mib = shared::limits::MAX_BODY_BYTES / (1024 * 1024);
    AppError::new(ErrorCode::RequestTooLarge).with("limit", format!("{mib} MiB"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_providers_words_are_shown_short_and_without_secrets() {
        let told = format!("wrong key sk-proj-abc_DEF-123456 {}", "错".repeat(400));
        let in_detail = llm::Error { detail: Some(told.clone()), ..llm::Error::new(ErrorCode::ProviderUnauthorized) };
        let in_params = llm::Error::new(ErrorCode::ProviderUnauthorized).with("detail", told);
        for error in [in_detail, in_params] {
            let detail = &AppError::from(error).params["detail"];
            assert!(detail.starts_with("wrong key *** 错") && !detail.contains("sk-proj"), "{detail}");
            assert_eq!(detail.chars().count(), 300);
        }
    }
}
