//! Standard output whose first words are reserved: what is logged before the banner waits for it, so that the first
//! line always says which program this is.

use std::io::{self, Write};
use std::sync::{Arc, Mutex, PoisonError};
use tracing_subscriber::fmt::MakeWriter;

/// Lines held back at most, in bytes; what goes beyond is written at once.
const MAX_HELD: usize = 64 * 1024;

/// A handle; all clones share what is held.
#[derive(Clone)]
pub(super) struct First(Arc<Held>);

struct Held(Mutex<Option<Vec<u8>>>);

impl Default for First {
    fn default() -> Self {
        Self(Arc::new(Held(Mutex::new(Some(Vec::new())))))
    }
}

impl First {
    /// Writes these lines, then what was held; from now on nothing waits.
    pub(super) fn say(&self, lines: &str) {
        // A closed standard output is no reason not to serve.
        let _ = self.0.release(lines);
    }
}

impl Held {
    fn release(&self, before: &str) -> io::Result<()> {
        let mut held = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let mut out = io::stdout().lock();
        if !before.is_empty() {
            out.write_all(format!("{before}\n").as_bytes())?;
        }
        out.write_all(&held.take().unwrap_or_default())?;
        out.flush()
    }
}

/// One writer per event, as the formatter wants it.
pub(super) struct Line<'a>(&'a Held);

impl<'a> MakeWriter<'a> for First {
    type Writer = Line<'a>;

    fn make_writer(&'a self) -> Self::Writer {
        Line(&self.0)
    }
}

impl Write for Line<'_> {
    fn write(&mut self, line: &[u8]) -> io::Result<usize> {
        let mut held = self.0.0.lock().unwrap_or_else(PoisonError::into_inner);
        match &mut *held {
            Some(lines) if lines.len() + line.len() <= MAX_HELD => lines.extend_from_slice(line),
            _ => io::stdout().write_all(line)?,
        }
        Ok(line.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}
