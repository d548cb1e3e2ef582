//! The data directory: making it, locking it and the database against a second server, and the identity of this
//! installation.

use super::ownership::{not_readable, not_writable};
use std::fs::{self, DirBuilder, File, OpenOptions, TryLockError};
use std::io::{self, ErrorKind, Write as _};
use std::os::unix::fs::{DirBuilderExt as _, OpenOptionsExt as _};
use std::path::{Path, PathBuf};

/// Held while a server uses a data directory or a database file; the lock ends with the process, however that ends.
#[derive(Debug)]
pub struct DataLock {
    _file: File,
}

impl DataLock {
    /// Takes the directory, making it if need be.
    ///
    /// # Errors
    /// One line, when another server holds it or when it cannot be written.
    pub fn take(data_dir: &Path) -> Result<Self, String> {
        create_dir(data_dir)?;
        check_writable(data_dir)?;
        let held =
            format!("the data directory {}: stop it, or give this one its own with --data-dir", data_dir.display());
        Self::hold(&data_dir.join("aichat.lock"), &held)
    }

    /// Takes a database file, whose folder exists: servers with data directories of their own may share it by mistake.
    ///
    /// # Errors
    /// One line, when another server holds it or when nothing can be written beside it.
    pub fn take_database(file: &Path) -> Result<Self, String> {
        let mut lock = real(file).into_os_string();
        // Not `.lock` alone: beside a database called `aichat` that would be the lock of the directory.
        lock.push(".aichat.lock");
        let held = format!(
            "the database {}: stop it, or give this one its own with --data-dir and DATABASE_URL",
            file.display()
        );
        Self::hold(Path::new(&lock), &held)
    }

    fn hold(path: &Path, held: &str) -> Result<Self, String> {
        let file = OpenOptions::new().create(true).truncate(false).write(true).open(path);
        let file = file.map_err(|error| not_writable(path.parent().unwrap_or(path), &error))?;
        match file.try_lock() {
            Ok(()) => Ok(Self { _file: file }),
            Err(TryLockError::WouldBlock) => Err(format!("another AIChat server uses {held}")),
            Err(TryLockError::Error(error)) => {
                Err(format!("{} cannot be locked ({error}): use a local file system", path.display()))
            }
        }
    }
}

/// The path without links, so that all ways to one file meet at one lock. The file itself may still be missing.
fn real(file: &Path) -> PathBuf {
    let in_folder = || Some(fs::canonicalize(file.parent()?).ok()?.join(file.file_name()?));
    fs::canonicalize(file).ok().or_else(in_folder).unwrap_or_else(|| file.to_owned())
}

/// The identity of this data directory, made on first use. Runs are owned by it.
///
/// # Errors
/// One line, when it can neither be read nor written.
pub fn instance_id(data_dir: &Path) -> Result<String, String> {
    create_dir(data_dir)?;
    let path = data_dir.join("instance");
    let known = match fs::read_to_string(&path) {
        // Replacing it would make the runs of this installation somebody else's.
        Err(error) if error.kind() == ErrorKind::PermissionDenied => {
            return Err(format!("{} cannot be read: {}", path.display(), not_readable(&path, &error)));
        }
        read => read.unwrap_or_default(),
    };
    if let Ok(id) = uuid::Uuid::parse_str(known.trim()) {
        return Ok(id.to_string());
    }
    let id = crate::clock::new_id();
    write_private(&path, &id)?;
    Ok(id)
}

/// Makes the directory with its parents, closed to others; one that exists stays as it is.
///
/// # Errors
/// One line: which path, why, what to do.
pub fn create_dir(path: &Path) -> Result<(), String> {
    create_private(path).map_err(|error| not_writable(path, &error))
}

/// The same, for folders whose absence has a line of its own.
///
/// # Errors
/// The system's.
pub fn create_private(path: &Path) -> io::Result<()> {
    DirBuilder::new().recursive(true).mode(0o700).create(path)
}

/// Makes sure that files can be made in a folder: rights, a full disk and a read-only mount show only when one tries.
///
/// # Errors
/// One line: which path, why, what to do.
pub fn check_writable(folder: &Path) -> Result<(), String> {
    probe(folder).map_err(|error| not_writable(folder, &error))
}

/// Makes a file in a folder and removes it.
///
/// # Errors
/// The system's.
pub fn probe(folder: &Path) -> io::Result<()> {
    let probe = folder.join(format!(".aichat-probe-{}", crate::clock::new_id()));
    let mut file = OpenOptions::new().write(true).create_new(true).mode(0o600).open(&probe)?;
    // A full disk still takes an empty file.
    let written = file.write_all(b"can this be written?");
    fs::remove_file(&probe).and(written)
}

/// Opens a file for writing if it is there, and leaves it as it is.
///
/// # Errors
/// The system's.
pub fn probe_file(path: &Path) -> io::Result<()> {
    match OpenOptions::new().write(true).open(path) {
        Err(error) if error.kind() != ErrorKind::NotFound => Err(error),
        _ => Ok(()),
    }
}

/// Replaces a file in one step with one that only this user can read.
pub(super) fn write_private(path: &Path, text: &str) -> Result<(), String> {
    let draft = path.with_extension(format!("new-{}", std::process::id()));
    let written = write_new(&draft, text).and_then(|()| fs::rename(&draft, path));
    written.map_err(|error| {
        // The draft holds what could not be put in place; nothing else refers to it.
        let _ = fs::remove_file(&draft);
        not_writable(path.parent().unwrap_or(path), &error)
    })
}

fn write_new(path: &Path, text: &str) -> io::Result<()> {
    let mut options = OpenOptions::new();
    let mut file = options.write(true).create(true).truncate(true).mode(0o600).open(path)?;
    file.write_all(text.as_bytes())?;
    file.sync_all()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn folder(name: &str) -> std::path::PathBuf {
        std::env::temp_dir().join(format!("aichat-{name}-{}", crate::clock::new_id()))
    }

    #[test]
    fn a_second_server_on_the_same_directory_is_refused() {
        let dir = folder("lock");
        let first = DataLock::take(&dir).expect("free");
        let refused = DataLock::take(&dir).expect_err("held");
        assert!(refused.contains(&dir.display().to_string()) && !refused.contains('\n'), "{refused}");
        drop(first);
        DataLock::take(&dir).expect("free again");
        fs::remove_dir_all(dir).expect("removed");
    }

    #[test]
    fn the_identity_is_made_once() {
        let dir = folder("instance").join("deeper");
        let first = instance_id(&dir).expect("made");
        assert_eq!(instance_id(&dir).expect("read"), first);
        fs::write(dir.join("instance"), "damaged").expect("written");
        assert_ne!(instance_id(&dir).expect("made again"), first);
        fs::remove_dir_all(dir.parent().expect("parent")).expect("removed");
    }

    #[test]
    fn an_unusable_directory_is_said_in_one_line() {
        let file = folder("file");
        fs::write(&file, "").expect("written");
        let error = DataLock::take(&file.join("data")).expect_err("no directory");
        assert!(error.contains(&file.display().to_string()) && error.contains("DATA_DIR"), "{error}");
        assert!(!error.contains('\n'));
        fs::remove_file(file).expect("removed");
    }
}
