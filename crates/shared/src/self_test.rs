//! What a server tells `aichat doctor` through whatever stands between the two: a few events at known times, and what
//! the server saw of the request. Nothing in it is of use to anybody else.

use crate::Build;
use serde::{Deserialize, Serialize};

/// The header that carries the pass, so that a proxy's own `Authorization` does not get in its way.
pub const PASS_HEADER: &str = "x-aichat-self-test";
/// Events of one self-test.
pub const EVENTS: u32 = 5;
/// Time between two of them, in milliseconds.
pub const GAP_MS: u64 = 200;

/// How long they take together when nobody holds them back, in milliseconds.
pub const SPAN_MS: u64 = GAP_MS * (EVENTS as u64 - 1);

/// What follows from how events arrived.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// One by one.
    Well,
    /// Together: what leaves less than half of the time between them is no network but a buffer.
    HeldBack,
    /// Not all of them did.
    Cut,
}

impl Verdict {
    /// So many events arrived within so many milliseconds.
    #[must_use]
    #[expect(clippy::cast_precision_loss, reason = "less than a second")]
    pub fn of(count: usize, span_ms: f64) -> Self {
        match () {
            () if count < EVENTS as usize => Self::Cut,
            () if span_ms < SPAN_MS as f64 / 2.0 => Self::HeldBack,
            () => Self::Well,
        }
    }
}

/// One event.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub struct SelfTestEvent {
    /// Its number, from 1 to [`EVENTS`].
    pub number: u32,
    /// The nonce of the pass that asked: an answer with another one was kept for somebody else.
    pub nonce: String,
    /// The installation that answers.
    pub instance: String,
    /// Its build.
    pub build: Build,
    /// What it saw of the request.
    pub seen: Seen,
}

/// What a server sees of a request.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub struct Seen {
    /// Whether it takes the request for one over TLS.
    pub secure: bool,
    /// Whether the page's `Origin` is taken for our own.
    pub own_page: bool,
    /// Whether a proxy said for whom it speaks: an address, a scheme or a name.
    pub forwarded: bool,
    /// Whether the peer's word counts.
    pub trusted_peer: bool,
    /// The peer's address.
    pub peer: String,
    /// The name in `Host`.
    pub host: String,
}
