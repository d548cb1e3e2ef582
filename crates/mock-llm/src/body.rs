//! Performs the acts of an answer on a stream, each at its time.

use crate::act::{Act, Script};
use crate::encode::{Counts, Encoder};
use crate::ledger::Served;
use actix_web::body::{BodySize, MessageBody};
use bytes::Bytes;
use std::fmt;
use std::future::Future as _;
use std::pin::Pin;
use std::task::{Context, Poll, ready};
use std::time::Duration;
use tokio::time::{Instant, Sleep, sleep_until};

/// Pause between the halves of a split frame, so that they arrive apart.
const SPLIT_PAUSE: Duration = Duration::from_millis(20);

/// Ends a body and with it the connection; actix closes the socket without the last chunk.
#[derive(Debug)]
pub(crate) struct Cut;

impl fmt::Display for Cut {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("the behaviour closes the connection")
    }
}

impl std::error::Error for Cut {}

/// The body of a streamed answer. All waiting is by deadlines counted from its start, with one timer.
pub(crate) struct Answer {
    script: Script,
    frames: Box<dyn Encoder>,
    began: bool,
    served: Served,
    counts: Counts,
    started: Instant,
    timer: Pin<Box<Sleep>>,
    waiting: bool,
    second_half: Option<Bytes>,
}

impl Answer {
    /// An answer that began at `started`.
    pub(crate) fn new(
        script: Script,
        frames: Box<dyn Encoder>,
        served: Served,
        prompt_tokens: u64,
        started: Instant,
    ) -> Self {
        let counts = Counts { prompt: prompt_tokens, ..Counts::default() };
        let timer = Box::pin(sleep_until(started));
        Self { script, frames, began: false, served, counts, started, timer, waiting: false, second_half: None }
    }

    fn wait_until(&mut self, deadline: Instant) {
        if deadline > Instant::now() {
            self.timer.as_mut().reset(deadline);
            self.waiting = true;
        }
    }

    fn count(&mut self) {
        self.counts.completion += 1;
        self.served.token();
    }

    fn text(&mut self, text: &str) -> Bytes {
        self.count();
        self.frames.text(text)
    }

    fn split(&mut self, text: &str) -> Bytes {
        let mut frame = self.text(text);
        let inside = frame.iter().position(|byte| *byte >= 0x80).map_or(frame.len() / 2, |first| first + 1);
        self.second_half = Some(frame.split_off(inside));
        self.wait_until(Instant::now() + SPLIT_PAUSE);
        frame
    }

    fn thinking(&mut self, text: &str) -> Bytes {
        self.count();
        self.counts.reasoning += 1;
        self.frames.thinking(text)
    }

    fn usage(&mut self, zero: bool) -> Bytes {
        self.frames.usage(if zero { Counts::default() } else { self.counts })
    }

    /// Performs one act: bytes to write, or nothing to write yet. The first that writes brings the opening with it.
    fn perform(&mut self, act: Act) -> Option<Bytes> {
        let opens = !self.began && !matches!(act, Act::Until(_) | Act::Stall | Act::Cut | Act::Comment(_));
        if !opens {
            return self.write(act);
        }
        self.began = true;
        let opening = self.frames.begin(self.counts.prompt);
        let bytes = self.write(act);
        if opening.is_empty() { bytes } else { Some([opening, bytes.unwrap_or_default()].concat().into()) }
    }

    fn write(&mut self, act: Act) -> Option<Bytes> {
        Some(match act {
            Act::Text(text) => self.text(&text),
            Act::Split(text) => self.split(text),
            Act::Thinking(text) => self.thinking(&text),
            Act::Call(step) => self.frames.call(&step),
            Act::NoChoices => self.frames.hollow(),
            Act::Comment(text) => self.frames.comment(text),
            Act::Broken => self.frames.broken(),
            Act::Fail(refused) => self.frames.fail(&refused),
            Act::Finish(reason) => self.frames.finish(reason),
            Act::Usage { zero } => self.usage(zero),
            Act::Done => self.frames.done(),
            Act::Until(after) => {
                self.wait_until(self.started + after);
                return None;
            }
            Act::Order(_) | Act::Stall | Act::Cut => return None,
        })
    }
}

impl MessageBody for Answer {
    type Error = Cut;

    fn size(&self) -> BodySize {
        BodySize::Stream
    }

    fn poll_next(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Result<Bytes, Cut>>> {
        let this = &mut *self;
        loop {
            if this.waiting {
                ready!(this.timer.as_mut().poll(cx));
                this.waiting = false;
            }
            if let Some(half) = this.second_half.take() {
                return Poll::Ready(Some(Ok(half)));
            }
            match this.script.next() {
                None => {
                    // A stream without its formal end still says what it waited with.
                    let rest = this.frames.end();
                    if !rest.is_empty() {
                        return Poll::Ready(Some(Ok(rest)));
                    }
                    this.served.finish();
                    return Poll::Ready(None);
                }
                Some(Act::Cut) => {
                    this.served.finish();
                    return Poll::Ready(Some(Err(Cut)));
                }
                // Nothing wakes this body again: the connection does, when the client leaves.
                Some(Act::Stall) => {
                    this.script = Box::new(std::iter::once(Act::Stall));
                    return Poll::Pending;
                }
                Some(act) => {
                    if let Some(bytes) = this.perform(act).filter(|bytes| !bytes.is_empty()) {
                        return Poll::Ready(Some(Ok(bytes)));
                    }
                }
            }
        }
    }
}

/// A body that breaks off in the middle of a JSON document.
pub(crate) struct Torn(pub(crate) Option<Bytes>);

impl MessageBody for Torn {
    type Error = Cut;

    fn size(&self) -> BodySize {
        BodySize::Stream
    }

    fn poll_next(mut self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<Option<Result<Bytes, Cut>>> {
        Poll::Ready(Some(self.0.take().ok_or(Cut)))
    }
}
