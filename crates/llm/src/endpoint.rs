//! Where a provider lives and how long to wait for it.

use crate::Secret;
use egress::Trust;
use std::time::Duration;

/// Where a provider lives.
#[derive(Clone, Debug)]
pub struct Endpoint {
    /// The connection's name, for hints.
    pub name: String,
    /// The base URL, without a trailing slash.
    pub base_url: String,
    /// The key, for providers that want one.
    pub key: Option<Secret>,
    /// Who vouches for the address.
    pub trust: Trust,
    /// How long to wait.
    pub timeouts: Timeouts,
}

/// How long to wait for a provider.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Timeouts {
    /// From the request to the first token.
    pub first_byte: Duration,
    /// Between two pieces of an answer that has begun.
    pub idle: Duration,
}

impl Default for Timeouts {
    fn default() -> Self {
        Self { first_byte: Duration::from_secs(300), idle: Duration::from_secs(180) }
    }
}
