//! How much of a document is read. Never follows from the document itself.

use std::time::Duration;

/// Bounds of one extraction.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limits {
    /// Largest file, in bytes.
    pub bytes: usize,
    /// Most bytes that may come out of the file's compressed parts and be held at one time.
    pub inflated: usize,
    /// Most entries of an archive.
    pub entries: usize,
    /// Most pages, sheets or slides.
    pub pages: usize,
    /// Most characters of the result; the rest is cut, and the result says so.
    pub characters: usize,
    /// Longest time; what was read until then is kept, and the result says so.
    pub time: Duration,
}

impl Default for Limits {
    /// What a book of a thousand pages needs and a small server can bear.
    fn default() -> Self {
        Self {
            bytes: 32 << 20,
            inflated: 128 << 20,
            entries: 10_000,
            pages: 2_000,
            characters: 2_000_000,
            time: Duration::from_secs(20),
        }
    }
}
