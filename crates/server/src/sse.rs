//! A channel of encoded events as a response: headers that no proxy may misunderstand, a first byte at once, and a
//! comment often enough that silence never looks like death.

use actix_web::http::header::{CACHE_CONTROL, CONTENT_ENCODING, CONTENT_TYPE};
use actix_web::{HttpResponse, HttpResponseBuilder};
use bytes::Bytes;
use futures_util::Stream;
use std::convert::Infallible;
use std::pin::Pin;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::task::{Context, Poll};
use std::time::Duration;
use tokio::sync::mpsc;
use tokio::time::{Instant, Interval, MissedTickBehavior, interval_at};

/// Time between heartbeat comments. Proxies cut at 60 s of silence, and a reader that left is noticed at a write.
const HEARTBEAT: Duration = Duration::from_secs(10);

/// Streams of this process that are open.
static OPEN: AtomicUsize = AtomicUsize::new(0);

struct EventStream {
    receiver: mpsc::Receiver<Bytes>,
    heartbeat: Interval,
    opened: bool,
    _counted: Counted,
}

/// Counts as an open stream until it is dropped.
struct Counted;

impl Counted {
    fn new() -> Self {
        OPEN.fetch_add(1, Ordering::Relaxed);
        Self
    }
}

impl Drop for Counted {
    fn drop(&mut self) {
        OPEN.fetch_sub(1, Ordering::Relaxed);
    }
}

/// How many streams are open.
#[must_use]
pub fn open() -> usize {
    OPEN.load(Ordering::Relaxed)
}

/// Streams what the channel delivers until it closes. The first byte goes out at once.
#[must_use]
pub fn respond(receiver: mpsc::Receiver<Bytes>) -> HttpResponse {
    respond_below(HttpResponse::Ok(), receiver)
}

/// The same below a head that was begun.
#[must_use]
pub fn respond_below(head: HttpResponseBuilder, receiver: mpsc::Receiver<Bytes>) -> HttpResponse {
    stream(head, receiver, false)
}

/// The same for a channel that has something to deliver by now. Each piece ends where a frame
/// ends, so that a comment may stand between any two.
#[must_use]
pub fn send(head: HttpResponseBuilder, receiver: mpsc::Receiver<Bytes>) -> HttpResponse {
    stream(head, receiver, true)
}

fn stream(mut head: HttpResponseBuilder, receiver: mpsc::Receiver<Bytes>, opened: bool) -> HttpResponse {
    let mut heartbeat = interval_at(Instant::now() + HEARTBEAT, HEARTBEAT);
    heartbeat.set_missed_tick_behavior(MissedTickBehavior::Delay);
    head.insert_header((CONTENT_TYPE, "text/event-stream; charset=utf-8"))
        .insert_header((CACHE_CONTROL, "private, no-store, no-transform"))
        // A hand-written body is compressed, and so buffered, unless it says that it is encoded already.
        .insert_header((CONTENT_ENCODING, "identity"))
        .insert_header(("X-Accel-Buffering", "no"))
        .streaming(EventStream { receiver, heartbeat, opened, _counted: Counted::new() })
}

impl Stream for EventStream {
    type Item = Result<Bytes, Infallible>;

    fn poll_next(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        if !std::mem::replace(&mut self.opened, true) {
            return Poll::Ready(Some(Ok(Bytes::from_static(b": open\n\n"))));
        }
        if let Poll::Ready(frame) = self.receiver.poll_recv(cx) {
            return Poll::Ready(frame.map(Ok));
        }
        match self.heartbeat.poll_tick(cx) {
            Poll::Ready(_) => Poll::Ready(Some(Ok(Bytes::from_static(b": ping\n\n")))),
            Poll::Pending => Poll::Pending,
        }
    }
}
