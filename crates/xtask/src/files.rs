//! Walking and comparing files. Never writes anything but stamps.

use crate::process::{Outcome, because};
use std::collections::hash_map::DefaultHasher;
use std::fs;
use std::hash::{Hash, Hasher};
use std::path::{Path, PathBuf};
use std::time::SystemTime;

/// All files below `path` (or `path` itself), in order; what is built or fetched is left out.
pub(crate) fn below(path: &Path) -> Vec<PathBuf> {
    if path.is_file() {
        return vec![path.to_path_buf()];
    }
    let mut entries: Vec<_> = fs::read_dir(path).into_iter().flatten().flatten().map(|entry| entry.path()).collect();
    entries.sort();
    entries.into_iter().filter(|entry| !is_made(entry)).flat_map(|entry| below(&entry)).collect()
}

fn is_made(path: &Path) -> bool {
    let name = path.file_name().unwrap_or_default().to_string_lossy();
    matches!(&*name, "target" | "dist" | "node_modules") || name.starts_with('.')
}

/// A number that changes when a file below one of the paths appears, vanishes, or is written.
pub(crate) fn fingerprint<P: AsRef<Path>>(paths: impl IntoIterator<Item = P>) -> u64 {
    let mut hasher = DefaultHasher::new();
    for file in paths.into_iter().flat_map(|path| below(path.as_ref())) {
        let written = fs::metadata(&file).and_then(|data| data.modified()).unwrap_or(SystemTime::UNIX_EPOCH);
        (file, written).hash(&mut hasher);
    }
    hasher.finish()
}

/// Reads a text file.
pub(crate) fn text(path: &Path) -> Outcome<String> {
    fs::read_to_string(path).map_err(because(format!("cannot read {}", path.display())))
}

/// A note of what something was last made from.
pub(crate) struct Stamp {
    file: PathBuf,
}

impl Stamp {
    /// The note with this name, in the tools' folder.
    pub(crate) fn new(name: &str) -> Self {
        Self { file: crate::place::tools().join(format!("{name}.stamp")) }
    }

    /// Whether the thing was made from exactly this.
    pub(crate) fn is(&self, from: &str) -> bool {
        fs::read_to_string(&self.file).is_ok_and(|last| last == from)
    }

    /// Notes what the thing was made from.
    pub(crate) fn write(&self, from: &str) -> Outcome<()> {
        fs::create_dir_all(crate::place::tools())
            .and_then(|()| fs::write(&self.file, from))
            .map_err(because(format!("cannot write {}", self.file.display())))
    }

    /// Forgets it, so that a half-made thing is made again.
    pub(crate) fn remove(&self) {
        // It may not be there; if it cannot be removed, writing it later fails and says why.
        let _ = fs::remove_file(&self.file);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_fingerprint_notices_new_and_vanished_files() {
        let folder = std::env::temp_dir().join(format!("xtask-files-{}", std::process::id()));
        fs::create_dir_all(&folder).expect("a folder");
        let empty = fingerprint([&folder]);
        fs::write(folder.join("a.rs"), "x").expect("a file");
        let one = fingerprint([&folder]);
        fs::create_dir_all(folder.join("target")).expect("a folder");
        fs::write(folder.join("target/made"), "x").expect("a file");
        assert_eq!(one, fingerprint([&folder]));
        fs::remove_file(folder.join("a.rs")).expect("removes");
        assert_ne!(empty, one);
        assert_eq!(empty, fingerprint([&folder]));
        fs::remove_dir_all(&folder).expect("removes");
    }
}
