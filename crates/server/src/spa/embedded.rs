//! The client inside the program: bytes that are there from the start, and their names, made when first asked for.

use super::File;
use bytes::Bytes;
use std::sync::OnceLock;

/// Files by name, in the order of their names.
pub(super) type Files = &'static [(&'static str, &'static [u8])];

/// The client inside the program.
pub struct Embedded {
    files: Files,
    /// One place for each file. Hashing all of them at the start would delay it for nothing.
    read: Vec<OnceLock<File>>,
}

impl Embedded {
    pub(super) fn new(files: Files) -> Self {
        Self { files, read: files.iter().map(|_| OnceLock::new()).collect() }
    }

    pub(super) fn file(&self, name: &str) -> Option<File> {
        let at = self.files.binary_search_by_key(&name, |(name, _)| name).ok()?;
        let (_, bytes) = self.files[at];
        Some(self.read[at].get_or_init(|| File::new(Bytes::from_static(bytes))).clone())
    }
}
