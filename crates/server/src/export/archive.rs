//! The ZIP as a stream, and the bounded way out of the thread that writes it. It knows nothing of what is in it.

use anyhow::Result;
use bytes::{Bytes, BytesMut};
use serde::Serialize;
use std::io::{self, ErrorKind, Write};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;
use tokio::runtime::Handle;
use tokio::sync::mpsc::Sender;
use tokio::time::timeout;
use zip::write::{SimpleFileOptions, StreamWriter};
use zip::{CompressionMethod, DateTime, ZipWriter};

/// Bytes that are sent at a time.
const PIECE: usize = 64 * 1024;
/// How long a reader may take nothing before it is taken for gone.
const PATIENCE: Duration = Duration::from_secs(120);

/// How hard something is packed.
#[derive(Clone, Copy, Debug)]
pub(super) enum Packing {
    /// Text.
    Tight,
    /// What is packed already, more often than not.
    Quick,
}

/// Where the bytes go.
pub(super) struct Outlet {
    sender: Sender<io::Result<Bytes>>,
    handle: Handle,
    waiting: BytesMut,
    /// Nothing goes out any more.
    shut: Arc<AtomicBool>,
}

impl Outlet {
    pub(super) fn new(sender: Sender<io::Result<Bytes>>, handle: Handle) -> Self {
        Self { sender, handle, waiting: BytesMut::with_capacity(PIECE), shut: Arc::default() }
    }

    fn send(&mut self) -> io::Result<()> {
        let piece = self.waiting.split().freeze();
        if piece.is_empty() {
            return Ok(());
        }
        let sent = self.handle.block_on(async { timeout(PATIENCE, self.sender.send(Ok(piece))).await });
        match sent {
            Ok(Ok(())) => Ok(()),
            _ => Err(io::Error::new(ErrorKind::BrokenPipe, "nobody reads the export any more")),
        }
    }
}

impl Write for Outlet {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        // A ZIP that is given up writes its end all the same, and complains on standard error when it cannot.
        if !self.shut.load(Ordering::Relaxed) {
            self.waiting.extend_from_slice(bytes);
            if self.waiting.len() >= PIECE {
                self.send()?;
            }
        }
        Ok(bytes.len())
    }

    /// Nothing: only whole pieces go out before the end.
    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// The ZIP.
pub(super) struct Archive {
    zip: ZipWriter<StreamWriter<Outlet>>,
    moment: DateTime,
    shut: Arc<AtomicBool>,
}

impl Archive {
    /// An empty one, whose files are of this moment (RFC 3339).
    pub(super) fn new(outlet: Outlet, moment: &str) -> Self {
        let shut = Arc::clone(&outlet.shut);
        Self { zip: ZipWriter::new_stream(outlet), moment: date(moment).unwrap_or_default(), shut }
    }

    /// Begins a file; what is written from here on is in it.
    pub(super) fn begin(&mut self, name: &str, packing: Packing) -> Result<()> {
        let level = match packing {
            Packing::Tight => 6,
            Packing::Quick => 1,
        };
        let options = SimpleFileOptions::default()
            .compression_method(CompressionMethod::Deflated)
            .compression_level(Some(level))
            .last_modified_time(self.moment)
            .unix_permissions(0o644);
        Ok(self.zip.start_file(name, options)?)
    }

    /// A whole file of text.
    pub(super) fn text(&mut self, name: &str, text: &str) -> Result<()> {
        self.begin(name, Packing::Tight)?;
        Ok(self.zip.write_all(text.as_bytes())?)
    }

    /// A whole file of JSON.
    pub(super) fn json(&mut self, name: &str, value: &impl Serialize) -> Result<()> {
        self.begin(name, Packing::Tight)?;
        Ok(serde_json::to_writer_pretty(&mut self.zip, value)?)
    }

    /// Writes the end.
    pub(super) fn finish(self) -> Result<()> {
        let mut outlet = self.zip.finish()?.into_inner();
        Ok(outlet.send()?)
    }

    /// Gives up: nothing goes out any more, not even an end that would make half of it look whole.
    pub(super) fn give_up(self) {
        self.shut.store(true, Ordering::Relaxed);
    }
}

impl Write for Archive {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.zip.write(bytes)
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// The moment as ZIP keeps it.
fn date(moment: &str) -> Option<DateTime> {
    let number = |from: usize, to: usize| moment.get(from..to)?.parse::<u16>().ok();
    let small = |from: usize, to: usize| number(from, to).and_then(|number| u8::try_from(number).ok());
    let (year, month, day) = (number(0, 4)?, small(5, 7)?, small(8, 10)?);
    DateTime::from_date_and_time(year, month, day, small(11, 13)?, small(14, 16)?, small(17, 19)?).ok()
}
