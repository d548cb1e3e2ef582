//! What went wrong with a provider: a stable code for programs, values for its sentences, the provider's own words.

use crate::Endpoint;
use egress::{Failure, FailureKind};
use shared::ErrorCode;
use shared::error::{ApiError, Params};
use std::fmt;
use std::time::Duration;

/// Longest part of the provider's own words that is kept, in characters.
const MAX_DETAIL_CHARS: usize = 500;

/// A failed call to a provider.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Error {
    /// What happened.
    pub code: ErrorCode,
    /// Values for the code's sentences, `detail` included.
    pub params: Params,
    /// The status that the provider answered with, if it answered.
    pub status: Option<u16>,
    /// The provider's own words, bounded, without the key.
    pub detail: Option<String>,
    /// How long the provider asks to wait.
    pub retry_after: Option<Duration>,
}

impl Error {
    /// An error without anything but its code.
    #[must_use]
    pub fn new(code: ErrorCode) -> Self {
        Self { code, params: Params::new(), status: None, detail: None, retry_after: None }
    }

    /// Adds a value for the code's sentences.
    #[must_use]
    pub fn with(mut self, name: &str, value: impl Into<String>) -> Self {
        self.params.insert(name.to_owned(), value.into());
        self
    }

    /// Adds the provider's own words: bounded, on one line, without the key and what the endpoint's headers hold.
    #[must_use]
    pub fn with_detail(self, words: &str, endpoint: Option<&Endpoint>) -> Self {
        let spaced: String = words.chars().map(|c| if c.is_control() { ' ' } else { c }).collect();
        let words = spaced.split_whitespace().collect::<Vec<_>>().join(" ");
        let clean = endpoint.map_or_else(|| words.clone(), |endpoint| endpoint.scrub(&words));
        if clean.is_empty() {
            return self;
        }
        let short: String = clean.chars().take(MAX_DETAIL_CHARS).collect();
        Self { detail: Some(short.clone()), ..self }.with("detail", short)
    }

    /// The same error as it goes to people and programs.
    #[must_use]
    pub fn to_api(&self) -> ApiError {
        ApiError::new(self.code, self.params.clone())
    }

    /// The error for a request that got no answer, or whose answer broke off.
    pub(crate) fn from_failure(failure: &Failure, endpoint: &Endpoint, connect_timeout: Duration) -> Self {
        let code = match failure.kind {
            FailureKind::Dns => ErrorCode::ProviderDns,
            FailureKind::Refused => ErrorCode::ProviderRefused,
            FailureKind::Unreachable => ErrorCode::ProviderUnreachable,
            FailureKind::Tls => ErrorCode::ProviderTls,
            FailureKind::FakeIp => ErrorCode::ProviderFakeIp,
            FailureKind::Proxy => ErrorCode::ProviderProxy,
            FailureKind::Timeout => ErrorCode::ProviderTimeout,
            FailureKind::Blocked => ErrorCode::EgressBlocked,
            FailureKind::Cut => ErrorCode::ProviderCut,
            FailureKind::Other => ErrorCode::ProviderMalformed,
        };
        let mut error = Self::new(code).with("host", &*failure.host);
        if code == ErrorCode::ProviderTimeout {
            error = error.with("seconds", seconds(connect_timeout));
        }
        if let Some(proxy) = &failure.proxy {
            error = error.with("proxy", &**proxy);
        }
        error.with_detail(&failure.detail, Some(endpoint))
    }
}

/// A duration in whole seconds, at least one, for a sentence.
pub(crate) fn seconds(duration: Duration) -> String {
    duration.as_secs_f64().ceil().max(1.0).to_string()
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.code.as_str())?;
        if let Some(status) = self.status {
            write!(f, " (status {status})")?;
        }
        self.detail.as_ref().map_or(Ok(()), |detail| write!(f, ": {detail}"))
    }
}

impl std::error::Error for Error {}
