//! The log: one line per event on standard output, each through [`crate::redact`] before anybody sees it. With
//! `LOG_DIR` a file a day gets every event as well, but not the banner, which is for whoever looks at the start.
//!
//! It never writes bodies, prompts or keys by itself; redaction is the second fence, not the first.

mod first;

use crate::config::{Config, LogFormat, data_dir};
use crate::redact::redact;
use first::First;
use std::error::Error;
use std::io::{self, Write};
use std::path::Path;
use tracing::Metadata;
use tracing_appender::non_blocking::WorkerGuard;
use tracing_appender::rolling::{RollingFileAppender, Rotation};
use tracing_subscriber::EnvFilter;
use tracing_subscriber::fmt::MakeWriter;
use tracing_subscriber::fmt::writer::MakeWriterExt as _;

/// Libraries that talk more than anybody wants to hear, unless the level names them.
const QUIET: &str = "sqlx=warn,sea_orm=warn,hyper=warn,h2=warn,reqwest=warn,rustls=warn,actix_server=warn,mio=warn";
/// Daily files that are kept.
const MAX_FILES: usize = 14;

/// The log of a running server. Dropping it writes what is still held back.
pub struct Log {
    first: First,
    /// What the operator should know about the log itself.
    pub notes: Vec<String>,
    // Ends the thread that writes the file, after its last line.
    _file: Option<WorkerGuard>,
}

impl Log {
    /// Starts the log as it was asked for. Only the first log of a process gets events.
    #[must_use]
    pub fn start(config: &Config) -> Self {
        let (first, level) = (First::default(), config.log_level.as_str());
        let mut log = Self { first: first.clone(), notes: Vec::new(), _file: None };
        match config.log_dir.as_deref().map(open) {
            Some(Ok(file)) => {
                let (file, guard) = tracing_appender::non_blocking(file);
                log._file = Some(guard);
                install(level, config.log_format, first.and(file));
            }
            unopened => {
                log.notes.extend(unopened.and_then(Result::err));
                install(level, config.log_format, first);
            }
        }
        log
    }

    /// Writes the banner, and then the lines that had to wait for it.
    pub fn begin_with(&self, banner: &str) {
        self.first.say(banner);
    }
}

impl Drop for Log {
    fn drop(&mut self) {
        self.first.say("");
    }
}

/// Starts a log for people with another place to write to. Answers whether it was the first.
pub fn init_to<W>(level: &str, writer: W) -> bool
where
    W: for<'a> MakeWriter<'a> + Send + Sync + 'static,
{
    install(level, LogFormat::Text, writer)
}

fn install<W>(level: &str, format: LogFormat, writer: W) -> bool
where
    W: for<'a> MakeWriter<'a> + Send + Sync + 'static,
{
    let lines = tracing_subscriber::fmt().with_env_filter(filter(level)).with_ansi(false).with_target(false);
    let lines = lines.with_writer(Redacted(writer));
    let installed = match format {
        LogFormat::Text => tracing::subscriber::set_global_default(lines.finish()),
        LogFormat::Json => tracing::subscriber::set_global_default(lines.json().flatten_event(true).finish()),
    };
    installed.is_ok()
}

/// The file of today in a folder, and of every day to come.
fn open(folder: &Path) -> Result<RollingFileAppender, String> {
    // The library complains on standard error when the folder is not there yet.
    data_dir::create_private(folder).map_err(|error| not_writable(folder, &error))?;
    let files = RollingFileAppender::builder().rotation(Rotation::DAILY).max_log_files(MAX_FILES);
    let file = files.filename_prefix("aichat").filename_suffix("log").build(folder);
    file.map_err(|error| not_writable(folder, error.source().unwrap_or(&error)))
}

fn not_writable(folder: &Path, cause: &dyn Error) -> String {
    format!(
        "log.dir_not_writable: LOG_DIR is {}, where no file can be written ({cause}): the log goes to standard output \
         alone until this user may write there",
        folder.display()
    )
}

fn filter(level: &str) -> EnvFilter {
    let level = level.trim().to_ascii_lowercase();
    let wanted = if level.is_empty() { "info" } else { &level };
    EnvFilter::try_new(format!("{QUIET},{wanted}")).unwrap_or_else(|_| EnvFilter::new(format!("{QUIET},info")))
}

/// Wraps whatever makes writers, so that each line is clean before it is written.
struct Redacted<W>(W);

impl<'a, W: MakeWriter<'a>> MakeWriter<'a> for Redacted<W> {
    type Writer = RedactedWriter<W::Writer>;

    fn make_writer(&'a self) -> Self::Writer {
        RedactedWriter(self.0.make_writer())
    }

    fn make_writer_for(&'a self, metadata: &Metadata<'_>) -> Self::Writer {
        RedactedWriter(self.0.make_writer_for(metadata))
    }
}

/// Writes lines without their secrets. The formatter hands over each event whole, in one call.
struct RedactedWriter<W>(W);

impl<W: Write> Write for RedactedWriter<W> {
    fn write(&mut self, line: &[u8]) -> io::Result<usize> {
        self.0.write_all(redact(&String::from_utf8_lossy(line)).as_bytes())?;
        Ok(line.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        self.0.flush()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::sync::{Arc, Mutex};

    #[derive(Clone, Default)]
    struct Lines(Arc<Mutex<Vec<u8>>>);

    impl Write for Lines {
        fn write(&mut self, line: &[u8]) -> io::Result<usize> {
            self.0.lock().expect("nobody panicked").write(line)
        }

        fn flush(&mut self) -> io::Result<()> {
            Ok(())
        }
    }

    #[test]
    fn a_logged_secret_never_reaches_the_writer() {
        let lines = Lines::default();
        let sink = lines.clone();
        let subscriber = tracing_subscriber::fmt().with_writer(Redacted(move || sink.clone())).finish();
        tracing::subscriber::with_default(subscriber, || {
            tracing::info!(key = "sk-abcdefghijkl", "calling with Bearer abcdefghijkl");
        });
        let text = String::from_utf8(lines.0.lock().expect("nobody panicked").clone()).expect("text");
        assert!(text.contains("calling with Bearer ***") && !text.contains("abcdefgh"), "{text}");
    }

    #[test]
    fn a_folder_that_cannot_be_written_is_a_note_and_no_reason_not_to_start() {
        let path = std::env::temp_dir().join(format!("aichat-log-{}", crate::clock::new_id()));
        std::fs::write(&path, "").expect("a file in the way");
        let note = open(&path.join("logs")).expect_err("no folder");
        assert!(note.starts_with("log.dir_not_writable: LOG_DIR is ") && !note.contains('\n'), "{note}");
        std::fs::remove_file(path).expect("removed");
    }

    #[test]
    fn old_files_give_way_to_new_ones() {
        let folder = std::env::temp_dir().join(format!("aichat-log-{}", crate::clock::new_id()));
        std::fs::create_dir_all(&folder).expect("a folder");
        for day in 1..=20 {
            std::fs::write(folder.join(format!("aichat.2026-01-{day:02}.log")), "").expect("written");
        }
        std::fs::write(folder.join("of-somebody-else.txt"), "").expect("written");
        drop(open(&folder).expect("opens"));
        let names = || std::fs::read_dir(&folder).expect("listed").map(|entry| entry.expect("an entry").file_name());
        assert!(names().count() <= MAX_FILES + 1, "{:?}", names().collect::<Vec<_>>());
        assert!(names().any(|name| name == "of-somebody-else.txt"));
        std::fs::remove_dir_all(folder).expect("removed");
    }

    #[test]
    fn a_folder_that_is_made_for_the_log_is_closed_to_others() {
        use std::os::unix::fs::PermissionsExt as _;
        let above = std::env::temp_dir().join(format!("aichat-log-{}", crate::clock::new_id()));
        drop(open(&above.join("logs")).expect("opens"));
        let mode = std::fs::metadata(above.join("logs")).expect("there").permissions().mode();
        assert_eq!(mode & 0o077, 0, "{mode:o}");
        std::fs::remove_dir_all(above).expect("removed");
    }

    #[test]
    fn a_level_that_is_not_understood_means_info() {
        for (level, shown) in [("", "info"), ("WARN", "warn"), ("info,server=debug", "server=debug"), ("lou=d", "info")]
        {
            assert!(filter(level).to_string().contains(shown), "{level}");
        }
    }
}
