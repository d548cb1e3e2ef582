//! The log: one line per event on standard output, each through [`crate::redact`] before anybody sees it.
//!
//! It never writes bodies, prompts or keys by itself; redaction is the second fence, not the first.

use crate::redact::redact;
use std::io::{self, Write};
use tracing::Metadata;
use tracing_subscriber::EnvFilter;
use tracing_subscriber::fmt::MakeWriter;

/// Libraries that talk more than anybody wants to hear, unless the level names them.
const QUIET: &str = "sqlx=warn,sea_orm=warn,hyper=warn,h2=warn,reqwest=warn,rustls=warn,actix_server=warn,mio=warn";

/// Starts the log on standard output. `level` is a word (`info`) or a list such as `info,server=debug`; one that is
/// not understood means `info`. Only the first call in a process counts.
pub fn init(level: &str) {
    init_to(level, io::stdout);
}

/// Starts the log with another place to write to. Answers whether it was the first.
pub fn init_to<W>(level: &str, writer: W) -> bool
where
    W: for<'a> MakeWriter<'a> + Send + Sync + 'static,
{
    let subscriber = tracing_subscriber::fmt()
        .with_env_filter(filter(level))
        .with_ansi(false)
        .with_target(false)
        .with_writer(Redacted(writer))
        .finish();
    tracing::subscriber::set_global_default(subscriber).is_ok()
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
    fn a_level_that_is_not_understood_means_info() {
        for (level, shown) in [("", "info"), ("WARN", "warn"), ("info,server=debug", "server=debug"), ("lou=d", "info")]
        {
            assert!(filter(level).to_string().contains(shown), "{level}");
        }
    }
}
