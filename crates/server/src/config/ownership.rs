//! Whose a folder is, and how a person gives it to this process: what cannot be read or written is said with its owner,
//! ours, and the command that mends it. It changes nothing.

use nix::unistd::{getegid, geteuid};
use std::fs;
use std::io::{self, ErrorKind};
use std::os::unix::fs::MetadataExt as _;
use std::path::{Path, PathBuf};

/// Who owns a folder or file, or, where it does not exist yet, the nearest folder above it; and who we are.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Owners {
    /// The one that exists.
    pub place: PathBuf,
    /// Its user and group.
    pub owner: (u32, u32),
    /// Its permission bits.
    pub mode: u32,
    /// The user and group of this process.
    pub ours: (u32, u32),
}

/// The owners of a folder or file; none where nothing of its path can be seen.
#[must_use]
pub fn owners(path: &Path) -> Option<Owners> {
    let absolute = std::path::absolute(path).ok()?;
    let (place, found) = absolute.ancestors().find_map(|above| Some((above.to_owned(), fs::metadata(above).ok()?)))?;
    let ours = (geteuid().as_raw(), getegid().as_raw());
    Some(Owners { place, owner: (found.uid(), found.gid()), mode: found.mode() & 0o7777, ours })
}

/// The command that gives a folder to a user and group, for root to run.
#[must_use]
pub fn command(folder: &Path, (user, group): (u32, u32)) -> String {
    format!("chown -R {user}:{group} {}", absolute(folder))
}

/// The command that gives a folder to this process with what is missing beside: the folder, or the right itself.
#[must_use]
pub fn mending(folder: &Path, owners: &Owners) -> String {
    let path = absolute(folder);
    let make = if folder.exists() { String::new() } else { format!("mkdir -p {path} && ") };
    let needed = if owners.place.is_dir() { 0o700 } else { 0o600 };
    let allow = if owners.mode & needed == needed { String::new() } else { format!(" && chmod -R u+rwX {path}") };
    format!("{make}{}{allow}", command(folder, owners.ours))
}

fn absolute(folder: &Path) -> String {
    quoted(&std::path::absolute(folder).unwrap_or_else(|_| folder.to_owned()).display().to_string())
}

/// The same command where the folder is a volume: the container need not run, its paths hold, and its own image has the
/// tools, so nothing is fetched. `docker ps -a` names both.
#[must_use]
pub fn in_docker(command: &str) -> String {
    let shell = if command.contains("&&") { format!("sh -c \"{command}\"") } else { command.to_owned() };
    format!("docker run --rm --user 0 --entrypoint /usr/bin/busybox --volumes-from CONTAINER IMAGE {shell}")
}

fn quoted(path: &str) -> String {
    let plain = path.chars().all(|c| c.is_alphanumeric() || "/._-+@:,".contains(c));
    if plain { path.to_owned() } else { format!("'{}'", path.replace('\'', r"'\''")) }
}

/// Why a folder cannot be written and what to do, in one line that begins with `data.not_writable`.
#[must_use]
pub fn not_writable(folder: &Path, error: &io::Error) -> String {
    refused(folder, folder, error)
}

/// The same about a file; the command is for the folder that it belongs to.
#[must_use]
pub fn file_not_writable(file: &Path, folder: &Path, error: &io::Error) -> String {
    refused(file, folder, error)
}

fn refused(path: &Path, folder: &Path, error: &io::Error) -> String {
    let elsewhere = "choose another folder with --data-dir or DATA_DIR";
    let head = format!("data.not_writable: {} cannot be written", path.display());
    match (error.kind(), owners(path)) {
        (ErrorKind::PermissionDenied, Some(owners)) => {
            let Owners { place, owner, mode, ours } = &owners;
            let command = mending(folder, &owners);
            format!(
                "{head} ({error}): {} belongs to uid={} gid={} with mode {mode:o}, and this process runs as uid={} gid={}. \
                 Run as root: {command} (in Docker: {}), or {elsewhere}",
                place.display(),
                owner.0,
                owner.1,
                ours.0,
                ours.1,
                in_docker(&command)
            )
        }
        (ErrorKind::ReadOnlyFilesystem, _) => format!("{head} ({error}): mount it writable, or {elsewhere}"),
        (ErrorKind::StorageFull | ErrorKind::QuotaExceeded, _) => {
            format!("data.full: {} has no space left ({error}): free some, or {elsewhere}", folder.display())
        }
        _ => format!("{head} ({error}): {elsewhere}"),
    }
}

/// Why a file cannot be read and what to do, in one line.
#[must_use]
pub fn not_readable(path: &Path, error: &io::Error) -> String {
    let folder = path.parent().filter(|parent| !parent.as_os_str().is_empty()).unwrap_or(Path::new("."));
    match (error.kind(), owners(folder)) {
        (ErrorKind::PermissionDenied, Some(owners)) => {
            format!("{error}; this process runs as uid={}. Run as root: {}", owners.ours.0, mending(folder, &owners))
        }
        _ => error.to_string(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn owned(mode: u32) -> Owners {
        Owners { place: PathBuf::from("/"), owner: (0, 0), mode, ours: (65532, 65532) }
    }

    #[test]
    fn the_command_names_our_user_and_the_whole_path() {
        assert_eq!(mending(Path::new("/"), &owned(0o755)), "chown -R 65532:65532 /");
        assert_eq!(mending(Path::new("/"), &owned(0o555)), "chown -R 65532:65532 / && chmod -R u+rwX /");
        let absent = mending(Path::new("/no such/it's"), &owned(0o755));
        assert_eq!(absent, r"mkdir -p '/no such/it'\''s' && chown -R 65532:65532 '/no such/it'\''s'");
    }

    #[test]
    fn what_cannot_be_written_is_said_in_one_line_with_its_remedy() {
        let said = |kind: ErrorKind| not_writable(Path::new("/"), &io::Error::from(kind));
        let denied = said(ErrorKind::PermissionDenied);
        for part in ["data.not_writable: / ", "uid=0", "chown -R ", "--volumes-from CONTAINER IMAGE chown ", "DATA_DIR"]
        {
            assert!(denied.contains(part) && !denied.contains('\n'), "{part}: {denied}");
        }
        assert!(said(ErrorKind::ReadOnlyFilesystem).contains("mount it writable"));
        assert!(said(ErrorKind::StorageFull).starts_with("data.full: "));
        assert!(!said(ErrorKind::NotADirectory).contains("chown"), "a right would not help");
    }
}
