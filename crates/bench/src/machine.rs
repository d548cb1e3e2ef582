//! What the figures depend on besides the servers: the disk, the processors, the limits of the shell.

use crate::stats::percentile;
use crate::stream::millis;
use anyhow::{Context as _, Result, ensure};
use std::fs::File;
use std::io::{Seek as _, SeekFrom, Write as _};
use std::path::{Path, PathBuf};
use std::time::Instant;

/// Size of one write, a page of the database.
const PAGE: [u8; 4096] = [0x5a; 4096];
/// Pages of the file that is written round and round, as a log is.
const PAGES: u64 = 64;
/// Writes that are timed.
const SYNCS: u64 = 200;

/// Time that one write takes until it is on disk, in milliseconds.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Sync {
    pub(crate) p50: f64,
    pub(crate) p99: f64,
}

/// Times `fdatasync` of 4 KiB in `directory`, written over existing pages as a database's log does most of the time.
pub(crate) fn disk_sync(directory: &Path) -> Result<Sync> {
    let path = directory.join("sync-probe");
    let mut file = File::create(&path).with_context(|| format!("{} cannot be written", path.display()))?;
    for _ in 0..PAGES {
        file.write_all(&PAGE)?;
    }
    file.sync_all()?;
    let mut times = Vec::new();
    for number in 0..SYNCS {
        file.seek(SeekFrom::Start(number % PAGES * PAGE.len() as u64))?;
        file.write_all(&PAGE)?;
        let started = Instant::now();
        file.sync_data()?;
        times.push(millis(started.elapsed()));
    }
    std::fs::remove_file(&path)?;
    let at = |percent| percentile(&times, percent).unwrap_or_default();
    Ok(Sync { p50: at(50.0), p99: at(99.0) })
}

/// A directory for the data of this run, removed in the end.
pub(crate) struct Scratch(pub(crate) PathBuf);

impl Scratch {
    /// A new directory in `parent`.
    pub(crate) fn new(parent: &Path) -> Result<Self> {
        let path = parent.join(format!("aichat-bench-{}", std::process::id()));
        std::fs::create_dir_all(&path).with_context(|| format!("{} cannot be made", path.display()))?;
        Ok(Self(path.canonicalize()?))
    }
}

impl Drop for Scratch {
    fn drop(&mut self) {
        // What cannot be removed is left to whoever cleans the parent.
        let _ = std::fs::remove_dir_all(&self.0);
    }
}

/// Processors that this process may use.
pub(crate) fn cores() -> usize {
    std::thread::available_parallelism().map_or(1, Into::into)
}

/// Processes that want to run, on average over the last minute; none where nobody counts them.
pub(crate) fn busy() -> Option<f64> {
    std::fs::read_to_string("/proc/loadavg").ok()?.split(' ').next()?.parse().ok()
}

/// Refuses to begin what would fail half way for want of file descriptors.
pub(crate) fn ensure_open_files(wanted: u64) -> Result<()> {
    let limits = std::fs::read_to_string("/proc/self/limits").context("/proc/self/limits cannot be read")?;
    let limit = parse_open_files(&limits);
    ensure!(
        limit.is_none_or(|limit| limit >= wanted),
        "only {} files may be open here, {wanted} are needed: run `ulimit -n {wanted}` in this shell first",
        limit.unwrap_or_default()
    );
    Ok(())
}

/// The soft limit; none when there is none.
fn parse_open_files(limits: &str) -> Option<u64> {
    limits.lines().find_map(|line| line.strip_prefix("Max open files"))?.split_whitespace().next()?.parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_disk_is_timed_and_left_as_it_was() {
        let scratch = Scratch::new(&std::env::temp_dir()).expect("a directory");
        let sync = disk_sync(&scratch.0).expect("figures");
        assert!(sync.p50 >= 0.0 && sync.p50 <= sync.p99);
        assert_eq!(std::fs::read_dir(&scratch.0).expect("a directory").count(), 0);
        let path = scratch.0.clone();
        drop(scratch);
        assert!(!path.exists());
    }

    #[test]
    fn the_load_of_the_machine_is_a_number() {
        assert!(busy().is_some_and(|load| load >= 0.0));
    }

    #[test]
    fn a_limit_that_is_too_low_is_told_with_the_command_that_raises_it() {
        assert_eq!(parse_open_files("Max open files            1024                 4096     files"), Some(1024));
        assert_eq!(parse_open_files("Max open files            unlimited            unlimited     files"), None);
        ensure_open_files(1).expect("enough");
        let error = ensure_open_files(u64::MAX);
        assert!(error.is_ok() || error.is_err_and(|error| error.to_string().contains("ulimit -n")));
    }
}
