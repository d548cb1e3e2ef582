//! Where a provider lives, what it is sent with every request, and how long to wait for it.

use crate::Secret;
use egress::Trust;
use egress::header::{HeaderName, HeaderValue};
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
    /// Headers that every request carries beside the protocol's own, which they replace.
    pub headers: Vec<(String, Secret)>,
}

impl Endpoint {
    /// A provider's words without the key and without what the headers hold.
    pub(crate) fn scrub(&self, words: &str) -> String {
        let words = self.key.as_ref().map_or_else(|| words.to_owned(), |key| key.scrub(words));
        self.headers.iter().fold(words, |words, (_, value)| value.scrub_words(&words))
    }
}

/// Headers that belong to the way the request travels; whoever sets them breaks it.
const OF_THE_WAY: &[&str] = &[
    "connection",
    "content-length",
    "expect",
    "host",
    "keep-alive",
    "proxy-authorization",
    "proxy-connection",
    "te",
    "trailer",
    "transfer-encoding",
    "upgrade",
];

/// Reads a header as a person wrote it.
///
/// # Errors
/// Why it cannot be sent. The value is not repeated.
pub fn header(name: &str, value: &Secret) -> Result<(HeaderName, HeaderValue), &'static str> {
    let name = name.trim().parse::<HeaderName>().map_err(|_| "the name has characters that no header has")?;
    if OF_THE_WAY.contains(&name.as_str()) {
        return Err("it belongs to the way that the request travels");
    }
    let mut value = HeaderValue::from_str(value.expose()).map_err(|_| "the value has characters that no header has")?;
    value.set_sensitive(true);
    Ok((name, value))
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn headers_are_read_as_people_write_them() {
        let read = |name: &str, value: &str| header(name, &Secret::new(value)).map(|(name, _)| name.to_string());
        assert_eq!(read(" X-Gateway ", "gw-1"), Ok("x-gateway".to_owned()));
        for (name, value) in [("", "x"), ("a b", "x"), ("x-ok", "a\nb"), ("Host", "evil"), ("Transfer-Encoding", "x")] {
            assert!(read(name, value).is_err(), "{name}: {value}");
        }
        let (_, value) = header("X-Gateway", &Secret::new("gw-1")).expect("a header");
        assert!(value.is_sensitive());
    }
}
