//! Files on disks that are full, slow or broken, and callers who leave half-way.

use super::folder::Trouble;
use super::keep::Also;
use super::*;
use crate::cli::Cli;
use crate::db::Engine;
use crate::db::users::{self, NewUser};
use shared::accounts::{UserRole, UserStatus};
use std::path::PathBuf;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;
use tokio::sync::mpsc::{UnboundedReceiver, unbounded_channel};

const DAY_MS: i64 = 24 * 3600 * 1000;

/// An installation of its own.
struct Home {
    dir: PathBuf,
    files: Arc<Files>,
    owner: UserId,
}

impl Drop for Home {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.dir);
    }
}

impl Home {
    async fn new() -> Self {
        Self::with(None).await
    }

    /// With something wrong with the folder of documents.
    async fn with(trouble: Option<Trouble>) -> Self {
        let dir = std::env::temp_dir().join(format!("aichat-files-{}", new_id()));
        std::fs::create_dir_all(&dir).expect("made");
        let db = Db::open(&Engine::Sqlite(dir.join("aichat.db")), false).await.expect("opens");
        let mut config = Config::load(&Cli::default(), |_| None, "").expect("good");
        (config.data_dir, config.durable) = (dir.clone(), false);
        let clock = Clock::default();
        let settings = Settings::load(db.clone(), clock.clone(), &config).await.expect("loads");
        let person = NewUser {
            username: "me",
            username_key: "me",
            password_hash: "-",
            must_change_password: false,
            role: UserRole::User,
            status: UserStatus::Active,
        };
        let tx = db.begin().await.expect("a transaction");
        let owner = users::insert(&tx, &person, 1).await.expect("written").expect("is new").id;
        tx.commit().await.expect("committed");
        let (mut files, _) = Files::open(db, clock, settings, &config).await.expect("opens");
        Arc::get_mut(&mut files).expect("nobody else has them").folders.documents.trouble = trouble;
        Self { dir, files, owner }
    }

    async fn upload(&self, name: &str, body: impl Into<Bytes>) -> AppResult<FileInfo> {
        upload(Arc::clone(&self.files), self.owner.clone(), name.to_owned(), body.into()).await
    }

    /// What a file of these bytes becomes before it is kept.
    fn ready(&self, name: &str, body: &[u8]) -> ready::Ready {
        let draft = self.files.folders.documents.write(body).expect("written");
        ready::file(&self.files.folders, name, draft).expect("read")
    }

    async fn keep(&self, ready: ready::Ready, quota: Option<u64>) -> AppResult<FileInfo> {
        let slot = self.files.uploads.enter(&self.owner).await?;
        let also: Also<()> = Box::new(|_, _| Box::pin(async { Ok(()) }));
        self.files.keep(&self.owner, ready, quota, slot, also).await.map(|(info, ..)| info)
    }

    async fn text(&self, id: &FileId) -> Option<String> {
        self.files.text(&self.owner, id).await.expect("the database answers")
    }

    /// Whether others may write meanwhile.
    async fn others_write(&self) {
        let tx = self.files.db.begin().await.expect("the writer is free");
        tx.commit().await.expect("committed");
    }

    /// Names of everything in the folder of documents but its badge.
    fn stored(&self) -> Vec<PathBuf> {
        let shelves = std::fs::read_dir(self.dir.join("files")).into_iter().flatten().flatten();
        let shelves = shelves.filter(|entry| entry.path().is_dir());
        let files = shelves.flat_map(|shelf| std::fs::read_dir(shelf.path()).into_iter().flatten().flatten());
        files.map(|entry| entry.path()).collect()
    }

    async fn until_stored(&self, count: usize) {
        let waited = async {
            while self.stored().len() != count {
                tokio::time::sleep(Duration::from_millis(5)).await;
            }
        };
        let waited = tokio::time::timeout(Duration::from_secs(30), waited).await;
        assert!(waited.is_ok(), "{count} wanted: {:?}", self.stored());
    }
}

async fn upload(files: Arc<Files>, owner: UserId, name: String, body: Bytes) -> AppResult<FileInfo> {
    let body = futures_util::stream::iter([Ok::<_, String>(body)]);
    files.upload(&owner, &name, None, body).await.map(|(info, _)| info)
}

/// A disk that stops before each deed of a kind, says so, and goes on when told.
fn hangs(deed: &'static str) -> (Trouble, UnboundedReceiver<()>, std::sync::mpsc::Sender<()>) {
    let (reached, reaches) = unbounded_channel();
    let (go, goes) = std::sync::mpsc::channel();
    let goes = std::sync::Mutex::new(goes);
    let trouble = move |what: &str| {
        if what == deed && reached.send(()).is_ok() {
            // An error says that it need not stop any more.
            _ = goes.lock().expect("whole").recv();
        }
        Ok(())
    };
    (Arc::new(trouble), reaches, go)
}

fn fails(deed: &'static str, kind: ErrorKind) -> Trouble {
    Arc::new(move |what| if what == deed { Err(kind.into()) } else { Ok(()) })
}

#[test]
fn a_full_disk_is_told_from_a_broken_one() {
    for (kind, code) in [
        (ErrorKind::StorageFull, ErrorCode::StorageFull),
        (ErrorKind::QuotaExceeded, ErrorCode::StorageFull),
        (ErrorKind::PermissionDenied, ErrorCode::Internal),
    ] {
        let error = disk_error(io::Error::from(kind));
        assert!(error.code == code && error.cause.is_some(), "{kind:?}");
    }
    assert_eq!(disk_error(io::Error::from_raw_os_error(28)).code, ErrorCode::StorageFull, "ENOSPC");
}

#[tokio::test]
async fn a_folder_that_hangs_stops_nobody_who_only_writes_to_the_database() {
    let (trouble, mut reached, go) = hangs("place");
    let home = Home::with(Some(trouble)).await;
    let (uploaded, ()) = tokio::join!(home.upload("a.txt", "words"), async {
        reached.recv().await.expect("bytes are placed");
        home.others_write().await;
        drop(go);
    });
    assert_eq!(home.text(&uploaded.expect("stored").id).await.as_deref(), Some("words"));

    let (trouble, mut reached, go) = hangs("remove");
    let home = Home::with(Some(trouble)).await;
    let id = home.upload("a.txt", "words").await.expect("stored").id;
    let (deleted, ()) = tokio::join!(home.files.delete(&home.owner, &id), async {
        reached.recv().await.expect("bytes are removed");
        home.others_write().await;
        drop(go);
    });
    deleted.expect("deleted");
    home.until_stored(0).await;
}

#[tokio::test]
async fn a_caller_who_leaves_while_bytes_are_placed_ends_nothing() {
    let (trouble, mut reached, go) = hangs("place");
    let home = Home::with(Some(trouble)).await;
    let work = upload(Arc::clone(&home.files), home.owner.clone(), "a.txt".into(), "words".into());
    let caller = tokio::spawn(work);
    reached.recv().await.expect("bytes are placed");
    caller.abort();
    assert!(caller.await.expect_err("left").is_cancelled());
    assert!(home.files.turns.try_lock().is_err(), "the turn is not given to others");
    drop(go);
    let _mine = home.files.turns.lock().await;
    let hash = home.ready("a.txt", b"words").new.hash;
    let row = files::same(home.files.db.read(), &home.owner, &hash, "a.txt").await.expect("read").expect("is written");
    assert_eq!(home.text(&row.info.id).await.as_deref(), Some("words"));
}

#[tokio::test]
async fn a_caller_who_leaves_while_bytes_are_removed_takes_none_from_those_who_come_after() {
    let (trouble, mut reached, go) = hangs("remove");
    let home = Home::with(Some(trouble)).await;
    let id = home.upload("a.txt", "words").await.expect("stored").id;
    let (files, owner) = (Arc::clone(&home.files), home.owner.clone());
    let caller = tokio::spawn(async move { files.delete(&owner, &id).await });
    reached.recv().await.expect("bytes are removed");
    caller.abort();
    assert!(caller.await.expect_err("left").is_cancelled());
    assert!(home.files.turns.try_lock().is_err(), "the turn is not given to others");
    drop(go);
    let again = home.upload("a.txt", "words").await.expect("stored").id;
    assert_eq!(home.text(&again).await.as_deref(), Some("words"));
}

#[tokio::test]
async fn of_an_upload_that_a_full_folder_did_not_take_nothing_is_left() {
    for deed in ["write", "place"] {
        let home = Home::with(Some(fails(deed, ErrorKind::StorageFull))).await;
        let refused = home.upload("a.html", "<!doctype html><p>words</p>").await.expect_err("is full");
        assert_eq!(refused.code, ErrorCode::StorageFull, "{deed}");
        home.until_stored(0).await;
        let used = home.files.usage(&home.owner).await.expect("read").used;
        assert_eq!(used, 0, "{deed}");
    }
}

#[tokio::test]
async fn the_quota_holds_for_those_who_were_let_in_together() {
    let home = Home::new().await;
    let (first, second) = (home.ready("a.txt", b"some words"), home.ready("b.txt", b"other words"));
    let room = Some(first.new.room() + second.new.room() - 1);
    home.keep(first, room).await.expect("there is room");
    assert_eq!(home.keep(second, room).await.expect_err("no room is left").code, ErrorCode::FileQuota);
    home.until_stored(1).await;
}

#[tokio::test]
async fn even_a_small_file_counts_and_so_does_the_text_of_a_document() {
    let home = Home::new().await;
    let used = async || home.files.usage(&home.owner).await.expect("read").used;
    let id = home.upload("a.txt", "x").await.expect("stored").id;
    assert_eq!(used().await, 4096);
    home.files.delete(&home.owner, &id).await.expect("deleted");
    let page = format!("<!doctype html><p>{}</p>", "words ".repeat(2000));
    let file = home.upload("a.html", page).await.expect("stored");
    let text = home.text(&file.id).await.expect("a text").len() as u64;
    assert!(text > 10_000 && used().await == file.size + text);
}

#[tokio::test]
async fn a_file_that_cannot_be_removed_stops_the_removal_of_no_other() {
    // For the first of three files, and once more when its bytes are found without one.
    let tried = Arc::new(AtomicUsize::new(0));
    let trouble: Trouble =
        Arc::new(move |deed| match deed == "remove" && [0, 3].contains(&tried.fetch_add(1, Ordering::SeqCst)) {
            true => Err(ErrorKind::PermissionDenied.into()),
            false => Ok(()),
        });
    let home = Home::with(Some(trouble)).await;
    for name in ["a.txt", "b.txt", "c.txt"] {
        home.upload(name, name.to_owned()).await.expect("stored");
    }
    home.files.clock.shift(31 * DAY_MS);
    home.files.sweep().await.expect("swept");
    assert_eq!(home.stored().len(), 1, "only the one that failed stays");
    home.files.clock.shift(30 * DAY_MS);
    home.files.sweep().await.expect("swept");
    assert_eq!(home.stored().len(), 0, "and goes with a later sweep");
}

#[tokio::test]
async fn a_file_that_cannot_be_read_does_not_end_a_chat() {
    let home = Home::with(Some(fails("open", ErrorKind::PermissionDenied))).await;
    let id = home.upload("a.txt", "words").await.expect("stored").id;
    assert_eq!(home.text(&id).await, None);
    let opened = home.files.original(&home.owner, &id).await;
    assert_eq!(opened.err().expect("is refused").code, ErrorCode::Internal, "who asks for the file itself is told");
}

#[tokio::test]
async fn the_beginning_of_a_text_does_not_take_the_place_of_all_of_it() {
    let home = Home::new().await;
    let page = |text: &str, cut: bool| {
        let mut ready = home.ready("a.html", b"<!doctype html><p>some words</p>");
        let part = home.ready("part.txt", text.as_bytes());
        ready.bytes.retain(|placing| Some(&placing.hash) != ready.new.text_hash.as_ref());
        (ready.new.text_hash, ready.new.text_size, ready.new.cut) = (Some(part.new.hash), text.len() as u64, cut);
        ready.bytes.extend(part.bytes);
        ready
    };
    let id = home.keep(page("some", true), None).await.expect("stored").id;
    assert_eq!(home.text(&id).await.as_deref(), Some("some"));
    let whole = home.keep(page("some words", false), None).await.expect("stored");
    assert!(whole.id == id && !whole.cut && home.text(&id).await.as_deref() == Some("some words"));
    let again = home.keep(page("so", true), None).await.expect("stored");
    assert!(again.id == id && !again.cut && home.text(&id).await.as_deref() == Some("some words"));
    home.until_stored(2).await;
}

#[tokio::test]
async fn a_file_that_is_given_again_is_not_swept_and_one_that_went_meanwhile_comes_back() {
    let home = Home::new().await;
    let id = home.upload("a.txt", "words").await.expect("stored").id;
    let tx = home.files.db.begin().await.expect("a transaction");
    let now = home.files.clock.now();
    assert!(!files::expire(&tx, &id, now - DAY_MS).await.expect("asked"), "it is no older than the sweep looks for");
    let row = files::get(&tx, &home.owner, &id).await.expect("read").expect("there");
    assert!(files::expire(&tx, &id, now + 1).await.expect("asked"));
    let new = home.ready("a.txt", b"words").new;
    assert!(files::renew(&tx, &row, &new, now).await.expect("asked").is_none(), "it is not said to be there");
}
