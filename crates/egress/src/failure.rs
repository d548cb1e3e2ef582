//! Why a request failed, told from the chain of errors beneath it. It never repeats a URL's path or a header.

use crate::policy::Reason;
use crate::target;
use reqwest::Error;
use std::error::Error as StdError;
use std::fmt;
use std::io;
use url::Url;

/// Longest detail, in characters.
const MAX_DETAIL_CHARS: usize = 300;

/// A request that got no answer, or an answer that broke off.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Failure {
    /// What happened.
    pub kind: FailureKind,
    /// The host asked for, with its port where that matters.
    pub host: String,
    /// The cause in the words of the layer that noticed it.
    pub detail: String,
    /// The proxy in between, without its password, when it is to blame.
    pub proxy: Option<String>,
}

/// The ways to fail that call for different remedies.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum FailureKind {
    /// The name could not be resolved.
    Dns,
    /// Nobody listens there.
    Refused,
    /// No way there, or the connection was torn down while it was being opened.
    Unreachable,
    /// No secure connection.
    Tls,
    /// The DNS answered with an address of a local proxy, and that did not connect.
    FakeIp,
    /// The configured proxy did not connect.
    Proxy,
    /// The connection did not open in time.
    Timeout,
    /// The address may not be reached.
    Blocked,
    /// The connection broke after the request was sent.
    Cut,
    /// Anything else, for instance an answer that is not HTTP.
    Other,
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {:?}: {}", self.host, self.kind, self.detail)
    }
}

impl StdError for Failure {}

impl Failure {
    /// A request that could not even be put together.
    pub(crate) fn unsendable(error: &Error) -> Self {
        let host = error.url().map(target::host_and_port).unwrap_or_default();
        Self { kind: FailureKind::Other, host, detail: root_cause(error), proxy: None }
    }

    /// Whether a local proxy behind a made-up address could have caused this.
    pub(crate) fn may_be_fake_ip(&self) -> bool {
        use FailureKind::{Cut, Refused, Timeout, Tls, Unreachable};
        matches!(self.kind, Refused | Unreachable | Timeout | Tls | Cut)
    }
}

/// An address that the resolver held back; travels inside the connector's error.
#[derive(Debug)]
pub(crate) struct Withheld(pub(crate) Reason);

impl fmt::Display for Withheld {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

impl StdError for Withheld {}

/// Explains why a request to `url` failed, while connecting, while waiting or while its answer was read.
#[must_use]
pub fn explain(error: &Error, url: &Url) -> Failure {
    let (kind, detail) = classify(error);
    let host = match kind {
        FailureKind::Dns | FailureKind::Blocked => url.host_str().unwrap_or_default().to_owned(),
        _ => target::host_and_port(url),
    };
    Failure { kind, host, detail: detail.unwrap_or_else(|| root_cause(error)), proxy: None }
}

fn classify(error: &Error) -> (FailureKind, Option<String>) {
    if let Some(Withheld(reason)) = find(error) {
        return (FailureKind::Blocked, Some(reason.to_string()));
    }
    if let Some(tls) = find::<rustls::Error>(error) {
        return (FailureKind::Tls, Some(tls_detail(tls)));
    }
    if error.is_dns() {
        return (FailureKind::Dns, None);
    }
    if error.is_connect() { connecting(error) } else { answering(error) }
}

fn connecting(error: &Error) -> (FailureKind, Option<String>) {
    match find::<io::Error>(error) {
        _ if error.is_timeout() => opening(io::ErrorKind::TimedOut),
        Some(error) => opening(error.kind()),
        None => (FailureKind::Unreachable, None),
    }
}

/// How a socket, or the handshake on it, failed.
pub(crate) fn of_io(error: &io::Error) -> (FailureKind, Option<String>) {
    match error.get_ref().and_then(|inner| inner.downcast_ref::<rustls::Error>()) {
        Some(tls) => (FailureKind::Tls, Some(tls_detail(tls))),
        None => opening(error.kind()),
    }
}

fn opening(kind: io::ErrorKind) -> (FailureKind, Option<String>) {
    use io::ErrorKind as Io;
    match kind {
        Io::TimedOut => (FailureKind::Timeout, Some("the connection did not open in time".to_owned())),
        Io::ConnectionRefused => (FailureKind::Refused, None),
        // TCP was there and the handshake was not answered: typical of something else than TLS behind the port.
        Io::UnexpectedEof => {
            (FailureKind::Tls, Some("the server closed the connection during the handshake".to_owned()))
        }
        _ => (FailureKind::Unreachable, None),
    }
}

fn answering(error: &Error) -> (FailureKind, Option<String>) {
    if find::<hyper::Error>(error).is_some_and(hyper::Error::is_parse) {
        return (FailureKind::Other, Some("the answer is not HTTP".to_owned()));
    }
    if error.is_builder() || error.is_redirect() || error.is_upgrade() {
        return (FailureKind::Other, None);
    }
    (FailureKind::Cut, None)
}

fn tls_detail(error: &rustls::Error) -> String {
    match error {
        rustls::Error::InvalidMessage(_) => {
            "the server did not answer with TLS; is it a plain http address?".to_owned()
        }
        other => other.to_string(),
    }
}

/// The error and everything beneath it. What an [`io::Error`] wraps does not count as its source, so it is taken out.
fn chain(error: &Error) -> impl Iterator<Item = &(dyn StdError + 'static)> {
    let first: &(dyn StdError + 'static) = error;
    std::iter::successors(Some(first), |&current| {
        let wrapped = current.downcast_ref::<io::Error>().and_then(io::Error::get_ref);
        wrapped.map_or_else(|| current.source(), |inner| Some(inner))
    })
}

/// The innermost error of type `T` in the chain.
fn find<T: StdError + 'static>(error: &Error) -> Option<&T> {
    chain(error).filter_map(|link| link.downcast_ref()).last()
}

/// The words of the innermost error: the outer ones only say that something failed, and where.
fn root_cause(error: &Error) -> String {
    let cause = chain(error).skip(1).last().map_or_else(|| "the request failed".to_owned(), ToString::to_string);
    cause.chars().take(MAX_DETAIL_CHARS).collect()
}
