//! A folder of bytes named by their SHA-256: `ab/abcd…`. A file appears whole or not at all, and never changes.
//!
//! It knows nothing of people or the database, believes no name that is not a hash, and touches nothing in the folder
//! that it did not put there: an operator may have other things in it. Everything here blocks.

use crate::clock::new_id;
use crate::config::data_dir::create_private;
use std::fs::{self, File, OpenOptions};
use std::io::{self, ErrorKind, Write as _};
use std::mem;
use std::os::unix::fs::OpenOptionsExt as _;
use std::path::{Path, PathBuf};
use std::time::{Duration, SystemTime, UNIX_EPOCH};

/// Where files are written before they have their name.
const DRAFTS: &str = "drafts";
/// Says which installation the folder belongs to.
pub(super) const BADGE: &str = ".aichat-files";

/// The folder.
#[derive(Clone)]
pub(super) struct Folder {
    root: PathBuf,
    durable: bool,
    #[cfg(test)]
    pub(super) trouble: Option<Trouble>,
}

/// What goes wrong with a disk in tests: it is told what is about to be done, and may wait or refuse.
#[cfg(test)]
pub(super) type Trouble = std::sync::Arc<dyn Fn(&str) -> io::Result<()> + Send + Sync>;

/// A file being written. It goes with this value, unless it was put in its place.
#[derive(Debug)]
pub(super) struct Draft {
    /// Empty when there is nothing left to remove.
    path: PathBuf,
}

impl Draft {
    /// Where it is.
    pub(super) fn path(&self) -> &Path {
        &self.path
    }

    /// Removes it at once. For those who may block.
    pub(super) fn discard(mut self) {
        // What cannot be removed now is swept.
        let _ = fs::remove_file(mem::take(&mut self.path));
    }
}

impl Drop for Draft {
    fn drop(&mut self) {
        let path = mem::take(&mut self.path);
        if path.as_os_str().is_empty() {
            return;
        }
        // Whoever lets go of it may be somebody who must not wait for a disk. What a crash leaves is swept.
        let remove = move || _ = fs::remove_file(path);
        match tokio::runtime::Handle::try_current() {
            Ok(runtime) => _ = runtime.spawn_blocking(remove),
            Err(_) => remove(),
        }
    }
}

/// How a removal of several files went.
#[derive(Debug, Default)]
pub(super) struct Removed {
    /// Those that are gone.
    pub(super) count: usize,
    /// Those that could not be removed.
    pub(super) failed: usize,
    /// What went wrong with the last of these.
    pub(super) fault: Option<io::Error>,
}

impl Removed {
    /// Counts a removal, which answers whether anything was there.
    pub(super) fn add(&mut self, done: io::Result<bool>) {
        match done {
            Ok(was_there) => self.count += usize::from(was_there),
            Err(error) => {
                self.failed += 1;
                self.fault = Some(error);
            }
        }
    }

    /// Counts those of another removal too.
    pub(super) fn extend(&mut self, other: Self) {
        self.count += other.count;
        self.failed += other.failed;
        self.fault = other.fault.or(self.fault.take());
    }
}

impl Folder {
    /// The folder at `root`, which need not be there yet. With `durable`, what is placed survives a power cut.
    pub(super) fn new(root: PathBuf, durable: bool) -> Self {
        Self {
            root,
            durable,
            #[cfg(test)]
            trouble: None,
        }
    }

    /// Where it is.
    pub(super) fn root(&self) -> &Path {
        &self.root
    }

    #[cfg(test)]
    fn meet(&self, deed: &str) -> io::Result<()> {
        self.trouble.as_ref().map_or(Ok(()), |trouble| trouble(deed))
    }

    /// Begins a file.
    pub(super) fn draft(&self) -> io::Result<(Draft, File)> {
        let drafts = self.root.join(DRAFTS);
        create_private(&drafts)?;
        let draft = Draft { path: drafts.join(new_id()) };
        let file = OpenOptions::new().write(true).create_new(true).mode(0o600).open(&draft.path)?;
        Ok((draft, file))
    }

    /// Writes a whole file.
    pub(super) fn write(&self, bytes: &[u8]) -> io::Result<Draft> {
        let (draft, mut file) = self.draft()?;
        let written = file.write_all(bytes).and_then(|()| self.sync(&file));
        #[cfg(test)]
        let written = written.and_then(|()| self.meet("write"));
        match written {
            Ok(()) => Ok(draft),
            Err(error) => {
                draft.discard();
                Err(error)
            }
        }
    }

    /// Makes sure that a file which was written is on the disk.
    pub(super) fn sync(&self, file: &File) -> io::Result<()> {
        if self.durable { file.sync_all() } else { Ok(()) }
    }

    /// Puts a file in its place, if nothing is there.
    pub(super) fn place(&self, mut draft: Draft, hash: &str) -> io::Result<()> {
        #[cfg(test)]
        self.meet("place")?;
        let path = self.path(hash).ok_or(ErrorKind::InvalidInput)?;
        let size = fs::metadata(&draft.path)?.len();
        if fs::symlink_metadata(&path).is_ok_and(|there| there.is_file() && there.len() == size) {
            draft.discard();
            return Ok(());
        }
        let shelf = path.parent().unwrap_or(&self.root);
        let new = !shelf.exists();
        create_private(shelf)?;
        fs::rename(&draft.path, &path)?;
        draft.path = PathBuf::new();
        self.sync_folder(shelf)?;
        if new { self.sync_folder(&self.root) } else { Ok(()) }
    }

    fn sync_folder(&self, folder: &Path) -> io::Result<()> {
        self.sync(&File::open(folder)?)
    }

    /// Opens a file that has this many bytes. One of another length is damaged, and as good as none.
    pub(super) fn open(&self, hash: &str, size: Option<u64>) -> io::Result<Option<File>> {
        #[cfg(test)]
        self.meet("open")?;
        let Some(path) = self.path(hash) else { return Ok(None) };
        let file = match File::open(path) {
            Err(error) if error.kind() == ErrorKind::NotFound => return Ok(None),
            opened => opened?,
        };
        let found = file.metadata()?;
        Ok((found.is_file() && size.is_none_or(|size| size == found.len())).then_some(file))
    }

    /// Removes a file. Answers whether it was there.
    pub(super) fn remove(&self, hash: &str) -> io::Result<bool> {
        #[cfg(test)]
        self.meet("remove")?;
        let Some(path) = self.path(hash) else { return Ok(false) };
        match fs::remove_file(path) {
            Err(error) if error.kind() == ErrorKind::NotFound => Ok(false),
            removed => removed.map(|()| true),
        }
    }

    /// Whose the folder is. A badge that was never finished is nobody's.
    pub(super) fn owner(&self) -> io::Result<Option<String>> {
        match fs::read_to_string(self.root.join(BADGE)) {
            Err(error) if error.kind() == ErrorKind::NotFound => Ok(None),
            read => read.map(|text| Some(text.trim().to_owned()).filter(|owner| !owner.is_empty())),
        }
    }

    /// Marks the folder as this installation's, if it is nobody's. Answers whether it is ours.
    pub(super) fn claim(&self, ours: &str) -> io::Result<bool> {
        if let Some(owner) = self.owner()? {
            return Ok(owner == ours);
        }
        let badge = self.root.join(BADGE);
        let draft = self.write(ours.as_bytes())?;
        // Of two at once only one can make the link; an unfinished badge, or a disk that knows no links, is written over.
        if fs::hard_link(&draft.path, &badge).is_err() && self.owner()?.is_none() {
            fs::rename(&draft.path, &badge)?;
        }
        draft.discard();
        self.sync_folder(&self.root)?;
        Ok(self.owner()?.as_deref() == Some(ours))
    }

    /// The hashes of the files on one of the 256 shelves that were put there before `moment` (unix milliseconds).
    pub(super) fn shelf(&self, number: u8, moment: i64) -> io::Result<Vec<String>> {
        let start = format!("{number:02x}");
        let entries = match fs::read_dir(self.root.join(&start)) {
            Err(error) if error.kind() == ErrorKind::NotFound => return Ok(Vec::new()),
            entries => entries?,
        };
        let old = entries.flatten().filter(|entry| entry.metadata().is_ok_and(|file| is_older(&file, moment)));
        let names = old.filter_map(|entry| entry.file_name().into_string().ok());
        Ok(names.filter(|name| is_hash(name) && name.starts_with(&start)).collect())
    }

    /// Removes files that were begun before `moment` (unix milliseconds) and never finished.
    pub(super) fn drop_old_drafts(&self, moment: i64) -> io::Result<Removed> {
        let mut removed = Removed::default();
        let entries = match fs::read_dir(self.root.join(DRAFTS)) {
            Err(error) if error.kind() == ErrorKind::NotFound => return Ok(removed),
            entries => entries?,
        };
        for entry in entries.flatten() {
            let id = entry.file_name().to_str().and_then(|name| uuid::Uuid::parse_str(name).ok());
            if id.is_some() && entry.metadata().is_ok_and(|file| is_older(&file, moment)) {
                removed.add(fs::remove_file(entry.path()).map(|()| true));
            }
        }
        Ok(removed)
    }

    /// Where a file with this hash is; none for what is no hash, whoever says it.
    fn path(&self, hash: &str) -> Option<PathBuf> {
        is_hash(hash).then(|| self.root.join(&hash[..2]).join(hash))
    }
}

/// Whether this is a file that was last written before `moment` (unix milliseconds).
fn is_older(file: &fs::Metadata, moment: i64) -> bool {
    let before = UNIX_EPOCH + Duration::from_millis(u64::try_from(moment).unwrap_or(0));
    file.is_file() && file.modified().unwrap_or_else(|_| SystemTime::now()) < before
}

fn is_hash(text: &str) -> bool {
    text.len() == 64 && text.bytes().all(|byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f'))
}

#[cfg(test)]
mod tests {
    use super::*;

    struct Scratch(Folder);

    impl Scratch {
        fn new() -> Self {
            Self(Folder::new(std::env::temp_dir().join(format!("aichat-folder-{}", new_id())), true))
        }
    }

    impl Drop for Scratch {
        fn drop(&mut self) {
            let _ = fs::remove_dir_all(self.0.root());
        }
    }

    fn hash(letter: &str) -> String {
        letter.repeat(64)
    }

    #[test]
    fn what_is_placed_is_found_once_and_drafts_leave_nothing() {
        let scratch = Scratch::new();
        let folder = &scratch.0;
        for _ in 0..2 {
            folder.place(folder.write(b"words").expect("written"), &hash("a")).expect("placed");
        }
        drop(folder.write(b"never placed").expect("written"));
        assert_eq!(folder.shelf(0xaa, i64::MAX / 2).expect("read"), [hash("a")]);
        assert_eq!(fs::read_dir(folder.root().join(DRAFTS)).expect("a folder").count(), 0);
        assert!(folder.open(&hash("a"), Some(5)).expect("read").is_some());
        assert!(folder.open(&hash("a"), Some(6)).expect("read").is_none(), "another length is damaged");
        folder.remove(&hash("a")).expect("removed");
        folder.remove(&hash("a")).expect("removed once more");
        assert!(folder.open(&hash("a"), None).expect("read").is_none());
    }

    #[test]
    fn a_name_that_is_no_hash_leads_nowhere() {
        let scratch = Scratch::new();
        let folder = &scratch.0;
        fs::create_dir_all(folder.root()).expect("made");
        fs::write(folder.root().join("outside"), "x").expect("written");
        for name in ["../outside", "outside", "", "/etc/passwd", &hash("G"), &hash("A"), &"é".repeat(32)] {
            assert!(folder.open(name, None).expect("asked").is_none(), "{name}");
            folder.remove(name).expect("nothing to do");
            assert!(folder.place(folder.write(b"x").expect("written"), name).is_err(), "{name}");
        }
        assert!(folder.root().join("outside").exists());
    }

    #[test]
    fn a_damaged_file_is_replaced_by_a_whole_one() {
        let scratch = Scratch::new();
        let folder = &scratch.0;
        folder.place(folder.write(b"whole").expect("written"), &hash("b")).expect("placed");
        fs::write(folder.path(&hash("b")).expect("a path"), "wh").expect("cut");
        folder.place(folder.write(b"whole").expect("written"), &hash("b")).expect("placed");
        assert!(folder.open(&hash("b"), Some(5)).expect("read").is_some());
    }

    #[test]
    fn only_old_drafts_are_dropped_and_only_drafts() {
        let scratch = Scratch::new();
        let folder = &scratch.0;
        let (draft, _) = folder.draft().expect("begun");
        let other = folder.root().join(DRAFTS).join("somebody else's.txt");
        fs::write(&other, "x").expect("written");
        folder.drop_old_drafts(0).expect("looked");
        assert!(draft.path().exists());
        folder.drop_old_drafts(i64::MAX / 2).expect("looked");
        assert!(!draft.path().exists() && other.exists());
    }

    #[test]
    fn the_first_who_claims_a_folder_has_it() {
        let scratch = Scratch::new();
        assert_eq!(scratch.0.owner().expect("read"), None);
        assert!(scratch.0.claim("first").expect("claimed"));
        assert!(!scratch.0.claim("second").expect("read") && scratch.0.claim("first").expect("read"));
        assert_eq!(scratch.0.owner().expect("read").as_deref(), Some("first"));
        assert_eq!(fs::read_dir(scratch.0.root().join(DRAFTS)).expect("a folder").count(), 0);
    }

    #[test]
    fn a_badge_that_was_never_finished_is_nobodys() {
        let scratch = Scratch::new();
        fs::create_dir_all(scratch.0.root()).expect("made");
        fs::write(scratch.0.root().join(BADGE), "").expect("written");
        assert_eq!(scratch.0.owner().expect("read"), None);
        assert!(scratch.0.claim("ours").expect("claimed"));
        assert_eq!(scratch.0.owner().expect("read").as_deref(), Some("ours"));
    }

    #[test]
    fn only_what_lies_long_enough_is_listed() {
        let scratch = Scratch::new();
        let folder = &scratch.0;
        folder.place(folder.write(b"words").expect("written"), &hash("a")).expect("placed");
        assert_eq!(folder.shelf(0xaa, 0).expect("read"), Vec::<String>::new());
        assert_eq!(folder.shelf(0xaa, i64::MAX / 2).expect("read"), [hash("a")]);
    }

    #[test]
    fn what_a_full_disk_did_not_take_leaves_no_draft() {
        let scratch = Scratch::new();
        let full = |_: &str| Err(io::Error::from(ErrorKind::StorageFull));
        let folder = Folder { trouble: Some(std::sync::Arc::new(full)), ..scratch.0.clone() };
        assert_eq!(folder.write(b"words").expect_err("is full").kind(), ErrorKind::StorageFull);
        assert_eq!(fs::read_dir(folder.root().join(DRAFTS)).expect("a folder").count(), 0);
    }
}
