//! The data directory: making it, locking it against a second server, and the identity of this installation.

use std::fs::{self, DirBuilder, File, OpenOptions, TryLockError};
use std::io::Write as _;
use std::path::Path;

/// Held while a server uses a data directory; the lock ends with the process, however that ends.
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
        let path = data_dir.join("aichat.lock");
        let file = OpenOptions::new().create(true).truncate(false).write(true).open(&path);
        let file = file.map_err(|error| not_writable(&path, &error))?;
        match file.try_lock() {
            Ok(()) => Ok(Self { _file: file }),
            Err(TryLockError::WouldBlock) => Err(format!(
                "another AIChat server uses the data directory {}: stop it, or give this one its own with --data-dir",
                data_dir.display()
            )),
            Err(TryLockError::Error(error)) => {
                Err(format!("{} cannot be locked ({error}): use a local file system", path.display()))
            }
        }
    }
}

/// The identity of this data directory, made on first use. Runs are owned by it.
///
/// # Errors
/// One line, when it can neither be read nor written.
pub fn instance_id(data_dir: &Path) -> Result<String, String> {
    create_dir(data_dir)?;
    let path = data_dir.join("instance");
    let known = fs::read_to_string(&path).unwrap_or_default();
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
    let mut builder = DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder.create(path).map_err(|error| not_writable(path, &error))
}

/// Replaces a file in one step with one that only this user can read.
pub(super) fn write_private(path: &Path, text: &str) -> Result<(), String> {
    let draft = path.with_extension(format!("new-{}", std::process::id()));
    let written = write_new(&draft, text).and_then(|()| fs::rename(&draft, path));
    written.map_err(|error| {
        // The draft holds what could not be put in place; nothing else refers to it.
        let _ = fs::remove_file(&draft);
        not_writable(path, &error)
    })
}

fn write_new(path: &Path, text: &str) -> std::io::Result<()> {
    let mut options = OpenOptions::new();
    options.write(true).create(true).truncate(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    let mut file = options.open(path)?;
    file.write_all(text.as_bytes())?;
    file.sync_all()
}

fn not_writable(path: &Path, error: &std::io::Error) -> String {
    format!(
        "{} cannot be written ({error}): give this user the right to, or choose another place with --data-dir or DATA_DIR",
        path.display()
    )
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
