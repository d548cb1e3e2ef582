//! How somebody likes to write, on this device: which key sends, what sending does while an answer is being written, and what
//! becomes of a long paste. Read when it matters,
//! so that a change in the settings holds at once in every tab.

use crate::storage;

/// Present when a bare Enter breaks the line.
const ENTER: &str = "aichat.enter";
/// Present when a long paste stays in the text.
const PASTE: &str = "aichat.paste";

/// Present when sending stops the answer that is being written.
const STOP: &str = "aichat.stop-and-send";

/// A choice between two ways.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Habit {
    /// Enter breaks the line, and Enter with Ctrl or ⌘ sends.
    EnterBreaks,
    /// Sending stops the answer that is being written instead of waiting for its end.
    SendingStops,
    /// A long paste stays in the text instead of becoming a file.
    PasteStays,
}

impl Habit {
    fn key(self) -> &'static str {
        match self {
            Self::EnterBreaks => ENTER,
            Self::SendingStops => STOP,
            Self::PasteStays => PASTE,
        }
    }

    /// Whether this person has it.
    #[must_use]
    pub fn holds(self) -> bool {
        storage::read(self.key()).is_some()
    }

    /// Takes it up or gives it up.
    pub fn set(self, holds: bool) {
        if holds {
            storage::write(self.key(), "1");
        } else {
            storage::remove(self.key());
        }
    }
}
