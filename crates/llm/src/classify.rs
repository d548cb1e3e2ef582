//! The one place that decides what a provider's refusal means: from its status and its own words, English or Chinese.

mod numbers;
mod words;

pub(crate) use words::Refusal;

use crate::error::Error;
use crate::{Endpoint, base_url};
use egress::header::HeaderMap;
use shared::ErrorCode;
use std::time::{Duration, SystemTime};

/// Longest wait that is believed: more than a day is a mistake.
const LONGEST_WAIT: Duration = Duration::from_secs(86_400);

/// What was asked when the refusal came.
#[derive(Clone, Debug)]
pub(crate) struct Asked {
    /// Whom.
    pub(crate) endpoint: Endpoint,
    /// For which model; none when the list of models was asked for.
    pub(crate) model: Option<String>,
}

/// How an answer that is no success, or an error inside a stream, is to be understood.
pub(crate) fn classify(asked: &Asked, status: Option<u16>, refusal: &Refusal) -> Error {
    let status = status.or(refusal.status);
    let code = code_of(status, refusal, asked.model.is_some());
    let error = Error { status, ..Error::new(code) }.with_detail(refusal.words(), Some(&asked.endpoint));
    match code {
        ErrorCode::ProviderUnauthorized | ErrorCode::ProviderBalance => error.with("connection", &*asked.endpoint.name),
        ErrorCode::ProviderModelNotFound => error.with("model", asked.model.as_deref().unwrap_or_default()),
        ErrorCode::ProviderRateLimited => waits(error.with("seconds", "30"), refusal.retry),
        ErrorCode::ProviderContextLength => {
            let (limit, used) = numbers::of_context(refusal);
            let told = [("limit", limit), ("used", used)];
            told.into_iter().fold(error, |error, (name, tokens)| match tokens {
                Some(tokens) => error.with(name, tokens.to_string()),
                None => error,
            })
        }
        ErrorCode::ProviderServerError => {
            error.with("status", status.map_or_else(|| refusal.name().to_owned(), |status| status.to_string()))
        }
        _ => error,
    }
}

/// The same for an answer with headers: redirects name their target, a full house says when to come back.
pub(crate) fn classify_answer(asked: &Asked, url: &str, status: u16, headers: &HeaderMap, refusal: &Refusal) -> Error {
    if (300..400).contains(&status) {
        let location = headers.get("location").and_then(|value| value.to_str().ok()).unwrap_or_default();
        let error = Error::new(ErrorCode::ProviderRedirected).with("location", base_url::from_redirect(url, location));
        return Error { status: Some(status), ..error };
    }
    waits(classify(asked, Some(status), refusal), retry_after(headers, SystemTime::now()))
}

/// The error with the time to wait, where waiting may help.
fn waits(error: Error, wait: Option<Duration>) -> Error {
    match wait {
        Some(wait) if error.code.retryable() => {
            let wait = wait.min(LONGEST_WAIT);
            let error = Error { retry_after: Some(wait), ..error };
            let limited = error.code == ErrorCode::ProviderRateLimited;
            if limited { error.with("seconds", crate::error::seconds(wait)) } else { error }
        }
        _ => error,
    }
}

fn code_of(status: Option<u16>, refusal: &Refusal, about_model: bool) -> ErrorCode {
    use ErrorCode::{
        ProviderForbidden, ProviderInvalidRequest, ProviderModelNotFound, ProviderNotFound, ProviderOverloaded,
        ProviderRateLimited, ProviderServerError,
    };
    let said = refusal.said(status);
    match (status, said) {
        // The list of models cannot lack a model; its address is wrong.
        (_, Some(ProviderModelNotFound)) if !about_model => ProviderNotFound,
        (_, Some(code)) => code,
        (Some(403), None) => ProviderForbidden,
        (Some(404 | 405), None) => ProviderNotFound,
        (Some(429), None) => ProviderRateLimited,
        (Some(503 | 529), None) => ProviderOverloaded,
        // 408 and 425 ask for the same request again, as failures of a server do.
        (Some(408 | 425 | 500..) | None, None) => ProviderServerError,
        (Some(_), None) => ProviderInvalidRequest,
    }
}

/// `Retry-After`, in seconds or as a date.
fn retry_after(headers: &HeaderMap, now: SystemTime) -> Option<Duration> {
    let text = |name| headers.get(name).and_then(|value| value.to_str().ok()).map(str::trim);
    if let Some(millis) = text("retry-after-ms").and_then(|text| text.parse::<f64>().ok()) {
        return bounded(millis / 1000.0);
    }
    let value = text("retry-after")?;
    match value.parse::<f64>() {
        Ok(seconds) => bounded(seconds),
        Err(_) => {
            let date = httpdate::parse_http_date(value).ok()?;
            bounded(date.duration_since(now).unwrap_or_default().as_secs_f64())
        }
    }
}

/// A wait within bounds: a float may be anything.
fn bounded(seconds: f64) -> Option<Duration> {
    Duration::try_from_secs_f64(seconds.clamp(0.0, LONGEST_WAIT.as_secs_f64())).ok()
}

#[cfg(test)]
mod tests;
