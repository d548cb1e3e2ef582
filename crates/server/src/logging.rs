//! The log: one line per event on standard output, each through [`crate::redact`] before anybody sees it. With
//! `LOG_DIR` files get every event as well, but not the banner, which is for whoever looks at the start; and administrators
//! follow the latest lines in the browser.
//!
//! It never writes bodies, prompts or keys by itself; redaction is the second fence, not the first.

mod files;
mod first;
mod level;
mod ring;

pub use files::{fail as files_fail, lines_lost};
pub use level::set as set_level;
pub use ring::Follower;

use crate::config::{Config, LogFormat};
use crate::redact::redact;
use first::First;
use std::io::{self, Write};
use std::path::Path;
use tracing::Metadata;
use tracing_subscriber::fmt::MakeWriter;
use tracing_subscriber::fmt::writer::MakeWriterExt as _;
use tracing_subscriber::layer::{Layer as _, SubscriberExt as _};

/// The log of a running server. Dropping it writes what is still held back.
pub struct Log {
    first: First,
    /// What the operator should know about the log itself.
    pub notes: Vec<String>,
    // Ends the thread that writes the files, after its last line.
    _files: Option<files::Writer>,
}

impl Log {
    /// Starts the log as it was asked for. Only the first log of a process gets events.
    #[must_use]
    pub fn start(config: &Config) -> Self {
        let (first, level) = (First::default(), config.log_level.as_str());
        let mut log = Self { first: first.clone(), notes: Vec::new(), _files: None };
        let handle = match config.log_dir.as_deref().map(open) {
            Some(Ok((files, writer))) => {
                log._files = Some(writer);
                install(level, config.log_format, first.and(files))
            }
            unopened => {
                log.notes.extend(unopened.and_then(Result::err));
                install(level, config.log_format, first)
            }
        };
        handle.into_iter().for_each(level::adopt);
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

/// Starts a log for people with another place to write to, whose level stays. Answers whether it was the first.
pub fn init_to<W>(level: &str, writer: W) -> bool
where
    W: for<'a> MakeWriter<'a> + Send + Sync + 'static,
{
    install(level, LogFormat::Text, writer).is_some()
}

/// Answers what changes the level, if this is the first log of the process.
fn install<W>(level: &str, format: LogFormat, writer: W) -> Option<level::Handle>
where
    W: for<'a> MakeWriter<'a> + Send + Sync + 'static,
{
    let (filter, handle) = level::layer(level);
    let lines = tracing_subscriber::fmt::layer().with_ansi(false).with_target(false).with_writer(Redacted(writer));
    let lines = match format {
        LogFormat::Text => lines.boxed(),
        LogFormat::Json => lines.json().flatten_event(true).boxed(),
    };
    let all = tracing_subscriber::registry().with(filter).with(lines).with(ring::Capture);
    tracing::subscriber::set_global_default(all).is_ok().then_some(handle)
}

/// The files in a folder.
fn open(folder: &Path) -> Result<(files::Files, files::Writer), String> {
    files::open(folder).map_err(|cause| {
        format!(
            "log.dir_not_writable: LOG_DIR is {}, where no file can be written ({cause}): the log goes to standard output \
             alone until this user may write there",
            folder.display()
        )
    })
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
        let note = open(&path.join("logs")).err().expect("no folder");
        assert!(note.starts_with("log.dir_not_writable: LOG_DIR is ") && !note.contains('\n'), "{note}");
        std::fs::remove_file(path).expect("removed");
    }
}
