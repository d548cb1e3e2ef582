//! How a command fails: one line for the operator and an exit code. It prints nothing and knows no requests; those
//! fail with `crate::error::AppError`.

use std::fmt;

/// Why a command ended without having done what was asked.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Failure {
    /// Exit code of the process.
    pub exit: u8,
    /// One line: what failed, why, what to do.
    pub line: String,
}

/// Exit code where starting again changes nothing before the operator does (`EX_CONFIG` of sysexits). Supervisors are
/// told not to try again at this one.
const CONFIGURATION: u8 = 78;
/// Exit code of everything else.
const OTHER: u8 = 1;

impl Failure {
    /// What the operator has to change: a value, a right, a file, a port that is taken.
    #[must_use]
    pub fn configuration(line: impl Into<String>) -> Self {
        Self { exit: CONFIGURATION, line: line.into() }
    }

    /// Anything else, such as a database that may answer a moment later.
    #[must_use]
    pub fn other(line: impl Into<String>) -> Self {
        Self { exit: OTHER, line: line.into() }
    }
}

impl From<String> for Failure {
    fn from(line: String) -> Self {
        Self::other(line)
    }
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.line)
    }
}
