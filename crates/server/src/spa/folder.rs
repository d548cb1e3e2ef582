//! The client in a folder. A file is read once and again when it was written: a client that was just built is served at
//! once, and nobody else waits for the disk.

use super::File;
use dashmap::DashMap;
use std::fs::{self, Metadata};
use std::path::PathBuf;
use std::time::SystemTime;

/// Most files that are kept. A client has a fifth of it; more are those of builds that are gone.
const MOST_FILES: usize = 512;
/// Larger files are read each time: nothing of ours is half as large.
const LARGEST_BYTES: u64 = 8 * 1024 * 1024;

/// The client in a folder.
pub struct Folder {
    root: PathBuf,
    read: DashMap<String, (Stamp, File)>,
}

/// What changes when a file is written.
#[derive(Clone, Copy, PartialEq, Eq)]
struct Stamp {
    written: Option<SystemTime>,
    length: u64,
}

impl Stamp {
    fn of(data: &Metadata) -> Self {
        Self { written: data.modified().ok(), length: data.len() }
    }
}

impl Folder {
    pub(super) fn new(root: PathBuf) -> Self {
        Self { root, read: DashMap::new() }
    }

    pub(super) fn file(&self, name: &str) -> Option<File> {
        let path = self.root.join(name);
        let stamp = fs::metadata(&path).ok().filter(Metadata::is_file).map(|data| Stamp::of(&data))?;
        if let Some(known) = self.read.get(name).filter(|known| known.0 == stamp) {
            return Some(known.1.clone());
        }
        let file = File::new(fs::read(&path).ok()?.into());
        self.keep(name, stamp, &file);
        Some(file)
    }

    fn keep(&self, name: &str, stamp: Stamp, file: &File) {
        if stamp.length > LARGEST_BYTES {
            return;
        }
        if self.read.len() >= MOST_FILES {
            self.read.clear();
        }
        self.read.insert(name.to_owned(), (stamp, file.clone()));
    }
}
