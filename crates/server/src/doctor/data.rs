//! The data directory: whether it can be written, how much room it has, whether it outlives the container.

use super::words::Code;
use super::{Finding, Patient, State, bytes};
use crate::config::{data_dir, ownership};
use nix::sys::statvfs::statvfs;
use std::io::{self, ErrorKind};
use std::path::{Path, PathBuf};

/// Less room than this is running out.
const LOW: u64 = 1024 * 1024 * 1024;
/// Less room than this may not take the next answer.
const FULL: u64 = 64 * 1024 * 1024;

/// Looks, and answers whether later steps can look into it.
pub(super) fn look(patient: &mut Patient<'_>) -> bool {
    let folder = &patient.config.data_dir;
    let path = std::path::absolute(folder).unwrap_or_else(|_| folder.clone());
    // Making it is the first start's business; the nearest folder above says whether it can.
    let there = path.ancestors().find(|above| above.exists()).unwrap_or(&path);
    let probed = data_dir::probe(there);
    if let Some(error) = probed.as_ref().err().filter(|error| !is_full(error)) {
        patient.add(not_writable(&path, &path, error));
        return false;
    }
    if there == path {
        look_inside(patient, &path, probed.is_err());
    } else {
        patient.add(Finding::new(Code::DataAbsent).with("path", path.display()));
    }
    true
}

/// No right is missing, and everything can still be read.
pub(super) fn is_full(error: &io::Error) -> bool {
    matches!(error.kind(), ErrorKind::StorageFull | ErrorKind::QuotaExceeded)
}

/// How much room a folder has.
fn room(path: &Path, full: bool) -> Finding {
    let room = statvfs(path).map(|found| found.blocks_available() * found.fragment_size()).ok();
    let code = match room {
        _ if full => Code::DataFull,
        Some(..FULL) => Code::DataFull,
        Some(FULL..LOW) => Code::DataLowSpace,
        _ => Code::DataOk,
    };
    let free = room.map_or_else(|| "?".to_owned(), bytes);
    Finding::new(code).with("path", path.display()).with("free", free)
}

/// What is to be said of a folder whose disk runs out of room; nothing where there is enough.
#[must_use]
pub fn short_of_space(path: &Path) -> Option<Finding> {
    Some(room(path, false)).filter(|finding| finding.state != State::Ok)
}

fn look_inside(patient: &mut Patient<'_>, path: &Path, full: bool) {
    patient.add(room(path, full));
    let mounts = std::fs::read_to_string("/proc/self/mountinfo").unwrap_or_default();
    if let Some(code) = lifetime(&mounts, &path.canonicalize().unwrap_or(path.to_owned()), patient.config.in_container)
    {
        patient.add(Finding::new(code).with("path", path.display()));
    }
    if let Some(owners) = ownership::owners(path).filter(|owners| owners.mode & 0o1002 == 0o002) {
        let mode = format!("{:o}", owners.mode);
        patient.add(Finding::new(Code::DataOpenToOthers).with("path", path.display()).with("mode", mode));
    }
}

/// What cannot be written, with the command that gives the folder it belongs to to this process.
pub(super) fn not_writable(path: &Path, folder: &Path, error: &io::Error) -> Finding {
    mended(Finding::new(Code::DataNotWritable).with("path", path.display()).with("detail", error), path, folder)
}

/// The finding with whose a path is, and that command.
pub(super) fn mended(finding: Finding, path: &Path, folder: &Path) -> Finding {
    let Some(owners) = ownership::owners(path) else { return finding };
    let command = ownership::mending(folder, &owners);
    let person = |(uid, gid): (u32, u32)| format!("uid={uid} gid={gid}");
    finding
        .with("owner", person(owners.owner))
        .with("ours", person(owners.ours))
        .with("docker", ownership::in_docker(&command))
        .with("command", command)
}

/// What is wrong with the place where a folder is mounted, by the kernel's table of mounts.
fn lifetime(mounts: &str, folder: &Path, in_container: bool) -> Option<Code> {
    let (point, kind) = mounts
        .lines()
        .filter_map(mount)
        .filter(|(point, _)| folder.starts_with(point))
        // Of several mounts on the same point the last one counts.
        .max_by_key(|(point, _)| point.components().count())?;
    match kind {
        "tmpfs" | "ramfs" => Some(Code::DataInMemory),
        _ if in_container && point == Path::new("/") => Some(Code::DataEphemeral),
        _ => None,
    }
}

/// Mount point and kind of file system of a line: `… POINT OPTIONS [TAGS] - KIND …` (proc_pid_mountinfo(5)).
fn mount(line: &str) -> Option<(PathBuf, &str)> {
    let (before, after) = line.split_once(" - ")?;
    let point = before.split(' ').nth(4)?.replace("\\040", " ");
    Some((PathBuf::from(point), after.split(' ').next()?))
}

#[cfg(test)]
mod tests {
    use super::*;

    const MOUNTS: &str = "1 0 0:50 / / rw,relatime master:1 - overlay overlay rw,lowerdir=/a\n\
        2 1 0:51 / /dev rw - tmpfs tmpfs rw\n\
        3 1 8:1 /volumes/x /app/data rw,relatime - ext4 /dev/sda1 rw\n\
        4 1 0:52 / /app/with\\040space rw - tmpfs tmpfs rw\n";

    #[test]
    fn a_folder_of_the_containers_own_layer_or_of_memory_is_known() {
        let at = |folder: &str, in_container| lifetime(MOUNTS, Path::new(folder), in_container);
        assert_eq!(at("/app/data", true), None, "a volume");
        assert_eq!(at("/app/data/deeper", true), None);
        assert_eq!(at("/app/data2", true), Some(Code::DataEphemeral));
        assert_eq!(at("/app/data2", false), None, "the disk of a machine");
        assert_eq!(at("/dev/shm/x", false), Some(Code::DataInMemory));
        assert_eq!(at("/app/with space/x", true), Some(Code::DataInMemory));
        assert_eq!(lifetime("", Path::new("/x"), true), None, "nothing is known");
    }
}
