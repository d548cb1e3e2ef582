//! How long to wait for the next piece of an answer. One timer serves the whole stream: it is moved only when it fires
//! too early, not for every token.

use crate::Timeouts;
use crate::error::{Error, seconds};
use shared::ErrorCode;
use std::pin::Pin;
use std::task::{Context, Poll, ready};
use std::time::Duration;
use tokio::time::{Instant, Sleep};

/// How long the usage and the end may take once the answer itself is complete.
const ENDING_TIME: Duration = Duration::from_secs(5);

/// What was waited for in vain.
pub(crate) enum Waited {
    /// Only the formal end of a complete answer.
    Ending,
    /// The answer.
    TooLong(Error),
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Phase {
    /// No token yet.
    First,
    /// Amid the answer.
    Amid,
    /// After it.
    Ending,
}

/// The clock of one answer.
pub(crate) struct Patience {
    phase: Phase,
    /// Until when the first token must be there, and the error when it is not.
    first: (Instant, Error),
    idle: Duration,
    heard_at: Instant,
    timer: Pin<Box<Sleep>>,
}

impl Patience {
    /// Waits for the first token until `deadline`, else fails with `late`.
    pub(crate) fn new(deadline: Instant, late: Error, timeouts: Timeouts) -> Self {
        Self {
            phase: Phase::First,
            first: (deadline, late),
            idle: timeouts.idle,
            heard_at: Instant::now(),
            timer: Box::pin(tokio::time::sleep_until(deadline)),
        }
    }

    /// Something came, be it a comment.
    pub(crate) fn heard(&mut self) {
        if self.phase != Phase::First {
            self.heard_at = Instant::now();
        }
    }

    pub(crate) fn has_begun(&self) -> bool {
        self.phase != Phase::First
    }

    /// The first token came.
    pub(crate) fn begun(&mut self) {
        self.enter(Phase::Amid);
    }

    /// The answer is complete but for its formal end.
    pub(crate) fn ending(&mut self) {
        if self.phase != Phase::Ending {
            self.enter(Phase::Ending);
        }
    }

    fn enter(&mut self, phase: Phase) {
        self.phase = phase;
        self.heard_at = Instant::now();
        let deadline = self.deadline();
        self.timer.as_mut().reset(deadline);
    }

    fn deadline(&self) -> Instant {
        match self.phase {
            Phase::First => self.first.0,
            Phase::Amid => self.heard_at + self.idle,
            Phase::Ending => self.heard_at + ENDING_TIME,
        }
    }

    /// Ready once the waiting has lasted too long.
    pub(crate) fn poll_spent(&mut self, cx: &mut Context<'_>) -> Poll<Waited> {
        loop {
            ready!(self.timer.as_mut().poll(cx));
            let deadline = self.deadline();
            if Instant::now() >= deadline {
                return Poll::Ready(self.waited());
            }
            self.timer.as_mut().reset(deadline);
        }
    }

    fn waited(&self) -> Waited {
        match self.phase {
            Phase::First => Waited::TooLong(self.first.1.clone()),
            Phase::Amid => {
                let error = Error::new(ErrorCode::ProviderStalled).with("seconds", seconds(self.idle));
                Waited::TooLong(error)
            }
            Phase::Ending => Waited::Ending,
        }
    }
}
