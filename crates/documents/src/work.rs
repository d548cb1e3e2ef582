//! The state of one extraction: what was written, what is left of the limits, and why it ends early.

use crate::error::ExtractError;
use crate::limits::Limits;
use crate::output::Output;
use std::time::Instant;

/// Why the text ends before the document does.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Cut {
    /// It has more characters than are taken.
    Characters,
    /// Time ran out.
    Time,
}

/// What ends a reader before the end of the document.
#[derive(Debug)]
pub(crate) enum Stop {
    /// What was written is kept.
    Cut(Cut),
    /// There is no result.
    Fail(ExtractError),
}

impl From<ExtractError> for Stop {
    fn from(error: ExtractError) -> Self {
        Self::Fail(error)
    }
}

/// What a reader gives, unless it is stopped.
pub(crate) type Flow<T = ()> = Result<T, Stop>;

/// A damaged document; `detail` goes to the log.
pub(crate) fn broken<T>(detail: &'static str) -> Flow<T> {
    Err(ExtractError::Broken(detail).into())
}

/// How many steps are taken between two looks at the clock.
const STEPS: u32 = 256;

/// One extraction under way.
pub(crate) struct Work {
    /// The bounds.
    pub(crate) limits: Limits,
    /// The text so far.
    pub(crate) output: Output,
    /// The document's own title.
    pub(crate) title: Option<String>,
    /// Pages, sheets or slides in the document.
    pub(crate) pages: usize,
    held: usize,
    started: Instant,
    steps: u32,
}

impl Work {
    pub(crate) fn new(limits: Limits) -> Self {
        let output = Output::new(limits.characters);
        Self { limits, output, title: None, pages: 0, held: 0, started: Instant::now(), steps: 0 }
    }

    /// One step of a loop that follows the document: looks at the clock now and then.
    pub(crate) fn step(&mut self) -> Flow {
        self.steps += 1;
        if self.steps < STEPS {
            return Ok(());
        }
        self.steps = 0;
        self.look_at_clock()
    }

    /// Ends the work if its time is over.
    pub(crate) fn look_at_clock(&self) -> Flow {
        if self.started.elapsed() > self.limits.time { Err(Stop::Cut(Cut::Time)) } else { Ok(()) }
    }

    /// Counts bytes that were unpacked and stay in memory.
    pub(crate) fn hold(&mut self, bytes: usize) -> Flow {
        self.held = self.held.saturating_add(bytes);
        if self.held > self.limits.inflated { Err(ExtractError::TooLarge(self.limits.inflated).into()) } else { Ok(()) }
    }

    /// How many more bytes may be unpacked.
    pub(crate) fn room(&self) -> usize {
        self.limits.inflated.saturating_sub(self.held)
    }

    /// Gives back what [`Work::hold`] counted.
    pub(crate) fn release(&mut self, bytes: usize) {
        self.held = self.held.saturating_sub(bytes);
    }

    /// Takes note of how many pages, sheets or slides there are, and refuses too many.
    pub(crate) fn count_pages(&mut self, pages: usize) -> Flow {
        self.pages = pages;
        if pages > self.limits.pages { Err(ExtractError::TooManyPages(self.limits.pages).into()) } else { Ok(()) }
    }

    /// Takes a title, unless there is one or it is blank. Long ones are no titles.
    pub(crate) fn set_title(&mut self, title: &str) {
        let title = title.split_whitespace().collect::<Vec<_>>().join(" ");
        if self.title.is_none() && !title.is_empty() && title.chars().count() <= 300 {
            self.title = Some(title);
        }
    }

    /// How long the work has been going on, against its limit.
    pub(crate) fn too_slow(&self) -> ExtractError {
        ExtractError::TooSlow(self.limits.time.as_secs().max(1))
    }
}
