//! What the configuration is read from beside the command line. The process's own is made in `crate::cli`; tests bring theirs.

use std::io;
use std::path::Path;

/// Variables, files and `.env` of a process.
#[derive(Clone, Copy)]
pub struct Surroundings<'a> {
    /// A variable of the process.
    pub variable: &'a dyn Fn(&str) -> Option<String>,
    /// The text of a file.
    pub file: &'a dyn Fn(&Path) -> io::Result<String>,
    /// The text of `.env`; empty when there is none.
    pub dotenv: &'a str,
}

/// Where platforms put files whose names are those of variables.
pub(super) const SECRETS_DIR: &str = "/etc/secrets";

/// Files that Docker and Podman put into every container.
const MARKERS: [&str; 2] = ["/.dockerenv", "/run/.containerenv"];

impl Surroundings<'_> {
    /// Whether a container engine started this process.
    pub(super) fn in_container(&self) -> bool {
        MARKERS.iter().any(|marker| (self.file)(Path::new(marker)).is_ok())
    }
}
