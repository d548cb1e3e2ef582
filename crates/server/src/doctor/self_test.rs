//! Asks a server for its self-test, the way people's browsers reach it, and notes when each event arrives.

use crate::auth::self_test::Passes;
use crate::clock::{Clock, new_id};
use egress::header::{ACCEPT_ENCODING, CONTENT_ENCODING, DATE, HeaderMap, ORIGIN};
use egress::{Egress, Failure, FailureKind, Method, RequestBuilder, Response, StatusCode, Trust};
use serde::de::DeserializeOwned;
use shared::self_test::{EVENTS, PASS_HEADER, SelfTestEvent};
use shared::sse::Decoder;
use shared::{ApiError, ErrorCode};
use std::time::{Duration, Instant};
use time::OffsetDateTime;
use time::format_description::well_known::Rfc2822;

/// One request takes no longer.
const PATIENCE: Duration = Duration::from_secs(15);
/// Headers in which caches say what they did.
const CACHE_HEADERS: [&str; 5] = ["x-cache", "x-cache-status", "x-proxy-cache", "cf-cache-status", "x-nginx-cache"];
/// Most bytes read of an answer that is no stream: whoever stands at the address may never come to an end.
const MAX_ANSWER_BYTES: usize = 64 * 1024;

/// What came of asking.
pub(super) enum Outcome {
    /// A self-test of some installation with our secret.
    Heard(Box<Heard>),
    /// An AIChat that did not take the pass, and why.
    Refused(ErrorCode),
    /// Something that is no AIChat, with this status.
    Other(StatusCode),
    /// No answer.
    Unreached(Failure),
}

/// A self-test as it arrived.
#[derive(Clone)]
pub(super) struct Heard {
    /// Its first event.
    pub(super) first: SelfTestEvent,
    /// How many came.
    pub(super) count: u32,
    /// Time between the first and the last.
    pub(super) span: Duration,
    /// How it ended too early, if it did.
    pub(super) cut: Option<String>,
    /// When the answer was stamped, in unix milliseconds.
    pub(super) stamped: Option<i64>,
}

/// How much of a self-test is awaited.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Wait {
    /// The first event, which says who answers.
    First,
    /// All of them.
    All,
}

/// Asks at this origin.
pub(super) async fn ask(egress: &Egress, origin: &str, passes: &Passes, wait: Wait) -> Outcome {
    let unreached = |kind, detail: &str| {
        Outcome::Unreached(Failure { kind, host: origin.to_owned(), detail: detail.to_owned(), proxy: None })
    };
    match tokio::time::timeout(PATIENCE, try_ask(egress, origin, passes, wait)).await {
        Ok(Ok(outcome)) => outcome,
        Ok(Err(failure)) => Outcome::Unreached(failure),
        Err(_) => unreached(FailureKind::Timeout, "no answer in time"),
    }
}

async fn try_ask(egress: &Egress, origin: &str, passes: &Passes, wait: Wait) -> Result<Outcome, Failure> {
    let nonce = new_id();
    let response = send(egress, origin, STREAM, passes, &nonce).await?;
    let status = response.status();
    let headers = response.headers().clone();
    let is_stream = headers.get("content-type").is_some_and(|kind| kind.as_bytes().starts_with(b"text/event-stream"));
    if status != StatusCode::OK || !is_stream {
        return Ok(refusal(response).await.map_or(Outcome::Other(status), Outcome::Refused));
    }
    Ok(match listen(response, wait).await {
        Some(mut heard) => {
            heard.stamped = stamp(&headers);
            Outcome::Heard(Box::new(heard))
        }
        None => Outcome::Other(status),
    })
}

/// Whether a cache in front answers a request with the answer to another one, or says that it keeps such answers. Two
/// plain requests to one address tell: streams are marked so that some caches leave them alone.
pub(super) async fn is_cached(egress: &Egress, origin: &str, passes: &Passes) -> bool {
    for _ in 0..2 {
        let nonce = new_id();
        let asked = async {
            let response = send(egress, origin, ONCE, passes, &nonce).await.ok()?;
            let kept = says_cached(response.headers());
            let event: SelfTestEvent = small_json(response).await?;
            Some(kept || event.nonce != nonce)
        };
        if tokio::time::timeout(PATIENCE, asked).await.ok().flatten() == Some(true) {
            return true;
        }
    }
    false
}

/// The encoding in which the proxies in front send a stream to somebody who takes gzip.
pub(super) async fn encoding(egress: &Egress, origin: &str, passes: &Passes) -> Option<String> {
    let request = request(egress, origin, STREAM, passes, &new_id()).ok()?;
    // Asking for it by hand keeps the client from unpacking it unseen.
    let asked = egress.send(Trust::Admin, request.header(ACCEPT_ENCODING, "gzip"));
    let response = tokio::time::timeout(PATIENCE, asked).await.ok()?.ok()?;
    let encoding = response.headers().get(CONTENT_ENCODING)?.to_str().ok()?.to_owned();
    (encoding != "identity").then_some(encoding)
}

/// The two forms of the self-test.
const STREAM: &str = "/api/self-test";
const ONCE: &str = "/api/self-test?once=true";

async fn send(egress: &Egress, origin: &str, path: &str, passes: &Passes, nonce: &str) -> Result<Response, Failure> {
    egress.send(Trust::Admin, request(egress, origin, path, passes, nonce)?).await
}

fn request(egress: &Egress, origin: &str, path: &str, passes: &Passes, nonce: &str) -> Result<RequestBuilder, Failure> {
    let pass = passes.issue(nonce, Clock::default().now()).unwrap_or_default();
    let request = egress.request(Trust::Admin, Method::GET, &format!("{origin}{path}"))?;
    Ok(request.header(PASS_HEADER, pass).header(ORIGIN, origin))
}

/// The code in an error of ours.
async fn refusal(response: Response) -> Option<ErrorCode> {
    small_json::<ApiError>(response).await?.known()
}

/// A whole answer that is as small as ours are; none if it is larger or something else.
pub(super) async fn small_json<T: DeserializeOwned>(mut response: Response) -> Option<T> {
    let mut body = Vec::new();
    while let Some(chunk) = response.chunk().await.ok()? {
        if body.len() + chunk.len() > MAX_ANSWER_BYTES {
            return None;
        }
        body.extend_from_slice(&chunk);
    }
    serde_json::from_slice(&body).ok()
}

/// Reads events; none when what comes is no self-test.
async fn listen(mut response: Response, wait: Wait) -> Option<Heard> {
    let mut decoder = Decoder::default();
    let mut heard: Option<Heard> = None;
    let mut began = Instant::now();
    loop {
        let chunk = match response.chunk().await {
            Ok(Some(chunk)) => chunk,
            ended => {
                let why = ended.err().map_or_else(|| "the connection was closed".to_owned(), |error| error.to_string());
                return heard.map(|heard| Heard { cut: (heard.count < EVENTS).then_some(why), ..heard });
            }
        };
        let mut frames = Vec::new();
        decoder.push(&chunk, |frame| frames.push(frame)).ok()?;
        for frame in frames {
            let event: SelfTestEvent = serde_json::from_str(&frame.data).ok()?;
            let heard = heard.get_or_insert_with(|| {
                began = Instant::now();
                Heard { first: event, count: 0, span: Duration::ZERO, cut: None, stamped: None }
            });
            heard.count += 1;
            heard.span = began.elapsed();
        }
        if heard.as_ref().is_some_and(|heard| wait == Wait::First || heard.count >= EVENTS) {
            return heard;
        }
    }
}

fn says_cached(headers: &HeaderMap) -> bool {
    let says = |name: &str| headers.get(name).and_then(|value| value.to_str().ok()).map(str::to_ascii_uppercase);
    CACHE_HEADERS.iter().filter_map(|name| says(name)).any(|value| value.contains("HIT"))
}

fn stamp(headers: &HeaderMap) -> Option<i64> {
    let date = OffsetDateTime::parse(headers.get(DATE)?.to_str().ok()?, &Rfc2822).ok()?;
    Some(date.unix_timestamp() * 1000)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn headers(name: &'static str, value: &'static str) -> HeaderMap {
        HeaderMap::from_iter([(name.parse().expect("a name"), value.parse().expect("a value"))])
    }

    #[test]
    fn a_cache_that_says_so_is_believed() {
        assert!(says_cached(&headers("x-cache", "Hit from somewhere")));
        assert!(says_cached(&headers("cf-cache-status", "HIT")));
        assert!(!says_cached(&headers("x-cache", "MISS")));
        assert!(!says_cached(&HeaderMap::new()));
    }

    #[test]
    fn the_stamp_of_an_answer_is_read() {
        assert_eq!(stamp(&headers("date", "Fri, 21 Nov 2025 07:24:05 GMT")), Some(1_763_709_845_000));
        assert_eq!(stamp(&headers("date", "yesterday")), None);
    }
}
