//! Started as root inside an image: gives the data to the image's user and becomes that user for good, before any thread
//! starts. A named volume of an older installation belongs to root, and nobody in a container could repair that later.
//!
//! Without `RUN_AS`, or for another user than root, it does nothing.

use crate::config::{Config, data_dir, ownership};
use crate::failure::Failure;
use nix::dir::Dir;
use nix::errno::Errno;
use nix::fcntl::{AtFlags, OFlag};
use nix::sys::prctl::set_no_new_privs;
use nix::sys::stat::{FileStat, Mode, SFlag, fstat, fstatat};
use nix::unistd::{Gid, Uid, fchown, fchownat, geteuid, setgid, setgroups, setuid};
use std::ffi::{CStr, CString};
use std::fmt;
use std::io;
use std::path::{Path, PathBuf};

/// The user and group to become, by number.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct RunAs {
    uid: Uid,
    gid: Gid,
}

impl RunAs {
    /// Reads `UID:GID`.
    ///
    /// # Errors
    /// The rule that the value breaks.
    pub fn parse(value: &str) -> Result<Self, String> {
        let number = |text: &str| text.parse::<u32>().ok().filter(|number| (1..u32::MAX).contains(number));
        let pair = value.split_once(':').and_then(|(uid, gid)| Some((number(uid)?, number(gid)?)));
        let rule = || "must be two numbers above 0, UID:GID, such as 65532:65532".to_owned();
        pair.map(|(uid, gid)| Self { uid: Uid::from_raw(uid), gid: Gid::from_raw(gid) }).ok_or_else(rule)
    }
}

impl fmt::Display for RunAs {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}", self.uid, self.gid)
    }
}

/// Whether the folders are given to the user first.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Folders {
    /// Before serving.
    Give,
    /// Before a command that only looks.
    Leave,
}

/// Folders that no setting may give away, but what stands in them may be data.
const NEVER: &[&str] = &["/", "/home", "/opt", "/root", "/run", "/srv", "/tmp", "/var", "/var/lib"];
/// Folders that hold the system and nothing else.
const SYSTEM: &[&str] =
    &["/bin", "/boot", "/dev", "/etc", "/lib", "/lib32", "/lib64", "/libx32", "/proc", "/sbin", "/sys", "/usr"];

/// Becomes the user of the configuration, if this is root.
///
/// # Errors
/// One line, when the data cannot be given away or the rights cannot be given up: nothing then runs as root unnoticed.
pub fn give_up(config: &Config, folders: Folders) -> Result<(), Failure> {
    let Some(run_as) = config.run_as.filter(|_| geteuid().is_root()) else { return Ok(()) };
    if folders == Folders::Give {
        give_folders(config, run_as)?;
    }
    become_user(run_as).map_err(|error| {
        Failure::configuration(format!(
            "privileges.kept: this process runs as root and cannot become {run_as} ({error}): remove `user: root` from \
             the container, or add the capabilities SETUID and SETGID"
        ))
    })
}

fn give_folders(config: &Config, run_as: RunAs) -> Result<(), Failure> {
    data_dir::create_dir(&config.data_dir).map_err(Failure::configuration)?;
    give(&config.data_dir, run_as).map_err(|error| not_given(&config.data_dir, run_as, &error))?;
    for folder in [&config.chat_image_dir, &config.log_dir].into_iter().flatten() {
        // Who writes there says so when it cannot; neither keeps the server from starting.
        let _ = data_dir::create_dir(folder).map(|()| give(folder, run_as));
    }
    Ok(())
}

fn not_given(folder: &Path, run_as: RunAs, error: &str) -> Failure {
    let path = folder.display();
    Failure::configuration(format!(
        "data.not_writable: {path} cannot be given to {run_as} ({error}): run `{}` as root on the host, add the \
         capability CHOWN, or choose another folder with DATA_DIR",
        ownership::command(folder, (run_as.uid.as_raw(), run_as.gid.as_raw()))
    ))
}

/// Gives a folder and everything in it away. It follows no link, the folder itself included: what one points at may
/// belong to somebody else. Links above the folder are the operator's, who named the path.
fn give(folder: &Path, run_as: RunAs) -> Result<(), String> {
    let real = real_path(folder).map_err(|error| error.to_string())?;
    if is_system(&real) {
        return Err("it is a folder of the system".to_owned());
    }
    let given = Dir::open(&real, FOLDER, Mode::empty()).and_then(|dir| {
        let gift = Gift { run_as, device: fstat(&dir)?.st_dev };
        gift.give_dir(dir, MAX_DEPTH)
    });
    given.map_err(|error| match error {
        Errno::ELOOP | Errno::ENOTDIR => "it is a link or no folder: name the folder itself".to_owned(),
        error => error.to_string(),
    })
}

/// The path without links above its last part, which is left as it is.
fn real_path(folder: &Path) -> io::Result<PathBuf> {
    // Without a slash at the end, which would lead through a link.
    let plain: PathBuf = folder.components().collect();
    let (Some(above), Some(name)) = (plain.parent(), plain.file_name()) else { return plain.canonicalize() };
    let above = if above.as_os_str().is_empty() { Path::new(".") } else { above };
    Ok(above.canonicalize()?.join(name))
}

fn is_system(real: &Path) -> bool {
    NEVER.iter().any(|never| real == Path::new(never)) || SYSTEM.iter().any(|system| real.starts_with(system))
}

/// How a folder is opened: itself, never what a link in its place leads to.
const FOLDER: OFlag = OFlag::O_RDONLY.union(OFlag::O_DIRECTORY).union(OFlag::O_NOFOLLOW).union(OFlag::O_CLOEXEC);
/// Folders below each other that are given away; ours are four deep. Each one on the way down is held open, and what lies
/// deeper was put there by others.
const MAX_DEPTH: usize = 32;

/// To whom things are given, and on which file system: what is mounted below a folder has an owner of its own.
struct Gift {
    run_as: RunAs,
    device: u64,
}

impl Gift {
    /// Works on open folders, never on paths: a folder that is swapped for a link meanwhile leads nowhere.
    fn give_dir(&self, mut dir: Dir, depth: usize) -> Result<(), Errno> {
        let found = fstat(&dir)?;
        let Some(below) = depth.checked_sub(1).filter(|_| found.st_dev == self.device) else { return Ok(()) };
        let names: Vec<CString> =
            dir.iter().map(|entry| entry.map(|entry| entry.file_name().to_owned())).collect::<Result<_, _>>()?;
        for name in names.iter().map(CString::as_c_str).filter(|name| !matches!(name.to_bytes(), b"." | b"..")) {
            self.give_entry(&dir, name, below)?;
        }
        let RunAs { uid, gid } = self.run_as;
        if self.has(&found) { Ok(()) } else { fchown(&dir, Some(uid), Some(gid)) }
    }

    fn give_entry(&self, dir: &Dir, name: &CStr, below: usize) -> Result<(), Errno> {
        let found = match fstatat(dir, name, AtFlags::AT_SYMLINK_NOFOLLOW) {
            Err(Errno::ENOENT) => return Ok(()),
            found => found?,
        };
        let kind = SFlag::from_bits_truncate(found.st_mode) & SFlag::S_IFMT;
        if kind == SFlag::S_IFDIR {
            return self.give_dir(Dir::openat(dir, name, FOLDER, Mode::empty())?, below);
        }
        // A second name of a file may stand anywhere on the volume.
        let elsewhere = found.st_dev != self.device || kind == SFlag::S_IFREG && found.st_nlink > 1;
        if elsewhere || self.has(&found) {
            return Ok(());
        }
        let RunAs { uid, gid } = self.run_as;
        fchownat(dir, name, Some(uid), Some(gid), AtFlags::AT_SYMLINK_NOFOLLOW)
    }

    fn has(&self, found: &FileStat) -> bool {
        found.st_uid == self.run_as.uid.as_raw() && found.st_gid == self.run_as.gid.as_raw()
    }
}

fn become_user(run_as: RunAs) -> Result<(), Errno> {
    setgroups(&[run_as.gid])?;
    setgid(run_as.gid)?;
    setuid(run_as.uid)?;
    // A program with the set-user-id bit must not bring any of it back.
    set_no_new_privs()?;
    if setuid(Uid::from_raw(0)).is_ok() { Err(Errno::EPERM) } else { Ok(()) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::os::unix::fs::{MetadataExt as _, symlink};

    #[test]
    fn a_user_and_a_group_are_two_numbers_and_neither_is_root() {
        assert_eq!(RunAs::parse("65532:100").expect("good").to_string(), "65532:100");
        for bad in ["", "65532", "0:0", "0:65532", "65532:0", "nobody:nogroup", "-1:1", "4294967295:1", "1:2:3"] {
            assert!(RunAs::parse(bad).is_err(), "{bad}");
        }
    }

    /// A folder of the test's own and the user it is given to; nobody but root can give.
    fn as_root() -> Option<(PathBuf, RunAs)> {
        geteuid().is_root().then(|| {
            let folder = std::env::temp_dir().join(format!("aichat-give-{}", crate::clock::new_id()));
            std::fs::create_dir(&folder).expect("made");
            (folder, RunAs::parse("65532:65532").expect("good"))
        })
    }

    fn owner(path: &Path) -> u32 {
        std::fs::symlink_metadata(path).expect("there").uid()
    }

    #[test]
    fn a_link_in_the_folders_place_is_not_followed_and_a_link_above_it_is() {
        let Some((folder, run_as)) = as_root() else { return };
        std::fs::create_dir_all(folder.join("real/data")).expect("made");
        symlink(folder.join("real"), folder.join("link")).expect("linked");
        for link in ["link", "link/", "link/."] {
            let refused = give(&folder.join(link), run_as).expect_err("a link");
            assert!(refused.contains("name the folder itself"), "{refused}");
        }
        give(&folder.join("link/data"), run_as).expect("given");
        assert_eq!([owner(&folder.join("real")), owner(&folder.join("real/data"))], [0, 65532]);
        std::fs::remove_dir_all(folder).expect("removed");
    }

    #[test]
    fn what_another_file_system_holds_and_what_lies_too_deep_stays_as_it_is() {
        let Some((folder, run_as)) = as_root() else { return };
        let deep = |levels: usize| (1..levels).fold(folder.join("1"), |path, _| path.join("1"));
        std::fs::create_dir_all(deep(MAX_DEPTH + 5)).expect("made");
        std::fs::write(folder.join("file"), "x").expect("written");
        let dir = || Dir::open(&folder, FOLDER, Mode::empty()).expect("opens");
        let device = fstat(dir()).expect("there").st_dev;
        Gift { run_as, device: device + 1 }.give_dir(dir(), MAX_DEPTH).expect("left");
        assert_eq!([owner(&folder), owner(&folder.join("file"))], [0, 0]);
        give(&folder, run_as).expect("given");
        assert_eq!([owner(&folder), owner(&folder.join("file"))], [65532, 65532]);
        // The folder itself is the first level.
        assert_eq!([owner(&deep(MAX_DEPTH - 1)), owner(&deep(MAX_DEPTH))], [65532, 0]);
        std::fs::remove_dir_all(folder).expect("removed");
    }

    #[test]
    fn folders_of_the_system_are_never_given_away() {
        for folder in ["/", "/etc", "/usr/bin", "/usr/local/share", "/var", "/tmp", "/proc/1"] {
            assert!(is_system(Path::new(folder)), "{folder}");
        }
        for folder in ["/app/data", "/data", "/var/lib/aichat", "/srv/chat", "/tmp/x", "/etcetera"] {
            assert!(!is_system(Path::new(folder)), "{folder}");
        }
    }
}
