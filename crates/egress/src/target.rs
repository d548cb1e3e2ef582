//! Reads a URL with the one parser that the client itself uses, and refuses what may not be asked for. No IO.

use crate::failure::{Failure, FailureKind};
use crate::policy::{self, Reason, Trust};
use std::net::IpAddr;
use url::{Host, Url};

/// Longest URL in bytes.
const MAX_URL_BYTES: usize = 8 * 1024;
/// Longest part of a refused URL that an error repeats, in characters.
const MAX_SHOWN_CHARS: usize = 100;

/// Parses a URL strictly: what parsers disagree about is refused, not repaired.
pub(crate) fn parse(text: &str) -> Result<Url, Failure> {
    let refuse = |detail: &str| {
        // Whatever stands before an `@` may be a password.
        let shown = text.rsplit('@').next().unwrap_or_default();
        let host = shown.chars().filter(|c| !c.is_control()).take(MAX_SHOWN_CHARS).collect();
        Failure { kind: FailureKind::Blocked, host, detail: detail.to_owned(), proxy: None }
    };
    if text.len() > MAX_URL_BYTES {
        return Err(refuse("the address is too long"));
    }
    if text.chars().any(|c| c == '\\' || c.is_whitespace() || c.is_control()) {
        return Err(refuse("the address has a character that does not belong into one"));
    }
    let url = Url::parse(text).map_err(|error| refuse(&error.to_string()))?;
    if !matches!(url.scheme(), "http" | "https") {
        return Err(refuse("only http and https are allowed"));
    }
    if text.split(['/', '?', '#']).nth(2).is_some_and(|authority| authority.contains('@')) {
        return Err(refuse("a user name or password in the address is not allowed"));
    }
    Ok(url)
}

/// Checks what can be told without resolving anything.
pub(crate) fn check(trust: Trust, url: &Url) -> Result<(), Failure> {
    if !matches!(url.scheme(), "http" | "https") || !url.username().is_empty() || url.password().is_some() {
        return Err(blocked(url, "only http and https without a user name are allowed"));
    }
    let host = url.host().ok_or_else(|| blocked(url, "it names no host"))?;
    judge(trust, &host).map_err(|reason| blocked(url, &reason.to_string()))
}

/// Checks a host, as far as that can be told without resolving anything.
pub(crate) fn judge(trust: Trust, host: &Host<&str>) -> Result<(), Reason> {
    match *host {
        Host::Domain(name) => policy::check_name(trust, name),
        Host::Ipv4(address) => policy::check(trust, IpAddr::V4(address)),
        Host::Ipv6(address) => policy::check(trust, IpAddr::V6(address)),
    }
}

/// Whether the host is this machine or in a network of ours, as far as that can be told without resolving anything. A
/// name without a dot is one: only a resolver nearby knows it.
#[must_use]
pub fn is_near(url: &Url) -> bool {
    let Some(host) = url.host() else { return false };
    let bare = matches!(host, Host::Domain(name) if !name.trim_end_matches('.').contains('.'));
    bare || matches!(judge(Trust::User, &host), Err(Reason::Loopback | Reason::Private))
}

/// The failure for a URL that may not be reached.
pub(crate) fn blocked(url: &Url, detail: &str) -> Failure {
    let host = url.host_str().unwrap_or_default().to_owned();
    Failure { kind: FailureKind::Blocked, host, detail: detail.to_owned(), proxy: None }
}

/// The host with its port when that is not the usual one.
pub(crate) fn host_and_port(url: &Url) -> String {
    let host = url.host_str().unwrap_or_default();
    url.port().map_or_else(|| host.to_owned(), |port| format!("{host}:{port}"))
}
