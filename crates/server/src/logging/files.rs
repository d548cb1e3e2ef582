//! The log in files: one a day and a further one whenever that grew too large, the oldest removed. A thread of its own
//! writes; whoever logs hands a line over and never waits. What does not fit into the queue is counted and told.
//!
//! A full disk or a folder that went away is one warning and is tried again from time to time; the log on standard output
//! goes on in any case.

use crate::config::data_dir;
use std::fs::{self, File, OpenOptions};
use std::io::{self, BufWriter, Write};
use std::os::unix::fs::{MetadataExt as _, OpenOptionsExt as _};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, AtomicUsize, Ordering};
use std::sync::mpsc::{Receiver, SyncSender, sync_channel};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};
use time::{Date, OffsetDateTime};
use tracing_subscriber::fmt::MakeWriter;

/// Bytes after which a further file is begun.
const MAX_BYTES: u64 = 32 * 1024 * 1024;
/// Files that are kept.
const MAX_FILES: usize = 14;
/// Lines and bytes that wait for the disk at most.
const QUEUE: (usize, usize) = (8_192, 4 * 1024 * 1024);
/// Time between looks whether the file is still there, and between attempts while it cannot be written.
const LOOK: Duration = Duration::from_secs(5);

/// Whether the files cannot be written at the moment.
static FAIL: AtomicBool = AtomicBool::new(false);
/// Lines that the files lack since the start.
static LOST: AtomicU64 = AtomicU64::new(0);

/// Whether the files cannot be written at the moment.
#[must_use]
pub fn fail() -> bool {
    FAIL.load(Ordering::Relaxed)
}

/// Lines that the files lack since the start.
#[must_use]
pub fn lines_lost() -> u64 {
    LOST.load(Ordering::Relaxed)
}

/// A handle for whoever logs.
#[derive(Clone)]
pub(super) struct Files {
    to: SyncSender<Order>,
    waiting: Arc<Waiting>,
}

#[derive(Default)]
struct Waiting {
    bytes: AtomicUsize,
    lost: AtomicU64,
}

enum Order {
    Line(Vec<u8>),
    End,
}

/// The thread that writes. Dropping it writes what still waits.
pub(super) struct Writer {
    to: SyncSender<Order>,
    thread: Option<JoinHandle<()>>,
}

impl Drop for Writer {
    fn drop(&mut self) {
        if let (Ok(()), Some(thread)) = (self.to.send(Order::End), self.thread.take()) {
            // A fault of the thread has been told by itself.
            let _ = thread.join();
        }
    }
}

/// Opens the file of today in a folder and starts to write.
///
/// # Errors
/// The system's, where no file can be made there.
pub(super) fn open(folder: &Path) -> io::Result<(Files, Writer)> {
    let book = Book::open(folder.to_owned(), (MAX_BYTES, MAX_FILES), today())?;
    let (to, from) = sync_channel(QUEUE.0);
    let waiting = Arc::<Waiting>::default();
    let of_thread = Arc::clone(&waiting);
    let thread =
        std::thread::Builder::new().name("log".to_owned()).spawn(move || write_all(book, &from, &of_thread))?;
    Ok((Files { to: to.clone(), waiting }, Writer { to, thread: Some(thread) }))
}

/// One writer per event, as the formatter wants it.
pub(super) struct Line<'a>(&'a Files);

impl<'a> MakeWriter<'a> for Files {
    type Writer = Line<'a>;

    fn make_writer(&'a self) -> Self::Writer {
        Line(self)
    }
}

impl Write for Line<'_> {
    fn write(&mut self, line: &[u8]) -> io::Result<usize> {
        let (waiting, bytes) = (&self.0.waiting, line.len());
        let fits = waiting.bytes.fetch_add(bytes, Ordering::Relaxed) + bytes <= QUEUE.1;
        if !fits || self.0.to.try_send(Order::Line(line.to_vec())).is_err() {
            waiting.bytes.fetch_sub(bytes, Ordering::Relaxed);
            waiting.lost.fetch_add(1, Ordering::Relaxed);
            LOST.fetch_add(1, Ordering::Relaxed);
        }
        Ok(bytes)
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// The thread's work.
fn write_all(mut book: Book, from: &Receiver<Order>, waiting: &Waiting) {
    let mut pen = Pen::default();
    loop {
        match from.recv() {
            Ok(Order::Line(line)) => {
                waiting.bytes.fetch_sub(line.len(), Ordering::Relaxed);
                pen.write(&mut book, &line);
            }
            Ok(Order::End) | Err(_) => {
                pen.write_lost(&mut book, waiting.lost.swap(0, Ordering::Relaxed));
                return pen.flush(&mut book);
            }
        }
        // Nothing waits: whoever reads the file sees all of it.
        if waiting.bytes.load(Ordering::Relaxed) == 0 {
            pen.write_lost(&mut book, waiting.lost.swap(0, Ordering::Relaxed));
            pen.flush(&mut book);
        }
    }
}

/// Writes, complains once when that fails, and tries again from time to time.
#[derive(Default)]
struct Pen {
    /// Since when it fails, and how many lines were left out.
    failing: Option<(Instant, u64)>,
}

impl Pen {
    fn write(&mut self, book: &mut Book, line: &[u8]) {
        if let Some((since, left_out)) = &mut self.failing {
            *left_out += 1;
            if since.elapsed() < LOOK {
                LOST.fetch_add(1, Ordering::Relaxed);
                return;
            }
            *since = Instant::now();
        }
        let written = book.write(line, today());
        self.judge(book, written);
    }

    fn flush(&mut self, book: &mut Book) {
        if self.failing.is_none() {
            let flushed = book.flush();
            self.judge(book, flushed);
        }
    }

    fn write_lost(&mut self, book: &mut Book, lost: u64) {
        if lost > 0 {
            let line = format!("… {lost} lines are left out here: they came faster than the disk takes them\n");
            self.write(book, line.as_bytes());
        }
    }

    fn judge(&mut self, book: &mut Book, done: io::Result<()>) {
        match (done, self.failing) {
            (Ok(()), None) | (Err(_), Some(_)) => {}
            (Ok(()), Some((_, left_out))) => {
                self.failing = None;
                FAIL.store(false, Ordering::Relaxed);
                // The line that went through was counted as well.
                let left_out = left_out.saturating_sub(1);
                tracing::info!(folder = %book.folder.display(), left_out, "the log is written to files again");
            }
            (Err(error), None) => {
                self.failing = Some((Instant::now(), 0));
                FAIL.store(true, Ordering::Relaxed);
                book.file = None;
                let (code, folder) = ("log.file_not_written", book.folder.display());
                tracing::warn!(code, %folder, %error, "the log goes to standard output alone until its files can be written");
            }
        }
    }
}

/// The files of one folder.
struct Book {
    folder: PathBuf,
    /// Bytes of a file, and how many files.
    most: (u64, usize),
    file: Option<Open>,
}

/// The file that is being written.
struct Open {
    out: BufWriter<File>,
    day: Date,
    number: u32,
    bytes: u64,
    looked: Instant,
}

impl Book {
    fn open(folder: PathBuf, most: (u64, usize), day: Date) -> io::Result<Self> {
        let mut book = Self { folder, most, file: None };
        book.file = Some(book.latest_of(day)?);
        Ok(book)
    }

    fn write(&mut self, line: &[u8], day: Date) -> io::Result<()> {
        let file = self.turn_to(day)?;
        file.bytes += line.len() as u64;
        file.out.write_all(line)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.file.as_mut().map_or(Ok(()), |file| file.out.flush())
    }

    /// The file for the next line: another one after midnight, after so many bytes, and when somebody removed it.
    fn turn_to(&mut self, day: Date) -> io::Result<&mut Open> {
        let (most, file) = (self.most.0, self.file.take());
        let file = match file {
            Some(file) if file.day != day => self.after(file, day, 0)?,
            Some(file) if file.bytes >= most => {
                let number = file.number + 1;
                self.after(file, day, number)?
            }
            Some(file) if file.is_there() => file,
            _ => self.latest_of(day)?,
        };
        Ok(self.file.insert(file))
    }

    fn after(&self, mut before: Open, day: Date, number: u32) -> io::Result<Open> {
        before.out.flush()?;
        self.begin(day, number)
    }

    /// The latest file of a day, or a further one if that is full.
    fn latest_of(&self, day: Date) -> io::Result<Open> {
        data_dir::create_private(&self.folder)?;
        let latest = names(&self.folder).into_iter().rfind(|(of, ..)| *of == day);
        let (number, full) = latest.map_or((0, false), |(_, number, path)| {
            (number, fs::metadata(path).is_ok_and(|known| known.len() >= self.most.0))
        });
        self.begin(day, number + u32::from(full))
    }

    fn begin(&self, day: Date, number: u32) -> io::Result<Open> {
        let path = self.folder.join(name(day, number));
        let file = OpenOptions::new().create(true).append(true).mode(0o600).open(path)?;
        let bytes = file.metadata()?.len();
        self.remove_oldest();
        Ok(Open { out: BufWriter::new(file), day, number, bytes, looked: Instant::now() })
    }

    fn remove_oldest(&self) {
        let files = names(&self.folder);
        for (.., path) in files.iter().take(files.len().saturating_sub(self.most.1)) {
            // One that cannot be removed stays; it is tried again with the next file.
            let _ = fs::remove_file(path);
        }
    }
}

impl Open {
    /// Whether the file still has a name. It is looked at from time to time.
    fn is_there(&self) -> bool {
        self.looked.elapsed() < LOOK || self.out.get_ref().metadata().is_ok_and(|known| known.nlink() > 0)
    }
}

fn today() -> Date {
    OffsetDateTime::now_utc().date()
}

fn name(day: Date, number: u32) -> String {
    let further = if number == 0 { String::new() } else { format!(".{number}") };
    format!("aichat.{day}{further}.log")
}

/// The files of ours in a folder, the oldest first.
fn names(folder: &Path) -> Vec<(Date, u32, PathBuf)> {
    let files = fs::read_dir(folder).into_iter().flatten().flatten();
    let mut files: Vec<_> = files
        .filter_map(|file| {
            let (day, number) = read_name(file.file_name().to_str()?)?;
            Some((day, number, file.path()))
        })
        .collect();
    files.sort();
    files
}

fn read_name(name: &str) -> Option<(Date, u32)> {
    let middle = name.strip_prefix("aichat.")?.strip_suffix(".log")?;
    let (day, number) = middle.split_once('.').map_or((middle, Some(0)), |(day, number)| (day, number.parse().ok()));
    let format = time::macros::format_description!("[year]-[month]-[day]");
    Some((Date::parse(day, format).ok()?, number?))
}

#[cfg(test)]
mod tests {
    use super::*;
    use time::macros::date;

    const DAY: Date = date!(2026 - 11 - 30);

    struct Folder(PathBuf);

    impl Folder {
        fn new() -> Self {
            Self(std::env::temp_dir().join(format!("aichat-log-{}", crate::clock::new_id())))
        }

        fn names(&self) -> Vec<String> {
            let file_name = |path: PathBuf| path.file_name().and_then(|name| name.to_str()).map(str::to_owned);
            names(&self.0).into_iter().filter_map(|(.., path)| file_name(path)).collect()
        }

        fn text(&self) -> String {
            names(&self.0).into_iter().map(|(.., path)| fs::read_to_string(path).expect("text")).collect()
        }
    }

    impl Drop for Folder {
        fn drop(&mut self) {
            let _ = fs::remove_dir_all(&self.0);
        }
    }

    #[test]
    fn a_file_that_is_full_is_followed_by_another_and_the_oldest_go() {
        let folder = Folder::new();
        let mut book = Book::open(folder.0.clone(), (10, 3), DAY).expect("opens");
        for line in ["1 234567\n", "2 234567\n", "3 234567\n", "4 234567\n", "5 234567\n"] {
            book.write(line.as_bytes(), DAY).expect("written");
        }
        book.flush().expect("written");
        assert_eq!(folder.names(), ["aichat.2026-11-30.log", "aichat.2026-11-30.1.log", "aichat.2026-11-30.2.log"]);
        for n in 6..=9 {
            book.write(format!("{n} 234567\n").as_bytes(), DAY).expect("written");
        }
        book.flush().expect("written");
        assert_eq!(folder.names(), ["aichat.2026-11-30.2.log", "aichat.2026-11-30.3.log", "aichat.2026-11-30.4.log"]);
        assert!(folder.text().ends_with("9 234567\n"));
    }

    #[test]
    fn a_new_day_has_a_new_file_and_a_restart_goes_on_in_the_last_one() {
        let folder = Folder::new();
        let mut book = Book::open(folder.0.clone(), (10, 14), DAY).expect("opens");
        book.write(b"1 234567\n", DAY).expect("written");
        book.write(b"2 234567\n", date!(2026 - 12 - 01)).expect("written");
        drop(book);
        let mut book = Book::open(folder.0.clone(), (10, 14), date!(2026 - 12 - 01)).expect("opens");
        book.write(b"3\n", date!(2026 - 12 - 01)).expect("written");
        drop(book);
        assert_eq!(folder.names(), ["aichat.2026-11-30.log", "aichat.2026-12-01.log"]);
        assert_eq!(folder.text(), "1 234567\n2 234567\n3\n");
        let book = Book::open(folder.0.clone(), (10, 14), date!(2026 - 12 - 01)).expect("opens");
        assert_eq!(book.file.as_ref().map(|file| file.number), Some(1), "the last one is full");
    }

    #[test]
    fn old_files_give_way_and_those_of_others_stay() {
        let folder = Folder::new();
        fs::create_dir_all(&folder.0).expect("a folder");
        for day in 1..=20 {
            fs::write(folder.0.join(format!("aichat.2026-01-{day:02}.log")), "").expect("written");
        }
        for other in ["of-somebody-else.txt", "aichat.notes.log", "aichat.2026-01-01.x.log"] {
            fs::write(folder.0.join(other), "").expect("written");
        }
        Book::open(folder.0.clone(), (10, MAX_FILES), DAY).expect("opens");
        assert_eq!(folder.names().len(), MAX_FILES);
        assert_eq!(fs::read_dir(&folder.0).expect("listed").count(), MAX_FILES + 3);
    }

    #[test]
    fn a_folder_that_is_made_for_the_log_is_closed_to_others_and_so_are_its_files() {
        use std::os::unix::fs::PermissionsExt as _;
        let folder = Folder::new();
        Book::open(folder.0.clone(), (10, 2), DAY).expect("opens");
        for path in [folder.0.clone(), folder.0.join("aichat.2026-11-30.log")] {
            let mode = fs::metadata(path).expect("there").permissions().mode();
            assert_eq!(mode & 0o077, 0, "{mode:o}");
        }
    }

    #[test]
    fn a_folder_that_went_away_is_made_again() {
        let folder = Folder::new();
        let mut book = Book::open(folder.0.clone(), (100, 2), DAY).expect("opens");
        book.write(b"1\n", DAY).expect("written");
        fs::remove_dir_all(&folder.0).expect("removed");
        if let Some(file) = &mut book.file {
            file.looked = Instant::now().checked_sub(LOOK).expect("the machine runs for longer");
        }
        book.write(b"2\n", DAY).expect("written");
        book.flush().expect("written");
        assert_eq!(folder.text(), "2\n");
    }

    #[test]
    fn whoever_logs_never_waits_and_what_is_lost_is_told() {
        let folder = Folder::new();
        let (files, writer) = open(&folder.0).expect("opens");
        let line = vec![b'x'; 64 * 1024];
        let begun = Instant::now();
        let write = |line: &[u8]| files.make_writer().write_all(line).expect("handed over");
        (0..200).for_each(|_| write(&line));
        write(b"the last\n");
        assert!(begun.elapsed() < Duration::from_secs(10));
        drop(writer);
        let text = folder.text();
        let lost = files.waiting.lost.load(Ordering::Relaxed);
        assert_eq!(lost, 0, "all were told");
        assert!(text.contains("lines are left out here") || text.len() >= 64 * 1024 * 200, "{}", text.len());
    }
}
