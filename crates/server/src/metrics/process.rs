//! What the system says of this process. Where it says nothing (no `/proc`), nothing is told.

use std::fs;

/// Memory in bytes: all that is resident, and of it what no file backs.
#[must_use]
pub(super) fn memory() -> Option<(u64, u64)> {
    let status = fs::read_to_string("/proc/self/status").ok()?;
    read(&status)
}

fn read(status: &str) -> Option<(u64, u64)> {
    let field = |name: &str| {
        let line = status.lines().find_map(|line| line.strip_prefix(name)?.strip_prefix(':'))?;
        line.trim().strip_suffix("kB")?.trim().parse::<u64>().ok().map(|kibibytes| kibibytes * 1024)
    };
    Some((field("VmRSS")?, field("RssAnon")?))
}

/// Open files and sockets.
#[must_use]
pub(super) fn open_files() -> Option<u64> {
    // The look itself opens one.
    fs::read_dir("/proc/self/fd").ok().map(|files| (files.count() as u64).saturating_sub(1))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn memory_is_read_from_the_systems_own_words() {
        let status = "Name:\taichat\nVmRSS:\t   25000 kB\nRssAnon:\t   12000 kB\nRssFile:\t   13000 kB\n";
        assert_eq!(read(status), Some((25_000 * 1024, 12_000 * 1024)));
        assert_eq!(read("Name:\taichat\n"), None);
    }
}
