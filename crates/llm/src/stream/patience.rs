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

/// How many times as long as in silence an answer may go on with comments alone.
const COMMENTED: u32 = 5;

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
    /// When anything came, and when the last token did.
    heard_at: Instant,
    told_at: Instant,
    timer: Pin<Box<Sleep>>,
}

impl Patience {
    /// Waits for the first token until `deadline`, else fails with `late`.
    pub(crate) fn new(deadline: Instant, late: Error, timeouts: Timeouts) -> Self {
        let now = Instant::now();
        Self {
            phase: Phase::First,
            first: (deadline, late),
            idle: timeouts.idle,
            heard_at: now,
            told_at: now,
            timer: Box::pin(tokio::time::sleep_until(deadline)),
        }
    }

    /// Something came, be it a comment.
    pub(crate) fn heard(&mut self) {
        if self.phase != Phase::First {
            self.heard_at = Instant::now();
        }
    }

    /// A token came.
    pub(crate) fn told(&mut self) {
        self.told_at = Instant::now();
        if self.phase == Phase::First {
            self.enter(Phase::Amid);
        }
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
            Phase::Amid => (self.heard_at + self.idle).min(self.told_at + self.idle * COMMENTED),
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
                let silent = self.heard_at + self.idle <= Instant::now();
                let limit = if silent { self.idle } else { self.idle * COMMENTED };
                Waited::TooLong(Error::new(ErrorCode::ProviderStalled).with("seconds", seconds(limit)))
            }
            Phase::Ending => Waited::Ending,
        }
    }
}
