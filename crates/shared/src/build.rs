//! Which build a program is: how a page notices that the server behind it was replaced.

use serde::{Deserialize, Serialize};
use std::fmt;

/// The commit of a build that does not know its own.
pub const UNKNOWN: &str = "unknown";

/// Version and commit of a program.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Build {
    /// The version, as in `0.1.0`.
    pub version: String,
    /// The beginning of the commit's hash, or [`UNKNOWN`].
    pub commit: String,
}

impl Build {
    /// Reads `VERSION COMMIT`, as the page carries it.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let (version, commit) = text.split_once(' ')?;
        Some(Self { version: version.to_owned(), commit: commit.to_owned() })
    }

    /// Whether the two are surely not the same build: one that does not know its commit never is another.
    #[must_use]
    pub fn differs_from(&self, other: &Self) -> bool {
        self.commit != UNKNOWN && other.commit != UNKNOWN && self != other
    }
}

impl fmt::Display for Build {
    /// `0.1.0 (0123456789ab)`, or the version alone.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.version)?;
        if self.commit == UNKNOWN { Ok(()) } else { write!(f, " ({})", self.commit) }
    }
}

#[cfg(test)]
mod tests {
    use super::{Build, UNKNOWN};

    fn build(text: &str) -> Build {
        Build::parse(text).expect("a version and a commit")
    }

    #[test]
    fn another_commit_or_version_is_another_build() {
        let mine = build("0.1.0 0123456789ab");
        assert!(mine.differs_from(&build("0.1.0 ba9876543210")));
        assert!(mine.differs_from(&build("0.2.0 0123456789ab")));
        assert!(!mine.differs_from(&mine.clone()));
    }

    #[test]
    fn a_build_that_does_not_know_its_commit_is_never_another() {
        let (known, unknown) = (build("0.1.0 0123456789ab"), build(&format!("0.2.0 {UNKNOWN}")));
        assert!(!known.differs_from(&unknown) && !unknown.differs_from(&known));
    }

    #[test]
    fn people_read_the_commit_where_there_is_one() {
        assert_eq!(build("0.1.0 0123456789ab").to_string(), "0.1.0 (0123456789ab)");
        assert_eq!(build("0.1.0 unknown").to_string(), "0.1.0");
        assert_eq!(Build::parse(""), None);
    }
}
